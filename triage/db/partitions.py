"""The months of raw mail on PostgreSQL: partitions of ``raw_mails`` by numbers of mails (docs/adr/0030).

Mails are numbered as they are stored, so a run of numbers is a span of time. The newest partition is open
above, so there is always one for a new mail, whether or not anybody has begun the next month's.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, select, text

from triage.db.schema import mails, raw_mails

LOCK_MILLISECONDS = 900
"""How long a change of partitions waits for others; behind it, everybody who asks for raw mail waits too.

Less than PostgreSQL's deadlock_timeout of a second: where somebody has read raw mail and goes on to write
``mails``, the change gives way before the server could choose him to be undone.
"""

_BOUNDS = re.compile(r"FROM \((?:'?(\d+)'?|MINVALUE)\) TO \((?:'?(\d+)'?|MAXVALUE)\)")
_MONTH = re.compile(r"raw_mails_(\d{4})_(\d\d)")

_LISTED = text(
    "SELECT part.relname, pg_get_expr(part.relpartbound, part.oid) "
    "FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid "
    "WHERE inhparent = to_regclass('raw_mails')"
)


@dataclass(frozen=True, slots=True)
class Partition:
    """The mails from a number on, up to another that is no more among them; None: no bound.

    ``month`` is when it was begun, as ``2026-11``; empty for what was there before there were partitions.
    """

    name: str
    first: int | None
    until: int | None

    @property
    def month(self) -> str:
        """The month in which it was begun."""
        found = _MONTH.fullmatch(self.name)
        return f"{found[1]}-{found[2]}" if found else ""


def partitions(connection: Connection) -> list[Partition]:
    """Give the partitions, the oldest first; none on SQLite."""
    if connection.dialect.name == "sqlite":
        return []
    found = [_partition(*row) for row in connection.execute(_LISTED)]
    return sorted(found, key=lambda one: -1 if one.first is None else one.first)


def _partition(name: str, bounds: str) -> Partition:
    found = _BOUNDS.search(bounds)
    if found is None:
        raise ValueError(f"partition {name} has bounds of another sort: {bounds}")
    first, until = (int(one) if one else None for one in found.groups())
    return Partition(name, first, until)


def begin_month(connection: Connection, now: datetime) -> Partition | None:
    """Close the newest partition and open one for the month of a moment, UTC; None where there is no need.

    There is none where that month has its own, where the clock went back, where no mail came since the last.
    Raises DatabaseError where readers hold the table for too long; nothing has changed then.
    """
    month = f"{now:%Y-%m}"
    if not _is_due(partitions(connection), month):
        return None
    _lock(connection)
    newest = partitions(connection)[-1]
    next_number = _next_number(connection)
    if newest.month >= month or next_number <= (newest.first or 1):
        return None
    fresh = Partition(f"raw_mails_{month.replace('-', '_')}", next_number, None)
    lower = "MINVALUE" if newest.first is None else newest.first
    # With the check the server believes the bounds and reads nothing under the lock a second time.
    below = (
        f"mail_id < {next_number}"
        if newest.first is None
        else (f"mail_id >= {newest.first} AND mail_id < {next_number}")
    )
    for statement in (
        f"ALTER TABLE raw_mails DETACH PARTITION {newest.name}",
        f"ALTER TABLE {newest.name} ADD CONSTRAINT bounds CHECK ({below})",
        f"ALTER TABLE raw_mails ATTACH PARTITION {newest.name} FOR VALUES FROM ({lower}) TO ({next_number})",
        f"ALTER TABLE {newest.name} DROP CONSTRAINT bounds",
        f"CREATE TABLE {fresh.name} PARTITION OF raw_mails FOR VALUES FROM ({next_number}) TO (MAXVALUE)",
    ):
        connection.execute(text(statement))
    return fresh


def _is_due(found: list[Partition], month: str) -> bool:
    return bool(found) and found[-1].month < month


def _next_number(connection: Connection) -> int:
    """Give the number from which on no mail has one yet, be it committed or not."""
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence('mails', 'id')"))
    asked = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608 - ours
    last = connection.scalar(asked) or 0
    newest = connection.scalar(select(raw_mails.c.mail_id).order_by(raw_mails.c.mail_id.desc()).limit(1)) or 0
    return max(int(last), int(newest)) + 1


def over(connection: Connection) -> list[Partition]:
    """Give the closed partitions whose every mail is erased: what is under legal hold never is."""
    return [one for one in partitions(connection)[:-1] if _is_over(connection, one)]


def _is_over(connection: Connection, one: Partition) -> bool:
    kept = exists().where(mails.c.erased_at.is_(None), mails.c.id < one.until)
    if one.first is not None:
        kept = kept.where(mails.c.id >= one.first)
    return not connection.scalar(select(kept))


def drop(connection: Connection, one: Partition) -> bool:
    """Drop a partition with its neutral mails; False where a mail of it is kept after all.

    Raises DatabaseError where others hold the tables for too long.
    """
    _lock(connection)
    if not _is_over(connection, one):
        return False
    connection.execute(text(f"DROP TABLE {one.name}"))
    return True


def _lock(connection: Connection) -> None:
    """Wait until nobody works on raw mail.

    Whoever has taken a number and not committed holds ``mails``, so none is under way afterwards. The
    reference to it needs that lock in any case; taken second it is a deadlock with whoever stores a mail.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_MILLISECONDS}ms'"))
    connection.execute(text("LOCK TABLE mails IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(text("LOCK TABLE raw_mails IN ACCESS EXCLUSIVE MODE"))
