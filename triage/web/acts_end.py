"""How a ticket ends, rests, is held and begins again."""

from fastapi.responses import Response

from triage.core.people import Right
from triage.service import handling as service, snoozing
from triage.web.access import DeskRouter
from triage.web.ticketact import Acting, Short, Words

router = DeskRouter()


@router.act("/tickets/{code}/close", Right.WORK)
def close(act: Acting, outcome: Short = "", note: Words = "") -> Response:
    """Close a ticket with what it came to."""
    errand = act.errand(act.ask.words.say("Đã đóng phiếu %(code)s."))
    service.close(act.database, act.clock, errand, outcome, note=note)
    return act.done()


@router.act("/tickets/{code}/reopen", Right.WORK)
def reopen(act: Acting, why: Words = "") -> Response:
    """Open a closed ticket again."""
    errand = act.errand(act.ask.words.say("Đã mở lại phiếu %(code)s."))
    service.reopen(act.database, act.clock, errand, act.rules, why=why)
    return act.done()


@router.act("/tickets/{code}/snooze", Right.WORK)
def snooze(act: Acting, rest: Short = "", day: Short = "") -> Response:
    """Put a ticket aside until a working hour."""
    errand = act.errand(act.ask.words.say("Đã tạm hoãn phiếu %(code)s. Thư mới của đơn vị sẽ mở lại phiếu."))
    snoozing.snooze(act.database, act.clock, errand, act.rules, rest, day=day)
    return act.done()


@router.act("/tickets/{code}/hold", Right.WORK)
def hold(act: Acting, why: Words = "") -> Response:
    """Hold a ticket until its sender was judged."""
    errand = act.errand(act.ask.words.say("Đã tạm giữ phiếu %(code)s để cán bộ an toàn xem."))
    service.hold(act.database, act.clock, errand, act.rules, why=why)
    return act.done()
