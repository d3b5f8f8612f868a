"""Incidents: which tickets belong to one, what came of it, and who may see how much."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from triage.db.schema import ONGOING, OPEN, STANDING, incident_tickets, incidents, sightings, tickets
from triage.db.tickets import TicketRow
from triage.db.upsert import Upsert

_LOCK = 0x7375_7267_65
"""PostgreSQL's advisory lock of whoever makes incidents; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; times are UTC."""

    id: int
    state: str
    title: str
    words: list[str]
    category: str
    started_at: datetime
    found_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    outcome: str | None

    @property
    def is_open(self) -> bool:
        """Whether tickets still join it."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Counted:
    """An incident with how many tickets it has or had, how many of them this person sees, and provinces."""

    incident: Incident
    tickets: int
    seen: int
    provinces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One ticket of an incident; ``left_at`` where it does not stand there any more."""

    ticket: TicketRow
    province: str | None
    founder: bool
    joined_at: datetime
    joined_by: str
    left_at: datetime | None


_INCIDENT = tuple(incidents.c[name] for name in Incident.__dataclass_fields__)
_JOIN = Upsert(
    incident_tickets,
    lambda insert: insert.on_conflict_do_nothing().returning(incident_tickets.c.ticket_id),
)
_FOUNDERS = (
    select(incidents.c.id, sightings.c.signature)
    .join(incident_tickets, incident_tickets.c.incident_id == incidents.c.id)
    .join(sightings, sightings.c.ticket_id == incident_tickets.c.ticket_id)
    .where(incident_tickets.c.founder)
    .order_by(incidents.c.id)
)
_OPEN_FOUNDERS = _FOUNDERS.where(ONGOING, incident_tickets.c.left_at.is_(None))

ANY_OPEN = select(incidents.c.id).where(ONGOING).exists()
"""Whether there is an open incident at all."""


