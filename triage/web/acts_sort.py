"""What a ticket is about and where it belongs: category, priority, treasury."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response

from triage.core.people import Right
from triage.service import handling as service
from triage.web import wording
from triage.web.access import DeskRouter
from triage.web.rownumbers import LAST_VERSION
from triage.web.ticketact import Acting, Short, Words

router = DeskRouter()


@router.act("/tickets/{code}/category", Right.WORK)
def category(act: Acting, category: Short = "", was: Short = "") -> Response:
    """Change what a ticket is about."""
    errand = act.errand(act.ask.words.say("Đã đổi loại yêu cầu của phiếu %(code)s."))
    service.categorise(act.database, act.clock, errand, act.rules, category, was=was)
    return act.done()


@router.act("/tickets/{code}/priority", Right.WORK)
def priority(
    act: Acting, priority: Annotated[int, Form(ge=0, le=LAST_VERSION)] = 0, was: Short = ""
) -> Response:
    """Change how urgent a ticket is."""
    errand = act.errand(act.ask.words.say("Đã đổi mức ưu tiên của phiếu %(code)s."))
    service.prioritise(act.database, act.clock, errand, priority, was=was)
    return act.done()


@router.act("/tickets/{code}/reroute", Right.WORK)
def reroute(act: Acting, queue: Short = "", why: Words = "", was: Short = "") -> Response:
    """Move a ticket to another treasury."""
    words = act.ask.words
    name = wording.queue_name(words, act.rules, queue)
    errand = act.errand(words.say("Đã chuyển phiếu %(code)s sang %(queue)s."), queue=name)
    service.reroute(act.database, act.clock, errand, act.rules, queue, why=why, was=was)
    return act.done()
