"""What was said on a ticket, the newest first: mails, our letters, notes and calls.

First which turns there are, without their texts; then the texts of those that are shown.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from triage.db.schema import decisions, mails, outbox, ticket_events

NOTE = "note"
CALL = "call"
SAID = (NOTE, CALL)
"""Verbs of the history that belong to the conversation: a person wrote down words."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1


class Sort(IntEnum):
    """What a turn is; of one moment the mail comes first and the letter answers it."""

    MAIL = 0
    LETTER = 1
    REMARK = 2


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One turn of a conversation: when (UTC), what it is, and its id in the table of its sort."""

    at: datetime
    sort: Sort
    id: int

    @property
    def key(self) -> str:
        """The name of this turn on its page."""
        return f"{self.sort.name.lower()}-{self.id}"

    @property
    def cursor(self) -> str:
        """The place of this turn, as an address carries it to the page of what is older."""
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.sort.value}.{self.id}"


def turn_of(cursor: str) -> Turn | None:
    """Read a place in a conversation; None for whatever is none."""
    parts = cursor.split(".")
    if len(parts) != len(Turn.__dataclass_fields__) or not all(
        part.isascii() and part.isdigit() and len(part) < len(str(_LARGEST)) for part in parts
    ):
        return None
    micros, sort, number = map(int, parts)
    try:
        return Turn(_EPOCH + timedelta(microseconds=micros), Sort(sort), number)
    except (OverflowError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail without its bytes, and its mailbox by the stored name; ``error`` is why it could not be read."""

    id: int
    received_at: datetime
    size: int
    state: str
    error: str | None
    from_name: str
    from_address: str
    subject: str
    kind: str | None
    erased_at: datetime | None
    mailbox: str


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours without its bytes; ``held_until`` is the moment before which nobody sends it."""

    id: int
    mail_id: int | None
    letter: str
    recipient: str
    subject: str
    state: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    held_until: datetime | None
    message_id: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person wrote down for colleagues: a note, or what was said on the phone."""

    id: int
    at: datetime
    actor: str
    verb: str
    data: dict[str, Any]


# The first decision on a mail acts on it, unless it came before; a release adds another that acts on nothing.
# A mail that waits yet has none.
_SAID_ONCE = func.coalesce(
    select(decisions.c.acting)
    .where(decisions.c.mail_id == mails.c.id)
    .order_by(decisions.c.id)
    .limit(1)
    .scalar_subquery(),
    true(),
)
_OF_TICKET = bindparam("ticket_id", type_=ticket_events.c.ticket_id.type)
_TURNS = union_all(
    select(mails.c.received_at.label("at"), literal_column("0").label("sort"), mails.c.id.label("id")).where(
        mails.c.ticket_id == _OF_TICKET, _SAID_ONCE
    ),
    select(outbox.c.created_at, literal_column("1"), outbox.c.id).where(outbox.c.ticket_id == _OF_TICKET),
    select(ticket_events.c.at, literal_column("2"), ticket_events.c.id).where(
        ticket_events.c.ticket_id == _OF_TICKET, ticket_events.c.verb.in_(SAID)
    ),
).subquery("turns")
_NEWEST = (
    select(_TURNS.c.at, _TURNS.c.sort, _TURNS.c.id)
    .order_by(_TURNS.c.at.desc(), _TURNS.c.sort.desc(), _TURNS.c.id.desc())
    .limit(bindparam("count"))
)
_OLDER = _NEWEST.where(
    or_(
        _TURNS.c.at < bindparam("at", type_=mails.c.received_at.type),
        (_TURNS.c.at == bindparam("at", type_=mails.c.received_at.type))
        & (tuple_(_TURNS.c.sort, _TURNS.c.id) < tuple_(bindparam("sort"), bindparam("id"))),
    )
)


def turns(connection: Connection, ticket_id: int, *, before: Turn | None, count: int) -> list[Turn]:
    """Give so many turns of a ticket, the newest first, from the one before ``before`` on.

    A mail that came once more is no further turn.
    """
    asked: dict[str, Any] = {"ticket_id": ticket_id, "count": count}
    if before:
        asked |= {"at": before.at, "sort": before.sort.value, "id": before.id}
    rows = connection.execute(_OLDER if before else _NEWEST, asked)
    return [Turn(row.at, Sort(row.sort), row.id) for row in rows]


_MAILS = (
    select(mails.c.id)
    .where(mails.c.ticket_id == _OF_TICKET, _SAID_ONCE)
    .order_by(mails.c.received_at, mails.c.id)
)


def told_mail_ids(connection: Connection, ticket_id: int) -> list[int]:
    """Give the ids of the mails of a ticket, in order of receipt, without those that came once more."""
    return list(connection.scalars(_MAILS, {"ticket_id": ticket_id}))


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_RECEIVED = select(*(mails.c[name] for name in ReceivedMail.__dataclass_fields__)).where(mails.c.id.in_(_IDS))
_SENT = select(*(outbox.c[name] for name in SentLetter.__dataclass_fields__)).where(outbox.c.id.in_(_IDS))
_LETTER_BYTES = select(outbox.c.id, outbox.c.content).where(outbox.c.id.in_(_IDS))
_REMARKS = select(*(ticket_events.c[name] for name in Remark.__dataclass_fields__)).where(
    ticket_events.c.id.in_(_IDS)
)


def received(connection: Connection, ids: Collection[int]) -> dict[int, ReceivedMail]:
    """Give mails by their id, without their bytes."""
    return {row.id: ReceivedMail(*row) for row in _of(connection, _RECEIVED, ids)}


def sent(connection: Connection, ids: Sequence[int]) -> dict[int, SentLetter]:
    """Give letters by their id, without their bytes."""
    return {row.id: SentLetter(*row) for row in _of(connection, _SENT, ids)}


def letter_bytes(connection: Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """Give the finished bytes of letters by their id."""
    return {row.id: row.content for row in _of(connection, _LETTER_BYTES, ids)}


def remarks(connection: Connection, ids: Sequence[int]) -> dict[int, Remark]:
    """Give notes and calls by their id."""
    return {row.id: Remark(*row) for row in _of(connection, _REMARKS, ids)}


def _of(connection: Connection, query: Select[Any], ids: Collection[int]) -> Iterable[Any]:
    return connection.execute(query, {"ids": list(ids)}) if ids else ()
