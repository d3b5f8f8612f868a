"""Letters on their way out: finished bytes with a fixed Message-ID, sent at least once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    text,
    update,
)

from triage.core.address import counted_address
from triage.core.letternames import ANSWER, LETTERS
from triage.db.claims import of_another
from triage.db.lists import in_lists
from triage.db.schema import FRESH, TRIED, outbox, ticket_events, tickets


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """A letter claimed for sending."""

    id: int
    mail_id: int | None
    ticket_id: int | None
    recipient: str
    message_id: str
    attempts: int
    doubts: int
    created_at: datetime
    deferred_since: datetime | None
    content: bytes


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as lists show it. Times are UTC; ``response`` is what the mail server said last."""

    id: int
    letter: str
    recipient: str
    subject: str
    state: str
    attempts: int
    created_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    response: str | None
    message_id: str
    ticket_code: str | None


LONGEST_WAIT = timedelta(hours=6)
"""No letter is ever put off for so long."""

ANSWERED = "answered"
"""The verb of the history under which a person's letter stands, with its Message-ID."""

_ADD = outbox.insert()
_PUT = outbox.insert().returning(outbox.c.id)


def add(connection: Connection, **values: Any) -> None:  # noqa: ANN401 - column values
    """Put a finished letter into the outbox."""
    connection.execute(_ADD, values)


