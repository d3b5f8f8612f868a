"""What else programs ask: the queues, whether a code is genuine, and what their token is."""

from pydantic import BaseModel, ConfigDict, Field

from triage.core.apiscopes import Scope
from triage.core.people import Right
from triage.core.tickets import TicketStatus
from triage.db import counters
from triage.errors import ThrottledError
from triage.service import codecheck, tokens
from triage.web.api.access import ApiRouter, Calling
from triage.web.api.models import QueueCard, QueueList, TokenCard, Verified
from triage.web.queue import queues_seen_by

router = ApiRouter()


class CodeQuestion(BaseModel):
    """A code, and the address that it is said to have been given to."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(
        max_length=codecheck.LONGEST_CODE, pattern=r"^[^\u0000]*$", examples=["SD261116-000001"]
    )
    address: str = Field(max_length=codecheck.LONGEST_ADDRESS, pattern=r"^[^\u0000]*$")


@router.ask("GET", "/queues", Scope.QUEUES_READ)
def list_queues(ask: Calling) -> QueueList:
    """List the queues that may be seen, with how many tickets stand in each state."""
    directory = ask.desk.app.means.rules.treasuries
    with ask.desk.database.read() as connection:
        counted = counters.seen_by(connection, ask.person, ask.desk.now())
    cards = []
    for queue in queues_seen_by(ask.desk, ask.person):
        own = [one for one in counted if one.queue == queue]
        cards.append(
            QueueCard(
                queue=queue,
                name=directory.queue_name(queue),
                tickets={
                    status: max(0, sum(one.number for one in own if one.status == status))
                    for status in TicketStatus
                },
                doubted=sum(one.number for one in own if one.flagged and one.status != TicketStatus.CLOSED),
            )
        )
    return QueueList(queues=cards)


@router.ask("POST", "/verify", Scope.VERIFY)
def verify(ask: Calling, asked: CodeQuestion) -> Verified:
    """Say whether a code was given to an address; a wrong code and a wrong address answer alike."""
    database, clock = ask.desk.database, ask.desk.app.means.clock
    if not tokens.count_verification(database, clock, ask.token):
        raise ThrottledError(1)
    return Verified(genuine=codecheck.is_genuine(database, asked.code, asked.address))


@router.ask("GET", "/token", None, Right.SELF)
def show_token(ask: Calling) -> TokenCard:
    """Show the token that asks: whose it is, what it is good for, until when."""
    token = ask.token
    return TokenCard(
        id=token.id,
        name=token.name,
        login=token.login,
        role=ask.person.role.value,
        scopes=list(token.scopes),
        expires_at=token.expires_at,
    )
