"""Who may read the tickets of a queue, and who looks after it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from triage.core.people import SEES_ALL, Person, Role
from triage.db.schema import Utc, people, person_queues
from triage.db.sessions import person_of

_SEE_ALL = tuple(role.value for role in SEES_ALL)
_NOW = bindparam("now", type_=Utc())
_HAVING = select(person_queues.c.person_id).where(person_queues.c.queue == bindparam("queue"))
_AWAY = people.alias("away")
_LENT = select(_AWAY.c.deputy_id).where(
    _AWAY.c.id.in_(_HAVING),
    _AWAY.c.role == Role.COORDINATOR.value,
    _AWAY.c.disabled_at.is_(None),
    _AWAY.c.away_from <= _NOW,
    _AWAY.c.away_until > _NOW,
)
# A coordinator who has the queue, or has it lent to him now.
_LOOKS_AFTER = (people.c.role == Role.COORDINATOR.value) & or_(
    people.c.id.in_(_HAVING), people.c.id.in_(_LENT)
)
_COORDINATORS = select(people.c.id).where(people.c.disabled_at.is_(None), _LOOKS_AFTER)
_READERS = (
    select(people)
    .where(people.c.disabled_at.is_(None), or_(people.c.role.in_(_SEE_ALL), _LOOKS_AFTER))
    .order_by(people.c.display_name)
)


def of_queue(connection: Connection, queue: str, now: datetime) -> list[Person]:
    """Give everybody who sees the tickets of a queue at this moment, by name."""
    return [person_of(row) for row in connection.execute(_READERS, {"queue": queue, "now": now})]


def coordinators(connection: Connection, queues: Sequence[str], now: datetime) -> list[int]:
    """Give the ids of those who look after one of these queues, or stand in for somebody who does."""
    found: set[int] = set()
    for queue in queues:
        found.update(connection.scalars(_COORDINATORS, {"queue": queue, "now": now}))
    return sorted(found)


def on_duty(connection: Connection, queue: str, now: datetime) -> list[Person]:
    """Give those who look after a queue and are at work at this moment, deputies among them, by login."""
    query = select(people).where(people.c.disabled_at.is_(None), _LOOKS_AFTER, is_here(now))
    asked = {"queue": queue, "now": now}
    return [person_of(row) for row in connection.execute(query.order_by(people.c.name), asked)]


def is_here(now: datetime) -> ColumnElement[bool]:
    """Give the condition on ``people``: somebody who is not on leave."""
    return or_(people.c.away_from.is_(None), people.c.away_from > now, people.c.away_until <= now)
