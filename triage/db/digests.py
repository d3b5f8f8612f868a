"""Which digests have gone out, and what stands in the queues of whoever gets one."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from triage.core.digests import QueueCounts, Urgent
from triage.core.people import Person, Role
from triage.db.counters import DOUBTED
from triage.db.handovers import untaken
from triage.db.queues import TO_DO
from triage.db.readers import is_here
from triage.db.schema import OPEN, digests, people, tickets
from triage.db.sessions import person_of
from triage.db.upsert import Upsert
from triage.db.visibility import visible_to

_CLAIM = Upsert(digests, lambda insert: insert.on_conflict_do_nothing().returning(digests.c.person_id))


def without(connection: Connection, day: date, now: datetime) -> list[Person]:
    """Give the coordinators with an address who have had nothing about a day yet; who is away gets none."""
    done = select(digests.c.person_id).where(digests.c.day == day)
    query = select(people).where(
        people.c.role == Role.COORDINATOR.value,
        people.c.disabled_at.is_(None),
        people.c.email != "",
        people.c.id.not_in(done),
        is_here(now),
    )
    return [person_of(row) for row in connection.execute(query.order_by(people.c.id))]


def claim(connection: Connection, person_id: int, day: date, now: datetime) -> bool:
    """Take the digest of a person and a day for oneself; False where another process was first.

    It is the same transaction that puts the letter into the outbox: either both are there or neither is.
    """
    values = {"person_id": person_id, "day": day, "at": now}
    return connection.execute(_CLAIM.on(connection), values).first() is not None


def counts(
    connection: Connection, person: Person, now: datetime, since: datetime, ends_at: datetime
) -> list[QueueCounts]:
    """Count the open tickets that this person sees, by queue: opened since, due until, overdue, flagged.

    ``handed`` are those given to the province that nobody there has taken.
    """
    to_do = tickets.c.status.in_(TO_DO)
    conditions: dict[str, ColumnElement[bool]] = {
        "new": tickets.c.opened_at >= since,
        "due": and_(to_do, tickets.c.due_at >= now, tickets.c.due_at <= ends_at),
        "overdue": and_(to_do, tickets.c.due_at < now),
        "flagged": tickets.c.verdict.in_(DOUBTED),
        "handed": untaken(),
    }
    sums = (func.sum(case((condition, 1), else_=0)) for condition in conditions.values())
    query = (
        select(tickets.c.queue, func.count(), *sums)
        .where(visible_to(person, now), OPEN)
        .group_by(tickets.c.queue)
        .order_by(tickets.c.queue)
    )
    return [QueueCounts(row[0], *map(int, row[1:])) for row in connection.execute(query)]


def urgent(
    connection: Connection, person: Person, now: datetime, ends_at: datetime, most: int
) -> Sequence[Urgent]:
    """Give the tickets that are due until then, the oldest deadline first."""
    query = (
        select(tickets.c.code, tickets.c.queue, tickets.c.subject, tickets.c.due_at, tickets.c.id)
        .where(visible_to(person, now), OPEN, tickets.c.status.in_(TO_DO), tickets.c.due_at <= ends_at)
        .order_by(tickets.c.due_at, tickets.c.id)
        .limit(most)
    )
    return [Urgent(*row) for row in connection.execute(query) if row.due_at is not None]
