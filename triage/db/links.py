"""Tickets that have to do with each other; each pair stands once in each direction."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select

from triage.db.schema import ticket_links
from triage.db.upsert import Upsert

RELATED = "related"
MERGED = "merged"
SPLIT = "split"

_ADD = Upsert(
    ticket_links, lambda insert: insert.on_conflict_do_nothing().returning(ticket_links.c.ticket_id)
)


def add(connection: Connection, one: int, other: int, sort: str, *, now: datetime, actor: str) -> bool:
    """Link two tickets; False where they were linked so before."""
    new = [
        connection.execute(
            _ADD.on(connection),
            {"ticket_id": first, "other_id": second, "sort": sort, "at": now, "actor": actor},
        ).first()
        for first, second in ((one, other), (other, one))
    ]
    return any(row is not None for row in new)


def remove(connection: Connection, one: int, other: int, sort: str) -> bool:
    """Part two tickets; False where they were not linked so."""
    result = connection.execute(
        delete(ticket_links).where(
            ticket_links.c.sort == sort,
            or_(
                and_(ticket_links.c.ticket_id == one, ticket_links.c.other_id == other),
                and_(ticket_links.c.ticket_id == other, ticket_links.c.other_id == one),
            ),
        )
    )
    return result.rowcount > 0


def merged_with(connection: Connection, ticket_id: int) -> set[int]:
    """Give the tickets that were merged with one, one after the other, and itself."""
    known, fresh = {ticket_id}, {ticket_id}
    while fresh:
        query = select(ticket_links.c.other_id).where(
            ticket_links.c.ticket_id.in_(fresh), ticket_links.c.sort == MERGED
        )
        fresh = set(connection.scalars(query)) - known
        known |= fresh
    return known
