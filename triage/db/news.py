"""What has just happened to tickets, for pages that are open: codes and verbs, no word of what they hold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from triage.core.people import Person
from triage.db.schema import people, ticket_events, tickets, web_sessions
from triage.db.sessions import person_of

OVERLAP = 2_000
"""So many numbers back the first look reaches for what is still to be committed (``core.gaps``)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the history of a ticket that somebody sees, without what it says, and where that one is."""

    id: int
    actor: str
    verb: str
    code: str
    queue: str


def newest(connection: Connection) -> int:
    """Give the number of the newest line of any history; 0 where there is none."""
    return connection.scalar(select(func.max(ticket_events.c.id))) or 0


def since(connection: Connection, after: int, limit: int) -> list[int]:
    """Give the numbers of the lines after a number, in order, at most so many."""
    query = select(ticket_events.c.id).where(ticket_events.c.id > after).order_by(ticket_events.c.id)
    return list(connection.scalars(query.limit(limit)))


def there(connection: Connection, ids: Collection[int]) -> list[int]:
    """Give those of these numbers that lines have by now."""
    return list(connection.scalars(select(ticket_events.c.id).where(ticket_events.c.id.in_(ids))))


def among(connection: Connection, ids: Collection[int], visible: ColumnElement[bool]) -> list[Seen]:
    """Give those of these lines whose tickets somebody sees at this moment, the oldest first."""
    return _seen(connection, ticket_events.c.id.in_(ids), visible, len(ids))


def missed(connection: Connection, after: int, visible: ColumnElement[bool], limit: int) -> list[Seen]:
    """Give the lines after a number whose tickets somebody sees at this moment, at most so many."""
    return _seen(connection, ticket_events.c.id > after, visible, limit)


def _seen(
    connection: Connection, which: ColumnElement[bool], visible: ColumnElement[bool], limit: int
) -> list[Seen]:
    columns = (
        ticket_events.c.id,
        ticket_events.c.actor,
        ticket_events.c.verb,
        tickets.c.code,
        tickets.c.queue,
    )
    query = select(*columns).join(tickets, tickets.c.id == ticket_events.c.ticket_id).where(which, visible)
    return [Seen(*row) for row in connection.execute(query.order_by(ticket_events.c.id).limit(limit))]


def still_there(
    connection: Connection, session_ids: Collection[int], now: datetime, idle_since: datetime
) -> dict[int, Person]:
    """Give whose sessions these are, of those that are still open."""
    query = (
        select(web_sessions.c.id.label("session_id"), people)
        .join(people, people.c.id == web_sessions.c.person_id)
        .where(
            web_sessions.c.id.in_(session_ids),
            web_sessions.c.ended_at.is_(None),
            web_sessions.c.expires_at > now,
            web_sessions.c.seen_at > idle_since,
            people.c.disabled_at.is_(None),
        )
    )
    return {row.session_id: person_of(row) for row in connection.execute(query)}
