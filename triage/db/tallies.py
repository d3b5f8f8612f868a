"""What became of the tickets that were opened in a span of time, added up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from triage.core.people import Person
from triage.db.schema import tickets
from triage.db.visibility import visible_to


@dataclass(frozen=True, slots=True)
class Tally:
    """Tickets of one queue and category that came to the same; ``outcome`` is empty for those not closed.

    ``met`` were answered, or closed without an answer, by their deadline; ``missed`` were not and are late.
    """

    queue: str
    category: str
    outcome: str
    number: int
    met: int
    missed: int


def opened_within(
    connection: Connection, person: Person, now: datetime, start: datetime, end: datetime
) -> list[Tally]:
    """Add up the tickets that a person sees and that were opened from ``start`` on and before ``end``."""
    done_at = func.coalesce(tickets.c.answered_at, tickets.c.closed_at)
    met = done_at <= tickets.c.due_at
    missed = or_(done_at > tickets.c.due_at, and_(done_at.is_(None), tickets.c.due_at < now))
    groups = (tickets.c.queue, tickets.c.category, func.coalesce(tickets.c.outcome, ""))
    query = (
        select(*groups, func.count(), func.count().filter(met), func.count().filter(missed))
        .where(tickets.c.opened_at >= start, tickets.c.opened_at < end, visible_to(person, now))
        .group_by(*groups)
        .order_by(*groups)
    )
    return [Tally(*row) for row in connection.execute(query)]
