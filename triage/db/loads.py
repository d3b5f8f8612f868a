"""How each queue stands: what is overdue, what is due soon, what waits longest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from triage.core.people import Person
from triage.db.queues import TO_DO
from triage.db.schema import OPEN, tickets
from triage.db.visibility import visible_to


@dataclass(frozen=True, slots=True)
class Load:
    """What waits for us in one queue; ``oldest`` is when the oldest of it was opened."""

    queue: str
    overdue: int
    soon: int
    oldest: datetime


def by_queue(connection: Connection, person: Person, now: datetime, soon_until: datetime) -> list[Load]:
    """Give the loads of the queues that a person sees and where anything waits; only what is open is read."""
    overdue = func.count().filter(tickets.c.due_at < now)
    soon = func.count().filter(and_(tickets.c.due_at >= now, tickets.c.due_at < soon_until))
    query = (
        select(tickets.c.queue, overdue, soon, func.min(tickets.c.opened_at))
        .where(OPEN, tickets.c.status.in_(TO_DO), visible_to(person, now))
        .group_by(tickets.c.queue)
    )
    return [Load(*row) for row in connection.execute(query)]


def overdue(connection: Connection, now: datetime) -> dict[str, int]:
    """Give by queue how many tickets are past their deadline; only what is open is read."""
    query = (
        select(tickets.c.queue, func.count().label("number"))
        .where(OPEN, tickets.c.status.in_(TO_DO), tickets.c.due_at < now)
        .group_by(tickets.c.queue)
    )
    return {row.queue: row.number for row in connection.execute(query)}
