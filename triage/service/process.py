"""From stored bytes to tickets, history and letters: one transaction a portion, a savepoint a mail.

The next portion of a batch is read, by a process of its own where there is one, while this one is decided
and written down. A portion is cut into more transactions while others may wait: on SQLite, where one writes
at a time, other stages; on PostgreSQL other nodes, which cannot open a ticket while this one has opened one
and not committed.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from triage.core.decide import decide
from triage.core.decision import Decision
from triage.core.facts import Facts
from triage.core.parse import parts_of
from triage.core.privacy import mask
from triage.core.reading import Read, read_of
from triage.core.replycodes import codes_in
from triage.core.rules import Rulebook
from triage.core.text import clean, one_line
from triage.crashpoints import crash_point
from triage.db import claims, facts, mails, wakes
from triage.db.engine import Database, is_transient
from triage.db.mails import ClaimedMail
from triage.errors import CodesExhaustedError, LetterError, StorageError, TriageError
from triage.service.apply import Applied, DecidedMail, apply
from triage.service.footing import still_stands
from triage.service.forgery import watch
from triage.service.means import Means
from triage.service.ownresults import verify_all
from triage.service.staffmail import known_of_code

log = structlog.get_logger()

Readings = dict[int, Read | str]
"""By the number of a mail what was read, or the sentence that says why nothing was."""
_Begun = tuple[list[ClaimedMail], dict[int, str], Future[dict[int, Read | None]] | None]
"""Mails that were taken up, what is known to be wrong with whom, what a process apart makes of the rest."""

BATCH_COUNT = 200
PORTION = 25
PORTION_BYTES = 16 * 1024 * 1024
"""How many mails are taken, read, decided and written down together, and about how large they may be."""
MOST_ATTEMPTS = 3
MOST_CRASHES = 20
"""Deaths; a mail that gets here kills in a way that no trial shows: see claims, which deaths count."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_ERROR = 2000
ELDERS_DELAY = timedelta(seconds=1)
"""How long an answer waits while another node is at work on mails that came before it."""
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
) -> Processed | None:
    """Decide some waiting mails and write down what follows; None when none is due.

    The claim is committed first, so that a mail which kills the process is known afterwards. Trouble of the
    world (database, rules) is raised and blames no mail; trouble with one mail is that mail's own. What this
    process cannot work on is given back, since another may be able to. ``got_on`` hears of each portion;
    once ``ending`` says so, no more mails are taken.
    """
    hand = _Hand(means, database, worker, ignore_delay=ignore_delay, ending=ending)
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


class _Hand:
    """What this process has taken: some mails that are written down, and the next that are read meanwhile.

    It is never more than needed, since a death counts against every mail in hand. Reading and verifying are
    the long part and need no transaction; on SQLite it would keep every other writer waiting.
    """

    def __init__(
        self,
        means: Means,
        database: Database,
        worker: str,
        *,
        ignore_delay: bool,
        ending: Callable[[], bool],
    ) -> None:
        self._means, self._database, self._worker = means, database, worker
        self._ignore_delay = ignore_delay
        self._ending = ending
        self._hindered = False
        self._most_begun = 1 + (means.readers.count if means.readers else 0)
        self.held: set[int] = set()
        self.taken = 0

    def portions(self) -> Iterator[tuple[list[ClaimedMail], Readings]]:
        """Give mails portion by portion, each with what was read."""
        begun: deque[_Begun] = deque()
        while self._fill(begun):
            claimed, unreadable, reading = begun.popleft()
            readings = _read_all(self._means, self._database, claimed, unreadable, reading)
            readings = _verified(self._means, readings)
            crash_point("process:read")
            yield claimed, readings
            self.held -= readings.keys()

    def _fill(self, begun: deque[_Begun]) -> bool:
        """Begin as many portions as there may be at once; say whether there is one."""
        while self._may_take(begun) and (ids := self._take()):
            # a short portion is read here: no process need be started for it
            apart = bool(begun) or len(ids) == PORTION
            try:
                begun.append(_begin(self._means, self._database, self._worker, ids, apart=apart))
            except Exception as error:
                if not begun:
                    raise
                self._put_off(ids, error)
        return bool(begun)

    def _may_take(self, begun: deque[_Begun]) -> bool:
        enough = self.taken >= BATCH_COUNT or self._hindered or self._ending()
        if enough or len(begun) == self._most_begun:
            return False
        # the death that such a mail may bring about must speak against no other
        return not any(mail.crashes >= claims.ALONE_AFTER for claimed, *_ in begun for mail in claimed)

    def _put_off(self, ids: Sequence[int], error: Exception) -> None:
        """Finish what was begun before mails that cannot be taken up; the next batch begins with those."""
        log.warning("portion_put_off", mails=len(ids), error=_tame(f"{type(error).__name__}: {error}"))
        self._hindered = True
        with self._database.write() as connection:
            claims.let_go(connection, self._worker, ids)
        self.held.difference_update(ids)

    def _take(self) -> list[int]:
        with self._database.write() as connection:
            ids = claims.claim(
                connection,
                self._worker,
                self._means.clock.now(),
                count=PORTION,
                size=PORTION_BYTES,
                ignore_delay=self._ignore_delay,
                beside=self.held,
            )
        crash_point("process:claimed")
        self.held.update(ids)
        self.taken += len(ids)
        return ids


