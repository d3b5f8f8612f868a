"""When something last happened in each queue, told from the newest changes alone."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from triage.core.people import Person
from triage.db.schema import tickets
from triage.db.visibility import sees

NEWEST = 5_000
"""Changes that are looked at, by the index of their moments: what a page may cost has a bound."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The last change in each queue; in a queue that is not named there was none since ``since``.

    ``since`` is None where every ticket was looked at.
    """

    last: dict[str, datetime] = field(default_factory=dict)
    since: datetime | None = None


def by_queue(connection: Connection, person: Person, now: datetime, newest_only: int = NEWEST) -> Activity:
    """Give the last change in each queue that a person sees."""
    newest = (
        select(tickets.c.queue, tickets.c.updated_at)
        .order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
        .limit(newest_only)
        .subquery()
    )
    query = select(newest.c.queue, func.max(newest.c.updated_at).label("at")).group_by(newest.c.queue)
    last = {row.queue: row.at for row in connection.execute(query.where(sees(newest.c.queue, person, now)))}
    bounds = select(func.count(), func.min(newest.c.updated_at)).select_from(newest)
    number, oldest = connection.execute(bounds).one()
    return Activity(last, oldest if number == newest_only else None)
