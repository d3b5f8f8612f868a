"""Answers that never arrived: whose they were, and which tickets have had no other answer since."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select

from triage.core.letternames import ANSWER
from triage.db.outbox import ANSWERED
from triage.db.schema import OPEN, outbox, ticket_events, tickets

_ON_ITS_WAY = ("queued", "sending", "sent")


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as the history tells of it: who wrote it, and what became of the ticket with it."""

    actor: str
    data: dict[str, Any]


def written(connection: Connection, ticket_id: int, message_id: str) -> Written | None:
    """Give what the history of a ticket, or of one merged into it, says of an answer; None for any other."""
    merged = select(tickets.c.id).where(tickets.c.merged_into == ticket_id)
    query = select(ticket_events.c.actor, ticket_events.c.data).where(
        or_(ticket_events.c.ticket_id == ticket_id, ticket_events.c.ticket_id.in_(merged)),
        ticket_events.c.verb == ANSWERED,
        ticket_events.c.data["message_id"].as_string() == message_id,
    )
    row = connection.execute(query).first()
    return Written(row.actor, row.data) if row else None


def last_answer(connection: Connection, ticket_id: int, recipient: str) -> str:
    """Give the Message-ID of the newest answer of a ticket that went to an address; empty without any.

    One that has come back counts: a second report of it means no older answer, which arrived.
    """
    merged = select(tickets.c.id).where(tickets.c.merged_into == ticket_id)
    query = (
        select(outbox.c.message_id)
        .where(
            or_(outbox.c.ticket_id == ticket_id, outbox.c.ticket_id.in_(merged)),
            func.lower(outbox.c.recipient) == recipient.lower(),
            outbox.c.letter == ANSWER,
            outbox.c.state.in_(("sent", "failed")),
        )
        .order_by(outbox.c.id.desc())
    )
    return connection.scalar(query.limit(1)) or ""


def is_answered_besides(connection: Connection, ticket_id: int, letter_id: int) -> bool:
    """Whether another answer on a ticket has gone out, or will."""
    query = select(outbox.c.id).where(
        outbox.c.ticket_id == ticket_id,
        outbox.c.id != letter_id,
        outbox.c.letter == ANSWER,
        outbox.c.state.in_(_ON_ITS_WAY),
    )
    return connection.scalar(query.limit(1)) is not None


def lacks_answer() -> ColumnElement[bool]:
    """Give the condition on ``tickets``: open, its answer failed for good, and none was written since."""
    later = outbox.alias("later")
    answered = select(later.c.id).where(
        later.c.ticket_id == outbox.c.ticket_id,
        later.c.id > outbox.c.id,
        later.c.letter == ANSWER,
        later.c.state.in_(_ON_ITS_WAY),
    )
    # written out, since a bound value would not be known to fit the small index of failed letters
    failed = outbox.c.state == literal_column("'failed'")
    lacking = select(outbox.c.ticket_id).where(failed, outbox.c.letter == ANSWER, ~answered.exists())
    return and_(OPEN, tickets.c.id.in_(lacking))
