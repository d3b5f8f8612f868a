"""An answer for approval: leave it for somebody who may send it, take it back, give it back."""

from fastapi.responses import Response

from triage.core.people import Right
from triage.db import drafts
from triage.service import proposing as service
from triage.service.answering import Answer, StoppedError
from triage.web import answerpages
from triage.web.access import DeskRouter
from triage.web.ticketact import Acting, Short, Text, Words

router = DeskRouter()


@router.act("/tickets/{code}/propose", Right.NOTE)
def propose(act: Acting, text: Text = "") -> Response:
    """Leave an answer for approval; what would stop it is shown at once, and the text is kept."""
    errand = act.errand(act.ask.words.say("Đã gửi duyệt thư trả lời phiếu %(code)s."))
    try:
        service.propose(act.database, act.ask.desk.app.means, errand, text)
    except StoppedError as error:
        act.keep(drafts.ANSWER, text)
        return answerpages.not_sent(act, Answer(text), error)
    return act.done()


@router.act("/tickets/{code}/withdraw", Right.NOTE)
def withdraw(act: Acting) -> Response:
    """Take back what one has left for approval oneself."""
    errand = act.errand(act.ask.words.say("Đã rút thư chờ duyệt. Nội dung được trả lại vào khung soạn."))
    service.withdraw(act.database, act.clock, errand)
    return act.done()


@router.act("/tickets/{code}/give-back", Right.WORK)
def give_back(act: Acting, writer: Short = "", why: Words = "") -> Response:
    """Give an answer back to its writer with a word."""
    errand = act.errand(act.ask.words.say("Đã trả lại bản nháp cho người soạn."))
    service.give_back(act.database, act.clock, errand, writer, why=why)
    return act.done()
