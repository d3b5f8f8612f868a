"""Legal holds: tickets whose data stay until somebody ends the hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from triage.db.lists import in_lists
from triage.db.schema import IN_FORCE, legal_holds, tickets


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold as lists show it. Times are UTC; one that has ended says by whom and why."""

    ticket_code: str
    reason: str
    author: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str


def add(connection: Connection, ticket_id: int, now: datetime, *, reason: str, author: str) -> None:
    """Put a hold on a ticket. Raises IntegrityError where one is in force."""
    values = {"ticket_id": ticket_id, "reason": reason, "author": author, "created_at": now}
    connection.execute(legal_holds.insert(), values)


def end(connection: Connection, ticket_id: int, now: datetime, *, reason: str, actor: str) -> bool:
    """End the hold on a ticket; tells whether there was one."""
    result = connection.execute(
        update(legal_holds)
        .where(IN_FORCE, legal_holds.c.ticket_id == ticket_id)
        .values(ended_at=now, ended_by=actor, end_reason=reason)
    )
    return result.rowcount > 0


def held(connection: Connection, ticket_ids: Iterable[int]) -> list[str]:
    """Give the codes of those of the tickets that are under a hold, in order."""
    wanted = sorted(set(ticket_ids))
    codes: list[str] = []
    for some in in_lists(wanted):
        query = (
            select(tickets.c.code)
            .join(legal_holds, legal_holds.c.ticket_id == tickets.c.id)
            .where(IN_FORCE, tickets.c.id.in_(some))
        )
        codes += connection.scalars(query.order_by(tickets.c.code))
    return codes


def listed(connection: Connection, *, past: bool = False) -> list[HoldRow]:
    """Give the holds in force, the newest first; with ``past`` those too that have ended."""
    query = (
        select(
            tickets.c.code,
            *(legal_holds.c[name] for name in HoldRow.__dataclass_fields__ if name != "ticket_code"),
        )
        .join(tickets, tickets.c.id == legal_holds.c.ticket_id)
        .order_by(legal_holds.c.id.desc())
    )
    rows = connection.execute(query if past else query.where(IN_FORCE))
    return [HoldRow(*row) for row in rows]
