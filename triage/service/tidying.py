"""Clears away every night what the desk keeps only for a while."""

from collections.abc import Mapping

import structlog

from triage.core.leftovers import KEPT, Leftover
from triage.db import leftovers
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock

log = structlog.get_logger()


def tidy(database: Database, clock: Clock) -> Mapping[Leftover, int]:
    """Delete what is over for long enough, each sort in a transaction of its own; gives how many rows."""
    removed: dict[Leftover, int] = {}
    for sort, kept in KEPT.items():
        with database.write() as connection:
            removed[sort] = leftovers.remove(connection, sort, clock.now() - kept)
    return removed


def tidy_daily(database: Database, clock: Clock) -> None:
    """Do the same as a scheduled job: trouble is logged, and the next night tries again."""
    try:
        removed = tidy(database, clock)
    except TriageError as error:
        log.error("tidying_failed", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    log.info("tidied", **{sort.value: count for sort, count in removed.items()})
