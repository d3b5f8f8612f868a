"""Looks at an installation without changing anything: one line a check, each with the way out."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from triage.db import heartbeats, mails, migrate, searchindex
from triage.db.engine import Database
from triage.errors import DatabaseError, TriageError
from triage.ports import Clock, Found, Mailbox, RecordType, Resolver, Silent

OLDEST_PLAUSIBLE = datetime(2026, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; ``note`` where all is well and there is something to know all the same."""

    name: str
    ok: bool
    sentence: str
    note: bool = False


class _Undone(Exception):  # noqa: N818 - no error: it makes a trial write leave nothing behind
    """Ends a transaction that was only to show that it could be made."""


def ask(name: str, check: Callable[[], str]) -> Finding:
    """Run one check; its failure is an answer."""
    try:
        return Finding(name, ok=True, sentence=check())
    except TriageError as error:
        return Finding(name, ok=False, sentence=str(error))


def check_database(database: Database, clock: Clock) -> str:
    """Demand a database that can be reached, is at our revision and can be written."""
    migrate.demand_newest(database)
    with suppress(_Undone), database.write() as connection:
        heartbeats.beat(connection, "doctor", clock.now(), None)
        raise _Undone
    told = f"{database.label} is at revision {migrate.current_revision(database)}."
    with database.read() as connection:
        unindexed = searchindex.count_backlog(connection)
    return f"{told} Search does not know {unindexed:,} tickets yet." if unindexed else told


def check_mailbox(mailbox: Mailbox) -> str:
    """Demand a mailbox that can be opened; what there is to say of it, it says itself."""
    with closing(mailbox):
        mailbox.open()
        return mailbox.describe()


def check_clock(database: Database, clock: Clock, zone: tzinfo) -> str:
    """Compare the clock with the newest mail: the mail server's clock is the only other one we see."""
    now = clock.now()
    told = f"{now.astimezone(zone):%d/%m/%Y %H:%M} ({zone})"
    if now < OLDEST_PLAUSIBLE:
        raise TriageError(f"The clock says {told}, which is long past; set it.")
    newest = None
    # Whether the database answers, and has tables, is a check of its own.
    with suppress(DatabaseError), database.read() as connection:
        newest = mails.newest_receipt(connection)
    if newest and newest - now > MOST_AHEAD:
        raise TriageError(
            f"The clock says {told}, but a mail was received at {newest.astimezone(zone):%d/%m/%Y %H:%M}; "
            "one of the two machines is wrong."
        )
    return f"It is {told}."


def check_resolver(resolver: Resolver, domain: str, servers: Sequence[str]) -> str:
    """Demand that DNS answers at all: what it says of our own domain is told, and judged by nobody here."""
    asked = ", ".join(servers)
    answer = resolver.look_up(f"_dmarc.{domain}", RecordType.TXT)
    if isinstance(answer, Silent):
        raise TriageError(
            f"DNS does not answer ({asked}); set [verification] nameservers to servers that do, "
            "or else every sender stays unknown."
        )
    found = "has" if isinstance(answer, Found) else "has no"
    return f"DNS answers ({asked}); _dmarc.{domain} {found} text records."
