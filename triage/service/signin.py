"""Who may come in: passwords are checked here, sessions begin and end here."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from pwdlib import PasswordHash

from triage.db import audit, people, sessions
from triage.db.engine import Database
from triage.ports import Clock

PASSWORDS = PasswordHash.recommended()
"""argon2id."""

_NOBODY = PASSWORDS.hash(secrets.token_urlsafe(24))
"""What is checked for a name that there is not, so that the answer takes as long."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody comes in: the hash of the browser's token, where from, with what, for how long."""

    token_hash: str
    network: str
    client: str
    lasts: timedelta


def sign_in(database: Database, clock: Clock, name: str, password: str, arrival: Arrival) -> bool:
    """Open a session where name and password belong together; False alike for whatever does not hold."""
    name = name.strip().lower()
    with database.read() as connection:
        found = people.credentials(connection, name)
    stored = found.password_hash if found and found.password_hash else _NOBODY
    right, better = PASSWORDS.verify_and_update(password, stored)
    good = right and found is not None and found.password_hash is not None and not found.disabled
    now = clock.now()
    with database.write() as connection:
        audit.append(
            connection, now, name, "signed_in" if good else "sign_in_refused", network=arrival.network
        )
        if not good or found is None:
            return False
        if better:
            people.change(connection, found.id, password_hash=better)
        sessions.open_one(
            connection,
            token_hash=arrival.token_hash,
            form_token=secrets.token_urlsafe(24),
            person_id=found.id,
            factor="password",
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            expires_at=now + arrival.lasts,
            network=arrival.network[:64],
            client=arrival.client[:200],
        )
    return True


def sign_out(database: Database, clock: Clock, session_id: int, actor: str) -> None:
    """End a session at the wish of its person."""
    with database.write() as connection:
        now = clock.now()
        sessions.end(connection, session_id, now, "signed out")
        audit.append(connection, now, actor, "signed_out")
