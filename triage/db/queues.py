"""Lists of tickets as a queue shows them: what is to be done now, the oldest deadline first, page by page.

A page asks for ids first, by an index, and then for the rows of those ids; no list reads what mails say. The
next page begins after a ticket, never at a number of rows, so that tickets which come or go meanwhile neither
hide one nor show one twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select, tuple_

from triage.core.people import Person
from triage.core.tickets import TicketStatus
from triage.db.counters import DOUBTED
from triage.db.handovers import at_province
from triage.db.schema import OPEN, Utc, tickets
from triage.db.tickets import RUNS, TicketRow
from triage.db.undelivered import lacks_answer
from triage.db.visibility import queues_of, visible_to

TO_DO = (TicketStatus.NEW.value, TicketStatus.IN_PROGRESS.value)
"""What waits for us; a snoozed ticket is woken when its time has come."""

EVERY_OPEN = tuple(status.value for status in TicketStatus if status is not TicketStatus.CLOSED)
NOBODY = ""
"""As an assignee: tickets that nobody has taken."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets a list shows. Empty tuples and None restrict nothing; moments are UTC.

    ``due_from`` and ``due_before`` bound the deadline, the first one included; ``opened_before`` the age.
    """

    statuses: tuple[str, ...] = TO_DO
    queues: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    flagged: bool = False
    undelivered: bool = False
    at_province: bool | None = None
    assignee: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    opened_before: datetime | None = None

    @property
    def by_deadline(self) -> bool:
        """Whether the oldest deadline stands first; with closed tickets it is the newest change."""
        return TicketStatus.CLOSED.value not in self.statuses


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two tickets of a list: after the one with this deadline (or change) and id."""

    at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some tickets of a list; ``after`` is where the next page begins, None on the last one."""

    rows: list[TicketRow] = field(default_factory=list)
    after: Place | None = None


def page(
    connection: Connection, person: Person, now: datetime, wanted: Wanted, after: Place | None, size: int
) -> Page:
    """Give up to ``size`` tickets of those that this person sees, from a place on."""
    found = _ids(connection, person, now, wanted, after, size + 1)
    by_id = _rows_of(connection, visible_to(person, now), found[:size])
    rows = [by_id[number] for number in found[:size] if number in by_id]
    if len(found) <= size or not rows:
        return Page(rows)
    last = rows[-1]
    return Page(rows, Place(last.due_at if wanted.by_deadline else last.updated_at, last.id))


def codes(connection: Connection, person: Person, now: datetime, wanted: Wanted, most: int) -> list[str]:
    """Give the codes of what a list would show, the first ``most``."""
    found = _ids(connection, person, now, wanted, None, most)
    by_id = _rows_of(connection, visible_to(person, now), found)
    return [by_id[number].code for number in found if number in by_id]


def count(connection: Connection, person: Person, now: datetime, wanted: Wanted, most: int) -> int:
    """Count what a list would show, and stop at ``most``."""
    some = _wanted(select(tickets.c.id), person, now, wanted).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def mine(connection: Connection, person: Person, now: datetime) -> list[str]:
    """Give the queues of a coordinator, his own and those lent to him, in order."""
    return sorted(connection.scalars(queues_of(person, now)))


def _ids(
    connection: Connection, person: Person, now: datetime, wanted: Wanted, after: Place | None, limit: int
) -> list[int]:
    found: list[int] = []
    for query in _parts(_wanted(select(tickets.c.id), person, now, wanted), wanted, after):
        found += connection.scalars(query.limit(limit - len(found)))
        if len(found) == limit:
            break
    return found


def _parts(query: Select[int], wanted: Wanted, after: Place | None) -> Iterator[Select[int]]:
    """Give the questions for a list from a place on, one after the other.

    Tickets without a deadline come last, by a question of their own: the two databases sort what is NULL to
    different ends, and neither uses an index against its habit.
    """
    if not wanted.by_deadline:
        when = tuple_(tickets.c.updated_at, tickets.c.id)
        here = query if after is None else query.where(when < _value(after))
        yield here.order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
        return
    if after is None or after.at is not None:
        when = tuple_(tickets.c.due_at, tickets.c.id)
        here = (
            query.where(tickets.c.due_at.is_not(None)) if after is None else query.where(when > _value(after))
        )
        yield here.order_by(tickets.c.due_at, tickets.c.id)
    last = query.where(tickets.c.due_at.is_(None))
    if after is not None and after.at is None:
        last = last.where(tickets.c.id > after.id)
    yield last.order_by(tickets.c.id)


def _value(place: Place) -> ColumnElement[Any]:
    return tuple_(literal(place.at, Utc), literal(place.id))


def _wanted(query: Select[int], person: Person, now: datetime, wanted: Wanted) -> Select[int]:
    query = query.where(visible_to(person, now))
    if wanted.by_deadline:
        query = query.where(OPEN)
    return query.where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.statuses and wanted.statuses != EVERY_OPEN:
        yield tickets.c.status.in_(wanted.statuses)
    if wanted.queues:
        yield tickets.c.queue.in_(wanted.queues)
    if wanted.categories:
        yield tickets.c.category.in_(wanted.categories)
    yield from _troubles(wanted)
    if wanted.assignee == NOBODY:
        yield or_(tickets.c.assignee.is_(None), tickets.c.assignee == "")
    elif wanted.assignee is not None:
        yield tickets.c.assignee == wanted.assignee
    if wanted.due_from is not None:
        yield tickets.c.due_at >= wanted.due_from
    if wanted.due_before is not None:
        yield tickets.c.due_at < wanted.due_before
        yield RUNS
    if wanted.opened_before is not None:
        yield tickets.c.opened_at < wanted.opened_before


def _troubles(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.flagged:
        yield tickets.c.verdict.in_(DOUBTED)
    if wanted.undelivered:
        yield lacks_answer()
    if wanted.at_province is not None:
        yield at_province() if wanted.at_province else ~at_province()


def _rows_of(connection: Connection, visible: ColumnElement[bool], ids: list[int]) -> dict[int, TicketRow]:
    if not ids:
        return {}
    columns = (tickets.c[name] for name in TicketRow.__dataclass_fields__)
    query = select(*columns).where(tickets.c.id.in_(ids), visible)
    return {row.id: TicketRow(*tuple(row)) for row in connection.execute(query)}
