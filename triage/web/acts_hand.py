"""Who works on a ticket: take it, give it to a colleague, put it back."""

from fastapi.responses import Response

from triage.core.people import Right
from triage.service import handling as service
from triage.web.access import DeskRouter
from triage.web.ticketact import Acting, Short

router = DeskRouter()


@router.act("/tickets/{code}/take", Right.WORK)
def take(act: Acting, was: Short = "") -> Response:
    """Take a ticket."""
    errand = act.errand(act.ask.words.say("Bạn đã nhận xử lý phiếu %(code)s."))
    service.take(act.database, act.clock, errand, was=was)
    return act.done()


@router.act("/tickets/{code}/assign", Right.WORK)
def assign(act: Acting, to: Short = "", was: Short = "") -> Response:
    """Give a ticket to a colleague; to nobody where none is chosen."""
    say = act.ask.words.say
    told = say("Đã giao phiếu %(code)s cho %(to)s.") if to else say("Đã bỏ giao phiếu %(code)s.")
    errand = act.errand(told, to=act.ask.name_of(to))
    service.assign(act.database, act.clock, errand, to, was=was)
    return act.done()


@router.act("/tickets/{code}/unassign", Right.WORK)
def unassign(act: Acting, was: Short = "") -> Response:
    """Put a ticket back, so that nobody has it."""
    errand = act.errand(act.ask.words.say("Đã bỏ giao phiếu %(code)s."))
    service.assign(act.database, act.clock, errand, "", was=was)
    return act.done()
