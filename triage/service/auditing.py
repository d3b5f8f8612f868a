"""Walks the chain of the audit and says where it is broken; tells its head to the log once a day.

A chain alone does not show that its newest rows were cut off. The head does, kept where nobody who can reach
the database reaches it too: the log goes to another machine.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum

import structlog
from sqlalchemy import Connection

from triage.core.tickets import typed_code
from triage.db import audit, audited, heartbeats
from triage.db.audit import FIRST, AuditRow, row_hash
from triage.db.audited import Spoken
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock

log = structlog.get_logger()

VERIFIED = "audit"
"""Under this name the records keep when the chain was walked, and how and at which row it was broken."""


class Break(StrEnum):
    """How a chain can be broken."""

    CHANGED = "changed"
    DELETED = "deleted"
    SWAPPED = "swapped"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk along the chain found: its rows and head, and where it is broken first, if it is."""

    rows: int
    head: str
    broken: Break | None = None
    at_row: int | None = None


def verify(database: Database, known_head: str = "") -> Verified:
    """Walk the whole chain; ``known_head`` is a hash that was its head once and must still stand in it."""
    with database.read() as connection:
        return _walk(connection, known_head)


def listed(
    database: Database,
    *,
    actor: str = "",
    action: str = "",
    what: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Give rows, the newest first."""
    with database.read() as connection:
        return audit.page(connection, actor=actor, action=action, what=what, before=before, limit=limit)


def spoken_of(database: Database, rows: Sequence[AuditRow]) -> Spoken:
    """Look up what rows speak of: codes of tickets, lines of histories, names of people."""
    with database.read() as connection:
        return audited.spoken_of(connection, rows)


def object_of(database: Database, written: str) -> str:
    """Give what rows call an object that is asked for: a ticket may be asked for by its code."""
    code = typed_code(written)
    if code is None:
        return written
    with database.read() as connection:
        return audited.object_of(connection, str(code)) or written


def verify_daily(database: Database, clock: Clock) -> None:
    """Tell the head of the chain to the log, or that it is broken."""
    try:
        found = verify(database)
        how = f"{found.broken.value} {found.at_row or ''}".strip() if found.broken else None
        with database.write() as connection:
            heartbeats.beat(connection, VERIFIED, clock.now(), how)
    except TriageError as error:
        log.error("audit_not_verified", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    if found.broken:
        log.error("audit_broken", how=found.broken.value, row=found.at_row, rows=found.rows)
    else:
        log.info("audit_head", rows=found.rows, head=found.head)


def _walk(connection: Connection, known_head: str) -> Verified:
    last, count, seen = FIRST, 0, not known_head or known_head == FIRST
    with closing(audit.rows(connection)) as rows:
        for row in rows:
            if broken := _break(connection, row, last):
                return Verified(count, last, broken, row.id)
            last, count = row.hash, count + 1
            seen = seen or row.hash == known_head
    return Verified(count, last, None if seen else Break.CUT)


def _break(connection: Connection, row: AuditRow, last: str) -> Break | None:
    """Say how the chain is broken at a row that should follow a hash."""
    values = asdict(row)
    for derived in ("id", "previous", "hash"):
        del values[derived]
    if row_hash(row.previous, **values) != row.hash:
        return Break.CHANGED
    if row.previous == last:
        return None
    return Break.SWAPPED if audit.stands(connection, row.previous) else Break.DELETED
