"""Warnings about confirmed impostors: whom they may concern, and whom they reached already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from triage.core.closings import Closing
from triage.core.decision import SECURITY
from triage.core.history import WARNED
from triage.core.people import Person
from triage.core.tickets import TicketStatus
from triage.db.lists import in_lists
from triage.db.schema import outbox, ticket_events, tickets, units
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to

MOST_CONFIRMED = 10


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A ticket confirmed as an impostor's; ``warned_at`` is when treasuries were warned last, UTC."""

    ticket: TicketRow
    warned_at: datetime | None


def confirmed(connection: Connection, person: Person, now: datetime) -> list[Confirmed]:
    """Give the tickets of impostors that a person sees, the newest first, at most MOST_CONFIRMED."""
    columns = (tickets.c[name] for name in TicketRow.__dataclass_fields__)
    query = (
        select(*columns)
        .where(
            tickets.c.queue == SECURITY,
            tickets.c.status == TicketStatus.CLOSED.value,
            tickets.c.outcome == Closing.IMPOSTOR.value,
            visible_to(person, now),
        )
        .order_by(tickets.c.closed_at.desc(), tickets.c.id.desc())
        .limit(MOST_CONFIRMED)
    )
    found = [TicketRow(*tuple(row)) for row in connection.execute(query)]
    events = select(ticket_events.c.ticket_id, ticket_events.c.at).where(
        ticket_events.c.ticket_id.in_([one.id for one in found]), ticket_events.c.verb == WARNED
    )
    last = {row.ticket_id: row.at for row in connection.execute(events.order_by(ticket_events.c.id))}
    return [Confirmed(one, last.get(one.id)) for one in found]


def treasuries_of(connection: Connection, ticket_ids: Sequence[int]) -> tuple[set[str], set[str]]:
    """Give the queues of some tickets, and the codes of the treasuries of their units and tags."""
    queues: set[str] = set()
    codes: set[str] = set()
    for some in in_lists(ticket_ids):
        query = (
            select(tickets.c.queue, tickets.c.treasury, units.c.treasury.label("of_unit"))
            .join(units, units.c.id == tickets.c.unit_id, isouter=True)
            .where(tickets.c.id.in_(some))
        )
        for row in connection.execute(query):
            queues.add(row.queue)
            codes |= {one for one in (row.treasury, row.of_unit) if one}
    return queues, codes


def written(connection: Connection, message_ids: Sequence[str]) -> set[str]:
    """Give those of these Message-IDs that stand in the outbox."""
    query = select(outbox.c.message_id).where(outbox.c.message_id.in_(message_ids))
    return set(connection.scalars(query))
