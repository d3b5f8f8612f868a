"""What waits and what has failed, of mails and letters: how many, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, TextClause, func, select, text

from triage.db.claims import ALONE_AFTER
from triage.db.schema import FRESH, TRIED, WAITING, mails, outbox

_STUCK = text("state = 'stuck'")
_FAILED = text("state = 'failed'")


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many there are, and since when the oldest is there, UTC; None where there are none."""

    number: int = 0
    since: datetime | None = None

    def __add__(self, other: "Backlog") -> "Backlog":
        times = [one for one in (self.since, other.since) if one is not None]
        return Backlog(self.number + other.number, min(times, default=None))


def stuck(connection: Connection) -> Backlog:
    """Give the mails that could not be processed."""
    return _backlog(connection, mails, mails.c.stored_at, _STUCK)


def waiting(connection: Connection) -> Backlog:
    """Give the mails that are still to be processed."""
    return _backlog(connection, mails, mails.c.stored_at, WAITING)


def isolated(connection: Connection) -> Backlog:
    """Give the waiting mails that are taken alone, because the process died often while it worked on them."""
    return _backlog(connection, mails, mails.c.stored_at, WAITING, mails.c.crashes >= ALONE_AFTER)


def failed_letters(connection: Connection) -> Backlog:
    """Give the letters that failed for good."""
    return _backlog(connection, outbox, outbox.c.created_at, _FAILED)


def waiting_letters(connection: Connection) -> Backlog:
    """Give the letters that have not gone out yet and will be tried."""
    # Two questions and no OR: each finds its own small index.
    fresh, tried = (_backlog(connection, outbox, outbox.c.created_at, some) for some in (FRESH, TRIED))
    return fresh + tried


def failed_ids(connection: Connection) -> list[int]:
    """Give the ids of the letters that failed for good, the oldest first."""
    return list(connection.scalars(select(outbox.c.id).where(_FAILED).order_by(outbox.c.id)))


def _backlog(
    connection: Connection,
    table: Table,
    since: ColumnElement[datetime],
    *which: ColumnElement[bool] | TextClause,
) -> Backlog:
    query = select(func.count(), func.min(since)).select_from(table).where(*which)
    return Backlog(*connection.execute(query).one())
