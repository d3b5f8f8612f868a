"""Answering the unit: send, with closing and going on to the next ticket, and take back in time."""

from collections.abc import Collection

from fastapi import HTTPException
from fastapi.responses import Response

from triage.core.accounts import AFTER_SEND
from triage.core.decision import Part
from triage.core.missingrequest import missing_request
from triage.core.people import Right
from triage.db import drafts
from triage.errors import RefusedActError
from triage.service import answering, drafting, nextticket, proposing
from triage.service.answering import Answer, ChangedSinceError, StoppedError
from triage.web import answerpages
from triage.web.access import DeskRouter
from triage.web.acts_draft import Parts
from triage.web.rownumbers import Number
from triage.web.ticketact import Acting, Short, Text, TicketAct, ticket_path

router = DeskRouter()

STAY, CLOSE, NEXT = "stay", "close", "next"
"""What somebody does after sending: stays on the ticket, closes it, closes it and goes to the next."""


@router.act("/tickets/{code}/answer", Right.WORK)
def answer(
    act: Acting,
    text: Text = "",
    then: Short = STAY,
    outcome: Short = "",
    anyway: Short = "",
    writer: Short = "",
) -> Response:
    """Send an answer, one's own or what ``writer`` left for approval; what stops it is shown with it."""
    demand_known(then, AFTER_SEND)
    closing = (outcome or "solved") if then in {CLOSE, NEXT} else ""
    return send(act, Answer(text, closing, anyway=anyway == "yes", after=then, writer=writer))


@router.act("/tickets/{code}/ask-missing", Right.WORK)
def ask_missing(
    act: Acting,
    part: Parts = [],  # noqa: B006 - FastAPI copies what a form lacks
    into: Short = "draft",
) -> Response:
    """Ask the unit for what is missing: at once, or by a draft that somebody goes on writing."""
    wanted = missing_request([one for one in Part if one.value in part])
    if into == "send":
        return send(act, Answer(wanted, apart=True))
    drafting.add(act.database, act.clock, act.ask.person, act.code, more=wanted, version=act.version)
    return act.ask.go(f"{ticket_path(act.code)}#answer")


@router.act("/tickets/{code}/recall/{letter}", Right.NOTE)
def recall(act: Acting, letter: Number) -> Response:
    """Take an answer of one's own back; its text is the draft again."""
    errand = act.errand(act.ask.words.say("Đã thu hồi thư. Nội dung được trả lại vào khung soạn."))
    answering.recall(act.database, act.ask.desk.app.means, errand, letter)
    return act.done(f"{ticket_path(act.code)}#answer")


def demand_known(then: str, known: Collection[str]) -> None:
    """Refuse a form that says what nobody offers to do after sending: a letter cannot be unsent."""
    if then not in known:
        raise HTTPException(400)


def send(act: TicketAct, wanted: Answer) -> Response:
    """Send an answer; what stops it is shown with it, and its text is kept."""
    desk, words = act.ask.desk, act.ask.words
    seconds = desk.app.config.web.recall_seconds
    told = (
        words.say("Thư trả lời phiếu %(code)s sẽ gửi sau %(seconds)s giây.")
        if seconds
        else words.say("Thư trả lời phiếu %(code)s đang được gửi.")
    )
    errand = act.errand(told, seconds=seconds)
    try:
        answering.send(desk.database, desk.app.means, errand, wanted, recall_seconds=seconds)
    except RefusedActError as error:
        if wanted.text.strip() and not wanted.apart:
            _keep(act, wanted)
        if not isinstance(error, ChangedSinceError | StoppedError):
            raise
        return answerpages.not_sent(act, wanted, error)
    return act.done(_next(act) if wanted.after == NEXT else "")


def _keep(act: TicketAct, wanted: Answer) -> None:
    if wanted.writer:
        proposing.revise(
            act.database, act.clock, act.ask.person, act.code, writer=wanted.writer, body=wanted.text
        )
    else:
        act.keep(drafts.ANSWER, wanted.text)


def _next(act: TicketAct) -> str:
    """Give the address of the ticket to work on next; that of the board where none waits."""
    code = nextticket.after(act.database, act.clock, act.ask.person, act.code)
    return ticket_path(code) if code else "/"
