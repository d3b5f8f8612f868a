"""Mails whose term has passed, by class; those of tickets under legal hold are never among them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, update

from triage.core.erased import NEUTRAL_TEXT
from triage.core.retention import RetentionClass
from triage.core.tickets import TicketStatus
from triage.db.schema import ACTING, IN_FORCE, decisions, legal_holds, mails, tickets

_HELD = exists().where(legal_holds.c.ticket_id == mails.c.ticket_id, IN_FORCE)
_ACTED_ON = exists().where(decisions.c.mail_id == mails.c.id, ACTING)
_KEPT = and_(
    mails.c.state == "processed", mails.c.erased_at.is_(None), or_(mails.c.ticket_id.is_(None), ~_HELD)
)


def due(connection: Connection, sort: RetentionClass, before: datetime, limit: int) -> list[int]:
    """Give the ids of mails of a class whose term ended before a moment, the oldest first."""
    query = _of_class(sort, before).with_only_columns(mails.c.id).order_by(mails.c.id).limit(limit)
    return list(connection.scalars(query))


def count(connection: Connection, sort: RetentionClass, before: datetime) -> int:
    """Give how many mails of a class are due."""
    return connection.scalar(_of_class(sort, before).with_only_columns(func.count())) or 0


def _of_class(sort: RetentionClass, before: datetime) -> Select[int]:
    query = select(mails.c.id).where(_KEPT)
    match sort:
        case RetentionClass.CLOSED:
            return query.join(tickets, tickets.c.id == mails.c.ticket_id).where(
                _ACTED_ON, tickets.c.status == TicketStatus.CLOSED.value, tickets.c.closed_at < before
            )
        case RetentionClass.QUIET:
            return query.where(mails.c.ticket_id.is_(None), _ACTED_ON, mails.c.received_at < before)
        case RetentionClass.DUPLICATE:
            return query.where(~_ACTED_ON, mails.c.received_at < before)


def blank(connection: Connection, mail_ids: Sequence[int]) -> None:
    """Make neutral what the list of mails says of mails that belong to no ticket."""
    connection.execute(
        update(mails)
        .where(mails.c.id.in_(mail_ids), mails.c.ticket_id.is_(None))
        .values(from_name="", subject=NEUTRAL_TEXT)
    )
