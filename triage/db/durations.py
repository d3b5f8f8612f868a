"""The moments that the times of tickets are counted by, for the tickets that a report is about."""

from datetime import datetime

from sqlalchemy import Connection, case, func, or_, select

from triage.core.closings import Closing
from triage.core.durations import Course
from triage.core.people import Person
from triage.db.schema import tickets
from triage.db.tallies import Span


def opened_within(connection: Connection, person: Person, now: datetime, span: Span) -> list[Course]:
    """Give the courses of those tickets of a span that were answered or closed, as far as a person sees them.

    One that was merged into another was not closed by anybody's work, so its end is left out.
    """
    merged = tickets.c.outcome == Closing.MERGED.value
    query = select(
        tickets.c.queue,
        tickets.c.opened_at,
        func.coalesce(tickets.c.clock_from, tickets.c.opened_at),
        tickets.c.answered_at,
        case((merged, None), else_=tickets.c.closed_at),
        tickets.c.paused_at,
        func.coalesce(tickets.c.paused_seconds, 0),
    ).where(
        span.of_tickets(person, now),
        or_(tickets.c.answered_at.is_not(None), tickets.c.closed_at.is_not(None)),
    )
    return [Course(*row) for row in connection.execute(query)]
