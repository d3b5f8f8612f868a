"""What people do on the page of a campaign: each act is a form of its own."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import Response

from triage.core.people import Right
from triage.service import campaignacts as service
from triage.service.campaignacts import LONGEST_NAME, CampaignForm, label
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.rownumbers import LAST, Number
from triage.web.ticketact import LONGEST_KEY, digest_of

router = DeskRouter()

Row = Annotated[int, Form(ge=1, le=LAST)]
Fill = Callable[[str], CampaignForm]


async def form_of(
    ask: Asking, number: Number, key: Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)]
) -> Fill:
    """Read what every form about a campaign carries; gives the form once its sentence is known."""
    digest = digest_of((await ask.request.form()).multi_items())
    return lambda told: CampaignForm(ask.person, key, ask.network, number, digest, told)


Filled = Annotated[Fill, Depends(form_of)]


def done(ask: Ask, form: CampaignForm, path: str = "") -> Response:
    """Go to the page of the campaign and tell there what was done."""
    return ask.go(path or f"/campaigns/{form.number}", act=form.key)


@router.act("/campaigns/{number}/name", Right.CAMPAIGNS)
def name(ask: Asking, fill: Filled, name: Annotated[str, Form(max_length=LONGEST_NAME)] = "") -> Response:
    """Give a campaign a name."""
    form = fill(ask.words.say("Đã ghi tên chiến dịch."))
    service.name(ask.desk.database, ask.desk.app.means, form, name)
    return done(ask, form)


@router.act("/campaigns/{number}/merge", Right.CAMPAIGNS)
def merge(ask: Asking, fill: Filled, other: Row) -> Response:
    """Bring two campaigns together; the page of the older one follows."""
    form = fill(ask.words.say("Đã gộp với %(other)s; số cũ hơn được giữ.", other=label(other)))
    service.merge(ask.desk.database, ask.desk.app.means, form, other)
    return done(ask, form, f"/campaigns/{min(form.number, other)}")


@router.act("/campaigns/{number}/unmerge", Right.CAMPAIGNS)
def unmerge(ask: Asking, fill: Filled, other: Row) -> Response:
    """Take back that somebody brought two campaigns together."""
    form = fill(ask.words.say("Đã bỏ gộp với %(other)s.", other=label(other)))
    service.unmerge(ask.desk.database, ask.desk.app.means, form, other)
    return done(ask, form)


@router.act("/campaigns/{number}/split", Right.CAMPAIGNS)
def split(ask: Asking, fill: Filled, mail: Row) -> Response:
    """Say that a mail belongs to no campaign."""
    form = fill(ask.words.say("Đã tách thư ra; thư này không tự vào lại chiến dịch nào."))
    service.split(ask.desk.database, ask.desk.app.means, form, mail)
    return done(ask, form)


@router.act("/campaigns/{number}/put-back", Right.CAMPAIGNS)
def put_back(ask: Asking, fill: Filled, mail: Row) -> Response:
    """Take that back."""
    form = fill(ask.words.say("Đã đưa thư trở lại nơi các dấu hiệu của nó dẫn tới."))
    service.put_back(ask.desk.database, ask.desk.app.means, form, mail)
    return done(ask, form)


@router.act("/campaigns/{number}/watch", Right.TRUST)
def watch(ask: Asking, fill: Filled) -> Response:
    """Put the signs of a campaign onto the watch list, all in one act."""

    def tell(put: int, spared: int) -> str:
        told = ask.words.count(
            "Đã đưa %(num)s dấu hiệu vào danh sách theo dõi.",
            "Đã đưa %(num)s dấu hiệu vào danh sách theo dõi.",
            put,
        )
        if not spared:
            return told
        left = ask.words.count(
            "Bỏ qua %(num)s dấu hiệu không được phép theo dõi.",
            "Bỏ qua %(num)s dấu hiệu không được phép theo dõi.",
            spared,
        )
        return f"{told} {left}"

    form = fill("")
    service.watch(ask.desk.database, ask.desk.app.means, form, tell)
    return done(ask, form)
