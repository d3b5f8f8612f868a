"""Words for colleagues: internal notes and phone calls."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response

from triage.core.people import Right
from triage.db import drafts
from triage.errors import RefusedActError
from triage.service import noting as service
from triage.web.access import DeskRouter
from triage.web.ticketact import Acting, Short, Text

router = DeskRouter()


@router.act("/tickets/{code}/note", Right.NOTE)
def note(
    act: Acting, text: Text = "", mention: Annotated[tuple[str, ...], Form(max_length=20)] = ()
) -> Response:
    """Write an internal note; whoever it mentions is told."""
    errand = act.errand(act.ask.words.say("Đã thêm ghi chú nội bộ vào phiếu %(code)s."))
    try:
        service.note(act.database, act.clock, errand, text, mentions=mention)
    except RefusedActError:
        if text.strip():
            act.keep(drafts.NOTE, text)
        raise
    return act.done()


@router.act("/tickets/{code}/call", Right.WORK)
def call(act: Acting, who: Short = "", phone: Short = "", text: Text = "") -> Response:
    """Write down what was said on the phone."""
    errand = act.errand(act.ask.words.say("Đã ghi cuộc gọi vào phiếu %(code)s."))
    service.log_call(act.database, act.clock, errand, who=who, phone=phone, text=text)
    return act.done()
