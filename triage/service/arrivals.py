"""How somebody comes in, and the session that begins with it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from triage.core.people import Factor, Role
from triage.db import sessions
from triage.db.people import Credentials

UNFINISHED = timedelta(minutes=15)
"""How long the second step of a sign-in may take."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody comes in: the hash of the browser's new token, where from, with what, for how long.

    ``before`` is the hash of the token that the browser had; what it opened ends.
    """

    token_hash: str
    network: str
    client: str
    lasts: timedelta
    before: str = ""


def next_step(known: Credentials, demanded: frozenset[Role], first: Factor) -> Factor:
    """Give what the session of somebody is whose first factor was right; a code is asked for or set up."""
    if known.totp_secret is not None:
        return Factor.HALF
    return Factor.ENROL if known.role in demanded else first


def open_session(
    connection: Connection,
    person_id: int,
    factor: Factor,
    arrival: Arrival,
    now: datetime,
    proved_at: datetime | None = None,
) -> None:
    """Begin a session under the browser's new token, and end the one it had.

    ``proved_at`` is when its person proved that it is himself, where that was not now.
    """
    if arrival.before:
        sessions.end_token(connection, arrival.before, now, "signed in anew")
    sessions.open_one(
        connection,
        token_hash=arrival.token_hash,
        form_token=secrets.token_urlsafe(24),
        person_id=person_id,
        factor=factor.value,
        created_at=now,
        seen_at=now,
        confirmed_at=proved_at or now,
        expires_at=now + (arrival.lasts if factor.opens else min(arrival.lasts, UNFINISHED)),
        network=arrival.network[:64],
        client=arrival.client[:200],
    )
