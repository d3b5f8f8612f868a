"""The second factor: six digits of an authenticator (RFC 6238), and recovery codes for when it is lost."""

import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import Connection

from triage.core.people import Factor, Person
from triage.core.tokens import hash_of
from triage.db import audit, people, recoverycodes, sessions
from triage.db.engine import Database
from triage.db.people import Credentials
from triage.errors import NotFoundError
from triage.ports import Clock
from triage.service import arrivals
from triage.service.arrivals import Arrival
from triage.service.limits import account_try, forgive

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
_GROUPS, _IN_A_GROUP = 6, 4
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters that nobody reads for another; 24 of them hold 118 bits, so that a plain hash is enough."""


def new_secret() -> str:
    """Make a secret for an authenticator: 160 bits, base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Give the otpauth address that an authenticator reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Hỗ trợ DVC")


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Give the time step whose code this is; one step early or late is forgiven. None for a wrong code."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    step = int(now.timestamp()) // STEP_SECONDS
    made = pyotp.TOTP(secret)
    for near in (step, step - 1, step + 1):
        if hmac.compare_digest(made.generate_otp(near), typed):
            return near
    return None


def give_code(
    database: Database, clock: Clock, session_id: int, person: Person, typed: str, arrival: Arrival
) -> bool:
    """Turn a half sign-in into a whole one, by a code or a recovery code that was never used before.

    Raises ThrottledError after too many wrong ones.
    """
    now = clock.now()
    account_try(database, person.name, arrival.network, now)
    with database.write() as connection:
        known = people.credentials(connection, person.name)
        factor = _spend(connection, known, typed, now) if known and not known.disabled else None
        if factor:
            forgive(connection, person.name, arrival.network, now)
            sessions.end(connection, session_id, now, "code given")
            arrivals.open_session(connection, person.id, factor, arrival, now)
        action = "signed_in" if factor else "code_refused"
        audit.append(connection, now, person.name, action, network=arrival.network)
    return factor is not None


def _spend(connection: Connection, known: Credentials, typed: str, now: datetime) -> Factor | None:
    """Use a code up; what is not six digits is taken for a recovery code."""
    step = matching_step(known.totp_secret, typed, now) if known.totp_secret else None
    if step is not None:
        return Factor.CODE if people.take_step(connection, known.id, step) else None
    spent = recoverycodes.use(connection, known.id, hash_of(_plain(typed)), now)
    return Factor.RECOVERY if spent else None


def enrol(
    database: Database, clock: Clock, person: Person, secret: str, code: str, arrival: Arrival
) -> tuple[str, ...] | None:
    """Set up an authenticator that has just shown a right code; gives ten recovery codes, else None.

    Whatever was signed in before ends, and a new session begins: the old ones were opened by less.
    """
    now = clock.now()
    step = matching_step(secret, code, now)
    if step is None:
        return None
    codes = _new_codes()
    with database.write() as connection:
        people.change(connection, person.id, totp_secret=secret, totp_step=step)
        recoverycodes.replace(connection, person.id, [hash_of(_plain(one)) for one in codes])
        sessions.end_all(connection, person.id, now, "second factor set")
        arrivals.open_session(connection, person.id, Factor.CODE, arrival, now)
        audit.append(connection, now, person.name, "second_factor_set", network=arrival.network)
    return codes


def confirm(
    database: Database, clock: Clock, session_id: int, person: Person, typed: str, network: str
) -> bool:
    """Note that whoever is signed in has given a code again. Raises ThrottledError like signing in."""
    now = clock.now()
    account_try(database, person.name, network, now)
    with database.write() as connection:
        known = people.credentials(connection, person.name)
        factor = _spend(connection, known, typed, now) if known and not known.disabled else None
        if factor:
            forgive(connection, person.name, network, now)
            sessions.confirm(connection, session_id, now)
        action = "confirmed" if factor else "confirm_refused"
        audit.append(connection, now, person.name, action, network=network)
    return factor is not None


def renew_recovery_codes(database: Database, clock: Clock, person: Person, network: str) -> tuple[str, ...]:
    """Make ten new recovery codes; those before are worth nothing any more."""
    codes = _new_codes()
    with database.write() as connection:
        known = people.credentials(connection, person.name)
        if known is None or known.totp_secret is None:
            raise NotFoundError("There are no recovery codes without an authenticator.")
        recoverycodes.replace(connection, person.id, [hash_of(_plain(one)) for one in codes])
        audit.append(connection, clock.now(), person.name, "recovery_codes_renewed", network=network)
    return codes


def _new_codes() -> tuple[str, ...]:
    return tuple("-".join(_group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES))


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP))


def _plain(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum())
