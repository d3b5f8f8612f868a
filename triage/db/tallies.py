"""What became of the tickets that were opened in a span of time, added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from triage.core.people import Person
from triage.db.schema import tickets
from triage.db.visibility import visible_to


@dataclass(frozen=True, slots=True)
class Span:
    """Which tickets a report is about: opened from ``start`` on and before ``end``, both UTC.

    Only those of the queues and of the category, where any are named.
    """

    start: datetime
    end: datetime
    queues: tuple[str, ...] = ()
    category: str = ""

    def of_tickets(self, person: Person, now: datetime) -> ColumnElement[bool]:
        """Give the condition on ``tickets``: those of this span that a person sees."""
        opened = and_(tickets.c.opened_at >= self.start, tickets.c.opened_at < self.end)
        return and_(opened, self.without_time(person, now))

    def without_time(self, person: Person, now: datetime) -> ColumnElement[bool]:
        """Give the same condition for tickets that were opened at any time."""
        conditions = [visible_to(person, now)]
        if self.queues:
            conditions.append(tickets.c.queue.in_(self.queues))
        if self.category:
            conditions.append(tickets.c.category == self.category)
        return and_(*conditions)


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


@dataclass(frozen=True, slots=True)
class DayTally:
    """Tickets that were opened on one day, by its place in the list of days."""

    place: int
    number: int
    met: int
    missed: int


def opened_within(connection: Connection, person: Person, now: datetime, span: Span) -> list[Tally]:
    """Add up the tickets of a span that a person sees."""
    groups = (tickets.c.queue, tickets.c.category, func.coalesce(tickets.c.outcome, ""))
    query = (
        select(*groups, *_sums(now)).where(span.of_tickets(person, now)).group_by(*groups).order_by(*groups)
    )
    return [Tally(*row) for row in connection.execute(query)]


def by_day(
    connection: Connection, person: Person, now: datetime, span: Span, days: Sequence[datetime]
) -> list[DayTally]:
    """Add the tickets of a span up by day; ``days`` are the moments at which each begins, ascending, UTC.

    The days are compared and not computed: no database knows the local midnight of every zone.
    """
    if not days:
        return []
    place: ColumnElement[Any] = case(
        *((tickets.c.opened_at < after, number) for number, after in enumerate(days[1:])),
        else_=len(days) - 1,
    )
    # the place stands in a question of its own: PostgreSQL takes bound values in GROUP BY for other ones
    placed = (
        select(place.label("place"), *(one.label(name) for name, one in _ends(now).items()))
        .where(span.of_tickets(person, now))
        .subquery()
    )
    query = (
        select(
            placed.c.place,
            func.count(),
            func.coalesce(func.sum(placed.c.met), 0),
            func.coalesce(func.sum(placed.c.missed), 0),
        )
        .group_by(placed.c.place)
        .order_by(placed.c.place)
    )
    return [DayTally(*map(int, row)) for row in connection.execute(query)]


def _sums(now: datetime) -> list[ColumnElement[int]]:
    return [func.count(), *(func.coalesce(func.sum(one), 0) for one in _ends(now).values())]


def _ends(now: datetime) -> dict[str, ColumnElement[int]]:
    """Give one where a ticket was answered or closed in time, and one where it was not and is late."""
    done_at = func.coalesce(tickets.c.answered_at, tickets.c.closed_at)
    met = done_at <= tickets.c.due_at
    missed = or_(done_at > tickets.c.due_at, and_(done_at.is_(None), tickets.c.due_at < now))
    return {"met": case((met, 1), else_=0), "missed": case((missed, 1), else_=0)}
