"""Who may read the tickets of a queue, and who looks after it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from triage.core.people import SEES_ALL, Person, Role
from triage.db.schema import people, person_queues
from triage.db.sessions import person_of

_SEE_ALL = tuple(role.value for role in SEES_ALL)


def of_queue(connection: Connection, queue: str, now: datetime) -> list[Person]:
    """Give everybody who sees the tickets of a queue at this moment, by name."""
    sees = or_(people.c.role.in_(_SEE_ALL), _looks_after(queue, now))
    query = select(people).where(people.c.disabled_at.is_(None), sees)
    return [person_of(row) for row in connection.execute(query.order_by(people.c.display_name))]


def coordinators(connection: Connection, queues: Sequence[str], now: datetime) -> list[int]:
    """Give the ids of those who look after one of these queues, or stand in for somebody who does."""
    found: set[int] = set()
    for queue in queues:
        query = select(people.c.id).where(people.c.disabled_at.is_(None), _looks_after(queue, now))
        found.update(connection.scalars(query))
    return sorted(found)


def _looks_after(queue: str, now: datetime) -> ColumnElement[bool]:
    """Give the condition on ``people``: a coordinator who has this queue, or has it lent to him now."""
    having = select(person_queues.c.person_id).where(person_queues.c.queue == queue)
    away = people.alias("away")
    lent = select(away.c.deputy_id).where(
        away.c.id.in_(having),
        away.c.role == Role.COORDINATOR.value,
        away.c.disabled_at.is_(None),
        away.c.away_from <= now,
        away.c.away_until > now,
    )
    held = or_(people.c.id.in_(having), people.c.id.in_(lent))
    return (people.c.role == Role.COORDINATOR.value) & held
