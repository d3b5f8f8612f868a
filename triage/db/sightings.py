"""What each new ticket tells of an error, as a signature: what surges are found by."""

from collections.abc import Collection, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, TextClause, func, select, update

from triage.core.decision import Verdict
from triage.core.surges import Sighting
from triage.core.tickets import TicketStatus
from triage.db.schema import UNCOMPARED, incident_tickets, incidents, sightings, tickets

MOST_BETWEEN = 5_000

_COLUMNS = tuple(sightings.c[name] for name in Sighting.__dataclass_fields__)
_TRUSTED = (tickets.c.status != TicketStatus.HELD.value) & (tickets.c.verdict != Verdict.IMPERSONATION.value)
"""A ticket that somebody holds or has found to be an impostor's makes no incident."""


def add(connection: Connection, ticket_id: int, at: datetime, province: str | None, signature: bytes) -> None:
    """Keep what a new ticket tells; ``at`` is when its mail came."""
    values = {"ticket_id": ticket_id, "at": at, "province": province, "signature": signature}
    connection.execute(sightings.insert(), values)


def uncompared(connection: Connection, most: int) -> list[Sighting]:
    """Give tickets that were not compared with others yet, the oldest first."""
    query = _with_tickets(UNCOMPARED).order_by(sightings.c.ticket_id).limit(most)
    return list(map(_sighting, connection.execute(query)))


def mark_compared(connection: Connection, ticket_ids: Collection[int]) -> None:
    """Note that tickets were compared with all that were there."""
    connection.execute(update(sightings).where(sightings.c.ticket_id.in_(ticket_ids)).values(compared=True))


def between(connection: Connection, first: datetime, last: datetime) -> list[Sighting]:
    """Give the tickets of a time that were never of an incident, without those that are doubted.

    At most MOST_BETWEEN, the newest: in a storm the rest of them would be read again every half minute.
    """
    known = select(incident_tickets.c.ticket_id)
    query = _with_tickets(
        _TRUSTED, sightings.c.at >= first, sightings.c.at <= last, sightings.c.ticket_id.not_in(known)
    )
    newest = query.order_by(sightings.c.at.desc(), sightings.c.ticket_id.desc()).limit(MOST_BETWEEN)
    return list(map(_sighting, connection.execute(newest)))


def usual(connection: Connection, first: datetime, last: datetime, most: int) -> tuple[list[bytes], int]:
    """Give signatures of a time that were no surge, at most about so many, and of how many each is one.

    False alarms are usual too.
    """
    surged = (
        select(incident_tickets.c.ticket_id)
        .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
        .where(incidents.c.state != "dissolved", incident_tickets.c.left_at.is_(None))
    )
    of_the_time = (sightings.c.at >= first) & (sightings.c.at < last) & sightings.c.ticket_id.not_in(surged)
    there = connection.scalar(select(func.count()).where(of_the_time)) or 0
    step = max(1, ceil(there / most))
    each = select(sightings.c.signature).where(of_the_time, sightings.c.ticket_id % step == 0)
    return list(connection.scalars(each)), step


def oldest_at(connection: Connection) -> datetime | None:
    """Give when the oldest mail came whose signature is kept, UTC."""
    found: datetime | None = connection.scalar(select(func.min(sightings.c.at)))
    return found


def is_trusted(connection: Connection, ticket_ids: Sequence[int]) -> bool:
    """Whether none of the tickets is held or an impostor's."""
    query = select(func.count()).where(tickets.c.id.in_(ticket_ids), _TRUSTED)
    return connection.scalar(query) == len(ticket_ids)


def _with_tickets(*conditions: ColumnElement[bool] | TextClause) -> Select[Any]:
    return select(*_COLUMNS).join(tickets, tickets.c.id == sightings.c.ticket_id).where(*conditions)


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(row.ticket_id, row.at, row.province, row.signature)
