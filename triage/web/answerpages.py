"""What is shown in place of an answer that was not sent: why, with its text, which is kept."""

from fastapi.responses import HTMLResponse

from triage.core.people import Right
from triage.errors import RefusedActError
from triage.service.answering import Answer, StoppedError
from triage.web import guardwords
from triage.web.changedsince import changes_since
from triage.web.ticketact import TicketAct, new_key


def not_sent(act: TicketAct, wanted: Answer, error: RefusedActError) -> HTMLResponse:
    """Show what stops an answer, or what somebody else has changed; then it may be sent all the same."""
    ask = act.ask
    ticket = ask.ticket(act.code)
    stops = guardwords.worded(ask.words, error.objections) if isinstance(error, StoppedError) else ()
    changed = () if stops else changes_since(ask, ticket, act.version or 0)
    return ask.page(
        "desk/answer_stopped.html",
        409,
        ticket=ticket,
        wanted=wanted,
        stops=stops,
        changed=changed,
        key=new_key(),
        verb="answer" if ask.person.may(Right.WORK) else "province-answer",
    )
