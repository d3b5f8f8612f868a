"""What somebody should know about a ticket; a notice on one that he does not see any more is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from triage.core.people import Person
from triage.db.schema import UNREAD, notices, tickets
from triage.db.visibility import visible_to

MENTION = "mention"
ARRIVED = "arrived"
LEFT = "left"
WOKEN = "woken"
ASSIGNED = "assigned"
UNDELIVERED = "undelivered"
STOPPED = "stopped"
PROPOSED = "proposed"
APPROVED = "approved"
GIVEN_BACK = "given_back"
UNANSWERED = "unanswered"
OVERDUE = "overdue"
WEBHOOK = "webhook"
HANDED_OVER = "handed_over"
HANDED_BACK = "handed_back"
FETCHED = "fetched"
INCIDENT = "incident"
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as its list shows it; times are UTC."""

    id: int
    sort: str
    actor: str
    at: datetime
    read_at: datetime | None
    code: str
    subject: str
    incident_id: int | None = None


def add(
    connection: Connection,
    person_ids: Iterable[int],
    ticket_id: int,
    sort: str,
    actor: str,
    now: datetime,
    *,
    incident: int | None = None,
) -> None:
    """Tell people something about a ticket, or about the incident that it is one of."""
    told = {"ticket_id": ticket_id, "sort": sort, "actor": actor, "at": now, "incident_id": incident}
    rows = [{"person_id": person_id, **told} for person_id in dict.fromkeys(person_ids)]
    if rows:
        connection.execute(notices.insert(), rows)


def has_unread(connection: Connection, person_id: int, sort: str) -> bool:
    """Whether somebody has a notice of a sort that he has not read yet."""
    query = select(notices.c.id).where(UNREAD, notices.c.person_id == person_id, notices.c.sort == sort)
    return connection.scalar(query.limit(1)) is not None


def unread_count(connection: Connection, person: Person, now: datetime) -> int:
    """Count what this person has not read yet."""
    query = (
        select(func.count())
        .select_from(notices.join(tickets, tickets.c.id == notices.c.ticket_id))
        .where(UNREAD, notices.c.person_id == person.id, visible_to(person, now))
    )
    return connection.scalar(query) or 0


def listed(connection: Connection, person: Person, now: datetime) -> list[NoticeRow]:
    """Give this person's notices, the newest first, at most MOST_SHOWN."""
    query = (
        select(
            notices.c.id,
            notices.c.sort,
            notices.c.actor,
            notices.c.at,
            notices.c.read_at,
            tickets.c.code,
            tickets.c.subject,
            notices.c.incident_id,
        )
        .join(tickets, tickets.c.id == notices.c.ticket_id)
        .where(notices.c.person_id == person.id, visible_to(person, now))
        .order_by(notices.c.id.desc())
        .limit(MOST_SHOWN)
    )
    return [NoticeRow(*row) for row in connection.execute(query)]


def mark_read(connection: Connection, person_id: int, up_to: int, now: datetime) -> int:
    """Note that a person has read his notices up to one of them; gives how many were new."""
    result = connection.execute(
        update(notices)
        .where(UNREAD, notices.c.person_id == person_id, notices.c.id <= up_to)
        .values(read_at=now)
    )
    return result.rowcount
