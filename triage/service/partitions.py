"""Begins a partition of raw mail each month, and drops those of which nothing is kept (PostgreSQL)."""

import structlog

from triage.db import partitions
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock

log = structlog.get_logger()


def keep_up(database: Database, clock: Clock) -> tuple[int, int]:
    """Do what is due, each partition in a transaction of its own; gives how many were begun and dropped.

    Raises DatabaseError: then the rest is done the next night, and mails go where they went before.
    """
    with database.write() as connection:
        begun = partitions.begin_month(connection, clock.now())
    with database.read() as connection:
        over = partitions.over(connection)
    dropped = 0
    for one in over:
        with database.write() as connection:
            dropped += partitions.drop(connection, one)
    return (begun is not None, dropped)


def keep_up_daily(database: Database, clock: Clock) -> None:
    """Do the same as a scheduled job: trouble is logged, and the next night tries again."""
    try:
        begun, dropped = keep_up(database, clock)
    except TriageError as error:
        log.error("partitions_failed", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    if begun or dropped:
        log.info("partitions_kept_up", begun=begun, dropped=dropped)
