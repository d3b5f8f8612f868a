"""Sends each coordinator the digest of his queues, once a working day."""

from dataclasses import replace
from datetime import datetime, time

import structlog
from sqlalchemy import Connection

from triage.core.digests import MOST_LISTED, Morning, coming_morning, digest_values, morning
from triage.core.letternames import DIGEST
from triage.core.people import Person, Role
from triage.core.staffmail import MARK
from triage.db import digests, people
from triage.db.engine import Database
from triage.errors import NotFoundError, RefusalError, TriageError
from triage.ports import RenderedLetter
from triage.service import colleagueletters
from triage.service.means import Means

log = structlog.get_logger()


def send_due(database: Database, means: Means, at: time) -> int:
    """Put the digests that are due into the outbox, each by a transaction of its own; gives how many.

    ``at`` is the local hour from which on they go out. Whose queues call for nothing gets no letter, and is
    not asked about again that day. A crash leaves a digest whole or not there at all, and any number of
    processes may do this at once.
    """
    now = means.clock.now()
    today = morning(means.rules.calendar, now, at)
    if today is None:
        return 0
    with database.read() as connection:
        waiting = digests.without(connection, today.day, now)
    sent = 0
    for person in waiting:
        with database.write() as connection:
            if digests.claim(connection, person.id, today.day, now):
                sent += _send(connection, means, person, today, now)
    return sent


def send_regularly(database: Database, means: Means, at: time) -> None:
    """Send as a scheduled job: trouble is logged, and the next minute goes on where this one stopped."""
    try:
        if sent := send_due(database, means, at):
            log.info("digests_queued", count=sent)
    except TriageError as error:
        log.error("digests_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def show(database: Database, means: Means, name: str, at: time) -> RenderedLetter | None:
    """Give the digest that somebody would get now; None where there is nothing to tell.

    At hours at which none goes out it is that of the next morning, as far as its tickets are known.

    Raises NotFoundError where nobody has this login, RefusalError where it is no coordinator's.
    """
    today, now = coming_morning(means.rules.calendar, means.clock.now(), at)
    with database.read() as connection:
        person = people.find(connection, name)
        if person is None:
            raise NotFoundError(f"Nobody signs in as {name!r}; triage users list shows who does.")
        if person.role is not Role.COORDINATOR:
            raise RefusalError(f"{name} is no coordinator; digests go to those who look after queues.")
        return _rendered(connection, means, person, today, now)


def _send(connection: Connection, means: Means, person: Person, today: Morning, now: datetime) -> bool:
    rendered = _rendered(connection, means, person, today, now)
    if rendered is None:
        return False
    seed = f"{person.id}/{today.day.isoformat()}"
    return colleagueletters.put(connection, means, DIGEST, person.email, rendered, seed=seed, now=now)


def _rendered(
    connection: Connection, means: Means, person: Person, today: Morning, now: datetime
) -> RenderedLetter | None:
    counted = digests.counts(connection, person, now, today.since, today.ends_at)
    if not any(one.calls for one in counted):
        return None
    urgent = digests.urgent(connection, person, now, today.ends_at, MOST_LISTED)
    directory = means.rules.treasuries
    names = {one.queue: directory.queue_name(one.queue) or "" for one in counted}
    office = means.rules.office
    codes = means.codes
    if codes:
        urgent = [replace(one, reply_code=codes.write(one.id, person.id, now)) for one in urgent]
    values = digest_values(counted, urgent, names, now, today.day, means.zone, office)
    how = {"mark": MARK, "reply_days": codes.days if codes else 0}
    return means.renderer.render(DIGEST, values | how)
