"""What is measured: how much was done, what waits, how old it is, whether each stage works."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from triage import __version__
from triage.core.boxes import RECEIVE, kept_as
from triage.core.exposition import Family, Labels, Sort
from triage.db import alarms, backlog, counters, heartbeats, loads
from triage.db.backlog import Backlog
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock
from triage.service.deliver import Delivery
from triage.service.process import Processed
from triage.service.tally import Tally

MAILS = "triage_mails_total"
VERDICTS = "triage_sender_verdicts_total"
REPLIES = "triage_smtp_replies_total"
DURATION = "triage_stage_duration_seconds"

FAMILIES = (
    Family("triage_build_info", Sort.GAUGE, "The program; always 1.", "version"),
    Family("triage_rules_info", Sort.GAUGE, "The rules in force; always 1.", "digest"),
    Family("triage_database_up", Sort.GAUGE, "1 where the database answers."),
    Family("triage_lease_held", Sort.GAUGE, "1 where this node has the clockwork."),
    Family("triage_mailbox_held", Sort.GAUGE, "1 where this node reads a mailbox.", "mailbox"),
    Family(MAILS, Sort.COUNTER, "Mails decided by this process.", "kind"),
    Family(VERDICTS, Sort.COUNTER, "Senders judged by this process.", "verdict"),
    Family(REPLIES, Sort.COUNTER, "Answers of the mail server to letters.", "class"),
    Family(DURATION, Sort.SUMMARY, "How long the rounds of a stage took.", "stage"),
    Family("triage_stage_failing", Sort.GAUGE, "1 where the last round of a stage failed.", "stage"),
    Family(
        "triage_stage_last_round_timestamp_seconds", Sort.GAUGE, "When a stage last ended a round.", "stage"
    ),
    Family(
        "triage_imap_last_success_timestamp_seconds",
        Sort.GAUGE,
        "When the mailbox was last read without an error.",
        "mailbox",
    ),
    Family("triage_mails_waiting", Sort.GAUGE, "Mails, or letters, that wait for a stage.", "stage"),
    Family(
        "triage_oldest_waiting_seconds", Sort.GAUGE, "For how long the oldest of them has waited.", "stage"
    ),
    Family("triage_mails_stuck", Sort.GAUGE, "Mails that could not be processed."),
    Family("triage_letters_failed", Sort.GAUGE, "Letters that failed for good."),
    Family("triage_tickets_open", Sort.GAUGE, "Tickets that are not closed.", "queue"),
    Family("triage_tickets_overdue", Sort.GAUGE, "Open tickets past their deadline.", "queue"),
    Family("triage_alarm_active", Sort.GAUGE, "1 for every alarm that stands.", "alarm"),
)
"""Every family, in the order in which they are written. No label holds an address, a code or a subject."""

_CLASSES = {"sent": "2xx", "deferred": "4xx", "failed": "5xx"}

Values = dict[str, dict[Labels, float]]


@dataclass(frozen=True, slots=True)
class Installation:
    """What is told of an installation besides its records."""

    folder: str
    rules_digest: str
    working: bool
    boxes: Mapping[str, bool]
    """The mailboxes by their names, with whether this process reads them."""
    stages: tuple[str, ...]

    def label(self, box: str) -> str:
        """Name a mailbox: the only one by its folder, as ever, one of several by its name."""
        return box if len(self.boxes) > 1 else self.folder


def counted_mails(tally: Tally, done: Processed | None) -> bool:
    """Count what a round of processing did; says whether there was anything to do."""
    if done is None:
        return False
    tally.count_all(MAILS, "kind", done.kinds)
    tally.count_all(VERDICTS, "verdict", done.verdicts)
    return True


def counted_delivery(tally: Tally, done: Delivery | None) -> bool:
    """Count what a round of delivering did; says whether there was anything to do."""
    if done is None:
        return False
    tally.count_all(REPLIES, "class", {name: getattr(done, part) for part, name in _CLASSES.items()})
    return True


def measure(database: Database, clock: Clock, tally: Tally, about: Installation) -> Values:
    """Measure everything now; that the database does not answer is a measurement too."""
    values: Values = tally.sums()
    values["triage_build_info"] = {
        (("version", __version__), ("python", platform.python_version())): 1,
    }
    values["triage_rules_info"] = {(("digest", about.rules_digest),): 1}
    values["triage_lease_held"] = {(): float(about.working)}
    values["triage_mailbox_held"] = {
        (("mailbox", about.label(box)),): float(held) for box, held in about.boxes.items()
    }
    try:
        with database.read() as connection:
            values |= _records(connection, clock.now(), about)
    except TriageError:
        values["triage_database_up"] = {(): 0}
    return values


def _records(connection: Connection, now: datetime, about: Installation) -> Values:
    waits = {"process": backlog.waiting(connection), "deliver": backlog.waiting_letters(connection)}
    open_tickets: dict[Labels, float] = {}
    for one in counters.everything(connection):
        if one.status != "closed":
            key = (("queue", one.queue),)
            open_tickets[key] = open_tickets.get(key, 0) + one.number
    return {
        "triage_database_up": {(): 1},
        **_stages(heartbeats.beats(connection), about),
        "triage_mails_waiting": {(("stage", stage),): one.number for stage, one in waits.items()},
        "triage_oldest_waiting_seconds": {
            (("stage", stage),): _age(one, now) for stage, one in waits.items()
        },
        "triage_alarm_active": {
            (("alarm", name),): float(one.raised_at is not None)
            for name, one in alarms.standings(connection).items()
        },
        "triage_mails_stuck": {(): backlog.stuck(connection).number},
        "triage_letters_failed": {(): backlog.failed_letters(connection).number},
        "triage_tickets_open": open_tickets,
        "triage_tickets_overdue": {
            (("queue", queue),): number for queue, number in loads.overdue(connection, now).items()
        },
    }


def _stages(beats: dict[str, tuple[datetime, str | None]], about: Installation) -> Values:
    known = {stage: beats[stage] for stage in about.stages if stage in beats}
    ended: dict[Labels, float] = {(("stage", stage),): at.timestamp() for stage, (at, _) in known.items()}
    failing: dict[Labels, float] = {
        (("stage", stage),): float(error is not None) for stage, (_, error) in known.items()
    }
    receiving = {box: known.get(kept_as(RECEIVE, box)) for box in about.boxes}
    read: dict[Labels, float] = {
        (("mailbox", about.label(box)),): beat[0].timestamp()
        for box, beat in receiving.items()
        if beat is not None and beat[1] is None
    }
    return {
        "triage_stage_last_round_timestamp_seconds": ended,
        "triage_stage_failing": failing,
        "triage_imap_last_success_timestamp_seconds": read,
    }


def _age(some: Backlog, now: datetime) -> float:
    return max((now - some.since).total_seconds(), 0) if some.since else 0
