"""Stored mails: the raw bytes first, then what became of each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, text, update

from triage.db import rawmails
from triage.db.lists import in_lists
from triage.db.rawmails import CODEC, Kept, pack
from triage.db.schema import WAITING, mails, raw_mails, tickets
from triage.db.upsert import Upsert
from triage.ports import FetchedMail, Traits


@dataclass(frozen=True, slots=True)
class MailRow:
    """One stored mail without its bytes; times are UTC, ``error`` is why the last try failed."""

    id: int
    mailbox: str
    uidvalidity: int
    uid: int
    received_at: datetime
    size: int
    state: str
    attempts: int
    crashes: int
    error: str | None
    message_id: str
    from_name: str
    from_address: str
    subject: str
    kind: str | None
    ticket_code: str | None


_STORE = Upsert(
    mails,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["mailbox", "uidvalidity", "uid"]).returning(
        mails.c.id, mails.c.uid
    ),
)
_STORE_RAW = raw_mails.insert()


def known_uids(connection: Connection, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Give those of the UIDs that are stored already."""
    known: set[int] = set()
    for some in in_lists(uids):
        query = select(mails.c.uid).where(
            mails.c.mailbox == mailbox, mails.c.uidvalidity == uidvalidity, mails.c.uid.in_(some)
        )
        known.update(connection.scalars(query))
    return known


def traits(connection: Connection, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Traits]:
    """Give by what those of the UIDs that are stored can be recognised."""
    found: dict[int, Traits] = {}
    for some in in_lists(uids):
        query = select(mails.c.uid, mails.c.received_at, mails.c.size).where(
            mails.c.mailbox == mailbox, mails.c.uidvalidity == uidvalidity, mails.c.uid.in_(some)
        )
        found |= {row.uid: Traits(row.received_at, row.size) for row in connection.execute(query)}
    return found


def store(
    connection: Connection,
    mailbox: str,
    uidvalidity: int,
    fetched: Iterable[FetchedMail],
    now: datetime,
    kept: Mapping[int, Kept] | None = None,
) -> int:
    """Keep messages as they are; one that is stored already is left alone. Gives how many were new.

    ``kept`` says by UID in which objects they lie; without it the table has their bytes.
    """
    by_uid = {mail.uid: mail for mail in fetched}
    if not by_uid:
        return 0
    values = [_first_values(mailbox, uidvalidity, mail, now) for mail in by_uid.values()]
    stored = connection.execute(_STORE.on(connection), values).all()
    if stored:
        how = kept or {row.uid: Kept(CODEC, pack(by_uid[row.uid].raw)) for row in stored}
        rows = [{"mail_id": row.id, **rawmails.values_of(how[row.uid])} for row in stored]
        connection.execute(_STORE_RAW, rows)
    if kept:
        needed = {row.uid for row in stored}
        needless = (one.object_name for uid, one in kept.items() if uid not in needed)
        rawmails.discard(connection, filter(None, needless), now)
    return len(stored)


IMPORTED = "import:"
"""How the name of a mailbox begins that was no server's: its mails are never answered."""

_OF = ">"


def imported_as(name: str, mailbox: str = "") -> str:
    """Give the name that old mails are stored under, with the mailbox that they were of, where told."""
    return f"{IMPORTED}{name}{_OF}{mailbox}" if mailbox else f"{IMPORTED}{name}"


def mailbox_of(stored: str) -> str:
    """Give the mailbox that a mail was of, by the name that it is stored under."""
    return stored.rpartition(_OF)[2] if stored.startswith(IMPORTED) else stored


def first_mailboxes(connection: Connection, ticket_ids: Collection[int]) -> dict[int, str]:
    """Give by ticket what the first of its mails is stored under; a ticket without mails is left out."""
    if not ticket_ids:
        return {}
    first = select(func.min(mails.c.id)).where(mails.c.ticket_id.in_(ticket_ids)).group_by(mails.c.ticket_id)
    query = select(mails.c.ticket_id, mails.c.mailbox).where(mails.c.id.in_(first))
    return {ticket: stored for ticket, stored in connection.execute(query)}  # noqa: C416 - see numbers


def numbers(connection: Connection, mailbox: str, uidvalidity: int, uids: Iterable[int]) -> dict[int, int]:
    """Give by UID the ids of messages that are stored."""
    query = select(mails.c.uid, mails.c.id).where(
        mails.c.mailbox == mailbox, mails.c.uidvalidity == uidvalidity, mails.c.uid.in_(list(uids))
    )
    return {uid: number for uid, number in connection.execute(query)}  # noqa: C416 - mypy knows no dict of rows


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail to be processed now, with its bytes as they are kept."""

    id: int
    mailbox: str
    received_at: datetime
    attempts: int
    crashes: int
    kept: Kept

    def raw(self) -> bytes:
        """Give the bytes as they were received. Raises ValueError where they cannot be had."""
        return self.kept.raw()

    def readable(self) -> bytes | None:
        """Give the bytes, or None where they cannot be had."""
        return self.kept.readable()


_CONTENTS = (
    select(
        mails.c.id,
        mails.c.mailbox,
        mails.c.received_at,
        mails.c.attempts,
        mails.c.crashes,
        *rawmails.COLUMNS,
    )
    # an erased mail has no row where its month was dropped
    .join(raw_mails, raw_mails.c.mail_id == mails.c.id, isouter=True)
    .where(mails.c.id.in_(bindparam("ids", expanding=True)))
    .where(or_(raw_mails.c.mail_id.is_not(None), mails.c.erased_at.is_not(None)))
    .order_by(mails.c.received_at, mails.c.id)
)


def contents(connection: Connection, ids: Sequence[int]) -> list[ClaimedMail]:
    """Give claimed mails with their bytes, oldest first. Raises StorageError; then no mail is at fault."""
    rows = connection.execute(_CONTENTS, {"ids": ids}).all() if ids else []
    kept = rawmails.kept(connection, [tuple(row)[-len(rawmails.COLUMNS) :] for row in rows])
    return [
        ClaimedMail(row.id, row.mailbox, row.received_at, row.attempts, row.crashes, one)
        for row, one in zip(rows, kept, strict=True)
    ]


def lock(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Lock those of the mails that still wait; give their ids."""
    query = select(mails.c.id).where(mails.c.id.in_(ids), mails.c.state == "waiting").order_by(mails.c.id)
    return set(connection.scalars(query.with_for_update(skip_locked=True)))


