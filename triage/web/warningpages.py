"""Warning treasuries of a confirmed impostor: choose them, write, look at the letter, send."""

from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.errors import RefusedActError
from triage.service import warning as service
from triage.service.answering import StoppedError
from triage.service.warning import Draft, Notice
from triage.web import guardwords, refusals
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.shown import visible
from triage.web.ticketact import LONGEST_WORDS, Acting, new_key, ticket_path

router = DeskRouter()

Queues = Annotated[list[str], Form(max_length=400)]
Text = Annotated[str, Form(max_length=2 * LONGEST_WORDS)]


def wanted(
    queues: Queues = [],  # noqa: B006 - FastAPI copies what a form lacks
    note: Text = "",
    signs: Text = "",
) -> Notice:
    """Read what a form says of a warning."""
    return Notice(tuple(dict.fromkeys(queues)), note, signs)


Wanted = Annotated[Notice, Depends(wanted)]


@router.page("/tickets/{code}/warning", Right.TRUST)
def draft(ask: Asking, code: str) -> HTMLResponse:
    """Show a draft: the treasuries that the impostor came near are chosen, words and signs filled in."""
    found = service.draft(ask.desk.database, ask.desk.app.means, ask.person, code)
    chosen = tuple(one.queue for one in found.places if one.near and one.fresh)
    return _page(ask, found, Notice(chosen, found.note, "\n".join(found.signs)))


@router.act("/tickets/{code}/warning/preview", Right.TRUST, lists=("queues",))
def preview(
    ask: Asking,
    code: str,
    said: Wanted,
    again: Annotated[bool, Form()] = False,  # noqa: FBT002 - a form has names
) -> HTMLResponse:
    """Show the letter as it would go out, or why it cannot; nothing is sent. ``again`` goes on writing it."""
    if again:
        found = service.draft(ask.desk.database, ask.desk.app.means, ask.person, code)
        return _page(ask, found, said)
    return _preview(ask, code, said)


@router.act("/tickets/{code}/warning", Right.TRUST, lists=("queues",))
def send(act: Acting, said: Wanted) -> Response:
    """Send a warning that was looked at before; each address gets it once."""
    ask, words = act.ask, act.ask.words

    def tell(places: int, letters: int) -> str:
        return words.count(
            "Đang gửi cảnh báo tới %(places)s kho bạc (%(num)s thư).",
            "Đang gửi cảnh báo tới %(places)s kho bạc (%(num)s thư).",
            letters,
            places=places,
        )

    try:
        service.send(act.database, ask.desk.app.means, act.errand(""), said, tell)
    except StoppedError:
        return _preview(ask, act.code, said, 409)
    return act.done("/security")


def _preview(ask: Ask, code: str, said: Notice, status: int = 200) -> HTMLResponse:
    means = ask.desk.app.means
    found = service.draft(ask.desk.database, means, ask.person, code)
    try:
        service.demand_sendable(means, found, said)
    except StoppedError as error:
        return _page(ask, found, said, guardwords.worded(ask.words, error.objections), 409)
    except RefusedActError as error:
        return _page(ask, found, said, (refusals.worded(ask.words, error),), 409)
    to = [one for one in found.places if one.queue in said.queues and one.fresh]
    letter = service.preview(means, found.ticket, to[0].queue, said)
    return ask.page(
        "desk/warning_preview.html",
        status,
        label=found.ticket.code,
        path=ticket_path(found.ticket.code),
        send_to=f"{ticket_path(found.ticket.code)}/warning",
        to=to,
        letters=len({one for place in to for one in place.fresh}),
        letter=letter,
        said=said,
        key=new_key(),
        visible=visible,
    )


def _page(
    ask: Ask, found: Draft, said: Notice, stops: tuple[str, ...] = (), status: int = 200
) -> HTMLResponse:
    return ask.page(
        "desk/warning.html",
        status,
        code=found.ticket.code,
        path=ticket_path(found.ticket.code),
        subject=visible(found.ticket.subject),
        sender=visible(f"{found.ticket.requester_name} <{found.ticket.requester_address}>"),
        near=[one for one in found.places if one.near],
        others=[one for one in found.places if not one.near],
        said=said,
        stops=stops,
        visible=visible,
    )
