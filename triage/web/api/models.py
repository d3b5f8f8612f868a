"""What the API answers with, field by field. Every moment is UTC, ISO 8601 with offset."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from triage.core.apiscopes import Scope
from triage.core.tickets import TicketStatus
from triage.core.webhookevents import WebhookEvent

_Mailbox = Annotated[
    str | None,
    Field(description="Our mailbox that the mail came to; null with one alone, or where it is unknown."),
]


class Answer(BaseModel):
    """What all answers share: no field that is not described."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Party(Answer):
    """A mailbox as a header gives it; either part may be empty."""

    name: str
    address: str


class TicketHead(Answer):
    """One ticket as lists show it; secrets in its texts are hidden."""

    code: str = Field(examples=["SD261116-000001"])
    queue: str = Field(description="A treasury's number, unrouted or security.")
    treasury: str | None
    status: TicketStatus
    subject: str
    excerpt: str
    requester: Party
    unit: str | None
    mailbox: str | None = Field(
        description="Our mailbox that its first mail came to; null with one alone, or where it is unknown."
    )
    category: str
    priority: int = Field(description="1 is the most urgent, 5 the least.")
    verdict: str = Field(
        description="What was found of the sender: trusted, ordinary, suspicious, impersonation."
    )
    assignee: str | None = Field(description="The login of whoever has it.")
    version: int = Field(description="Goes up with every change.")
    opened_at: datetime
    due_at: datetime | None
    updated_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    snoozed_until: datetime | None
    outcome: str | None


class TicketPage(Answer):
    """Some tickets of a list; ``after`` leads to the next ones, null on the last page."""

    tickets: list[TicketHead]
    after: str | None


class TurnKind(StrEnum):
    """What a turn of a conversation is."""

    MAIL = "mail"
    LETTER = "letter"
    NOTE = "note"
    CALL = "call"


class TurnHead(Answer):
    """One turn of a conversation without its words; ``mail`` is the number of a mail that came in."""

    kind: TurnKind
    at: datetime
    sender: str = Field(description="The address of whoever wrote, or the login of a colleague.")
    recipient: str | None
    subject: str
    mail: int | None
    mailbox: _Mailbox
    state: str | None = Field(description="Of a letter: queued, sending, sent, failed or recalled.")


class EventLine(Answer):
    """One line of a ticket's history; codes of other tickets are left out."""

    at: datetime
    actor: str
    verb: str
    before: str | None
    after: str | None
    said: str | None


class Ticket(TicketHead):
    """A ticket with the newest turns of its conversation and the newest lines of its history."""

    conversation: list[TurnHead]
    older: str | None = Field(description="Leads to the turns before these; null where there are none.")
    history: list[EventLine]


class FileHead(Answer):
    """One file of a mail; ``size`` counts bytes."""

    name: str
    type: str
    size: int
    inline: bool


class MailCard(Answer):
    """A mail: who wrote what to whom, with secrets hidden; ``text`` is null where it cannot be shown."""

    id: int
    ticket: str | None
    kind: str | None
    state: str
    received_at: datetime
    mailbox: _Mailbox
    erased_at: datetime | None
    size: int
    date: datetime | None = Field(description="What the sender claims.")
    sender: Party | None
    reply_to: list[Party]
    to: list[Party]
    cc: list[Party]
    subject: str | None
    text: str | None = Field(description="The new words, without what is quoted and the signature.")
    files: list[FileHead]


class QueueCard(Answer):
    """One queue with the number of its tickets by state; ``doubted`` are open ones of doubtful senders."""

    queue: str
    name: str | None
    tickets: dict[TicketStatus, Annotated[int, Field(ge=0)]]
    doubted: int


class QueueList(Answer):
    """The queues that may be seen."""

    queues: list[QueueCard]


class Verified(Answer):
    """Whether a code was given to an address; nothing else is told."""

    genuine: bool


class TokenCard(Answer):
    """The token that asks."""

    id: int
    name: str
    login: str
    role: str
    scopes: list[Scope]
    expires_at: datetime


class WebhookCard(Answer):
    """A webhook of one's own; ``waiting`` and ``failed`` count its messages."""

    id: int
    address: str
    events: list[WebhookEvent]
    created_at: datetime
    waiting: int
    failed: int


class WebhookList(Answer):
    """One's own webhooks."""

    webhooks: list[WebhookCard]


class MadeWebhookCard(WebhookCard):
    """A new webhook with the secret of its signatures, which is told this once."""

    secret: str