def hold(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - same
    """Put a letter into the outbox that may be taken back until ``held_until``; gives its id."""
    letter_id: int = connection.execute(_PUT, values).scalar_one()
    return letter_id


def recall(connection: Connection, letter_id: int, ticket_id: int, now: datetime) -> str | None:
    """Take a letter back and give its Message-ID; None where it is too late, or no such letter is held.

    One statement asks and acts, so that of this and of whoever sends letters exactly one gets it.
    """
    statement = (
        update(outbox)
        .where(
            outbox.c.id == letter_id,
            outbox.c.ticket_id == ticket_id,
            FRESH,
            outbox.c.held_until > now,
        )
        .values(state="recalled", response=None)
        .returning(outbox.c.message_id)
    )
    return connection.execute(statement).scalar()


def stop(connection: Connection, ticket_id: int) -> list[tuple[int, str]]:
    """Take back the answers of a ticket that no server has seen yet; gives their ids and Message-IDs."""
    statement = (
        update(outbox)
        .where(
            outbox.c.ticket_id == ticket_id,
            outbox.c.letter == ANSWER,
            outbox.c.state == "queued",
            outbox.c.doubts == 0,
        )
        .values(state="recalled", next_try_at=None, response=None)
        .returning(outbox.c.id, outbox.c.message_id)
    )
    return sorted((row.id, row.message_id) for row in connection.execute(statement))


@dataclass(frozen=True, slots=True)
class HeldLetter:
    """A letter that may still be taken back."""

    id: int
    recipient: str
    held_until: datetime
    message_id: str


_WRITTEN = select(ticket_events.c.data["message_id"].as_string()).where(
    ticket_events.c.ticket_id == bindparam("ticket_id"),
    ticket_events.c.actor == bindparam("by"),
    ticket_events.c.verb == ANSWERED,
)
_HELD = (
    select(*(outbox.c[name] for name in HeldLetter.__dataclass_fields__))
    .where(
        outbox.c.ticket_id == bindparam("ticket_id"),
        FRESH,
        outbox.c.held_until > bindparam("now"),
        outbox.c.message_id.in_(_WRITTEN),
    )
    .order_by(outbox.c.id)
)


def held(connection: Connection, ticket_id: int, now: datetime, *, by: str) -> list[HeldLetter]:
    """Give the letters of one person on a ticket that he may still take back."""
    asked = {"ticket_id": ticket_id, "now": now, "by": by}
    return [HeldLetter(*row) for row in connection.execute(_HELD, asked)]


def count_to(connection: Connection, recipient: str, letter: str, since: datetime) -> int:
    """Give how many letters of one name were written to an address after a moment."""
    query = select(func.count()).where(
        outbox.c.counted_as == counted_address(recipient),  # this is what the index finds letters by
        outbox.c.created_at > since,
        outbox.c.recipient == recipient,
        outbox.c.letter == letter,
    )
    return connection.scalar(query) or 0


def is_acknowledged(connection: Connection, mail_id: int) -> bool:
    """Whether a letter to its sender was written on account of this mail."""
    query = select(outbox.c.id).where(outbox.c.mail_id == mail_id, outbox.c.letter.in_(LETTERS)).limit(1)
    return connection.scalar(query) is not None


def make_due(connection: Connection, now: datetime) -> None:
    """Let every queued letter be tried now."""
    connection.execute(update(outbox).where(TRIED, outbox.c.state == "queued").values(next_try_at=now))


def _taking(letters: Select[int]) -> Update:
    """Build the statement that takes the first of some letters."""
    first = letters.limit(1).with_for_update(skip_locked=True)
    return (
        update(outbox)
        .where(outbox.c.id == first.correlate(None).scalar_subquery())
        .values(
            state="sending",
            claimed_by=bindparam("worker"),
            attempts=outbox.c.attempts + 1,
            # Left under way by a crash, it may have reached the server.
            doubts=outbox.c.doubts + case((outbox.c.state == "sending", 1), else_=0),
            next_try_at=bindparam("now"),
        )
        .returning(*(outbox.c[name] for name in OutgoingLetter.__dataclass_fields__))
    )


_TAKE_FRESH = _taking(
    select(outbox.c.id)
    .where(FRESH, or_(outbox.c.held_until.is_(None), outbox.c.held_until <= bindparam("now")))
    .order_by(outbox.c.id)
)
_NOT_UNDER_WAY = and_(
    or_(outbox.c.state == "queued", not_(of_another(outbox.c.claimed_by))),
    outbox.c.id.not_in(bindparam("beside", expanding=True)),
)
_TAKE_TRIED = _taking(
    select(outbox.c.id)
    .where(TRIED, _NOT_UNDER_WAY, outbox.c.next_try_at <= bindparam("now"))
    .order_by(outbox.c.next_try_at, outbox.c.id)
)


_TAKE_LOST = _taking(
    select(outbox.c.id)
    .where(TRIED, _NOT_UNDER_WAY, outbox.c.next_try_at > bindparam("beyond"))
    .order_by(outbox.c.next_try_at)
)
"""A clock that was ahead for a while has put these off into a time that may be years away."""


def take_next(
    connection: Connection, worker: str, now: datetime, beside: Sequence[int] = ()
) -> OutgoingLetter | None:
    """Mark one letter as being sent by this worker and give it; None when none is due.

    ``beside`` are letters that this process itself has under way, or had in this round.

    Fresh letters pass those that were tried before, and these take turns by the time they are due. What a
    node that is alive has under way is left to it; so a letter found under way was left so by a crash. It may
    have reached the server; it is sent again with the same Message-ID, since losing it would be worse, but
    behind the others, so that a process which dies again and again does not repeat the same letter each time.
    ``doubts`` counts how often it may have reached the server.
    """
    values = {"worker": worker, "now": now, "beyond": now + LONGEST_WAIT}
    for statement in (_TAKE_FRESH, _TAKE_TRIED, _TAKE_LOST):
        # an empty list would be a query of its own in the statement; no letter has the number 0
        asked = values if statement is _TAKE_FRESH else {**values, "beside": beside or (0,)}
        if row := connection.execute(statement, asked).first():
            return OutgoingLetter(*row)
    return None


_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("which"))
    .values(state="sent", claimed_by=None, next_try_at=None)
)


def sent(connection: Connection, letter_id: int, now: datetime, response: str) -> None:
    """Note that the mail server has taken a letter."""
    connection.execute(_SENT, {"which": letter_id, "sent_at": now, "response": response})


