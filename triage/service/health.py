"""Whether the service makes progress, as its own records say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.db import heartbeats, mails, migrate, outbox
from triage.db.engine import Database
from triage.db.heartbeats import LOSS, MAILBOX, RULES
from triage.errors import TriageError
from triage.ports import Clock

STAGES = ("receive", "process", "deliver")
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


def check_health(database: Database, clock: Clock, poll_seconds: float = 0) -> list[Check]:
    """Check the database and the progress of each stage. A database that fails is an answer.

    ``poll_seconds`` is how long the receiving stage may rest between two rounds.
    """
    patience = max(PATIENCE, timedelta(seconds=2 * poll_seconds + 60))
    try:
        migrate.demand_newest(database)
        with database.read() as connection:
            beats = heartbeats.beats(connection)
            stuck, failed = mails.count_stuck(connection), outbox.count_failed(connection)
    except TriageError as error:
        return [Check("database", ok=False, sentence=str(error))]
    now = clock.now()
    stages = [check_stage(stage, beats.get(stage), now, patience) for stage in STAGES]
    for name, code in ((MAILBOX, "refuses"), (LOSS, "missing"), (RULES, "refused")):
        at, refused = beats.get(name, (now, None))
        if refused:
            stages.append(Check(name, ok=False, sentence=refused, code=code, at=at, error=refused))
    return [
        Check("database", ok=True, sentence=f"{database.label} is at the right revision."),
        *stages,
        Check("stuck", ok=True, sentence=f"{stuck} mails are stuck, {failed} letters failed for good."),
    ]


def note_rules(database: Database, clock: Clock, refused: str | None) -> None:
    """Keep why the rules that were to be read again were refused; None where they are in force."""
    with database.write() as connection:
        heartbeats.beat(connection, RULES, clock.now(), refused)


def check_stage(
    stage: str, beat: tuple[datetime, str | None] | None, now: datetime, patience: timedelta = PATIENCE
) -> Check:
    """Check the progress of one stage by its last note."""
    if beat is None:
        told = f"Stage {stage} has never finished a round; is triage run running?"
        return Check(stage, ok=False, sentence=told, code="never")
    at, error = beat
    age = now - at
    if age > patience:
        minutes = int(age.total_seconds() // 60)
        told = f"Stage {stage} last finished a round {minutes} minutes ago."
        return Check(stage, ok=False, sentence=told, code="late", at=at, error=error)
    if error:
        told = f"Stage {stage} fails: {error}"
        return Check(stage, ok=False, sentence=told, code="fails", at=at, error=error)
    return Check(stage, ok=True, sentence=f"Stage {stage} works.", code="works", at=at)
