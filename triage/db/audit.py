"""The audit: who looked at what and who changed what, each row bound to the one before by its hash.

A row's hash is SHA-256 of the previous hash and of the row written as JSON. Triggers refuse to change or
delete a row; the chain shows where somebody got past them.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from triage.core.text import clean
from triage.db.schema import audit
from triage.db.storedjson import to_json

FIRST = "0" * 64
"""What the first row follows."""

_LOCK = 0x7472_6961_6765
"""PostgreSQL's advisory lock of the chain; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit; ``at`` is UTC, ``data`` JSON as it was written."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    network: str
    data: str
    previous: str
    hash: str


def append(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    what: str = "",
    *,
    network: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add a row. Whoever writes the next one waits until this transaction has ended.

    So it is the last thing that a transaction locks, wherever it can be: a row that somebody needs after it
    may be held by somebody who waits for this lock.
    ``data`` stays for ever: it must hold nothing that a person may ask us to erase.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    previous = head(connection)
    values = {
        "at": at,
        "actor": actor[:200],
        "action": action[:60],
        "object": clean(what)[:200],
        "network": network[:64],
        "data": to_json(data or {}),
    }
    digest = row_hash(previous, **values)
    connection.execute(audit.insert().values(**values, previous=previous, hash=digest))


def row_hash(previous: str, **values: Any) -> str:  # noqa: ANN401 - columns
    """Give the hash of a row that follows ``previous``; the moment counts in UTC, to the microsecond."""
    written = to_json({**values, "at": values["at"].isoformat(), "previous": previous})
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def head(connection: Connection) -> str:
    """Give the hash of the newest row; whoever keeps it elsewhere can tell later that rows were cut off."""
    return connection.scalar(select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)) or FIRST


def stands(connection: Connection, digest: str) -> bool:
    """Whether a row has this hash."""
    return connection.scalar(select(audit.c.id).where(audit.c.hash == digest).limit(1)) is not None


def page(
    connection: Connection,
    *,
    actor: str = "",
    action: str = "",
    what: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Give rows, the newest first; ``before`` is the number of the last row that was seen already."""
    query = select(*(audit.c[name] for name in AuditRow.__dataclass_fields__))
    for column, wanted in ((audit.c.actor, actor), (audit.c.action, action), (audit.c.object, what)):
        if wanted:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(audit.c.id < before)
    return [AuditRow(*row) for row in connection.execute(query.order_by(audit.c.id.desc()).limit(limit))]


def rows(connection: Connection) -> Generator[AuditRow]:
    """Give the whole audit, the oldest row first, without holding it in memory."""
    query = select(*(audit.c[name] for name in AuditRow.__dataclass_fields__)).order_by(audit.c.id)
    with connection.execute(query, execution_options={"yield_per": 1000}) as found:
        for row in found:
            yield AuditRow(*row)
