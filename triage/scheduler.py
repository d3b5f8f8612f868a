"""The service as it runs for years: its stages in threads, woken by APScheduler's ticks and by IDLE.

On PostgreSQL any number of such processes work together: see triage.service.nodes.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

import structlog

from triage.adapters.systemd import ALIVE, READY, STOPPING, Supervisor, supervisor
from triage.app import App
from triage.clockwork import FOLDER_SECONDS, TICK_SECONDS, clockwork
from triage.core.boxes import RECEIVE, kept_as
from triage.db.lock import Lock, working_together
from triage.db.wakes import DELIVER, PAGES, PROCESS, Listener
from triage.errors import RefusalError, TriageError
from triage.ports import Mailbox, Sender
from triage.service.health import note_rules
from triage.service.lanes import Lanes
from triage.service.metrics import DURATION, counted_delivery, counted_mails
from triage.service.nodes import Alone, HeardSender, Member, Node, Pulse
from triage.service.process import process_batch
from triage.service.queuefolders import STAGE as FOLDERS
from triage.service.receive import receive_round
from triage.service.sharing import Seat
from triage.service.stages import Stage

log = structlog.get_logger()

WATCH_SECONDS = 2.0
JOIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Crew:
    """The stages with their threads."""

    stages: tuple[Stage, ...]
    threads: tuple[threading.Thread, ...]

    def dead(self) -> list[str]:
        """Give the names of threads that have ended although nobody asked them to."""
        return [thread.name for thread in self.threads if not thread.is_alive()]

    def moves(self) -> bool:
        """Whether every stage gets on with its work, save for those that the service can do without."""
        return all(stage.moves() for stage in self.stages if stage.vital)


@dataclass(frozen=True, slots=True)
class Calls:
    """What signals have asked for: to stop, or to read the rules again."""

    stop: threading.Event
    rules: threading.Event


def run_service(app: App, pages: AbstractContextManager[None]) -> None:
    """Run, with pages served beside, until SIGTERM or SIGINT; a second signal ends at once.

    SIGHUP reads the rules again. Raises RefusalError when another process works alone on the database, when
    the hold on it is lost, when other nodes have taken this one for dead, or when a stage has died: whoever
    watches the service starts it again.
    """
    calls = Calls(threading.Event(), threading.Event())
    above = supervisor()
    with ExitStack() as stack:
        lock = stack.enter_context(working_together(app.database))
        stack.enter_context(_called_by_signals(calls))
        node = stack.enter_context(_among_nodes(app))
        note_rules(app.database, app.means.clock, None)
        stack.enter_context(pages)
        crew = stack.enter_context(running(app, node))
        boxes = app.config.boxes.values()
        named = ", ".join(dict.fromkeys(box.username for box in boxes))
        log.info("service_started", mailbox=named, worker=app.worker, leads=node.leads)
        above.tell(READY, f"STATUS=Reading {', '.join(dict.fromkeys(box.folder for box in boxes))}")
        _watch(app, crew, (lock, node), calls, above)
        above.tell(STOPPING)
        log.info("service_stopping")


def _watch(app: App, crew: Crew, holds: tuple[Lock | Node, ...], calls: Calls, above: Supervisor) -> None:
    """Stand by until asked to stop, and see that everybody is still there and gets on."""
    # Twice within the time that is allowed, as sd_watchdog_enabled(3) advises.
    pause = min(WATCH_SECONDS, above.watchdog_seconds / 2 or WATCH_SECONDS)
    while not calls.stop.wait(pause):
        if dead := crew.dead():
            raise RefusalError(f"Stage {', '.join(dead)} has ended by itself; the service ends with it.")
        for hold in holds:
            hold.demand()
        if calls.rules.is_set():
            calls.rules.clear()
            read_rules_again(app)
        if crew.moves():
            above.tell(ALIVE)


def read_rules_again(app: App) -> None:
    """Use the rules as they stand now; where they do not hold the old ones stay, and the records say why."""
    refused = None
    try:
        app.read_rules_again()
    except TriageError as error:
        refused = str(error)
        log.error("rules_refused", error=refused)  # noqa: TRY400 - the sentence says all
    else:
        log.info("rules_read_again", digest=app.means.rules.digest)
    try:
        note_rules(app.database, app.means.clock, refused)
    except TriageError as error:
        log.warning("rules_not_noted", error=str(error))


@contextmanager
def _among_nodes(app: App) -> Iterator[Node]:
    """Be one of the nodes of a PostgreSQL for as long as the block lasts; on SQLite there is no other."""
    if app.database.is_sqlite:
        yield Alone()
        return
    member = Member(app.database, app.worker, mailboxes=tuple(app.receivers()))
    member.enter()
    app.leads = lambda: member.leads
    app.reads = lambda box: member.holds(kept_as(RECEIVE, box))
    try:
        yield member
    finally:
        member.leave()


@contextmanager
def _in_thread(work: Pulse | Listener, name: str) -> Iterator[None]:
    thread = threading.Thread(target=work.run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        work.stop()
        thread.join(JOIN_SECONDS)


@contextmanager
def _with_others(app: App, node: Node, stages: tuple[Stage, ...]) -> Iterator[None]:
    """Let the other nodes see this one, and let what they write wake its stages."""
    if not isinstance(node, Member):
        yield
        return
    by_name = {stage.name: stage for stage in stages}

    def wake(lease: str) -> None:
        # What else the lead does comes by the clock.
        if lease in by_name:
            by_name[lease].relieve()

    pulse = Pulse(node, wake)
    rung = {name: by_name[name].wake for name in (PROCESS, DELIVER)} | {PAGES: app.news.ring}
    listener = Listener(app.database, rung)
    with _in_thread(pulse, "pulse"), _in_thread(listener, "listen"), app.news.hung():
        yield


@contextmanager
def running(app: App, node: Node) -> Iterator[Crew]:
    """Keep the stages and the ticks going for as long as the block lasts."""
    mailboxes = {name: app.mailbox(name) for name in app.config.boxes}
    senders = _senders(app, node)
    stages = _stages(app, node, mailboxes, senders)
    crew = Crew(stages, tuple(threading.Thread(target=one.run, name=one.name, daemon=True) for one in stages))
    ticks = clockwork(app, stages)
    for thread in crew.threads:
        thread.start()
    ticks.start()
    with _with_others(app, node, stages):
        try:
            yield crew
        finally:
            ticks.shutdown(wait=False)
            _end(crew)
            for mailbox in mailboxes.values():
                mailbox.close()
            for sender in senders:
                sender.close()


def _senders(app: App, node: Node) -> Sequence[Sender]:
    senders = app.senders()
    return [HeardSender(one, node) for one in senders] if isinstance(node, Member) else senders


def _end(crew: Crew) -> None:
    """Let every stage finish its round. One that hangs must not go on working once the lock is given back."""
    for stage in crew.stages:
        stage.stop()
    end = time.monotonic() + JOIN_SECONDS
    for thread in crew.threads:
        thread.join(max(end - time.monotonic(), 0))
    hanging = [thread.name for thread in crew.threads if thread.is_alive()]
    if hanging:
        log.error("stages_hang", stages=hanging)
        sys.stderr.flush()
        os._exit(1)


def _stages(
    app: App, node: Node, mailboxes: Mapping[str, Mailbox], senders: Sequence[Sender]
) -> tuple[Stage, ...]:
    database, clock = app.database, app.means.clock

    deliver = Stage(
        name="deliver",
        work=lambda: counted_delivery(
            app.tally, lanes.deliver_round(database, clock, app.worker, deliver.got_on)
        ),
        timed=_timed(app, "deliver"),
        database=database,
        clock=clock,
        rest_seconds=TICK_SECONDS * 2,
    )
    lanes = Lanes(senders, deliver.is_stopping)
    process = Stage(
        name="process",
        work=lambda: counted_mails(
            app.tally,
            process_batch(
                app.means,
                database,
                app.worker,
                got_on=process.got_on,
                ending=process.is_stopping,
                at_work=process.at_work,
            ),
        ),
        timed=_timed(app, "process"),
        database=database,
        clock=clock,
        rest_seconds=TICK_SECONDS * 2,
        wakes=(deliver,),
    )

    receiving = (_receiving(app, node, name, mailbox, process) for name, mailbox in mailboxes.items())
    return *receiving, process, deliver, *_folders(app)


def _receiving(app: App, node: Node, name: str, mailbox: Mailbox, process: Stage) -> Stage:
    """Make the stage that reads one mailbox, whatever befalls the others."""
    settings, stage_name = app.config.boxes[name], kept_as(RECEIVE, name)
    database, clock = app.database, app.means.clock

    def stored_some() -> None:
        stage.got_on()
        process.wake()

    def receive() -> bool:
        return receive_round(mailbox, database, clock, stored_some, name)

    seat = Seat(node, stage_name, mailbox) if isinstance(node, Member) else None
    wait = partial(seat.waiting, mailbox.wait) if seat else mailbox.wait
    stage = Stage(
        name=stage_name,
        work=partial(seat.reading, receive) if seat else receive,
        timed=_timed(app, stage_name),
        database=database,
        clock=clock,
        rest_seconds=float(settings.poll_seconds),
        wakes=(process,),
        rest=wait if settings.idle else None,
        interrupt=mailbox.interrupt if settings.idle else None,
        stands_by=seat.stands_by if seat else lambda: False,
    )
    return stage


def _timed(app: App, stage: str) -> Callable[[float], None]:
    return lambda seconds: app.tally.took(DURATION, seconds, stage=stage)


def _folders(app: App) -> tuple[Stage, ...]:
    """Give the stage that keeps the folders of queues, where they are wanted."""
    keeper = app.keeper()
    if keeper is None:
        return ()
    stage = Stage(
        name=FOLDERS,
        work=keeper.round,
        timed=_timed(app, FOLDERS),
        database=app.database,
        clock=app.means.clock,
        rest_seconds=FOLDER_SECONDS * 2,
        vital=False,
        stands_by=lambda: not app.leads(),
        abandon=keeper.folders.abandon,
    )
    keeper.got_on = stage.got_on
    return (stage,)


@contextmanager
def _called_by_signals(calls: Calls) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        if calls.stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        calls.stop.set()

    def read_again(number: int, frame: FrameType | None) -> None:
        del number, frame
        calls.rules.set()

    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: read_again}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
