"""Invitations: an address that lets somebody choose his password, once, within a day."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from triage.core.accounts import AccountRefusal
from triage.core.passwords import LONGEST, SHORTEST, Weakness, normal, weakness
from triage.core.people import Factor, Person, Role
from triage.core.tokens import hash_of
from triage.db import audit, invitations, people, sessions
from triage.db.engine import Database
from triage.errors import AccountError
from triage.ports import Clock
from triage.service import arrivals
from triage.service.arrivals import Arrival
from triage.service.limits import account_try, forgive
from triage.service.signin import PASSWORDS

GOOD_FOR = timedelta(hours=24)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation: whom it invites, its token, which is written down nowhere, and when it is over."""

    name: str
    token: str
    expires_at: datetime


def write(connection: Connection, person_id: int, name: str, now: datetime, *, actor: str) -> Invited:
    """Make an invitation in a transaction that is under way; those before it end."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = now + GOOD_FOR
    invitations.open_one(connection, person_id, hash_of(token), now, expires_at, actor=actor)
    return Invited(name, token, expires_at)


def invited(database: Database, clock: Clock, token: str) -> Person | None:
    """Give whom a token invites; None where it is not, or no longer, good. Nothing is used up."""
    with database.read() as connection:
        found = invitations.find(connection, hash_of(token), clock.now())
    return found.person if found else None


def accept(
    database: Database, clock: Clock, token: str, password: str, arrival: Arrival, demanded: frozenset[Role]
) -> Factor | Weakness | None:
    """Set the password that an invited person chose and begin his session; says what that session is.

    A weak password is told and leaves the invitation as it is; None where the invitation is not good.
    """
    now = clock.now()
    person = invited(database, clock, token)
    if person is None:
        return None
    if weak := weakness(password, person.name):
        return weak
    hashed = PASSWORDS.hash(normal(password))
    with database.write() as connection:
        found = invitations.find(connection, hash_of(token), now)
        if found is None or not invitations.use(connection, found.id, now):
            return None
        people.change(connection, person.id, password_hash=hashed)
        sessions.end_all(connection, person.id, now, "password set")
        known = people.credentials(connection, person.name)
        if known is None:
            return None
        factor = arrivals.next_step(known, demanded, Factor.PASSWORD)
        arrivals.open_session(connection, person.id, factor, arrival, now)
        audit.append(connection, now, person.name, "password_set", network=arrival.network)
    return factor


def change_password(
    database: Database, clock: Clock, person: Person, session_id: int, old: str, new: str, network: str
) -> None:
    """Change one's own password; every other session ends, and any invitation. Raises AccountError.

    A wrong present password counts like a wrong sign-in: raises ThrottledError after too many.
    """
    now = clock.now()
    account_try(database, person.name, network, now)
    with database.read() as connection:
        known = people.credentials(connection, person.name)
    stored = known.password_hash if known else None
    right = stored is not None and PASSWORDS.verify(normal(old), stored)
    with database.write() as connection:
        if right:
            forgive(connection, person.name, network, now)
        else:
            audit.append(connection, now, person.name, "password_refused", network=network)
    if not right:
        raise AccountError(AccountRefusal.PASSWORD, "The present password is not right.")
    if weak := weakness(new, person.name):
        raise weak_password(weak)
    hashed = PASSWORDS.hash(normal(new))
    with database.write() as connection:
        people.change(connection, person.id, password_hash=hashed)
        invitations.cancel(connection, person.id, now)
        ended = sessions.end_all(connection, person.id, now, "password changed", but=session_id)
        sessions.confirm(connection, session_id, now)
        audit.append(
            connection, now, person.name, "password_changed", network=network, data={"sessions": ended}
        )


def weak_password(weak: Weakness) -> AccountError:
    """Make the error that tells why a password may not be chosen."""
    code, sentence = WEAK[weak]
    return AccountError(code, sentence)


WEAK = {
    Weakness.SHORT: (AccountRefusal.SHORT, f"The password must have at least {SHORTEST} characters."),
    Weakness.LONG: (AccountRefusal.LONG, f"The password may have at most {LONGEST} characters."),
    Weakness.LOGIN: (AccountRefusal.HAS_LOGIN, "The password must not contain the login."),
    Weakness.COMMON: (AccountRefusal.COMMON, "The password is made of what everybody tries first."),
}