def defer(connection: Connection, letter_id: int, next_try_at: datetime, response: str) -> None:
    """Put a letter back until a later time, since there is no server to give it to."""
    _settle(connection, letter_id, state="queued", next_try_at=next_try_at, response=response)


def put_off(
    connection: Connection, letter_id: int, now: datetime, next_try_at: datetime, response: str
) -> None:
    """Put back a letter that the server does not take now; the first time begins its patience."""
    _settle(
        connection,
        letter_id,
        state="queued",
        next_try_at=next_try_at,
        response=response,
        deferred_since=func.coalesce(outbox.c.deferred_since, now),
    )


def doubt(connection: Connection, letter_id: int, next_try_at: datetime, response: str) -> None:
    """Put back a letter that the server may have taken: its answer was lost."""
    _settle(
        connection,
        letter_id,
        state="queued",
        doubts=outbox.c.doubts + 1,
        next_try_at=next_try_at,
        response=response,
    )


def give_up(connection: Connection, letter_id: int, response: str) -> None:
    """Note that a letter failed for good; a person sees it and may send it again."""
    _settle(connection, letter_id, state="failed", next_try_at=None, response=response)


def bounced(connection: Connection, message_id: str, response: str) -> int | None:
    """Note that an answer which a server took came back for good; gives its id, None for other letters."""
    statement = (
        update(outbox)
        .where(outbox.c.message_id == message_id, outbox.c.letter == ANSWER, outbox.c.state == "sent")
        .values(state="failed", response=response)
        .returning(outbox.c.id)
    )
    return connection.execute(statement).scalar()


def retry(connection: Connection, letter_ids: Sequence[int]) -> int:
    """Queue failed letters again from the beginning; gives how many there were."""
    queued = 0
    for some in in_lists(letter_ids):
        result = connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(some), outbox.c.state == "failed")
            .values(
                state="queued",
                attempts=0,
                doubts=0,
                next_try_at=None,
                claimed_by=None,
                deferred_since=None,
            )
        )
        queued += result.rowcount
    return queued


def _settle(connection: Connection, letter_id: int, **values: Any) -> None:  # noqa: ANN401 - column values
    connection.execute(update(outbox).where(outbox.c.id == letter_id).values(claimed_by=None, **values))


def listed(
    connection: Connection,
    *,
    state: str | None = None,
    ticket_id: int | None = None,
    ids: Sequence[int] = (),
    limit: int | None = None,
) -> list[LetterRow]:
    """Give letters, the newest first."""
    query = (
        select(
            *(outbox.c[name] for name in LetterRow.__dataclass_fields__ if name != "ticket_code"),
            tickets.c.code.label("ticket_code"),
        )
        .join(tickets, tickets.c.id == outbox.c.ticket_id, isouter=True)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    if state:
        query = query.where(outbox.c.state == state)
    if ticket_id is not None:
        query = query.where(outbox.c.ticket_id == ticket_id)
    if ids:
        query = query.where(outbox.c.id.in_(ids))
    return [LetterRow(*tuple(row)) for row in connection.execute(query)]


def content_of(connection: Connection, letter_id: int) -> bytes | None:
    """Give the bytes of one letter."""
    return connection.scalar(select(outbox.c.content).where(outbox.c.id == letter_id))


def count_failed(connection: Connection) -> int:
    """Give how many letters failed for good, by their own small index."""
    return connection.scalar(select(func.count()).select_from(outbox).where(text("state = 'failed'"))) or 0


def count_waiting(connection: Connection) -> int:
    """Give how many letters have not gone out yet and will be tried again."""
    # Two counts and no OR: each finds its own small index.
    return sum(
        connection.scalar(select(func.count()).select_from(outbox).where(some)) or 0
        for some in (FRESH, TRIED)
    )