_FINISH = (
    update(mails)
    .where(mails.c.id == bindparam("which"))
    .values(state="processed", claimed_by=None, next_try_at=None, error=None)
)


def finish(connection: Connection, mail_id: int, **values: Any) -> None:  # noqa: ANN401 - column values
    """Note that a mail has been processed, with what was read from it."""
    connection.execute(_FINISH, {"which": mail_id, **values})


def fail(connection: Connection, mail_id: int, error: str, next_try_at: datetime | None) -> None:
    """Note a failed try; without a time for the next one the mail is stuck until a person replays it."""
    connection.execute(
        update(mails)
        .where(mails.c.id == mail_id)
        .values(
            state="waiting" if next_try_at else "stuck",
            attempts=mails.c.attempts + 1,
            claimed_by=None,
            next_try_at=next_try_at,
            error=error,
        )
    )


def release(connection: Connection, mail_ids: Sequence[int]) -> int:
    """Let stuck mails wait again from the beginning; gives how many there were."""
    released = 0
    for some in in_lists(mail_ids):
        result = connection.execute(
            update(mails)
            .where(mails.c.id.in_(some), mails.c.state == "stuck")
            .values(state="waiting", attempts=0, crashes=0, claimed_by=None, next_try_at=None)
        )
        released += result.rowcount
    return released


def make_due(connection: Connection) -> None:
    """Let every waiting mail be tried now."""
    connection.execute(
        update(mails).where(WAITING, mails.c.next_try_at.is_not(None)).values(next_try_at=None)
    )


def raw_of(connection: Connection, mail_id: int) -> tuple[datetime, bytes] | None:
    """Give the time of receipt and the bytes of one mail. Raises StorageError, ValueError."""
    received_at = connection.scalar(select(mails.c.received_at).where(mails.c.id == mail_id))
    kept = rawmails.kept_one(connection, mail_id) if received_at else None
    return (received_at, kept.raw()) if received_at and kept else None


def ids(
    connection: Connection,
    *,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[int]:
    """Give the ids of stored mails, the oldest first; ``until`` is the first moment that does not count."""
    query = select(mails.c.id).order_by(mails.c.id)
    if state:
        query = query.where(mails.c.state == state)
    if since:
        query = query.where(mails.c.received_at >= since)
    if until:
        query = query.where(mails.c.received_at < until)
    return list(connection.scalars(query))


def listed(
    connection: Connection, *, state: str | None = None, ids: Sequence[int] = (), limit: int | None = None
) -> list[MailRow]:
    """Give stored mails, newest first, without their bytes."""
    query = (
        select(
            *(mails.c[name] for name in MailRow.__dataclass_fields__ if name != "ticket_code"),
            tickets.c.code.label("ticket_code"),
        )
        .join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)
        .order_by(mails.c.id.desc())
        .limit(limit)
    )
    if state:
        query = query.where(mails.c.state == state)
    if ids:
        query = query.where(mails.c.id.in_(ids))
    return [MailRow(*tuple(row)) for row in connection.execute(query)]


def erased(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Give those of the mails whose raw bytes were erased."""
    found: set[int] = set()
    for some in in_lists(ids):
        query = select(mails.c.id).where(mails.c.id.in_(some), mails.c.erased_at.is_not(None))
        found.update(connection.scalars(query))
    return found


def newest_receipt(connection: Connection) -> datetime | None:
    """Give the latest time of receipt, as the mail server's clock told it."""
    newest: datetime | None = connection.scalar(select(func.max(mails.c.received_at)))
    return newest


def count_stuck(connection: Connection) -> int:
    """Give how many mails are stuck, by their own small index."""
    return connection.scalar(select(func.count()).select_from(mails).where(text("state = 'stuck'"))) or 0


def count_by_state(connection: Connection) -> dict[str, int]:
    """Give how many mails wait, are processed, are stuck."""
    rows = connection.execute(select(mails.c.state, func.count()).group_by(mails.c.state))
    return {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to the type checker


def _first_values(mailbox: str, uidvalidity: int, mail: FetchedMail, now: datetime) -> dict[str, Any]:
    return {
        "mailbox": mailbox,
        "uidvalidity": uidvalidity,
        "uid": mail.uid,
        "received_at": mail.received_at,
        "stored_at": now,
        "size": len(mail.raw),
    }
