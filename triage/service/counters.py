"""Keeps the ticket counters: adds changes up every minute, compares with the tickets every night."""

import structlog

from triage.db import counters, heartbeats
from triage.db.counters import Count
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock

log = structlog.get_logger()

CHECKED = "counters"
"""Under this name the records keep when the counters were compared, and how many had to be mended."""


def fold(database: Database) -> int:
    """Add up every change that stands by itself; gives how many there were."""
    total = 0
    while True:
        with database.write() as connection:
            done = counters.fold(connection)
        total += done
        if done < counters.FOLD_BATCH:
            return total


def check(database: Database) -> list[Count]:
    """Compare the counters with the tickets and mend them; gives what was wrong."""
    with database.write() as connection:
        return counters.mend(connection)


def fold_regularly(database: Database) -> None:
    """Add up as a scheduled job: trouble is logged, and the next minute tries again."""
    try:
        fold(database)
    except TriageError as error:
        log.error("counting_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def check_nightly(database: Database, clock: Clock) -> None:
    """Check as a scheduled job: what had to be mended is told, for it should never happen."""
    try:
        wrong = check(database)
        with database.write() as connection:
            heartbeats.beat(connection, CHECKED, clock.now(), str(len(wrong)) if wrong else None)
    except TriageError as error:
        log.error("counting_failed", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    for one in wrong:
        log.warning("counter_mended", queue=one.queue, status=one.status, flagged=one.flagged, by=one.number)
    log.info("counters_checked", mended=len(wrong))
