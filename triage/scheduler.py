"""The service as it runs for years: three stages in threads, woken by APScheduler's ticks and by IDLE."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from triage.adapters.imap import ImapMailbox
from triage.adapters.smtp import SmtpSender
from triage.app import App
from triage.db.lock import Lock, working_alone
from triage.errors import RefusalError
from triage.service.auditing import verify_daily
from triage.service.counters import check_nightly, fold_regularly
from triage.service.deliver import deliver_batch
from triage.service.process import process_batch
from triage.service.receive import receive_round
from triage.service.retention import keep_terms_daily
from triage.service.searchindex import work_off_regularly
from triage.service.snoozing import wake_regularly
from triage.service.stages import Stage
from triage.service.tidying import tidy_daily

log = structlog.get_logger()

TICK_SECONDS = 5
WATCH_SECONDS = 2
JOIN_SECONDS = 30
AUDIT_HOUR = 4
"""Local hour at which the audit is verified and its head told to the log."""
INDEX_SECONDS = 15
"""How often tickets are looked for whose words are not in the index yet."""

RETENTION_HOUR = 2
"""Local hour at which mail whose term has passed is erased."""
TIDY_HOUR = 1
"""Local hour at which rows go that are kept only for a while."""
FOLD_SECONDS = 60
"""How often the changes of the ticket counters are added up."""
WAKE_SECONDS = 60
"""How often tickets whose rest is over are woken."""
CHECK_HOUR = 3
"""Local hour at which the ticket counters are compared with the tickets."""


@dataclass(frozen=True, slots=True)
class Crew:
    """The stages with their threads."""

    stages: tuple[Stage, ...]
    threads: tuple[threading.Thread, ...]

    def dead(self) -> list[str]:
        """Give the names of threads that have ended although nobody asked them to."""
        return [thread.name for thread in self.threads if not thread.is_alive()]


def run_service(app: App, pages: AbstractContextManager[None]) -> None:
    """Run, with pages served beside, until SIGTERM or SIGINT; a second signal ends at once.

    Raises RefusalError when another process works on the database, when the hold on it is lost, or when a
    stage has died: whoever watches the service starts it again.
    """
    stop = threading.Event()
    with ExitStack() as stack:
        lock = stack.enter_context(working_alone(app.database))
        stack.enter_context(_stopped_by_signals(stop))
        stack.enter_context(pages)
        crew = stack.enter_context(running(app))
        log.info("service_started", mailbox=app.config.mailbox.username, worker=app.worker)
        _watch(crew, lock, stop)
        log.info("service_stopping")


def _watch(crew: Crew, lock: Lock, stop: threading.Event) -> None:
    """Stand by until asked to stop, and see that everybody is still there."""
    while not stop.wait(WATCH_SECONDS):
        if dead := crew.dead():
            raise RefusalError(f"Stage {', '.join(dead)} has ended by itself; the service ends with it.")
        lock.demand()


@contextmanager
def running(app: App) -> Iterator[Crew]:
    """Keep the stages and the ticks going for as long as the block lasts."""
    mailbox, sender = app.mailbox(), app.sender()
    stages = _stages(app, mailbox, sender)
    crew = Crew(stages, tuple(threading.Thread(target=one.run, name=one.name, daemon=True) for one in stages))
    ticks = _ticks(app, stages)
    for thread in crew.threads:
        thread.start()
    ticks.start()
    try:
        yield crew
    finally:
        ticks.shutdown(wait=False)
        _end(crew)
        mailbox.close()
        sender.close()


def _ticks(app: App, stages: tuple[Stage, ...]) -> BackgroundScheduler:
    """Make the clockwork. Ticks only wake a stage: one too many or too few does no harm."""
    ticks = BackgroundScheduler(timezone="UTC")
    seconds = {"receive": app.config.mailbox.poll_seconds}
    for stage in stages:
        every = seconds.get(stage.name, TICK_SECONDS)
        ticks.add_job(stage.wake, "interval", seconds=every, coalesce=True, max_instances=1)
    terms, clock = app.config.retention.terms, app.means.clock
    ticks.add_job(
        partial(keep_terms_daily, app.database, clock, terms),
        "cron",
        hour=RETENTION_HOUR,
        timezone=app.config.time.zone,
        coalesce=True,
        max_instances=1,
    )
    ticks.add_job(
        partial(tidy_daily, app.database, clock),
        "cron",
        hour=TIDY_HOUR,
        timezone=app.config.time.zone,
        coalesce=True,
        max_instances=1,
    )
    _add_counting(ticks, app)
    ticks.add_job(
        partial(verify_daily, app.database, clock),
        "cron",
        hour=AUDIT_HOUR,
        timezone=app.config.time.zone,
        coalesce=True,
        max_instances=1,
    )
    index = partial(work_off_regularly, app.database)
    ticks.add_job(index, "interval", seconds=INDEX_SECONDS, coalesce=True, max_instances=1)
    ticks.add_job(
        partial(wake_regularly, app.database, clock),
        "interval",
        seconds=WAKE_SECONDS,
        coalesce=True,
        max_instances=1,
    )
    return ticks


def _add_counting(ticks: BackgroundScheduler, app: App) -> None:
    ticks.add_job(
        partial(fold_regularly, app.database),
        "interval",
        seconds=FOLD_SECONDS,
        coalesce=True,
        max_instances=1,
    )
    ticks.add_job(
        partial(check_nightly, app.database, app.means.clock),
        "cron",
        hour=CHECK_HOUR,
        timezone=app.config.time.zone,
        coalesce=True,
        max_instances=1,
    )


def _end(crew: Crew) -> None:
    """Let every stage finish its round. One that hangs must not go on working once the lock is given back."""
    for stage in crew.stages:
        stage.stop()
    for thread in crew.threads:
        thread.join(JOIN_SECONDS)
    hanging = [thread.name for thread in crew.threads if thread.is_alive()]
    if hanging:
        log.error("stages_hang", stages=hanging)
        sys.stderr.flush()
        os._exit(1)


def _stages(app: App, mailbox: ImapMailbox, sender: SmtpSender) -> tuple[Stage, ...]:
    database, clock = app.database, app.means.clock
    deliver = Stage(
        name="deliver",
        work=lambda: deliver_batch(sender, database, clock, app.worker) is not None,
        database=database,
        clock=clock,
        rest_seconds=TICK_SECONDS * 2,
    )
    process = Stage(
        name="process",
        work=lambda: process_batch(app.means, database, app.worker) is not None,
        database=database,
        clock=clock,
        rest_seconds=TICK_SECONDS * 2,
        wakes=(deliver,),
    )
    uses_idle = app.config.mailbox.idle
    receive_stage = Stage(
        name="receive",
        work=lambda: receive_round(mailbox, database, clock, process.wake),
        database=database,
        clock=clock,
        rest_seconds=float(app.config.mailbox.poll_seconds),
        wakes=(process,),
        rest=mailbox.wait if uses_idle else None,
        interrupt=mailbox.interrupt if uses_idle else None,
    )
    return receive_stage, process, deliver


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
