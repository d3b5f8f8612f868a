"""How the service stands, and the two acts of whoever runs it: try stuck mails again, send letters again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from triage.core.alarms import Standing as AlarmStanding
from triage.core.people import Person
from triage.db import acts, alarms, audit, backlog, heartbeats, mails, migrate, outbox
from triage.db.audit import AuditRow
from triage.db.backlog import Backlog
from triage.db.engine import Database
from triage.db.mails import MailRow
from triage.db.outbox import LetterRow
from triage.ports import Clock
from triage.service.auditing import VERIFIED
from triage.service.counters import CHECKED
from triage.service.errands import done_before
from triage.service.health import Check, Receivers, check_health

MOST_LISTED = 50
"""Stuck mails, and failed letters, that are listed."""

_MOST_NAMED = 200
"""Numbers that the audit names of one act."""


@dataclass(frozen=True, slots=True)
class Nightly:
    """What a nightly check found last: when, UTC, and what was wrong, None where nothing was."""

    at: datetime
    found: str | None


@dataclass(frozen=True, slots=True)
class Records:
    """What the database tells about mails, letters and nightly checks."""

    stuck: Backlog
    waiting: Backlog
    isolated: Backlog
    failed: Backlog
    leaving: Backlog
    counters: Nightly | None
    chain: Nightly | None
    head: AuditRow | None
    stuck_mails: Sequence[MailRow] = ()
    failed_letters: Sequence[LetterRow] = ()
    alarms: Mapping[str, AlarmStanding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an installation stands; ``records`` are missing where the database is at another revision."""

    checks: Sequence[Check]
    revision: str
    records: Records | None


@dataclass(frozen=True, slots=True)
class Retry:
    """One form: who sent it and from where, its key, the numbers that it names; None stands for all."""

    person: Person
    key: str
    network: str
    numbers: Sequence[int] | None = field(default=None)


Tell = Callable[[int], str]
"""Makes the sentence about an act from how many it concerned, in the language of whoever did it."""


def standing(database: Database, clock: Clock, receivers: Receivers) -> Standing:
    """Look at everything that whoever runs the service must know."""
    checks = check_health(database, clock, receivers)
    revision = migrate.current_revision(database) or ""
    if not checks[0].ok:
        return Standing(checks, revision, None)
    with database.read() as connection:
        return Standing(checks, revision, _records(connection))


def retry_mails(database: Database, clock: Clock, retry: Retry, tell: Tell) -> None:
    """Let stuck mails wait again, so that the next round processes them; the same form again does nothing.

    Mails that are not stuck stay as they are. Raises RefusedActError where the form is somebody else's.
    """

    def act(connection: Connection) -> int:
        stuck = mails.ids(connection, state="stuck") if retry.numbers is None else retry.numbers
        return mails.release(connection, stuck)

    _once(database, clock, retry, "mails_retried", act, tell)


def retry_letters(database: Database, clock: Clock, retry: Retry, tell: Tell) -> None:
    """Queue letters that failed for good again; the same form again does nothing.

    Letters that have not failed stay as they are. Raises RefusedActError like ``retry_mails``.
    """

    def act(connection: Connection) -> int:
        failed = backlog.failed_ids(connection) if retry.numbers is None else retry.numbers
        return outbox.retry(connection, failed)

    _once(database, clock, retry, "letters_retried", act, tell)


def _once(
    database: Database,
    clock: Clock,
    retry: Retry,
    action: str,
    act: Callable[[Connection], int],
    tell: Tell,
) -> None:
    with database.write() as connection:
        now = clock.now()
        named = "all" if retry.numbers is None else list(retry.numbers)[:_MOST_NAMED]
        if not acts.begin(connection, retry.key, retry.person.id, action, now):
            done_before(connection, retry.key, retry.person, action, str(named))
            return
        count = act(connection)
        audit.append(
            connection,
            now,
            retry.person.name,
            action,
            "/operations",
            network=retry.network,
            data={"asked": named, "done": count},
        )
        acts.finish(connection, retry.key, {"told": tell(count), "form": str(named)})


def _records(connection: Connection) -> Records:
    beats = heartbeats.beats(connection)
    stuck, failed = backlog.stuck(connection), backlog.failed_letters(connection)
    return Records(
        stuck=stuck,
        waiting=backlog.waiting(connection),
        isolated=backlog.isolated(connection),
        failed=failed,
        leaving=backlog.waiting_letters(connection),
        counters=Nightly(*beats[CHECKED]) if CHECKED in beats else None,
        chain=Nightly(*beats[VERIFIED]) if VERIFIED in beats else None,
        head=next(iter(audit.page(connection, limit=1)), None),
        stuck_mails=mails.listed(connection, state="stuck", limit=MOST_LISTED),
        failed_letters=outbox.listed(connection, state="failed", limit=MOST_LISTED),
        alarms=alarms.standings(connection),
    )