def _begin(means: Means, database: Database, worker: str, ids: Sequence[int], *, apart: bool) -> _Begun:
    """Take up some mails, try those apart that were there when a process died, and have the rest read."""
    with database.read() as connection:
        claimed = mails.contents(connection, ids)
    unreadable = _unreadable(means, claimed)
    _note_tried(database, worker, claimed, unreadable)
    reading = None
    if means.readers and apart:
        raws = {one.id: raw for one in claimed if one.id not in unreadable and (raw := one.readable())}
        reading = means.readers.begin(raws)
    return claimed, unreadable, reading


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
        count, some = database.transact(write_down)
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


def _unreadable(means: Means, claimed: Sequence[ClaimedMail]) -> dict[int, str]:
    """Give what is known to be wrong with whom before this process reads them itself."""
    deadly = {
        mail.id: f"the process died {mail.crashes} times while it was working on this mail"
        for mail in claimed
        if mail.crashes >= MOST_CRASHES
    }
    return deadly | _try_suspects(means, [mail for mail in claimed if mail.id not in deadly])


def _note_tried(
    database: Database, worker: str, claimed: Sequence[ClaimedMail], unreadable: Mapping[int, str]
) -> None:
    """Write down which suspects were read apart without harm: should we die now, it was not by chance."""
    harmless = [mail.id for mail in claimed if mail.crashes and mail.id not in unreadable]
    if harmless:
        with database.write() as connection:
            claims.note_tried(connection, worker, harmless)


def _read_all(
    means: Means,
    database: Database,
    claimed: Sequence[ClaimedMail],
    unreadable: Mapping[int, str],
    reading: Future[dict[int, Read | None]] | None,
) -> Readings:
    """Read mails; what cannot be read gives a sentence instead.

    What a process apart could not read, or left behind when it died, is tried apart first and then read here:
    so the log tells where reading failed, and no mail takes this process down. What no process has looked
    at is under no suspicion; the rules on disk, by which mails are tried, may not even hold at the moment.
    """
    done = reading.result() if reading else {}
    deadly = _try(means, [one for one in claimed if one.id in done and done[one.id] is None])
    if deadly:
        with database.write() as connection:
            claims.note_deadly(connection, list(deadly))
    known = {**unreadable, **deadly}

    def read(mail: ClaimedMail) -> Read | str:
        if ahead := done.get(mail.id):
            return replace(ahead, raw=mail.raw())
        return known.get(mail.id) or _read(mail, means.rules)

    return {mail.id: read(mail) for mail in claimed}


def _verified(means: Means, readings: Readings) -> Readings:
    """Add what we verify ourselves, where that is wanted."""
    mails_read = {number: one for number, one in readings.items() if isinstance(one, Read)}
    own = verify_all(means, {number: (one.mail, one.raw) for number, one in mails_read.items()})
    return readings | {number: replace(one, own=own.get(number)) for number, one in mails_read.items()}


def _read(claimed: ClaimedMail, rules: Rulebook) -> Read | str:
    try:
        return read_of(claimed.raw(), rules)
    except Exception as error:
        if _is_of_the_world(error):
            raise
        log.exception("mail_unreadable", mail_id=claimed.id)
        return f"{type(error).__name__}: {error}"


def _try_suspects(means: Means, claimed: Sequence[ClaimedMail]) -> dict[int, str]:
    """Try mails whose reader died once before in a process apart; give what is wrong with whom."""
    return _try(means, [mail for mail in claimed if mail.crashes])


def _try(means: Means, claimed: Sequence[ClaimedMail]) -> dict[int, str]:
    suspects = {mail.id: raw for mail in claimed if (raw := mail.readable())}
    verdicts = means.trial(list(suspects.values())) if suspects else ()
    return {mail_id: told for mail_id, told in zip(suspects, verdicts, strict=True) if told}


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
    if _answers(read) and claims.elders_elsewhere(connection, worker, stored.id, stored.received_at):
        # What it answers may be among them, and has no ticket yet that it could join.
        claims.put_back(connection, stored.id, means.clock.now() + ELDERS_DELAY)
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
        if _is_of_the_world(error):
            raise
        log.exception("mail_broken", mail_id=stored.id)
        _try_later(connection, means, stored, f"{type(error).__name__}: {error}", done)


def _answers(read: Read) -> bool:
    return bool(read.mail.in_reply_to or read.mail.references)


def _decide_and_apply(
    connection: Connection, means: Means, stored: ClaimedMail, read: Read
) -> tuple[Applied, Decision]:
    try:
        with connection.begin_nested():
            return _once(connection, means, stored, read)
    except IntegrityError:
        # Another process acted on a second delivery of this mail meanwhile; now its decision can be seen.
        with connection.begin_nested():
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


def _tame(error: str) -> str:
    """Make one storable line of an error: it may quote the very bytes that caused it."""
    return mask(one_line(clean(error))[:LONGEST_ERROR])


def _is_of_the_world(error: Exception) -> bool:
    """Whether the machine, the database or the storage is at fault: then no mail is blamed, all wait."""
    if isinstance(error, SQLAlchemyError):
        return is_transient(error)
    return isinstance(error, OSError | StorageError)


def _give_up(connection: Connection, mail: ClaimedMail, error: str, done: Processed) -> None:
    mails.fail(connection, mail.id, _tame(error), next_try_at=None)
    log.error("mail_stuck", mail_id=mail.id, error=_tame(error))
    done.stuck += 1


def _try_later(connection: Connection, means: Means, mail: ClaimedMail, error: str, done: Processed) -> None:
    told = _tame(error)
    attempts = mail.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        _give_up(connection, mail, told, done)
        return
    mails.fail(connection, mail.id, told, means.clock.now() + FIRST_DELAY * 4**mail.attempts)
    log.warning("mail_failed", mail_id=mail.id, attempts=attempts)
    done.failed += 1
