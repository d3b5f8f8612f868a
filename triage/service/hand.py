"""What a process has in hand: the mails that are written down, and the next ones, which are read meanwhile.

The next portion of a batch is read by a process of its own where there is one. What a mail may do to whoever
reads it is found out here: see docs/adr/0005-mails-that-kill.md and 0032-reading-ahead.md.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from triage.core.privacy import mask
from triage.core.reading import Read, read_of
from triage.core.rules import Rulebook
from triage.core.text import clean, one_line
from triage.crashpoints import crash_point
from triage.db import claims, mails
from triage.db.engine import Database, is_transient
from triage.db.mails import ClaimedMail
from triage.errors import StorageError
from triage.service.means import Means
from triage.service.ownresults import verify_all
from triage.service.trials import Trials

log = structlog.get_logger()

Readings = dict[int, Read | str]
"""By the number of a mail what was read, or the sentence that says why nothing was."""
_Begun = tuple[list[ClaimedMail], dict[int, str], Future[dict[int, Read | None]] | None]
"""Mails that were taken up, what is known to be wrong with whom, what a process apart makes of the rest."""

BATCH_COUNT = 200
PORTION = 25
PORTION_BYTES = 16 * 1024 * 1024
"""How many mails are taken, read, decided and written down together, and about how large they may be."""
MOST_CRASHES = 20
"""Deaths; a mail that gets here kills in a way that no trial shows: see claims, which deaths count."""
SUSPECTS_DELAY = timedelta(seconds=60)
"""How long suspects wait that there was no time to try, so that others come first."""
LONGEST_ERROR = 2000


class Hand:
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
        at_work: Callable[[], None],
    ) -> None:
        self._means, self._database, self._worker = means, database, worker
        self._ignore_delay = ignore_delay
        self._ending, self._at_work = ending, at_work
        self._trials = Trials(means, at_work, ending)
        self._hindered = False
        self._most_begun = 1 + (means.readers.count if means.readers else 0)
        self._taken: set[int] = set()
        self.held: set[int] = set()
        self.taken = 0

    def portions(self) -> Iterator[tuple[list[ClaimedMail], Readings]]:
        """Give mails portion by portion, each with what was read."""
        begun: deque[_Begun] = deque()
        while self._fill(begun):
            claimed, unreadable, reading = begun.popleft()
            claimed, readings = self._read_all(claimed, unreadable, reading)
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
                begun.append(self._begin(ids, apart=apart))
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
        log.warning("portion_put_off", mails=len(ids), error=tame(f"{type(error).__name__}: {error}"))
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
                beside=self._taken if self._ignore_delay else self.held,
            )
        crash_point("process:claimed")
        self.held.update(ids)
        self._taken.update(ids)
        self.taken += len(ids)
        return ids

    def _begin(self, ids: Sequence[int], *, apart: bool) -> _Begun:
        """Take up some mails, try those apart that were there when a process died, and have the rest read."""
        with self._database.read() as connection:
            claimed = mails.contents(connection, ids)
        deadly = _killers(claimed)
        suspects = [mail for mail in claimed if mail.crashes and mail.id not in deadly]
        found, claimed = self._tried(suspects, claimed)
        unreadable = deadly | found
        self._note_tried(claimed, unreadable)
        reading = None
        if self._means.readers and apart:
            raws = {one.id: raw for one in claimed if one.id not in unreadable and (raw := one.readable())}
            reading = self._means.readers.begin(raws)
        return claimed, unreadable, reading

    def _read_all(
        self,
        claimed: list[ClaimedMail],
        unreadable: Mapping[int, str],
        reading: Future[dict[int, Read | None]] | None,
    ) -> tuple[list[ClaimedMail], Readings]:
        """Read mails; what cannot be read gives a sentence instead.

        What a process apart could not read, or left behind when it died, is tried apart first and then read
        here: so the log tells where reading failed, and no mail takes this process down. What no process has
        looked at is under no suspicion; the rules on disk, by which mails are tried, may not even hold at the
        moment.
        """
        done = reading.result() if reading else {}
        self._at_work()
        suspects = [one for one in claimed if one.id in done and done[one.id] is None]
        deadly, claimed = self._tried(suspects, claimed)
        if deadly:
            with self._database.write() as connection:
                claims.note_deadly(connection, list(deadly))
        known = {**unreadable, **deadly}

        def read(mail: ClaimedMail) -> Read | str:
            if ahead := done.get(mail.id):
                return replace(ahead, raw=mail.raw())
            return known.get(mail.id) or _read(mail, self._means.rules)

        return claimed, {mail.id: read(mail) for mail in claimed}

    def _tried(
        self, suspects: Sequence[ClaimedMail], claimed: list[ClaimedMail]
    ) -> tuple[dict[int, str], list[ClaimedMail]]:
        """Try mails apart; give what is wrong with whom, and what is left of the portion.

        Those that there was no time for are put off. Else a row of mails that hang would keep all others
        waiting for as many minutes.
        """
        tried = self._trials.try_apart(suspects)
        if not tried.left:
            return tried.deadly, claimed
        until = self._means.clock.now() + SUSPECTS_DELAY
        with self._database.write() as connection:
            claims.put_off(connection, self._worker, sorted(tried.left), until)
        self.held -= tried.left
        log.warning("suspects_put_off", mails=len(tried.left), hanging=len(tried.deadly))
        return tried.deadly, [mail for mail in claimed if mail.id not in tried.left]

    def _note_tried(self, claimed: Sequence[ClaimedMail], unreadable: Mapping[int, str]) -> None:
        """Write down which suspects were read apart without harm: should we die now, it was not by chance."""
        harmless = [mail.id for mail in claimed if mail.crashes and mail.id not in unreadable]
        if harmless:
            with self._database.write() as connection:
                claims.note_tried(connection, self._worker, harmless)


def _killers(claimed: Sequence[ClaimedMail]) -> dict[int, str]:
    """Give the mails that nobody reads any more, with the reason."""
    return {
        mail.id: f"the process died {mail.crashes} times while it was working on this mail"
        for mail in claimed
        if mail.crashes >= MOST_CRASHES
    }


def _verified(means: Means, readings: Readings) -> Readings:
    """Add what we verify ourselves, where that is wanted."""
    mails_read = {number: one for number, one in readings.items() if isinstance(one, Read)}
    own = verify_all(means, {number: (one.mail, one.raw) for number, one in mails_read.items()})
    return readings | {number: replace(one, own=own.get(number)) for number, one in mails_read.items()}


def _read(claimed: ClaimedMail, rules: Rulebook) -> Read | str:
    try:
        return read_of(claimed.raw(), rules)
    except Exception as error:
        if is_of_the_world(error):
            raise
        log.exception("mail_unreadable", mail_id=claimed.id)
        return f"{type(error).__name__}: {error}"


def tame(error: str) -> str:
    """Make one storable line of an error: it may quote the very bytes that caused it."""
    return mask(one_line(clean(error))[:LONGEST_ERROR])


def is_of_the_world(error: Exception) -> bool:
    """Whether the machine, the database or the storage is at fault: then no mail is blamed, all wait.

    So is the program itself, where a part of it cannot be loaded: it was replaced below us, or is not whole.
    """
    if isinstance(error, SQLAlchemyError):
        return is_transient(error)
    return isinstance(error, OSError | StorageError | ImportError)
