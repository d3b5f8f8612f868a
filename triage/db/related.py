"""What else a mail may have to do with: the sender's latest tickets, and who was only told of a ticket."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from triage.core.facts import TicketFact
from triage.core.text import fold, one_line
from triage.core.tickets import TicketStatus
from triage.db.schema import ticket_events, tickets

ALIKE_WINDOW = timedelta(days=7)
MOST_ALIKE = 20
"""Latest tickets of the sender that are compared."""

MOST_EVENTS = 50
"""Events of a ticket that are looked through for people who were told of it."""

PARTICIPANTS = "participants"
"""The name under which an event keeps who else stood on its mail, by sort: ``cc`` or ``forwarded``."""

_FEWEST_LETTERS = 4

_LATEST = (
    select(
        tickets.c.id,
        tickets.c.code,
        tickets.c.queue,
        tickets.c.status,
        tickets.c.closed_at,
        tickets.c.subject,
    )
    .add_columns(tickets.c.opened_at)
    .where(tickets.c.requester_address == bindparam("sender"))
    .order_by(tickets.c.id.desc())
    .limit(MOST_ALIKE)
)
_EVENTS = (
    select(ticket_events.c.data)
    .where(ticket_events.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_events.c.id)
    .limit(MOST_EVENTS)
)


def alike(connection: Connection, sender: str, bare: str, now: datetime) -> TicketFact | None:
    """Give the sender's newest ticket of the last days with the same subject, prefixes and tags aside."""
    wanted = _compared(bare)
    if not sender or len(wanted) < _FEWEST_LETTERS:
        return None
    for row in connection.execute(_LATEST, {"sender": sender}):
        if row.opened_at > now - ALIKE_WINDOW and _compared(row.subject) == wanted:
            status = TicketStatus(row.status)
            return TicketFact(row.id, row.code, row.queue, status, frozenset({sender}), row.closed_at)
    return None


def copied(connection: Connection, ticket_id: int) -> frozenset[str]:
    """Give the addresses that were told of a ticket without having written on it, lower case."""
    rows = connection.scalars(_EVENTS, {"ticket_id": ticket_id})
    return frozenset(address for data in rows for address in _addresses(data))


def _addresses(data: dict[str, Any]) -> Iterator[str]:
    for addresses in (data.get(PARTICIPANTS) or {}).values():
        yield from addresses


def _compared(subject: str) -> str:
    return fold(one_line(subject))
