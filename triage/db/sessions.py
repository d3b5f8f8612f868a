"""Who is signed in: rows that end, never tokens that say so themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from triage.core.people import Person, Role
from triage.db.schema import people, web_sessions


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in; times are UTC. ``form_token`` stands in every form of its pages."""

    id: int
    form_token: str
    factor: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime


def person_of(row: Any) -> Person:  # noqa: ANN401 - a row with the columns of people
    """Make the person of a row of ``people``."""
    return Person(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        email=row.email,
        language=row.language,
        preferences=row.preferences,
    )


def open_one(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new session and give its id."""
    created: int = connection.execute(
        web_sessions.insert().values(**values).returning(web_sessions.c.id)
    ).scalar_one()
    return created


def find(
    connection: Connection, token_hash: str, now: datetime, idle_since: datetime
) -> tuple[Session, Person] | None:
    """Give the session that a token opens and whose it is; None where it ended, rested too long or was cut.

    ``idle_since`` is the moment since which somebody must have been seen.
    """
    session_columns = [web_sessions.c[name] for name in Session.__dataclass_fields__]
    row = connection.execute(
        select(*session_columns, web_sessions.c.person_id).where(
            web_sessions.c.token_hash == token_hash,
            web_sessions.c.ended_at.is_(None),
            web_sessions.c.expires_at > now,
            web_sessions.c.seen_at > idle_since,
        )
    ).first()
    if row is None:
        return None
    owner = connection.execute(
        select(people).where(people.c.id == row.person_id, people.c.disabled_at.is_(None))
    ).first()
    return (Session(*row[:-1]), person_of(owner)) if owner else None


def touch(connection: Connection, session_id: int, now: datetime) -> None:
    """Note that somebody is still there."""
    connection.execute(update(web_sessions).where(web_sessions.c.id == session_id).values(seen_at=now))


def end(connection: Connection, session_id: int, now: datetime, why: str) -> None:
    """End one session for good."""
    _end(connection, now, why, web_sessions.c.id == session_id)


def end_all(connection: Connection, person_id: int, now: datetime, why: str) -> None:
    """End every session of a person for good."""
    _end(connection, now, why, web_sessions.c.person_id == person_id)


def _end(connection: Connection, now: datetime, why: str, *which: Any) -> None:  # noqa: ANN401 - conditions
    connection.execute(
        update(web_sessions)
        .where(web_sessions.c.ended_at.is_(None), *which)
        .values(ended_at=now, ended_why=why)
    )
