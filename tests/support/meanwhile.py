"""Two transactions at once: one is under way, and another begins before it has ended."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, text
from support.office import Office

from triage.db.engine import Database

PATIENCE_SECONDS = 60
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def meanwhile(
    office: Office, first: Callable[[Connection], Any], second: Callable[[Database], Any]
) -> Future[Any]:
    """Do the first act, begin the second on a connection of its own, then let the first one commit."""
    other = Database(office.database.engine.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(1) as pool:
        with office.database.write() as connection:
            first(connection)
            going_on = pool.submit(second, other)
            _until_it_waits(office, going_on)
        going_on.exception(PATIENCE_SECONDS)
    other.close()
    return going_on


def until_somebody_waits(office: Office) -> None:
    """Wait until a session of a PostgreSQL waits for a lock that another has."""
    ends = monotonic() + PATIENCE_SECONDS
    while not _somebody_waits(office):
        assert monotonic() < ends, "nobody waits for a lock"
        sleep(0.02)


def _somebody_waits(office: Office) -> bool:
    with office.database.read() as connection:
        return bool(connection.scalar(_WAITING))


def _until_it_waits(office: Office, going_on: Future[Any]) -> None:
    """Wait until the second act waits for the first or has gone past it; SQLite does not tell who waits."""
    if office.database.is_sqlite:
        sleep(0.2)
        return
    ends = monotonic() + PATIENCE_SECONDS
    while monotonic() < ends and not going_on.done() and not _somebody_waits(office):
        sleep(0.02)
