"""Signing in by OpenID Connect: whom an identity belongs to, and who ties the two together.

An identity is issuer and subject alone: a mail address can be given to somebody else (ASVS 5.0, 6.8).
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from triage.core.accounts import AccountRefusal
from triage.core.oidc import Attempt, Identity
from triage.core.people import Factor, Role
from triage.db import audit, people, sessions, throttles
from triage.db.engine import Database
from triage.errors import AccountError, ThrottledError
from triage.ports import Clock
from triage.service import arrivals
from triage.service.arrivals import Arrival
from triage.service.limits import WINDOW, network_key
from triage.service.people import account_of, active_account

NOBODY = "oidc"
"""Who stands in the audit where a sign-in belongs to nobody."""

PER_NETWORK = 100
"""Attempts that may be begun and not brought to an end within the window of all limits."""


def count_attempt(database: Database, network: str, now: datetime) -> None:
    """Count an attempt before the provider is asked. Raises ThrottledError after too many.

    They are counted apart from passwords, so that nobody is kept from those by attempts left lying.
    """
    with database.write() as connection:
        allowed = throttles.take(connection, _key(network), now, PER_NETWORK, WINDOW)
        if not allowed:
            audit.append(connection, now, NOBODY, "throttled", network=network, data={"by": "network"})
    if not allowed:
        raise ThrottledError(int(WINDOW.total_seconds() // 60))


def sign_in(
    database: Database,
    clock: Clock,
    identity: Identity,
    attempt: Attempt,
    arrival: Arrival,
    demanded: frozenset[Role],
) -> Factor | None:
    """Open a session for whom an identity is tied to; None alike for nobody and for whoever is disabled.

    ``demanded`` are the roles that still give a code of their own afterwards; it is empty where the provider
    demands a second factor, and nobody gives one then.
    """
    now = clock.now()
    with database.write() as connection:
        known = people.find_linked(connection, identity.issuer, identity.subject)
        if known is None or known.credentials.disabled:
            actor = known.name if known else NOBODY
            data = {"by": NOBODY, "subject": identity.subject}
            audit.append(connection, now, actor, "sign_in_refused", network=arrival.network, data=data)
            return None
        factor = arrivals.next_step(known.credentials, demanded, Factor.OIDC) if demanded else Factor.OIDC
        # a sign-in that the provider remembered from earlier proves nothing about this moment
        proved_at = identity.proved_at or now - arrival.lasts
        arrivals.open_session(connection, known.credentials.id, factor, arrival, now, proved_at)
        throttles.give_back(connection, _key(arrival.network), attempt.started_at)
        action = "signed_in" if factor.opens else "identity_given"
        audit.append(connection, now, known.name, action, network=arrival.network, data={"by": NOBODY})
    return factor


def refuse(database: Database, clock: Clock, why: str, network: str) -> None:
    """Note that a sign-in did not come about."""
    with database.write() as connection:
        data = {"by": NOBODY, "why": why}
        audit.append(connection, clock.now(), NOBODY, "sign_in_refused", network=network, data=data)


def link(database: Database, clock: Clock, name: str, issuer: str, subject: str, *, actor: str) -> None:
    """Tie an account to an identity, in place of the one it had; its sessions end. Raises AccountError."""
    try:
        with database.write() as connection:
            account, now = active_account(connection, name), clock.now()
            people.change(connection, account.id, oidc_issuer=issuer, oidc_subject=subject)
            sessions.end_all(connection, account.id, now, "identity linked")
            data = {"issuer": issuer, "subject": subject}
            audit.append(connection, now, actor, "identity_linked", f"people/{account.name}", data=data)
    except IntegrityError:
        raise AccountError(
            AccountRefusal.LINKED, f"The subject {subject} of {issuer} belongs to another account already."
        ) from None


def unlink(database: Database, clock: Clock, name: str, *, actor: str) -> None:
    """Part an account from its identity; its sessions end."""
    with database.write() as connection:
        account, now = account_of(connection, name), clock.now()
        people.change(connection, account.id, oidc_issuer=None, oidc_subject=None)
        sessions.end_all(connection, account.id, now, "identity unlinked")
        audit.append(connection, now, actor, "identity_unlinked", f"people/{account.name}")


def _key(network: str) -> str:
    return f"oidc:{network_key(network)}"
