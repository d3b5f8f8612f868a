"""Who sees which tickets: one clause that every question on behalf of a person takes."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, true

from triage.core.people import Person
from triage.db.schema import people, person_queues, tickets

EVERYTHING = true()
"""The same for whoever works at the terminal of the machine: every ticket is there."""


def visible_to(person: Person, now: datetime) -> ColumnElement[bool]:
    """Give the condition on ``tickets`` under which this person sees a ticket at this moment.

    A coordinator sees the queues he has now, and those of whom he stands in for while that one is away. It is
    part of the question itself, so what is not his is neither counted nor found.
    """
    return sees(tickets.c.queue, person, now)


def sees(queue: ColumnElement[str], person: Person, now: datetime) -> ColumnElement[bool]:
    """Give the same condition on any column that names a queue, such as that of the counters."""
    if person.sees_all:
        return true()
    return queue.in_(queues_of(person, now))


def queues_of(person: Person, now: datetime) -> Select[str]:
    """Give the question for a coordinator's queues: his own and those lent to him as a deputy."""
    own = select(person_queues.c.queue).where(person_queues.c.person_id == person.id)
    lent = (
        select(person_queues.c.queue)
        .join(people, people.c.id == person_queues.c.person_id)
        .where(
            people.c.deputy_id == person.id,
            people.c.role == "coordinator",
            people.c.disabled_at.is_(None),
            people.c.away_from <= now,
            people.c.away_until > now,
        )
    )
    return select(own.union(lent).subquery().c.queue)