def hold(connection: Connection) -> None:
    """Let nobody else make an incident until this transaction has ended."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def founders(connection: Connection) -> list[tuple[int, bytes]]:
    """Give the signatures that each open incident was found by, with its number."""
    return [(row[0], row[1]) for row in connection.execute(_OPEN_FOUNDERS)]


def dissolved_founders(connection: Connection, since: datetime) -> list[tuple[int, bytes]]:
    """Give the same of false alarms that were dissolved since a moment."""
    query = _FOUNDERS.where(incidents.c.state == "dissolved", incidents.c.ended_at >= since)
    return [(row[0], row[1]) for row in connection.execute(query)]


def standing(connection: Connection, ticket_ids: Collection[int]) -> dict[int, int]:
    """Give the open incident that each of these tickets belongs to."""
    if not ticket_ids:
        return {}
    query = (
        select(incident_tickets.c.ticket_id, incidents.c.id)
        .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
        .where(incident_tickets.c.ticket_id.in_(ticket_ids), STANDING, ONGOING)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def standing_in_any(connection: Connection, ticket_ids: Collection[int]) -> dict[int, int]:
    """Give the incident that each of these tickets belongs to, open or closed."""
    query = select(incident_tickets.c.ticket_id, incident_tickets.c.incident_id)
    rows = connection.execute(query.where(incident_tickets.c.ticket_id.in_(ticket_ids), STANDING))
    return {row[0]: row[1] for row in rows}


def titles(connection: Connection, ticket_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Give number and title of the incident that each ticket belongs to, open or closed, for its chip."""
    if not ticket_ids:
        return {}
    query = (
        select(incident_tickets.c.ticket_id, incidents.c.id, incidents.c.title)
        .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
        .where(incident_tickets.c.ticket_id.in_(ticket_ids), STANDING)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def ever(connection: Connection, ticket_ids: Collection[int]) -> set[int]:
    """Give those of the tickets that are or were of an incident."""
    query = select(incident_tickets.c.ticket_id).where(incident_tickets.c.ticket_id.in_(ticket_ids))
    return set(connection.scalars(query))


def make(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new incident and give its number."""
    statement = incidents.insert().values(**values).returning(incidents.c.id)
    number: int = connection.execute(statement).scalar_one()
    return number


def join(
    connection: Connection, number: int, ticket_id: int, now: datetime, *, actor: str, founder: bool = False
) -> bool:
    """Let a ticket join an incident; False where it belongs to one already, or left this one before."""
    values = {
        "incident_id": number,
        "ticket_id": ticket_id,
        "founder": founder,
        "joined_at": now,
        "joined_by": actor,
    }
    return connection.execute(_JOIN.on(connection), values).first() is not None


def join_again(connection: Connection, number: int, ticket_id: int, now: datetime, *, actor: str) -> bool:
    """Let a ticket come back that was taken out; False where it was not."""
    statement = (
        update(incident_tickets)
        .where(
            incident_tickets.c.incident_id == number,
            incident_tickets.c.ticket_id == ticket_id,
            incident_tickets.c.left_at.is_not(None),
        )
        .values(left_at=None, left_by=None, joined_at=now, joined_by=actor)
    )
    return connection.execute(statement).rowcount > 0


def leave(
    connection: Connection, number: int, now: datetime, *, actor: str, ticket_id: int | None = None
) -> list[int]:
    """Take one ticket out of an incident, or all of them; gives which."""
    condition = and_(incident_tickets.c.incident_id == number, incident_tickets.c.left_at.is_(None))
    if ticket_id is not None:
        condition = and_(condition, incident_tickets.c.ticket_id == ticket_id)
    statement = (
        update(incident_tickets)
        .where(condition)
        .values(left_at=now, left_by=actor)
        .returning(incident_tickets.c.ticket_id)
    )
    return sorted(connection.scalars(statement))


def end(
    connection: Connection, number: int, state: str, now: datetime, *, actor: str, outcome: str | None = None
) -> bool:
    """End an open incident; False where it is not open any more."""
    statement = (
        update(incidents)
        .where(incidents.c.id == number, incidents.c.state == "open")
        .values(state=state, ended_at=now, ended_by=actor, outcome=outcome)
    )
    return connection.execute(statement).rowcount > 0


def find(connection: Connection, number: int, *, lock: bool = False) -> Incident | None:
    """Give an incident; with ``lock`` nobody ends or joins it before this transaction has ended."""
    query = select(*_INCIDENT).where(incidents.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return Incident(*row) if row else None


def keep_open(connection: Connection, number: int) -> bool:
    """Whether an incident is open; if so it stays so until this transaction has ended."""
    query = select(incidents.c.id).where(incidents.c.id == number, incidents.c.state == "open")
    return connection.execute(query.with_for_update(read=True)).first() is not None


def listed(
    connection: Connection, visible: ColumnElement[bool], *, is_open: bool, most: int
) -> list[Counted]:
    """Give incidents, the newest first; ``visible`` is what somebody sees of their tickets."""
    state = incidents.c.state == "open" if is_open else incidents.c.state != "open"
    query = select(*_INCIDENT).where(state).order_by(incidents.c.id.desc()).limit(most)
    found = [Incident(*row) for row in connection.execute(query)]
    numbers = [one.id for one in found]
    total, seen = _count(connection, numbers), _count(connection, numbers, visible)
    hit = provinces(connection, numbers)
    return [
        Counted(one, total.get(one.id, 0), seen.get(one.id, 0), tuple(hit.get(one.id, ()))) for one in found
    ]


def open_counts(connection: Connection, most: int) -> list[tuple[int, str, int]]:
    """Give number, title and count of tickets of the open incidents, the newest first, by one question."""
    query = (
        select(incidents.c.id, incidents.c.title, func.count(incident_tickets.c.ticket_id))
        .join(incident_tickets, and_(incident_tickets.c.incident_id == incidents.c.id, STANDING))
        .where(ONGOING)
        .group_by(incidents.c.id, incidents.c.title)
        .order_by(incidents.c.id.desc())
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def counted(connection: Connection, one: Incident, visible: ColumnElement[bool]) -> Counted:
    """Give one incident with what somebody sees of its tickets."""
    total = _count(connection, [one.id]).get(one.id, 0)
    seen = _count(connection, [one.id], visible).get(one.id, 0)
    return Counted(one, total, seen, tuple(provinces(connection, [one.id]).get(one.id, ())))


def provinces(connection: Connection, numbers: Collection[int]) -> dict[int, list[str]]:
    """Give the provinces that the tickets of incidents came from, by name."""
    query = (
        select(incident_tickets.c.incident_id, sightings.c.province)
        .join(sightings, sightings.c.ticket_id == incident_tickets.c.ticket_id)
        .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
        .where(incident_tickets.c.incident_id.in_(numbers), _counted_in(), sightings.c.province.is_not(None))
        .distinct()
    )
    found: dict[int, list[str]] = {}
    # sorted here, since each database has an order of its own
    for number, province in sorted((row[0], row[1]) for row in connection.execute(query)):
        found.setdefault(number, []).append(province)
    return found


def members(
    connection: Connection, number: int, visible: ColumnElement[bool], *, most: int | None = None
) -> list[Member]:
    """Give those of the tickets of an incident that are ``visible``, the first first."""
    columns = (tickets.c[name] for name in TicketRow.__dataclass_fields__)
    mine = (
        sightings.c.province,
        incident_tickets.c.founder,
        incident_tickets.c.joined_at,
        incident_tickets.c.joined_by,
        incident_tickets.c.left_at,
    )
    query = (
        select(*columns, *mine)
        .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
        .join(sightings, sightings.c.ticket_id == tickets.c.id, isouter=True)
        .where(incident_tickets.c.incident_id == number, visible)
        .order_by(tickets.c.opened_at, tickets.c.id)
        .limit(most)
    )
    width = len(mine)
    return [Member(TicketRow(*row[:-width]), *row[-width:]) for row in connection.execute(query)]


def open_ticket_ids(connection: Connection, number: int) -> list[int]:
    """Give the tickets of an incident that are not closed."""
    query = (
        select(tickets.c.id)
        .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
        .where(incident_tickets.c.incident_id == number, STANDING, OPEN)
        .order_by(tickets.c.id)
    )
    return list(connection.scalars(query))


def unsettled(connection: Connection, most: int) -> list[tuple[int, int, str, str]]:
    """Give incident, ticket, outcome and who ended it, of tickets that a closed incident still has to close.

    Nobody else gets them before this transaction has ended.
    """
    query = (
        select(incidents.c.id, incident_tickets.c.ticket_id, incidents.c.outcome, incidents.c.ended_by)
        .join(incident_tickets, incident_tickets.c.incident_id == incidents.c.id)
        .where(
            incidents.c.state == "closed",
            incidents.c.outcome.is_not(None),
            STANDING,
            incident_tickets.c.settled.is_(False),
        )
        .order_by(incident_tickets.c.ticket_id)
        .limit(most)
        .with_for_update(of=incident_tickets, skip_locked=True)
    )
    return [(row[0], row[1], str(row[2]), str(row[3])) for row in connection.execute(query)]


def settle(connection: Connection, number: int, ticket_ids: Collection[int]) -> None:
    """Note that tickets were closed with their incident, or were closed before."""
    condition = (incident_tickets.c.incident_id == number) & incident_tickets.c.ticket_id.in_(ticket_ids)
    connection.execute(update(incident_tickets).where(condition).values(settled=True))


def _count(
    connection: Connection, numbers: Sequence[int], visible: ColumnElement[bool] | None = None
) -> dict[int, int]:
    query = (
        select(incident_tickets.c.incident_id, func.count())
        .join(tickets, tickets.c.id == incident_tickets.c.ticket_id)
        .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
        .where(incident_tickets.c.incident_id.in_(numbers), _counted_in())
        .group_by(incident_tickets.c.incident_id)
    )
    rows = connection.execute(query if visible is None else query.where(visible))
    return {row[0]: row[1] for row in rows}


def _counted_in() -> ColumnElement[bool]:
    """Give the condition for tickets that count: those that stand, and of a false alarm those that did."""
    return incident_tickets.c.left_at.is_(None) | (
        (incidents.c.state == "dissolved") & (incident_tickets.c.left_at == incidents.c.ended_at)
    )
