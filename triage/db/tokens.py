"""Tokens of the API: rows that end, of which nothing is stored that opens anything."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from triage.core.apiscopes import Scope, read_scopes
from triage.core.people import Person
from triage.db.schema import IN_FORCE, api_tokens, people
from triage.db.sessions import person_of


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token as its owner sees it; times are UTC, ``used_at`` to the minute."""

    id: int
    login: str
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None
    network: str
    ended_at: datetime | None
    ended_why: str | None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.ended_at is None and self.expires_at > now


_COLUMNS = tuple(
    people.c.name.label("login") if name == "login" else api_tokens.c[name]
    for name in TokenRow.__dataclass_fields__
)
_JOINED = select(*_COLUMNS).join(people, people.c.id == api_tokens.c.person_id)


def add(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new token and give its id."""
    created: int = connection.execute(
        api_tokens.insert().values(**values).returning(api_tokens.c.id)
    ).scalar_one()
    return created


def find(connection: Connection, token_hash: str, now: datetime) -> tuple[TokenRow, Person] | None:
    """Give the token of a hash and whose it is; None where it has ended, as it does with its person."""
    row = connection.execute(
        _JOINED.add_columns(api_tokens.c.person_id).where(
            api_tokens.c.token_hash == token_hash,
            api_tokens.c.ended_at.is_(None),
            api_tokens.c.expires_at > now,
        )
    ).first()
    if row is None:
        return None
    owner = connection.execute(
        select(people).where(people.c.id == row.person_id, people.c.disabled_at.is_(None))
    ).first()
    return (_token(tuple(row)[:-1]), person_of(owner)) if owner else None


def listed(connection: Connection, person_id: int | None = None) -> list[TokenRow]:
    """Give tokens that nobody has ended, of one person or of all; the newest first."""
    query = _JOINED.where(api_tokens.c.ended_at.is_(None)).order_by(api_tokens.c.id.desc())
    if person_id is not None:
        query = query.where(api_tokens.c.person_id == person_id)
    return [_token(tuple(row)) for row in connection.execute(query)]


def count_good(connection: Connection, person_id: int, now: datetime) -> int:
    """Count the tokens of a person that open something."""
    query = select(func.count()).where(
        IN_FORCE, api_tokens.c.person_id == person_id, api_tokens.c.expires_at > now
    )
    return connection.scalar(query) or 0


def touch(connection: Connection, token_id: int, now: datetime, network: str) -> None:
    """Note that a token was used, and from where."""
    connection.execute(
        update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=now, network=network[:64])
    )


def end(
    connection: Connection, token_id: int, now: datetime, why: str, *, person_id: int | None = None
) -> TokenRow | None:
    """End one token for good, with ``person_id`` only one of that person; None where there is none."""
    which = [api_tokens.c.id == token_id]
    if person_id is not None:
        which.append(api_tokens.c.person_id == person_id)
    row = connection.execute(_JOINED.where(*which)).first()
    return _token(tuple(row)) if row and _end(connection, now, why, *which) else None


def end_all(connection: Connection, person_id: int, now: datetime, why: str) -> int:
    """End every token of a person for good; gives how many."""
    return _end(connection, now, why, api_tokens.c.person_id == person_id)


def _end(connection: Connection, now: datetime, why: str, *which: ColumnElement[bool]) -> int:
    ended = update(api_tokens).where(api_tokens.c.ended_at.is_(None), *which)
    return connection.execute(ended.values(ended_at=now, ended_why=why)).rowcount


def _token(values: tuple[Any, ...]) -> TokenRow:
    named = dict(zip(TokenRow.__dataclass_fields__, values, strict=True))
    return TokenRow(**{**named, "scopes": read_scopes(named["scopes"])})
