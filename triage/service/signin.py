"""Who may come in: passwords are checked here, sessions begin and end here."""

import secrets
from functools import cache

from pwdlib import PasswordHash

from triage.core.passwords import normal
from triage.core.people import Factor, Role
from triage.db import audit, people, sessions
from triage.db.engine import Database
from triage.db.people import Credentials
from triage.ports import Clock
from triage.service import arrivals
from triage.service.arrivals import Arrival
from triage.service.limits import STRANGER, account_try, forgive, forgive_network

PASSWORDS = PasswordHash.recommended()
"""argon2id."""


@cache
def _nobody() -> str:
    """Give what is checked for a name that there is not, so that the answer takes as long."""
    return PASSWORDS.hash(secrets.token_urlsafe(24))


def sign_in(
    database: Database, clock: Clock, name: str, password: str, arrival: Arrival, demanded: frozenset[Role]
) -> Factor | None:
    """Open a session where name and password belong together; None alike for whatever does not hold.

    ``demanded`` are the roles that need a second factor. What comes back says what the session is: a whole
    one, or one that still waits for a code. Raises ThrottledError after too many wrong tries.
    """
    name = name.strip().lower()
    now = clock.now()
    account_try(database, name, arrival.network, now)
    with database.read() as connection:
        known = people.credentials(connection, name)
    right, better = _check(known, password)
    with database.write() as connection:
        if not right or known is None:
            # who slips types his password here, and what the audit holds it holds for ever
            actor = name if known else STRANGER
            audit.append(connection, now, actor, "sign_in_refused", network=arrival.network)
            return None
        if better:
            people.change(connection, known.id, password_hash=better)
        factor = arrivals.next_step(known, demanded, Factor.PASSWORD)
        if factor is Factor.HALF:
            forgive_network(connection, arrival.network, now)
        else:
            forgive(connection, name, arrival.network, now)
        arrivals.open_session(connection, known.id, factor, arrival, now)
        action = "signed_in" if factor.opens else "password_given"
        audit.append(connection, now, name, action, network=arrival.network)
    return factor


def confirm(
    database: Database, clock: Clock, session_id: int, name: str, password: str, network: str
) -> bool:
    """Note that whoever is signed in has given his password again. Raises ThrottledError like signing in."""
    now = clock.now()
    account_try(database, name, network, now)
    with database.read() as connection:
        known = people.credentials(connection, name)
    right, _ = _check(known, password)
    with database.write() as connection:
        if right:
            forgive(connection, name, network, now)
            sessions.confirm(connection, session_id, now)
        audit.append(connection, now, name, "confirmed" if right else "confirm_refused", network=network)
    return right


def sign_out(database: Database, clock: Clock, session_id: int, actor: str) -> None:
    """End a session at the wish of its person."""
    with database.write() as connection:
        now = clock.now()
        sessions.end(connection, session_id, now, "signed out")
        audit.append(connection, now, actor, "signed_out")


def _check(known: Credentials | None, password: str) -> tuple[bool, str | None]:
    """Say whether a password is right, with a better hash where there is one; as much work for any name."""
    stored = known.password_hash if known and known.password_hash else _nobody()
    right, better = PASSWORDS.verify_and_update(normal(password), stored)
    allowed = known is not None and known.password_hash is not None and not known.disabled
    return right and allowed, better
