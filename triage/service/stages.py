"""The threads of the service: each repeats one verb, rests when there is nothing to do, survives failures."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import structlog

from triage.core.text import clean, one_line
from triage.db import heartbeats
from triage.db.engine import Database
from triage.errors import MailboxLoginError, SmtpLoginError, TriageError
from triage.ports import Clock

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
LOGIN_PAUSE_SECONDS = 300.0
"""After a refused login: trying again at once would lock the account."""

STANDBY_SECONDS = 60.0
"""So often, at least, a stage that stands by asks whether it is to work; that costs no connection.

Nobody tells it when to try once more what it could not open, and its own rest may last a day.
"""

PATIENCE_SECONDS = 300.0
"""How long a round may take before its stage counts as hanging."""


class Round(Enum):
    """How a round went."""

    BUSY = auto()
    IDLE = auto()
    FAILED = auto()


@dataclass
class Stage:
    """One verb in a thread of its own.

    ``work`` does one round and says whether there was anything to do: then the stages in ``wakes`` are told,
    and it is called again at once. ``rest`` waits until there may be work, and may fail like a round;
    ``interrupt`` ends a rest early.
    """

    name: str
    work: Callable[[], bool]
    database: Database
    clock: Clock
    rest_seconds: float
    wakes: tuple["Stage", ...] = ()
    rest: Callable[[float], object] | None = None
    interrupt: Callable[[], None] | None = None
    timed: Callable[[float], object] | None = None
    """Told how many seconds each round took."""
    vital: bool = True
    """Whether the service counts as hanging where this stage does."""
    abandon: Callable[[], object] | None = None
    """Ends the round that is under way when the service ends, where a round may be cut short at any place."""
    stands_by: Callable[[], bool] = lambda: False
    """Whether another node does this at present: then there is no round and no word of one."""
    _woken: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _relieved: threading.Event = field(default_factory=threading.Event)
    _failures: int = 0
    _got_on: bool = False
    _pause_seconds: float = 0.0
    _due: float = field(default_factory=lambda: time.monotonic() + PATIENCE_SECONDS)

    def wake(self) -> None:
        """Say that there may be work. Safe from any thread, and as often as one likes."""
        self._woken.set()
        if self.interrupt:
            self.interrupt()

    def relieve(self) -> None:
        """Say that another node may take this over, or has given it: that is looked at in a pause too."""
        self._relieved.set()
        self.wake()

    def stop(self) -> None:
        """Ask the thread to end after the round it is in."""
        self._stopping.set()
        self.relieve()
        if self.abandon:
            self.abandon()

    def is_stopping(self) -> bool:
        """Whether the thread was asked to end after the round that it is in."""
        return self._stopping.is_set()

    def got_on(self) -> None:
        """Say, from within a round, that some of its work is done for good.

        However long a round with much to do may take, its stage does not count as hanging. If the round fails
        after all, the next one comes soon: a server that breaks off again and again must not leave us doing
        one batch a minute while mails pile up.
        """
        self._got_on = True
        self._expect(0)

    def at_work(self) -> None:
        """Say, from within a round, that it goes on, although nothing of it is done for good yet."""
        self._expect(0)

    def moves(self) -> bool:
        """Whether the stage has got on with its work in time. A round that failed in time is progress too."""
        return time.monotonic() <= self._due

    def run(self) -> None:
        """Repeat the verb until asked to stop. Whatever happens in a round, the thread goes on."""
        while True:
            # In this order: a stop that comes while we look must be seen by this look or end the next rest.
            self._woken.clear()
            if self._stopping.is_set():
                return
            if self.stands_by():
                seconds = min(self.rest_seconds, STANDBY_SECONDS)
                self._expect(seconds)
                self._woken.wait(seconds)
                continue
            self._expect(0)
            went = self._guarded(self._round)
            if went is Round.IDLE:
                self._expect(self.rest_seconds)
                went = self._guarded(self._rested)
            if went is Round.FAILED:
                self._expect(self._pause_seconds)
                self._pause()

    def _pause(self) -> None:
        """Wait after a failure, however much work there may be, unless another node is to do it."""
        end = time.monotonic() + self._pause_seconds
        while not self._stopping.is_set() and (left := end - time.monotonic()) > 0:
            if self._relieved.wait(left):
                self._relieved.clear()
                if self._stopping.is_set() or self.stands_by():
                    return

    def _expect(self, seconds: float) -> None:
        """Note by when the next step must have come: it may take so long, and a round."""
        self._due = time.monotonic() + seconds + PATIENCE_SECONDS

    def _guarded(self, act: Callable[[], Round]) -> Round:
        """Do a round or a rest; any failure is told and answered with a growing pause."""
        try:
            return act()
        except TriageError as error:
            return self._failed(error, str(error))
        except Exception as error:
            log.exception("stage_broken", stage=self.name)
            return self._failed(error, f"{type(error).__name__}: {error}")

    def _round(self) -> Round:
        began = time.monotonic()
        self._got_on = False
        busy = self.work()
        if self.timed:
            self.timed(time.monotonic() - began)
        self._beat(None)
        if not busy:
            return Round.IDLE
        self._recovered()
        for stage in self.wakes:
            stage.wake()
        return Round.BUSY

    def _rested(self) -> Round:
        """Wait for work. Only a good rest ends a row of failures: a server may let us in and then hang up."""
        if self.rest:
            self.rest(self.rest_seconds)
        else:
            self._woken.wait(self.rest_seconds)
        self._recovered()
        return Round.IDLE

    def _recovered(self) -> None:
        if self._failures:
            log.info("stage_recovered", stage=self.name, failures=self._failures)
        self._failures = 0

    def _failed(self, error: Exception, told: str) -> Round:
        told = one_line(clean(told))[:1000]
        self._failures = 1 if self._got_on else self._failures + 1
        self._got_on = False
        doubled = FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 10)
        is_login = isinstance(error, MailboxLoginError | SmtpLoginError)
        self._pause_seconds = LOGIN_PAUSE_SECONDS if is_login else min(doubled, LONGEST_PAUSE_SECONDS)
        log.error("stage_failed", stage=self.name, failures=self._failures, error=told)
        self._beat(told)
        return Round.FAILED

    def _beat(self, error: str | None) -> None:
        try:
            with self.database.write() as connection:
                heartbeats.beat(connection, self.name, self.clock.now(), error)
        except Exception as failure:  # noqa: BLE001 - the note fails for whatever reason; it is told
            # The verb's own outcome matters more than the note about it; health sees the missing note.
            log.warning("heartbeat_failed", stage=self.name, error=type(failure).__name__)
