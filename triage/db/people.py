"""The people who may sign in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from triage.core.people import Person
from triage.db.schema import people, person_queues
from triage.db.sessions import person_of


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    id: int
    password_hash: str | None
    totp_secret: str | None
    totp_step: int | None
    disabled: bool


def credentials(connection: Connection, name: str) -> Credentials | None:
    """Give what the person of this login signs in with."""
    row = connection.execute(select(people).where(people.c.name == name)).first()
    if row is None:
        return None
    return Credentials(row.id, row.password_hash, row.totp_secret, row.totp_step, row.disabled_at is not None)


def add(connection: Connection, now: datetime, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new person and give the id. Raises IntegrityError where the name is taken."""
    statement = people.insert().values(created_at=now, **values).returning(people.c.id)
    created: int = connection.execute(statement).scalar_one()
    return created


def change(connection: Connection, person_id: int, **values: Any) -> None:  # noqa: ANN401 - same
    """Change columns of a person."""
    connection.execute(update(people).where(people.c.id == person_id).values(**values))


def set_queues(connection: Connection, person_id: int, queues: list[str]) -> None:
    """Give a coordinator these queues and no others."""
    connection.execute(person_queues.delete().where(person_queues.c.person_id == person_id))
    if queues:
        rows = [{"person_id": person_id, "queue": queue} for queue in dict.fromkeys(queues)]
        connection.execute(person_queues.insert(), rows)


def find(connection: Connection, name: str) -> Person | None:
    """Give the person of a login."""
    row = connection.execute(select(people).where(people.c.name == name)).first()
    return person_of(row) if row else None


def display_names(connection: Connection, logins: Collection[str]) -> dict[str, str]:
    """Give by login what people are called; whoever is no person of the desk is left out."""
    query = select(people.c.name, people.c.display_name).where(people.c.name.in_(logins))
    return {row.name: row.display_name for row in connection.execute(query)}
