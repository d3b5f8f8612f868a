"""From stored bytes to tickets, history and letters: one transaction a portion, a savepoint a mail.

A portion is cut into more transactions while others may wait: on SQLite, where one writes at a time, other
stages; on PostgreSQL other nodes, which cannot open a ticket while this one has opened one and not committed.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from triage.core.decide import decide
from triage.core.decision import Decision
from triage.core.facts import Facts
from triage.core.parse import parts_of
from triage.core.reading import Read
from triage.core.replycodes import codes_in
from triage.crashpoints import crash_point
from triage.db import claims, facts, mails, wakes
from triage.db.engine import Database
from triage.db.mails import ClaimedMail
from triage.db.savepoints import savepoint
from triage.errors import CodesExhaustedError, LetterError, TriageError
from triage.service.apply import Applied, apply
from triage.service.decidedmail import DecidedMail
from triage.service.footing import still_stands
from triage.service.forgery import watch
from triage.service.hand import MOST_CRASHES, SUSPECTS_DELAY, Hand, Readings, is_of_the_world, tame
from triage.service.means import Means
from triage.service.staffmail import known_of_code

log = structlog.get_logger()

MOST_ATTEMPTS = 3
FIRST_DELAY = timedelta(seconds=30)
ELDERS_DELAY = timedelta(seconds=1)
"""How long an answer waits, at least, for older mails that another node has in hand or nobody has tried."""
MOST_LOOKS = 3
"""How often a mail is decided whose ticket somebody is changing; from then on nobody else may."""


@dataclass(slots=True)
class Processed:
    """What one batch did; mails are counted by outcome, by kind and by the verdict on their sender."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    failed: int = 0
    stuck: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    """What the log says of each mail; nothing that anybody wrote."""

    def count(self, mail_id: int, applied: Applied, decision: Decision) -> None:
        """Add one mail."""
        self.told.append(
            {
                "mail_id": mail_id,
                "kind": decision.kind.value,
                "outcome": applied.outcome,
                "ticket_id": applied.ticket_id,
                "letter": applied.letter,
            }
        )
        self.outcomes[applied.outcome] += 1
        self.kinds[decision.kind.value] += 1
        self.verdicts[decision.sender.verdict.value] += 1
        self.letters += (applied.letter is not None) + applied.notices

    def add(self, other: "Processed") -> None:
        """Add what another batch did."""
        self.outcomes.update(other.outcomes)
        self.kinds.update(other.kinds)
        self.verdicts.update(other.verdicts)
        self.letters += other.letters
        self.failed += other.failed
        self.stuck += other.stuck


def process_batch(
    means: Means,
    database: Database,
    worker: str,
    *,
    ignore_delay: bool = False,
    got_on: Callable[[], None] = lambda: None,
    ending: Callable[[], bool] = lambda: False,
    at_work: Callable[[], None] = lambda: None,
) -> Processed | None:
    """Decide some waiting mails and write down what follows; None when none is due.

    The claim is committed first, so that a mail which kills the process is known afterwards. Trouble of the
    world (database, rules) is raised and blames no mail; trouble with one mail is that mail's own. What this
    process cannot work on is given back, since another may be able to. ``got_on`` hears of each portion,
    ``at_work`` of each mail that was tried apart; once ``ending`` says so, no more mails are taken.
    """
    hand = Hand(means, database, worker, ignore_delay=ignore_delay, ending=ending, at_work=at_work)
    done = Processed()
    try:
        for claimed, readings in hand.portions():
            done.add(_write_down(means, database, worker, claimed, readings))
            got_on()
    except Exception:
        with suppress(TriageError, SQLAlchemyError), database.write() as connection:
            claims.let_go(connection, worker, list(hand.held))
        raise
    return done if hand.taken else None


def _write_down(
    means: Means, database: Database, worker: str, claimed: Sequence[ClaimedMail], readings: Readings
) -> Processed:
    left = deque(sorted(claimed, key=lambda one: _is_of_staff(means, readings[one.id])))

    def write_down(connection: Connection) -> tuple[int, Processed]:
        some, count = Processed(), 0
        still_ours = mails.lock(connection, [mail.id for mail in left])
        for mail in left:
            count += 1
            if mail.id in still_ours:
                _process_one(connection, means, worker, mail, readings[mail.id], some)
                crash_point("process:applied")
            # The stage that sends letters needs a short transaction for each, and so does another node: a
            # whole batch before them would put their work off for as long as mails wait.
            if database.wanted:
                break
        if some.letters:
            wakes.tell(connection, wakes.DELIVER)
        crash_point("process:written")
        return count, some

    done = Processed()
    while left:
        count, some = database.transact(write_down, together=True)
        crash_point("process:committed")
        done.add(some)
        for one in some.told:
            log.info("mail_processed", **one)
        for _written in range(count):
            left.popleft()
    return done


