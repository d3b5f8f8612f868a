"""Who is signed in: rows that end, never tokens that say so themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from triage.core.people import Person, Role
from triage.db.schema import people, web_sessions


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in; times are UTC. ``form_token`` stands in every form of its pages.

    ``confirmed_at`` is when its person last proved with a password or code that it is still himself.
    """

    id: int
    form_token: str
    factor: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One open session as its person sees it: where it came from and when it was last used."""

    id: int
    factor: str
    created_at: datetime
    seen_at: datetime
    network: str
    client: str


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
        may_answer=row.may_answer,
    )


def open_one(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new session and give its id."""
    created: int = connection.execute(
        web_sessions.insert().values(**values).returning(web_sessions.c.id)
    ).scalar_one()
    return created


_OPEN_BY = select(
    *(web_sessions.c[name] for name in Session.__dataclass_fields__), web_sessions.c.person_id
).where(
    web_sessions.c.token_hash == bindparam("token_hash"),
    web_sessions.c.ended_at.is_(None),
    web_sessions.c.expires_at > bindparam("now"),
    web_sessions.c.seen_at > bindparam("idle_since"),
)
_OWNER = select(people).where(people.c.id == bindparam("person_id"), people.c.disabled_at.is_(None))


def find(
    connection: Connection, token_hash: str, now: datetime, idle_since: datetime
) -> tuple[Session, Person] | None:
    """Give the session that a token opens and whose it is; None where it ended, rested too long or was cut.

    ``idle_since`` is the moment since which somebody must have been seen.
    """
    asked = {"token_hash": token_hash, "now": now, "idle_since": idle_since}
    row = connection.execute(_OPEN_BY, asked).first()
    if row is None:
        return None
    owner = connection.execute(_OWNER, {"person_id": row.person_id}).first()
    return (Session(*row[:-1]), person_of(owner)) if owner else None


def touch(connection: Connection, session_id: int, now: datetime) -> None:
    """Note that somebody is still there."""
    connection.execute(update(web_sessions).where(web_sessions.c.id == session_id).values(seen_at=now))


def confirm(connection: Connection, session_id: int, now: datetime) -> None:
    """Note that somebody has proved again that it is himself."""
    connection.execute(update(web_sessions).where(web_sessions.c.id == session_id).values(confirmed_at=now))


def open_ones(
    connection: Connection, person_id: int, now: datetime, idle_since: datetime
) -> list[OpenSession]:
    """Give the open sessions of a person, the one used last first."""
    query = select(*(web_sessions.c[name] for name in OpenSession.__dataclass_fields__)).where(
        web_sessions.c.person_id == person_id,
        web_sessions.c.ended_at.is_(None),
        web_sessions.c.expires_at > now,
        web_sessions.c.seen_at > idle_since,
    )
    ordered = query.order_by(web_sessions.c.seen_at.desc(), web_sessions.c.id.desc())
    return [OpenSession(*row) for row in connection.execute(ordered)]


def end(connection: Connection, session_id: int, now: datetime, why: str) -> None:
    """End one session for good."""
    _end(connection, now, why, web_sessions.c.id == session_id)


def end_own(connection: Connection, session_id: int, person_id: int, now: datetime, why: str) -> bool:
    """End one session of this person; False where it is another's or has ended."""
    which = (web_sessions.c.id == session_id, web_sessions.c.person_id == person_id)
    return _end(connection, now, why, *which) > 0


def end_token(connection: Connection, token_hash: str, now: datetime, why: str) -> None:
    """End the session that a token opens, if there is one."""
    _end(connection, now, why, web_sessions.c.token_hash == token_hash)


def end_all(
    connection: Connection, person_id: int, now: datetime, why: str, *, but: int | None = None
) -> int:
    """End every session of a person for good, save the one named; gives how many."""
    which = [web_sessions.c.person_id == person_id]
    if but is not None:
        which.append(web_sessions.c.id != but)
    return _end(connection, now, why, *which)


def _end(connection: Connection, now: datetime, why: str, *which: Any) -> int:  # noqa: ANN401 - conditions
    result = connection.execute(
        update(web_sessions)
        .where(web_sessions.c.ended_at.is_(None), *which)
        .values(ended_at=now, ended_why=why)
    )
    return result.rowcount
