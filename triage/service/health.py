"""Whether the service makes progress, as its own records say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.core.boxes import RECEIVE, kept_as, parts_of
from triage.db import heartbeats, mails, migrate, outbox
from triage.db.engine import Database
from triage.db.heartbeats import LOSS, MAILBOX, RULES
from triage.errors import TriageError
from triage.ports import Clock

OTHERS = ("process", "deliver")
"""The stages besides those that read a mailbox each."""

STAGES = (RECEIVE, *OTHERS)
"""The stages where one mailbox is read."""

Receivers = Mapping[str, float]
"""The stages that read a mailbox each, with the seconds that each may rest between two looks."""

ONE: Receivers = {RECEIVE: 0}
"""The one of [mailbox]."""

Beats = Mapping[str, tuple[datetime, str | None]]

PATIENCE = timedelta(minutes=5)
"""How long a stage may go without finishing a round before it counts as hanging."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a health report: a sentence that says what is wrong, or what is well."""

    name: str
    ok: bool
    sentence: str
    code: str = ""
    """What is the matter: never, late, fails, works, refuses, missing, refused; for whoever words it anew."""
    at: datetime | None = None
    """When the last round ended, UTC."""
    error: str | None = None


def check_health(database: Database, clock: Clock, receivers: Receivers = ONE) -> list[Check]:
    """Check the database and the progress of each stage. A database that fails is an answer."""
    try:
        migrate.demand_newest(database)
        with database.read() as connection:
            beats = heartbeats.beats(connection)
            stuck, failed = mails.count_stuck(connection), outbox.count_failed(connection)
    except TriageError as error:
        return [Check("database", ok=False, sentence=str(error))]
    now = clock.now()
    return [
        Check("database", ok=True, sentence=f"{database.label} is at the right revision."),
        *_receiving(beats, now, receivers),
        *(check_stage(stage, beats.get(stage), now) for stage in OTHERS),
        *_refused(beats, now, receivers),
        Check("stuck", ok=True, sentence=f"{stuck} mails are stuck, {failed} letters failed for good."),
    ]


def _receiving(beats: Beats, now: datetime, receivers: Receivers) -> Iterator[Check]:
    for stage, poll_seconds in receivers.items():
        patience = max(PATIENCE, timedelta(seconds=2 * poll_seconds + 60))
        yield check_stage(stage, beats.get(stage), now, patience, called(stage, receivers))


def _refused(beats: Beats, now: datetime, receivers: Receivers) -> Iterator[Check]:
    """Give what servers and rules are amiss with, although the stages go on."""
    several = len(receivers) > 1
    for stage in receivers:
        box = parts_of(stage)[1]
        for what, code in ((MAILBOX, "refuses"), (LOSS, "missing")):
            name = kept_as(what, box)
            at, refused = beats.get(name, (now, None))
            if refused:
                told = f"Mailbox {box}: {refused}" if several else refused
                yield Check(name, ok=False, sentence=told, code=code, at=at, error=refused)
    at, refused = beats.get(RULES, (now, None))
    if refused:
        yield Check(RULES, ok=False, sentence=refused, code="refused", at=at, error=refused)


def called(stage: str, receivers: Receivers) -> str:
    """Name a stage: where several mailboxes are read, with the mailbox."""
    what, box = parts_of(stage)
    return f"{what} (mailbox {box})" if stage in receivers and len(receivers) > 1 else stage


def note_rules(database: Database, clock: Clock, refused: str | None) -> None:
    """Keep why the rules that were to be read again were refused; None where they are in force."""
    with database.write() as connection:
        heartbeats.beat(connection, RULES, clock.now(), refused)


def check_stage(
    stage: str,
    beat: tuple[datetime, str | None] | None,
    now: datetime,
    patience: timedelta = PATIENCE,
    name: str = "",
) -> Check:
    """Check the progress of one stage by its last note; ``name`` is what it is called where that differs."""
    name = name or stage
    if beat is None:
        told = f"Stage {name} has never finished a round; is triage run running?"
        return Check(stage, ok=False, sentence=told, code="never")
    at, error = beat
    age = now - at
    if age > patience:
        minutes = int(age.total_seconds() // 60)
        told = f"Stage {name} last finished a round {minutes} minutes ago."
        return Check(stage, ok=False, sentence=told, code="late", at=at, error=error)
    if error:
        told = f"Stage {name} fails: {error}"
        return Check(stage, ok=False, sentence=told, code="fails", at=at, error=error)
    return Check(stage, ok=True, sentence=f"Stage {name} works.", code="works", at=at)
