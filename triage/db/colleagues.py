"""Who works on tickets, as lists show them: names for logins, who may be given work, who looks at what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from triage.core.people import RIGHTS, Person, Right
from triage.db.readers import is_here
from triage.db.schema import notices, people, presence
from triage.db.sessions import person_of

FRESH = timedelta(seconds=90)
"""How long somebody who was seen on a ticket counts as being there; pages tell every thirty seconds."""

_WORKERS = (
    select(people)
    .where(
        people.c.role.in_([role.value for role, rights in RIGHTS.items() if Right.WORK in rights]),
        people.c.disabled_at.is_(None),
    )
    .order_by(people.c.display_name, people.c.id)
)
_PRESENT = (
    select(people, presence.c.ticket_id, presence.c.writing_at)
    .join(presence, presence.c.person_id == people.c.id)
    .where(
        presence.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)),
        presence.c.seen_at > bindparam("since"),
        people.c.id != bindparam("but"),
    )
    .order_by(people.c.name)
)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has a ticket open now; ``writing`` where he types."""

    person: Person
    writing: bool


def by_login(connection: Connection, logins: Iterable[str]) -> dict[str, Person]:
    """Give those of the logins that are people's, also of people who may not sign in any more."""
    wanted = sorted(set(logins))
    if not wanted:
        return {}
    rows = connection.execute(select(people).where(people.c.name.in_(wanted)))
    return {row.name: person_of(row) for row in rows}


def workers(connection: Connection) -> list[Person]:
    """Give everybody who may be given a ticket, by name."""
    return [person_of(row) for row in connection.execute(_WORKERS)]


def workers_here(connection: Connection, now: datetime) -> list[Person]:
    """Give those of them who are not on leave."""
    return [person_of(row) for row in connection.execute(_WORKERS.where(is_here(now)))]


def present_on(
    connection: Connection, ticket_ids: Sequence[int], now: datetime, *, but: Person
) -> dict[int, list[Present]]:
    """Give, by ticket, who else has it open at this moment."""
    if not ticket_ids:
        return {}
    asked = {"ticket_ids": ticket_ids, "since": now - FRESH, "but": but.id}
    found: dict[int, list[Present]] = {}
    for row in connection.execute(_PRESENT, asked):
        writing = row.writing_at is not None and row.writing_at > now - FRESH
        found.setdefault(row.ticket_id, []).append(Present(person_of(row), writing))
    return found


def unread_on(connection: Connection, person: Person, ticket_ids: Sequence[int]) -> set[int]:
    """Give those of the tickets of which this person has a notice that he has not read."""
    if not ticket_ids:
        return set()
    query = select(notices.c.ticket_id).where(
        notices.c.person_id == person.id, notices.c.read_at.is_(None), notices.c.ticket_id.in_(ticket_ids)
    )
    return set(connection.scalars(query))
