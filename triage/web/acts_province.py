"""Hand-over of a ticket: the centre gives it to a province and fetches it, the province gives it back."""

from fastapi.responses import Response

from triage.core.people import Right
from triage.service import handover as service
from triage.service.answering import Answer
from triage.web import wording
from triage.web.access import DeskRouter
from triage.web.acts_answer import CLOSE, STAY, demand_known, send
from triage.web.ticketact import Acting, Short, Text, Words

router = DeskRouter()


@router.act("/tickets/{code}/hand-over", Right.WORK)
def hand_over(act: Acting, queue: Short = "", note: Words = "") -> Response:
    """Give a ticket to the province of a queue, with what it is to do."""
    words = act.ask.words
    told = words.say("Đã giao phiếu %(code)s cho %(name)s.")
    errand = act.errand(told, name=wording.queue_name(words, act.rules, queue))
    service.hand_over(act.database, act.clock, errand, act.rules, queue, note=note)
    return act.done()


@router.act("/tickets/{code}/fetch", Right.WORK)
def fetch(act: Acting, why: Words = "") -> Response:
    """Fetch a ticket back from its province."""
    errand = act.errand(act.ask.words.say("Đã thu phiếu %(code)s về trung ương; bạn đang xử lý phiếu."))
    service.fetch(act.database, act.clock, errand, why=why)
    return act.done()


@router.act("/tickets/{code}/receive", Right.PROVINCE)
def receive(act: Acting, was: Short = "") -> Response:
    """Take a ticket that the centre has given to one's province."""
    errand = act.errand(act.ask.words.say("Bạn đã nhận xử lý phiếu %(code)s."))
    service.receive(act.database, act.clock, errand, was=was)
    return act.done()


@router.act("/tickets/{code}/hand-back", Right.PROVINCE)
def hand_back(act: Acting, reason: Short = "", why: Words = "") -> Response:
    """Give a ticket back to the centre with a reason."""
    errand = act.errand(act.ask.words.say("Đã trả phiếu %(code)s về trung ương."))
    service.hand_back(act.database, act.clock, errand, reason, why=why)
    return act.done()


@router.act("/tickets/{code}/province-answer", Right.PROVINCE)
def province_answer(
    act: Acting, text: Text = "", then: Short = STAY, outcome: Short = "", anyway: Short = ""
) -> Response:
    """Answer in the name of the centre without approval, where this person may."""
    demand_known(then, (STAY, CLOSE))
    closing = (outcome or "solved") if then == CLOSE else ""
    return send(act, Answer(text, closing, anyway=anyway == "yes"))
