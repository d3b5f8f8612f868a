"""Erases raw mail whose term has passed; the tickets, their histories and all counts stay."""

from collections.abc import Mapping

import structlog

from triage.core.retention import RetentionClass, Terms
from triage.db import persons, retention, searchindex
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock

log = structlog.get_logger()

BATCH = 100
"""Mails that one transaction erases."""


def due(database: Database, clock: Clock, terms: Terms) -> Mapping[RetentionClass, int]:
    """Give how many mails of each class are due; nothing is written."""
    now = clock.now()
    with database.read() as connection:
        return {
            sort: retention.count(connection, sort, before)
            for sort in RetentionClass
            if (before := terms.ended_before(sort, now))
        }


def keep_terms(database: Database, clock: Clock, terms: Terms) -> Mapping[RetentionClass, int]:
    """Erase what is due, some mails a transaction; gives how many of each class."""
    return {
        sort: _erase_class(database, clock, sort, terms)
        for sort in RetentionClass
        if terms.ended_before(sort, clock.now())
    }


def keep_terms_daily(database: Database, clock: Clock, terms: Terms) -> None:
    """Do the same as a scheduled job: trouble is logged, and the next day tries again."""
    try:
        done = keep_terms(database, clock, terms)
    except TriageError as error:
        log.error("retention_failed", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    log.info("retention_done", **{sort.value: count for sort, count in done.items()})


def _erase_class(database: Database, clock: Clock, sort: RetentionClass, terms: Terms) -> int:
    erased = 0
    while batch := _erase_batch(database, clock, sort, terms):
        erased += batch
    if erased:
        with database.write() as connection:
            persons.overwrite_what_goes(connection)
            searchindex.forget_removed(connection)
    return erased


def _erase_batch(database: Database, clock: Clock, sort: RetentionClass, terms: Terms) -> int:
    now = clock.now()
    before = terms.ended_before(sort, now)
    if before is None:
        return 0
    with database.write() as connection:
        persons.overwrite_what_goes(connection)
        ids = retention.due(connection, sort, before, BATCH)
        retention.blank(connection, ids)
        return persons.erase_raw(connection, ids, now)
