"""From the outbox to the SMTP server, at least once and always with the same Message-ID."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import assert_never

import structlog
from sqlalchemy import Connection

from triage.core.text import clean, one_line
from triage.crashpoints import crash_point
from triage.db import outbox
from triage.db.engine import Database
from triage.db.outbox import OutgoingLetter
from triage.errors import SmtpError, SmtpLostError
from triage.ports import Clock, Deferred, Delivered, Refused, Sender, Submission
from triage.service import undelivered

log = structlog.get_logger()

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
"""How long servers may put a letter off before it counts as failed (RFC 5321 4.5.4.1)."""
MOST_DOUBTS = 2
"""Answers that may be lost: a letter that may have arrived twice is not sent a third time by itself."""
TROUBLE_DELAY = timedelta(seconds=10)
BATCH = 20
LONGEST_RESPONSE = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round of delivering did."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0

    def __add__(self, other: "Delivery") -> "Delivery":
        return Delivery(self.sent + other.sent, self.deferred + other.deferred, self.failed + other.failed)


class UnderWay:
    """What the connections of this process took in one round, and how it fared.

    What is under way besides, a crash has left so.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._ids: list[int] = []
        self.done = Delivery()

    @property
    def taken(self) -> bool:
        """Whether there was any letter."""
        return bool(self._ids)

    def take_next(self, connection: Connection, worker: str, now: datetime) -> OutgoingLetter | None:
        """Take the next letter that is due and that none of the connections took.

        They ask one after the other: else a letter that one of them has taken and committed meanwhile, of
        which the other has not heard, would look as if a crash had left it.
        """
        with self._lock:
            letter = outbox.take_next(connection, worker, now, beside=self._ids)
            if letter:
                self._ids.append(letter.id)
            return letter

    def count(self, one: Delivery) -> None:
        """Add how one letter fared."""
        with self._lock:
            self.done += one


_DELIVERIES: dict[type[Submission], Delivery] = {
    Delivered: Delivery(sent=1),
    Deferred: Delivery(deferred=1),
    Refused: Delivery(failed=1),
}


_EVENTS: dict[type[Submission], str] = {
    Delivered: "letter_sent",
    Deferred: "letter_deferred",
    Refused: "letter_failed",
}


def deliver_batch(
    sender: Sender,
    database: Database,
    clock: Clock,
    worker: str,
    sent_one: Callable[[], object] = lambda: None,
    under_way: UnderWay | None = None,
) -> Delivery | None:
    """Send some letters that are due, and give how they fared; None when there is none.

    ``sent_one`` is called after each.

    One transaction writes down how a letter fared and which one is sent next, so a crash leaves exactly one
    letter in doubt: the one that was under way. ``under_way`` is shared with other connections of this
    process, whose letters are then told with these. Raises SmtpError when there is no server to talk to.
    """
    ours = under_way or UnderWay()
    letter = _turn_over(database, clock, worker, ours, None)
    if letter is None:
        return None
    crash_point("deliver:taken")
    for more in range(BATCH - 1, -1, -1):
        result = _send(sender, database, clock, letter)
        crash_point("deliver:sent")
        verdict = type(_verdict(letter, result, clock.now()))
        ours.count(_DELIVERIES[verdict])
        tried = letter
        letter = _turn_over(database, clock, worker, ours, (letter, result), take=more > 0)
        crash_point("deliver:recorded")
        sent_one()
        log.info(_EVENTS[verdict], mail_id=tried.mail_id, letter_id=tried.id, ticket_id=tried.ticket_id)
        if letter is None:
            break
    return ours.done


def _send(sender: Sender, database: Database, clock: Clock, letter: OutgoingLetter) -> Submission:
    """Send one letter; where there is no answer at all, put it back and say so."""
    if letter.doubts >= MOST_DOUBTS:
        return Refused("It was under way twice when the service died; it may have arrived.")
    try:
        return sender.send(letter.recipient, letter.content)
    except SmtpLostError as error:
        if letter.doubts + 1 >= MOST_DOUBTS:
            return Refused(f"{_tame(str(error))} Twice; the letter may have arrived.")
        now = clock.now()
        with database.write() as connection:
            outbox.doubt(connection, letter.id, now + delay(now - letter.created_at), _tame(str(error)))
        raise
    except SmtpError as error:
        with database.write() as connection:
            outbox.defer(connection, letter.id, clock.now() + TROUBLE_DELAY, _tame(str(error)))
        raise


def _tame(response: str) -> str:
    """Make one storable line of what a server said."""
    return one_line(clean(response))[:LONGEST_RESPONSE]


def _turn_over(
    database: Database,
    clock: Clock,
    worker: str,
    ours: UnderWay,
    finished: tuple[OutgoingLetter, Submission] | None,
    *,
    take: bool = True,
) -> OutgoingLetter | None:
    """Write down the letter that was sent and take the next one, in one transaction."""
    # That a letter was sent waits for nobody: until it is on disk, a crash would send it again.
    with database.write_together(lends=finished is None) as connection:
        now = clock.now()
        if finished:
            _record(connection, now, *finished)
        return ours.take_next(connection, worker, now) if take else None


def _verdict(letter: OutgoingLetter, result: Submission, now: datetime) -> Submission:
    """Count a letter as refused that servers have put off for too long; an outage costs it no patience."""
    since = letter.deferred_since or now
    if isinstance(result, Deferred) and now - since >= GIVE_UP_AFTER:
        return Refused(result.response)
    return result


def _record(connection: Connection, now: datetime, letter: OutgoingLetter, result: Submission) -> None:
    verdict = _verdict(letter, result, now)
    response = _tame(verdict.response)
    match verdict:
        case Delivered():
            outbox.sent(connection, letter.id, now, response)
        case Deferred():
            outbox.put_off(connection, letter.id, now, now + delay(now - letter.created_at), response)
        case Refused():
            # The ticket is locked before its letter, as every act does.
            undelivered.note(connection, now, letter, response)
            outbox.give_up(connection, letter.id, response)
        case _:
            assert_never(verdict)


def delay(age: timedelta) -> timedelta:
    """Give the wait before the next try: half the letter's age, within bounds, spread so that letters part.

    It grows with time and not with tries, so an outage of the server costs no letter its patience.
    """
    return min(max(age / 2, FIRST_DELAY), LONGEST_DELAY) * random.uniform(0.8, 1.2)  # noqa: S311 - a spread, no secret
