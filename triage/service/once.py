"""One pass over everything that waits: receive, process and deliver side by side until all is done."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock

from triage.db import mails, nodes, outbox
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Mailbox, Sender
from triage.service import campaigns, incidentletters, surges
from triage.service.deliver import Delivery
from triage.service.lanes import Lanes
from triage.service.means import Means
from triage.service.process import Processed, process_batch
from triage.service.receive import Received, receive


@dataclass(slots=True)
class Summary:
    """What one pass did; ``errors`` holds a sentence for each stage that could not finish.

    ``withheld`` says what servers list and do not hand out.
    """

    received: Received = field(default_factory=Received)
    processed: Processed = field(default_factory=Processed)
    delivered: Delivery = field(default_factory=Delivery)
    errors: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, done: Received, of: str) -> None:
        """Add what was received from one of the mailboxes; ``of`` begins each sentence about it."""
        with self._lock:
            self.received += done
            self.errors += [of + told for told in done.warnings]
            self.withheld += [of + told for told in done.withheld]

    @property
    def is_clean(self) -> bool:
        """Whether nothing got stuck, failed for good or was left behind on the server."""
        return not (self.errors or self.processed.stuck or self.delivered.failed or self.received.unfetchable)


def run_once(
    mailboxes: Mapping[str, Mailbox],
    senders: Sequence[Sender],
    database: Database,
    means: Means,
    worker: str,
) -> Summary:
    """Receive all that waits in mailboxes, each by its name, process it, send every letter that waits.

    The three stages overlap; each goes on for as long as the one before it may still bring work. A stage
    that fails leaves its work where it was, and the others finish theirs.
    """
    with database.write() as connection:
        nodes.end_all(connection, worker)  # whoever calls this works alone
        mails.make_due(connection)
        outbox.make_due(connection, means.clock.now())
    summary = Summary()
    lanes = Lanes(senders)
    stored, written = Event(), Event()
    with ThreadPoolExecutor(3) as pool:
        receiving = pool.submit(_receive_all, mailboxes, database, means, summary, stored)
        processing = pool.submit(
            _process_all,
            receiving,
            stored,
            database,
            means,
            lambda: _process(database, means, worker, summary, written),
        )
        delivering = pool.submit(
            _until_dry, processing, written, lambda: _deliver(lanes, database, means, worker, summary)
        )
        for stage in (receiving, processing, delivering):
            try:
                stage.result()
            except TriageError as error:
                summary.errors.append(str(error))
    return summary


def _until_dry(before: Future[None], news: Event, work: Callable[[], bool]) -> None:
    """Work until there is nothing left and the stage before, which sets ``news``, can bring nothing more."""
    before.add_done_callback(lambda _: news.set())
    while True:
        # In this order: what comes while we look must be found by this look or by the next.
        news.clear()
        last = before.done()
        if not work():
            if last:
                return
            news.wait()


def _process_all(
    receiving: Future[None], stored: Event, database: Database, means: Means, work: Callable[[], bool]
) -> None:
    """Process until nothing is left, then look at mails together: one error of many, one impostor of many."""
    _until_dry(receiving, stored, work)
    surges.look(database, means)
    while incidentletters.work_off(database, means):
        pass
    campaigns.keep_up(database, means)


def _receive_all(
    mailboxes: Mapping[str, Mailbox], database: Database, means: Means, summary: Summary, stored: Event
) -> None:
    """Read all mailboxes side by side; one that fails is told, and keeps nothing from the others."""

    def read(name: str, mailbox: Mailbox) -> None:
        of = f"Mailbox {name}: " if len(mailboxes) > 1 else ""
        try:
            summary.add(receive(mailbox, database, means.clock, stored.set), of)
        except TriageError as error:
            summary.errors.append(of + str(error))
        finally:
            mailbox.close()

    with ThreadPoolExecutor(max(len(mailboxes), 1)) as pool:
        for reading in [pool.submit(read, name, mailbox) for name, mailbox in mailboxes.items()]:
            reading.result()


def _process(database: Database, means: Means, worker: str, summary: Summary, written: Event) -> bool:
    done = process_batch(means, database, worker, ignore_delay=True)
    if done:
        summary.processed.add(done)
        written.set()
    return done is not None


def _deliver(lanes: Lanes, database: Database, means: Means, worker: str, summary: Summary) -> bool:
    done = lanes.deliver_round(database, means.clock, worker)
    if done:
        summary.delivered += done
    return done is not None
