"""Invitations: random addresses that are kept as a hash, open one account once, and are over after a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from triage.core.people import Person
from triage.db.schema import one_time_tokens, people
from triage.db.sessions import person_of

INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation that can still be used, and whom it invites."""

    id: int
    person: Person


def open_one(
    connection: Connection,
    person_id: int,
    token_hash: str,
    now: datetime,
    expires_at: datetime,
    *,
    actor: str,
) -> None:
    """Write an invitation; those before it end."""
    cancel(connection, person_id, now)
    values = {
        "person_id": person_id,
        "purpose": INVITE,
        "token_hash": token_hash,
        "created_at": now,
        "created_by": actor,
        "expires_at": expires_at,
    }
    connection.execute(one_time_tokens.insert().values(values))


def cancel(connection: Connection, person_id: int, now: datetime) -> None:
    """End whatever invitation of a person is still open."""
    connection.execute(
        update(one_time_tokens)
        .where(one_time_tokens.c.person_id == person_id, one_time_tokens.c.used_at.is_(None))
        .values(used_at=now)
    )


def find(connection: Connection, token_hash: str, now: datetime) -> Invitation | None:
    """Give the invitation of a token; None where it was used, is over, or its person is disabled."""
    row = connection.execute(
        select(people, one_time_tokens.c.id.label("invitation"))
        .join(people, people.c.id == one_time_tokens.c.person_id)
        .where(
            one_time_tokens.c.token_hash == token_hash,
            one_time_tokens.c.used_at.is_(None),
            one_time_tokens.c.expires_at > now,
            people.c.disabled_at.is_(None),
        )
    ).first()
    return Invitation(row.invitation, person_of(row)) if row else None


def use(connection: Connection, invitation_id: int, now: datetime) -> bool:
    """Use an invitation up; False where somebody was faster."""
    result = connection.execute(
        update(one_time_tokens)
        .where(one_time_tokens.c.id == invitation_id, one_time_tokens.c.used_at.is_(None))
        .values(used_at=now)
    )
    return result.rowcount > 0
