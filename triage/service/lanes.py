"""Several connections to the outgoing server at once, each with one letter under way."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from triage.db.engine import Database
from triage.errors import SmtpError, SmtpLoginError
from triage.ports import Clock, Sender
from triage.service.deliver import Delivery, UnderWay, deliver_batch

log = structlog.get_logger()

ENOUGH_ALONE = 3
"""Letters that one connection sends before another helps: a few are no reason to open more."""

PAUSE_SECONDS = 60.0
"""How long none helps after one that failed: the server may allow no more, and has said so."""

Work = Callable[[Sender, Callable[[], object]], object]


class Lanes:
    """The connections to the outgoing server: the first sends alone, the others help while many letters wait.

    For one thread. ``ending`` says that no more is to be begun.
    """

    def __init__(self, senders: Sequence[Sender], ending: Callable[[], bool] = lambda: False) -> None:
        self._first, *self._others = senders
        self._ending = ending
        self._alone_until = 0.0

    def deliver_round(
        self,
        database: Database,
        clock: Clock,
        worker: str,
        sent_one: Callable[[], object] = lambda: None,
    ) -> Delivery | None:
        """Send letters that are due; None when there was none.

        ``sent_one`` is called after each letter, from any thread. Each connection has one letter under way,
        so a crash leaves at most as many in doubt as there are connections. Raises SmtpError where the first
        connection fails, and SmtpLoginError where the login of any is refused, once all have ended their
        round; another one that fails is done without for a while.
        """
        under_way = UnderWay()

        def work(sender: Sender, sent: Callable[[], object]) -> Delivery | None:
            return deliver_batch(sender, database, clock, worker, sent, under_way)

        if not self._others:
            return work(self._first, sent_one)
        if not self._side_by_side(work, sent_one):
            # The rush is over; a server allows a client only so many connections.
            for one in self._others:
                one.close()
        return under_way.done if under_way.taken else None

    def _side_by_side(self, work: Work, sent_one: Callable[[], object]) -> bool:
        """Let the first connection work, and the others beside it; says whether any did."""
        failures: list[Exception] = []
        with ThreadPoolExecutor(len(self._others), "deliver") as pool:
            helpers = _Helpers(pool, self._others, work, sent_one, self._may_help)
            try:
                work(self._first, helpers.before(0, ENOUGH_ALONE))
            except Exception as error:  # noqa: BLE001 - raised below
                failures.append(error)
            failures += helpers.failures()
        if helpers.failed:
            self._alone_until = time.monotonic() + PAUSE_SECONDS
        if failures:
            # A refused login weighs most: trying it again soon would lock the account.
            raise next((one for one in failures if isinstance(one, SmtpLoginError)), failures[0])
        return bool(helpers.begun)

    def _may_help(self) -> bool:
        return not self._ending() and time.monotonic() >= self._alone_until


class _Helpers:
    """Connections that begin one after the other, each once the one before it has sent a letter.

    So one login is tried at a time, and a server that refuses one is not asked by all of them at once.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        senders: Sequence[Sender],
        work: Work,
        sent_one: Callable[[], object],
        may_begin: Callable[[], bool],
    ) -> None:
        self._pool, self._senders, self._work = pool, senders, work
        self._sent_one, self._may_begin = sent_one, may_begin
        self.begun: list[Future[None]] = []
        self.failed = False

    def before(self, following: int, letters: int) -> Callable[[], None]:
        """Give what a connection calls for each letter; after so many of them the following one begins."""
        sent = 0

        def sent_one() -> None:
            nonlocal sent
            self._sent_one()
            sent += 1
            if sent == letters and following < len(self._senders) and self._may_begin():
                self.begun.append(self._pool.submit(self._help, following))

        return sent_one

    def failures(self) -> list[Exception]:
        """Wait until all have ended; give what none may be silent about."""
        found: list[Exception] = []
        place = 0
        while place < len(self.begun):  # each begins before the one that called it ends
            error = self.begun[place].exception()
            if isinstance(error, Exception):
                found.append(error)
            place += 1
        return found

    def _help(self, place: int) -> None:
        try:
            self._work(self._senders[place], self.before(place + 1, 1))
        except SmtpLoginError:
            raise
        except SmtpError as error:
            self.failed = True
            log.warning("connection_done_without", error=str(error))
