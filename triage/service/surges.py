"""Finds surges: each new ticket is compared with those beside it, and joins or makes an incident."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from triage.core.calendar import WorkCalendar
from triage.core.parse import read_mail
from triage.core.similar import shared_phrase, shared_words
from triage.core.subject import read_subject
from triage.core.surges import (
    MUTED,
    WINDOW,
    Sighting,
    like_any,
    most_have,
    provinces_of,
    surge,
)
from triage.core.usual import PAST, SETTLED, Past, is_unusual
from triage.core.veil import veil_of
from triage.db import colleagues, history, incidents, mails, notices, sightings, tickets
from triage.db.engine import Database
from triage.errors import TriageError
from triage.service import incidentnews
from triage.service.incidentletters import send_to_joined
from triage.service.means import Means

log = structlog.get_logger()

BATCH = 100
"""New tickets that one transaction settles."""

MOST_PAST = 4_000
"""Tickets of the last weeks that new ones are compared with: where there are more, each second or third."""

MOST_READ = 8
"""Mails of an incident that are read again for what they have in common."""

MOST_WORDS = 12
MOST_NAMED = 5

JOINED = "incident_joined"


@dataclass(slots=True)
class Found:
    """What comes of some ``fresh`` tickets: which join which incident, and which make new ones.

    A ticket of a surge that another one makes is not compared itself: in a storm each would find the same.
    """

    fresh: Sequence[Sighting] = ()
    joins: list[tuple[int, int]] = field(default_factory=list)
    made: list[tuple[Sighting, tuple[Sighting, ...]]] = field(default_factory=list)
    covered: set[int] = field(default_factory=set)


def look(database: Database, means: Means) -> int:
    """Compare every ticket that was not compared yet; gives how many incidents were made.

    It may be called at any time and by any number of processes at once: whatever is found is written under
    one lock, and only where it still holds then. A crash leaves tickets to be compared once more.
    """
    made = 0
    while True:
        found = compare(database, means)
        if found.fresh:
            made += write(database, means, found)
        if len(found.fresh) < BATCH:
            return made


def compare(database: Database, means: Means) -> Found:
    """Find what comes of tickets that were not compared yet; changes nothing. This is the long part."""
    with database.read() as connection:
        fresh = sightings.uncompared(connection, BATCH)
        return _compare(connection, means, fresh) if fresh else Found()


def write(database: Database, means: Means, found: Found) -> int:
    """Write down what was found, as far as it still holds; gives how many incidents were made."""
    return database.transact(lambda connection: _write(connection, means, found))


def look_regularly(database: Database, means: Means) -> None:
    """Look as a scheduled job: trouble is logged, and the next tick goes on where this one stopped."""
    try:
        if made := look(database, means):
            log.warning("incidents_found", count=made)
    except TriageError as error:
        log.error("surges_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def joined(connection: Connection, means: Means, number: int, ticket_id: int) -> bool:
    """Let a ticket join an open incident, within a transaction; it gets the answer that was approved."""
    if not incidents.keep_open(connection, number):
        return False
    now = means.clock.now()
    if not incidents.join(connection, number, ticket_id, now, actor=history.SERVICE):
        return False
    history.add_event(connection, ticket_id, now, JOINED, incident=number)
    send_to_joined(connection, number, ticket_id)
    return True


def _compare(connection: Connection, means: Means, fresh: Sequence[Sighting]) -> Found:
    found = Found(fresh)
    open_ones = incidents.founders(connection)
    muted = incidents.dissolved_founders(connection, means.clock.now() - MUTED)
    first, last = min(one.at for one in fresh), max(one.at for one in fresh)
    near = sightings.between(connection, first - WINDOW, last + WINDOW)
    trusted = {one.ticket_id for one in near}
    pasts: dict[datetime, Past] = {}
    surged: set[int] = set()
    for one in fresh:
        if one.ticket_id in surged:
            found.covered.add(one.ticket_id)
            continue
        if one.ticket_id not in trusted:
            continue
        joins = like_any(one.signature, open_ones)
        if joins is not None:
            found.joins.append((joins, one.ticket_id))
        elif like_any(one.signature, muted) is None:
            together = surge(one, near)
            if together:
                begun = min(other.at for other in together).replace(minute=0, second=0, microsecond=0)
                # most of what is new is of one hour, and all that was before it is read once
                if begun not in pasts:
                    pasts[begun] = _past(connection, means.rules.calendar, begun - SETTLED)
                if is_unusual(one, together, near, pasts[begun]):
                    found.made.append((one, together))
                    surged |= {other.ticket_id for other in together}
    return found


def _past(connection: Connection, calendar: WorkCalendar, until: datetime) -> Past:
    """Give what is usual of the time before a moment."""
    since = max(sightings.oldest_at(connection) or until, until - PAST)
    if since >= until:
        return Past()
    signatures, step = sightings.usual(connection, since, until, MOST_PAST)
    return Past(signatures, step, timedelta(seconds=calendar.working_seconds(since, until)))


def _write(connection: Connection, means: Means, found: Found) -> int:
    incidents.hold(connection)
    made = 0
    for number, ticket_id in found.joins:
        joined(connection, means, number, ticket_id)
    for one, together in found.made:
        made += _make(connection, means, one, together)
    # Where a surge came to nothing after all, since one of its tickets was judged meanwhile, the others of it
    # are yet to be compared.
    left = found.covered - incidents.ever(connection, found.covered)
    sightings.mark_compared(connection, [one.ticket_id for one in found.fresh if one.ticket_id not in left])
    return made


def _make(connection: Connection, means: Means, fresh: Sighting, together: Sequence[Sighting]) -> bool:
    """Make an incident, unless another process did, or somebody has judged one of the tickets meanwhile."""
    ids = [one.ticket_id for one in together]
    known = incidents.standing(connection, ids)
    if known:
        joined(connection, means, min(known.values()), fresh.ticket_id)
        return False
    if incidents.ever(connection, ids) or not sightings.is_trusted(connection, ids):
        return False
    now = means.clock.now()
    read = _read(connection, means, ids)
    opening = tickets.by_ids(connection, ids)
    words = shared_words(read, MOST_WORDS)
    title = shared_phrase(read) or " ".join(words[:MOST_NAMED])
    started_at = min(one.at for one in together)
    number = incidents.make(
        connection,
        title=title,
        words=list(words),
        category=most_have(one.category for one in opening),
        started_at=started_at,
        found_at=now,
    )
    for ticket_id in ids:
        incidents.join(connection, number, ticket_id, now, actor=history.SERVICE, founder=True)
        history.add_event(connection, ticket_id, now, JOINED, incident=number)
    told = [one.id for one in colleagues.workers(connection)]
    notices.add(connection, told, fresh.ticket_id, notices.INCIDENT, history.SERVICE, now, incident=number)
    provinces = sorted(provinces_of(together))
    incidentnews.tell(connection, means, number, title, provinces, opening, started_at)
    return True


def _read(connection: Connection, means: Means, ticket_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Give subject and text of the mails that opened tickets, secrets hidden."""
    numbers = [history.first_mail_id(connection, one) for one in ticket_ids[:MOST_READ]]
    said: list[tuple[str, str]] = []
    for stored in mails.contents(connection, [one for one in numbers if one is not None]):
        raw = stored.readable()
        if raw is None:
            continue
        mail = read_mail(raw)
        veil = veil_of(mail)
        bare = read_subject(mail.subject, means.rules.treasuries).bare
        said.append((veil.hide(bare), veil.hide(mail.new_text)))
    return said