def _is_of_staff(means: Means, read: Read | str) -> bool:
    """Whether a mail may act for a person: such mails come last, since the audit locks out everybody else."""
    return means.codes is not None and isinstance(read, Read) and bool(codes_in(read.mail))


def _process_one(
    connection: Connection,
    means: Means,
    worker: str,
    stored: ClaimedMail,
    read: Read | str,
    done: Processed,
) -> None:
    if isinstance(read, str):
        if stored.crashes >= MOST_CRASHES:
            _give_up(connection, stored, read, done)
            return
        _try_later(connection, means, stored, read, done)
        return
    if _answers(read) and (elder := claims.elder(connection, worker, stored.id, stored.received_at)):
        # It may be what this one answers, and has no ticket yet that could be joined.
        claims.put_back(connection, stored.id, _when_done(elder, means.clock.now()))
        return
    try:
        done.count(stored.id, *_decide_and_apply(connection, means, stored, read))
    except LetterError as error:
        # Letters that hold for the samples and fail for this mail are this mail's trouble, not everybody's.
        means.renderer.check()
        _try_later(connection, means, stored, str(error), done)
    except CodesExhaustedError as error:
        _give_up(connection, stored, str(error), done)
    except Exception as error:
        if is_of_the_world(error):
            raise
        log.exception("mail_broken", mail_id=stored.id)
        _try_later(connection, means, stored, f"{type(error).__name__}: {error}", done)


def _when_done(elder: claims.Elder, now: datetime) -> datetime:
    """Give when an answer is looked at again: with a mail that was put off, which is then taken before it."""
    soon = now + ELDERS_DELAY
    return min(max(soon, elder.next_try_at or soon), now + SUSPECTS_DELAY)


def _answers(read: Read) -> bool:
    return bool(read.mail.in_reply_to or read.mail.references)


def _decide_and_apply(
    connection: Connection, means: Means, stored: ClaimedMail, read: Read
) -> tuple[Applied, Decision]:
    try:
        with savepoint(connection):
            return _once(connection, means, stored, read)
    except IntegrityError:
        # Another process acted on a second delivery of this mail meanwhile; now its decision can be seen.
        with savepoint(connection):
            return _once(connection, means, stored, read)


def _once(connection: Connection, means: Means, stored: ClaimedMail, read: Read) -> tuple[Applied, Decision]:
    known, decision = _decided(connection, means, stored, read)
    for _ in range(MOST_LOOKS - 1):
        if still_stands(connection, decision.outcome, known):
            break
        known, decision = _decided(connection, means, stored, read)
    applied = apply(
        connection,
        means,
        DecidedMail(stored, read.mail, read.key, read.veil, known, decision, read.marks, read.signature),
    )
    watch(connection, means.clock, stored.id, decision)
    return applied, decision


def _decided(connection: Connection, means: Means, stored: ClaimedMail, read: Read) -> tuple[Facts, Decision]:
    known = replace(facts.gather(connection, read.asked, means.clock.now()), own_results=read.own)
    known = replace(
        known,
        imported=stored.mailbox.startswith(mails.IMPORTED),
        staff_mail=known_of_code(connection, means, read.mail),
    )
    parts = parts_of(read.mail, read.raw)
    decision = decide(read.mail, known, means.rules, stored.received_at, parts, read.first)
    return known, decision


def _give_up(connection: Connection, mail: ClaimedMail, error: str, done: Processed) -> None:
    mails.fail(connection, mail.id, tame(error), next_try_at=None)
    log.error("mail_stuck", mail_id=mail.id, error=tame(error))
    done.stuck += 1


def _try_later(connection: Connection, means: Means, mail: ClaimedMail, error: str, done: Processed) -> None:
    told = tame(error)
    attempts = mail.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        _give_up(connection, mail, told, done)
        return
    mails.fail(connection, mail.id, told, means.clock.now() + FIRST_DELAY * 4**mail.attempts)
    log.warning("mail_failed", mail_id=mail.id, attempts=attempts)
    done.failed += 1
