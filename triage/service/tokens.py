"""Tokens of the API: made for a person, shown once, ended by him, by an administrator, or with his role."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.core.apiscopes import (
    BEGINNING,
    HINT_LETTERS,
    MOST_DAYS,
    MOST_TOKENS,
    Scope,
    offered,
    read_scopes,
)
from triage.core.people import RIGHTS, Person
from triage.core.text import clean, one_line
from triage.core.tokens import hash_of
from triage.db import audit, throttles, tokens
from triage.db.engine import Database
from triage.db.tokens import TokenRow
from triage.errors import NotFoundError, RefusedActError, ThrottledError
from triage.ports import Clock
from triage.service.limits import STRANGER, WINDOW, network_key
from triage.service.people import account_of, active_account

_TOKEN_BYTES = 32
_LONGEST_NAME = 80

BAD_PER_NETWORK = 30
"""Tokens that open nothing, from one network within WINDOW; good ones go on."""

PER_TOKEN = 600
VERIFICATIONS_PER_TOKEN = 60
A_MINUTE = timedelta(minutes=1)
"""Requests, and questions about codes, by one token within a minute."""

_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a token for: its name, what it is good for, and for how many days."""

    name: str
    scopes: Iterable[str]
    days: int


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token, which nobody can be shown again; ``expires_at`` is UTC."""

    id: int
    token: str
    login: str
    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime


def make(
    database: Database, clock: Clock, login: str, wanted: Wanted, *, actor: str, network: str = ""
) -> MadeToken:
    """Make a token for somebody. Raises RefusedActError for what cannot be wanted."""
    name = one_line(clean(wanted.name)).strip()[:_LONGEST_NAME]
    if not name:
        raise RefusedActError("token_name", "Give the token a name, such as the program that uses it.")
    if not 1 <= wanted.days <= MOST_DAYS:
        raise RefusedActError("token_days", f"A token lasts 1 to {MOST_DAYS} days.", most=MOST_DAYS)
    token = BEGINNING + secrets.token_urlsafe(_TOKEN_BYTES)
    with database.write() as connection:
        account, now = active_account(connection, login), clock.now()
        scopes = _scopes(wanted.scopes, offered(RIGHTS[account.role]))
        if tokens.count_good(connection, account.id, now) >= MOST_TOKENS:
            raise RefusedActError(
                "token_many", f"{account.name} has {MOST_TOKENS} tokens; revoke one first.", most=MOST_TOKENS
            )
        made = MadeToken(
            tokens.add(
                connection,
                person_id=account.id,
                name=name,
                hint=token[:HINT_LETTERS],
                token_hash=hash_of(token),
                scopes=[scope.value for scope in scopes],
                created_at=now,
                created_by=actor,
                expires_at=now + timedelta(days=wanted.days),
            ),
            token,
            account.name,
            name,
            scopes,
            now + timedelta(days=wanted.days),
        )
        data = {"token": made.id, "scopes": list(scopes), "days": wanted.days}
        audit.append(
            connection, now, actor, "token_made", f"people/{account.name}", network=network, data=data
        )
    return made


def of_person(database: Database, login: str) -> list[TokenRow]:
    """Give the tokens of somebody that nobody has revoked. Raises NotFoundError."""
    with database.read() as connection:
        return tokens.listed(connection, account_of(connection, login).id)


def listed(database: Database) -> list[TokenRow]:
    """Give the tokens of everybody that nobody has revoked."""
    with database.read() as connection:
        return tokens.listed(connection)


def revoke(
    database: Database,
    clock: Clock,
    token_id: int,
    *,
    actor: str,
    person_id: int | None = None,
    network: str = "",
) -> TokenRow:
    """End a token for good, with ``person_id`` one of that person alone. Raises NotFoundError."""
    with database.write() as connection:
        now = clock.now()
        ended = tokens.end(connection, token_id, now, "revoked", person_id=person_id)
        if ended is None:
            raise NotFoundError(f"There is no token {token_id}; triage tokens list shows what there is.")
        data = {"token": token_id}
        audit.append(
            connection, now, actor, "token_revoked", f"people/{ended.login}", network=network, data=data
        )
    return ended


def revoke_all(database: Database, clock: Clock, login: str, *, actor: str) -> int:
    """End every token of somebody; gives how many. Raises NotFoundError."""
    with database.write() as connection:
        account, now = account_of(connection, login), clock.now()
        ended = tokens.end_all(connection, account.id, now, "revoked")
        data = {"tokens": ended}
        audit.append(connection, now, actor, "tokens_revoked", f"people/{account.name}", data=data)
    return ended


def let_in(database: Database, clock: Clock, token: str, network: str) -> tuple[TokenRow, Person] | None:
    """Give what a token opens and for whom; None alike for whatever opens nothing.

    Raises ThrottledError after too many of those from one network; good tokens are let in all the same.
    """
    now = clock.now()
    if token:
        with database.read() as connection:
            found = tokens.find(connection, hash_of(token), now)
        if found:
            return found
    with database.write() as connection:
        if throttles.take(connection, f"api-{network_key(network)}", now, BAD_PER_NETWORK, WINDOW):
            if token:
                audit.append(connection, now, STRANGER, "token_refused", network=network)
            return None
    raise ThrottledError(int(WINDOW.total_seconds() // 60))


def note_use(
    database: Database, clock: Clock, found: TokenRow, what: str, network: str, *, allowed: bool
) -> None:
    """Note what a token is used for, or was refused. Raises ThrottledError where that is too often."""
    with database.write() as connection:
        now = clock.now()
        in_time = throttles.take(connection, f"token:{found.id}", now, PER_TOKEN, A_MINUTE)
        if in_time:
            if found.used_at is None or now - found.used_at >= _TOUCH_EVERY:
                tokens.touch(connection, found.id, now, network)
            action = "api" if allowed else "api_denied"
            data = {"token": found.id}
            audit.append(connection, now, found.login, action, what, network=network, data=data)
    if not in_time:
        raise ThrottledError(1)


def count_verification(database: Database, clock: Clock, found: TokenRow) -> bool:
    """Count a question about a code; False where a token has asked too many."""
    with database.write() as connection:
        key = f"token-verify:{found.id}"
        return throttles.take(connection, key, clock.now(), VERIFICATIONS_PER_TOKEN, A_MINUTE)


def _scopes(wanted: Iterable[str], usable: tuple[Scope, ...]) -> tuple[Scope, ...]:
    named = tuple(wanted)
    scopes = read_scopes(named)
    strange = next((one for one in named if one not in usable), None)
    if strange is not None:
        raise RefusedActError(
            "token_scope", f"The scope {strange!r} is of no use to this role.", scope=strange
        )
    if not scopes:
        raise RefusedActError("token_scopes", "Say what the token is good for: at least one scope.")
    return scopes
