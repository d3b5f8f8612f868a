"""Telling coordinators of a campaign: choose them, write, look at the letter, send."""

from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.errors import RefusedActError
from triage.service import campaignnotice as service
from triage.service.answering import StoppedError
from triage.service.campaignacts import label
from triage.service.campaignnotice import Draft, Notice
from triage.web import guardwords, refusals
from triage.web.access import Asking, DeskRouter
from triage.web.campaignacts import Filled, done
from triage.web.desk import Ask
from triage.web.rownumbers import Number
from triage.web.shown import visible
from triage.web.ticketact import LONGEST_WORDS, new_key

router = DeskRouter()

Queues = Annotated[list[str], Form(max_length=400)]
Text = Annotated[str, Form(max_length=2 * LONGEST_WORDS)]
Steps = Annotated[str, Form(max_length=4 * LONGEST_WORDS)]


def wanted(
    queues: Queues = [],  # noqa: B006 - FastAPI copies what a form lacks
    note: Text = "",
    signs: Text = "",
    steps: Steps = "",
) -> Notice:
    """Read what a form says of a notice."""
    return Notice(tuple(dict.fromkeys(queues)), note, signs, steps)


Wanted = Annotated[Notice, Depends(wanted)]


@router.page("/campaigns/{number}/notice", Right.CAMPAIGNS)
def draft(ask: Asking, number: Number) -> HTMLResponse:
    """Show a draft: the treasuries that the campaign concerns are chosen, words and signs filled in."""
    found = service.draft(ask.desk.database, ask.desk.app.means, number)
    chosen = tuple(one.queue for one in found.places if one.near and one.fresh)
    return _page(ask, found, Notice(chosen, found.note, "\n".join(found.signs), "\n".join(found.steps)))


@router.act("/campaigns/{number}/notice/preview", Right.CAMPAIGNS, lists=("queues",))
def preview(
    ask: Asking,
    number: Number,
    said: Wanted,
    again: Annotated[bool, Form()] = False,  # noqa: FBT002 - a form has names
) -> HTMLResponse:
    """Show the letter as it would go out, or why it cannot; nothing is sent. ``again`` goes on writing it."""
    if again:
        return _page(ask, service.draft(ask.desk.database, ask.desk.app.means, number), said)
    return _preview(ask, number, said)


@router.act("/campaigns/{number}/notice", Right.CAMPAIGNS, lists=("queues",))
def send(ask: Asking, number: Number, fill: Filled, said: Wanted) -> Response:
    """Send a notice that was looked at before; each address gets it once."""

    def tell(places: int, letters: int) -> str:
        return ask.words.count(
            "Đang gửi thông báo tới %(places)s kho bạc (%(num)s thư).",
            "Đang gửi thông báo tới %(places)s kho bạc (%(num)s thư).",
            letters,
            places=places,
        )

    form = fill("")
    try:
        service.send(ask.desk.database, ask.desk.app.means, form, said, tell)
    except StoppedError:
        return _preview(ask, number, said, 409)
    return done(ask, form)


def _preview(ask: Ask, number: int, said: Notice, status: int = 200) -> HTMLResponse:
    means = ask.desk.app.means
    found = service.draft(ask.desk.database, means, number)
    try:
        service.demand_sendable(means, found, said)
    except StoppedError as error:
        return _page(ask, found, said, guardwords.worded(ask.words, error.objections), 409)
    except RefusedActError as error:
        return _page(ask, found, said, (refusals.worded(ask.words, error),), 409)
    to = [one for one in found.places if one.queue in said.queues and one.fresh]
    return ask.page(
        "desk/campaign_notice_preview.html",
        status,
        path=f"/campaigns/{number}",
        send_to=f"/campaigns/{number}/notice",
        label=label(number),
        to=to,
        letters=len({one for place in to for one in place.fresh}),
        letter=service.preview(means, number, to[0].queue, said),
        said=said,
        key=new_key(),
        visible=visible,
    )


def _page(
    ask: Ask, found: Draft, said: Notice, stops: tuple[str, ...] = (), status: int = 200
) -> HTMLResponse:
    return ask.page(
        "desk/campaign_notice.html",
        status,
        path=f"/campaigns/{found.number}",
        label=label(found.number),
        name=visible(found.name),
        near=[one for one in found.places if one.near],
        others=[one for one in found.places if not one.near],
        said=said,
        stops=stops,
        visible=visible,
    )
