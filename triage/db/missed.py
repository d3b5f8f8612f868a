"""UIDs of the server that are no stored mails, each with its one outcome, and when they were counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, select, update

from triage.core.missed import Missed
from triage.db.schema import mails, missed_uids, reconciliations
from triage.db.upsert import Upsert


@dataclass(frozen=True, slots=True)
class MissedUids:
    """One UID, or a run of them, that is no stored mail. Times are UTC."""

    mailbox: str
    uidvalidity: int
    first_uid: int
    last_uid: int
    outcome: str
    error: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How a mailbox was counted last; every UID up to ``checked_to`` has its outcome. ``at`` is UTC."""

    mailbox: str
    uidvalidity: int
    checked_to: int
    at: datetime
    on_server: int
    complaint: str | None


_NOTE = Upsert(
    missed_uids,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["mailbox", "uidvalidity", "first_uid"],
        set_={
            "outcome": insert.excluded.outcome,
            "error": insert.excluded.error,
            "last_seen_at": insert.excluded.last_seen_at,
        },
    ),
)
_COUNT = Upsert(
    reconciliations,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["mailbox"],
        set_={
            name: insert.excluded[name]
            for name in ("uidvalidity", "checked_to", "at", "on_server", "complaint")
        },
    ),
)


def note(connection: Connection, rows: Sequence[MissedUids]) -> None:
    """Write down outcomes; of a UID that has one already, the new one counts from now on."""
    if rows:
        connection.execute(
            _NOTE.on(connection),
            [{name: getattr(row, name) for name in row.__dataclass_fields__} for row in rows],
        )


def forget_stored(connection: Connection, mailbox: str, uidvalidity: int) -> None:
    """Drop the outcomes of UIDs that are stored mails by now; one that was replaced keeps both."""
    is_stored = exists().where(
        mails.c.mailbox == missed_uids.c.mailbox,
        mails.c.uidvalidity == missed_uids.c.uidvalidity,
        mails.c.uid == missed_uids.c.first_uid,
    )
    connection.execute(
        delete(missed_uids).where(
            _of(mailbox, uidvalidity), missed_uids.c.outcome != Missed.REPLACED.value, is_stored
        )
    )


def end_waiting(connection: Connection, mailbox: str, uidvalidity: int, present: Collection[int]) -> None:
    """Say of what waited and is on the server no more that it vanished."""
    rows = connection.execute(
        select(missed_uids.c.id, missed_uids.c.first_uid).where(
            _of(mailbox, uidvalidity), missed_uids.c.outcome == Missed.WAITING.value
        )
    )
    gone = [row.id for row in rows if row.first_uid not in present]
    if gone:
        connection.execute(
            update(missed_uids).where(missed_uids.c.id.in_(gone)).values(outcome=Missed.VANISHED.value)
        )


def waits(connection: Connection, mailbox: str, uidvalidity: int) -> bool:
    """Whether anything was on the server at the last count that the next round should have stored."""
    waiting = select(missed_uids.c.id).where(
        _of(mailbox, uidvalidity), missed_uids.c.outcome == Missed.WAITING.value
    )
    return connection.execute(waiting.limit(1)).first() is not None


def of(connection: Connection, mailbox: str, uidvalidity: int) -> list[MissedUids]:
    """Give the outcomes of one numbering of a mailbox, by UID."""
    return _rows(connection, select(*_COLUMNS).where(_of(mailbox, uidvalidity)), missed_uids.c.first_uid)


def listed(connection: Connection, limit: int, mailbox: str | None = None) -> list[MissedUids]:
    """Give the outcomes that were seen last, of one mailbox or of all, the newest first."""
    query = select(*_COLUMNS).limit(limit)
    if mailbox is not None:
        query = query.where(missed_uids.c.mailbox == mailbox)
    return _rows(connection, query, missed_uids.c.id.desc())


def stored_between(
    connection: Connection, mailbox: str, uidvalidity: int, after: int, before: int
) -> list[int]:
    """Give the UIDs of stored mails between two others, without these, ascending."""
    query = select(mails.c.uid).where(
        mails.c.mailbox == mailbox,
        mails.c.uidvalidity == uidvalidity,
        mails.c.uid > after,
        mails.c.uid < before,
    )
    return list(connection.scalars(query.order_by(mails.c.uid)))


def lowest_stored(connection: Connection, mailbox: str, uidvalidity: int) -> int | None:
    """Give the lowest UID of a numbering that is a stored mail; None where there is none."""
    lowest: int | None = connection.scalar(
        select(func.min(mails.c.uid)).where(mails.c.mailbox == mailbox, mails.c.uidvalidity == uidvalidity)
    )
    return lowest


def counted(connection: Connection, row: Reconciliation) -> None:
    """Keep how a mailbox was counted."""
    connection.execute(_COUNT.on(connection), {name: getattr(row, name) for name in row.__dataclass_fields__})


def last_counted(connection: Connection, mailbox: str) -> Reconciliation | None:
    """Give how a mailbox was counted last."""
    columns = (reconciliations.c[name] for name in Reconciliation.__dataclass_fields__)
    row = connection.execute(select(*columns).where(reconciliations.c.mailbox == mailbox)).first()
    return Reconciliation(*row) if row else None


_COLUMNS = tuple(missed_uids.c[name] for name in MissedUids.__dataclass_fields__)


def _of(mailbox: str, uidvalidity: int) -> ColumnElement[bool]:
    return and_(missed_uids.c.mailbox == mailbox, missed_uids.c.uidvalidity == uidvalidity)


def _rows(connection: Connection, query: Select[Any], order: ColumnElement[Any]) -> list[MissedUids]:
    return [MissedUids(*row) for row in connection.execute(query.order_by(order))]
