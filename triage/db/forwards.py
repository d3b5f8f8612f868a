"""Which tickets were told of by mail to whom: each once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from triage.core.people import Person, Role
from triage.core.tickets import TicketStatus
from triage.db.readers import is_here
from triage.db.schema import OPEN, forwards, people, tickets
from triage.db.sessions import person_of
from triage.db.upsert import Upsert
from triage.db.visibility import visible_to

_CLAIM = Upsert(forwards, lambda insert: insert.on_conflict_do_nothing().returning(forwards.c.ticket_id))


def readers(connection: Connection, now: datetime) -> list[Person]:
    """Give the coordinators with an address who are here and can sign in."""
    query = select(people).where(
        people.c.role == Role.COORDINATOR.value,
        people.c.disabled_at.is_(None),
        people.c.email != "",
        is_here(now),
    )
    return [person_of(row) for row in connection.execute(query.order_by(people.c.id))]


def without(
    connection: Connection, person: Person, since: datetime, now: datetime, most: int
) -> Sequence[int]:
    """Give open tickets that this person sees and was not told of yet, the oldest first; held ones wait."""
    told = select(forwards.c.ticket_id).where(forwards.c.person_id == person.id)
    query = (
        select(tickets.c.id)
        .where(
            visible_to(person, now),
            OPEN,
            tickets.c.status != TicketStatus.HELD.value,
            tickets.c.opened_at >= since,
            tickets.c.id.not_in(told),
        )
        .order_by(tickets.c.id)
        .limit(most)
    )
    return list(connection.scalars(query))


def claim(connection: Connection, person_id: int, ticket_id: int, now: datetime) -> bool:
    """Take it upon oneself to tell a person of a ticket; False where another process was first.

    It is the same transaction that puts the letter into the outbox: either both are there or neither is.
    """
    values = {"person_id": person_id, "ticket_id": ticket_id, "at": now}
    return connection.execute(_CLAIM.on(connection), values).first() is not None
