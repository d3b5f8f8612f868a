"""Tickets that the centre has given to a province: one row for each stay there, with when and how it ended.

What was said with it stands in the history of the ticket and nowhere else, so that erasing finds it there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from triage.core.handovers import BackReason, StayEnd
from triage.core.people import Role
from triage.db.people import display_names
from triage.db.schema import IN_FORCE, handovers, people, person_queues, ticket_events, tickets


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a ticket at a province; times are UTC, people by login."""

    id: int
    ticket_id: int
    queue: str
    handed_at: datetime
    handed_by: str
    taken_at: datetime | None
    taken_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the hand-over of a ticket stands: its stay, what the centre said, what people are called by login.

    Without a stay ``places`` are the queues that some coordinator looks after.
    """

    stay: Stay | None
    note: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()


def at_province() -> ColumnElement[bool]:
    """Give the condition on ``tickets``: it stands at the province in whose queue it is."""
    return exists().where(
        and_(handovers.c.ticket_id == tickets.c.id, handovers.c.queue == tickets.c.queue, IN_FORCE)
    )


def untaken() -> ColumnElement[bool]:
    """Give the condition on ``tickets``: it stands at a province, and nobody there has taken it."""
    here = and_(handovers.c.ticket_id == tickets.c.id, handovers.c.queue == tickets.c.queue, IN_FORCE)
    return exists().where(and_(here, handovers.c.taken_at.is_(None)))


def stay_of(connection: Connection, ticket_id: int) -> Stay | None:
    """Give the stay of a ticket that has not ended; None where the centre has it."""
    columns = (handovers.c[name] for name in Stay.__dataclass_fields__)
    query = (
        select(*columns)
        .join(tickets, tickets.c.id == handovers.c.ticket_id)
        .where(IN_FORCE, handovers.c.ticket_id == ticket_id, handovers.c.queue == tickets.c.queue)
    )
    row = connection.execute(query).first()
    return Stay(*row) if row else None


def standing(connection: Connection, ticket_id: int) -> Standing:
    """Give how the hand-over of a ticket stands."""
    stay = stay_of(connection, ticket_id)
    if stay is None:
        return Standing(None, places=places(connection))
    names = display_names(connection, [stay.handed_by, stay.taken_by or ""])
    return Standing(stay, note_of(connection, ticket_id), names)


def among(connection: Connection, ticket_ids: Iterable[int]) -> frozenset[int]:
    """Give those of these tickets that stand at a province."""
    wanted = list(ticket_ids)
    if not wanted:
        return frozenset()
    query = select(tickets.c.id).where(tickets.c.id.in_(wanted), at_province())
    return frozenset(connection.scalars(query))


def add(connection: Connection, ticket_id: int, queue: str, now: datetime, actor: str) -> None:
    """Note that a ticket goes to a province. Raises IntegrityError where it stands at one."""
    values = {"ticket_id": ticket_id, "queue": queue, "handed_at": now, "handed_by": actor}
    connection.execute(handovers.insert(), values)


def take(connection: Connection, stay_id: int, actor: str, now: datetime) -> None:
    """Note who at the province has a ticket; since when somebody has it stays as it was."""
    taken_at = handovers.c.taken_at
    first = update(handovers).where(handovers.c.id == stay_id, taken_at.is_(None)).values(taken_at=now)
    connection.execute(first)
    connection.execute(update(handovers).where(handovers.c.id == stay_id).values(taken_by=actor))


def end(
    connection: Connection,
    ticket_id: int,
    now: datetime,
    actor: str,
    how: StayEnd,
    why: BackReason | None = None,
) -> None:
    """End the stay of a ticket, if there is one."""
    values = {"ended_at": now, "ended_by": actor, "ending": how.value, "reason": why.value if why else ""}
    here = update(handovers).where(handovers.c.ticket_id == ticket_id, IN_FORCE)
    connection.execute(here.values(**values))


def end_elsewhere(connection: Connection, ticket_id: int, queue: str, now: datetime) -> None:
    """End the stay of a ticket that has moved into another queue than that of its province."""
    here = update(handovers).where(handovers.c.ticket_id == ticket_id, handovers.c.queue != queue, IN_FORCE)
    connection.execute(here.values(ended_at=now, ending=StayEnd.MOVED.value))


def answered(connection: Connection, ticket_id: int, at: datetime | None) -> None:
    """Note when the first answer of a stay went out; None where it was taken back."""
    unanswered = handovers.c.answered_at.is_(None) if at else handovers.c.answered_at.is_not(None)
    here = update(handovers).where(handovers.c.ticket_id == ticket_id, unanswered, IN_FORCE)
    connection.execute(here.values(answered_at=at))


def note_of(connection: Connection, ticket_id: int) -> str:
    """Give what the centre said when it last gave a ticket to a province; empty where it is erased."""
    query = select(ticket_events.c.data["note"].as_string()).where(
        ticket_events.c.ticket_id == ticket_id, ticket_events.c.verb == "handed_over"
    )
    return connection.scalar(query.order_by(ticket_events.c.id.desc()).limit(1)) or ""


def places(connection: Connection) -> tuple[str, ...]:
    """Give the queues that some coordinator looks after: where something may be given to."""
    query = (
        select(person_queues.c.queue)
        .join(people, people.c.id == person_queues.c.person_id)
        .where(people.c.role == Role.COORDINATOR.value, people.c.disabled_at.is_(None))
        .distinct()
        .order_by(person_queues.c.queue)
    )
    return tuple(connection.scalars(query))
