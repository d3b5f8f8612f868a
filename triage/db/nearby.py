"""Tickets around one ticket, as somebody may see them: linked, named, and those of the same sender."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, literal, select, union_all

from triage.core.onespelling import spellings
from triage.db.schema import ticket_links, tickets

MOST_OF_SENDER = 20
MOST_COUNTED = 1_000
"""Earlier tickets of one sender that are counted; a robot has more."""

NAMED = "named"
INTO = "into"
"""Why a ticket is near, besides the sorts of ``ticket_links``: a mail names it, or this one went into it."""


@dataclass(frozen=True, slots=True)
class NearTicket:
    """A ticket near another, and why. Times are UTC."""

    id: int
    code: str
    subject: str
    status: str
    category: str
    opened_at: datetime
    why: str


_COLUMNS = tuple(tickets.c[name] for name in NearTicket.__dataclass_fields__ if name != "why")


def linked(
    connection: Connection,
    ticket_id: int,
    visible: ColumnElement[bool],
    *,
    named: Collection[str],
    merged_into: int | None,
) -> list[NearTicket]:
    """Give the tickets that this one is linked with, each once, the newest first; only what may be seen.

    ``named`` are codes that stand in its history.
    """
    found = union_all(
        select(*_COLUMNS, ticket_links.c.sort.label("why"))
        .join(ticket_links, ticket_links.c.other_id == tickets.c.id)
        .where(ticket_links.c.ticket_id == ticket_id, visible),
        select(*_COLUMNS, literal(INTO)).where(tickets.c.id == merged_into, visible),
        select(*_COLUMNS, literal(NAMED)).where(
            tickets.c.code.in_(named), tickets.c.id != ticket_id, visible
        ),
    )
    by_id: dict[int, NearTicket] = {}
    for row in connection.execute(found):
        by_id.setdefault(row.id, NearTicket(*row))
    return sorted(by_id.values(), key=lambda one: one.id, reverse=True)


def of_sender(
    connection: Connection, address: str, ticket_id: int, visible: ColumnElement[bool]
) -> list[NearTicket]:
    """Give the sender's other tickets that may be seen, the newest first."""
    if not address:
        return []
    query = (
        select(*_COLUMNS, literal("sender"))
        .where(tickets.c.requester_address.in_(spellings(address)), tickets.c.id != ticket_id, visible)
        .order_by(tickets.c.id.desc())
        .limit(MOST_OF_SENDER)
    )
    return [NearTicket(*tuple(row)) for row in connection.execute(query)]


def count_before(connection: Connection, address: str, ticket_id: int, visible: ColumnElement[bool]) -> int:
    """Count the sender's earlier tickets that may be seen, up to MOST_COUNTED."""
    if not address:
        return 0
    earlier = (
        select(tickets.c.id)
        .where(tickets.c.requester_address.in_(spellings(address)), tickets.c.id < ticket_id, visible)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return connection.scalar(select(func.count()).select_from(earlier)) or 0
