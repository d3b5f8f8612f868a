"""How many tickets stand in each queue and status: added up from counters, never counted anew for a page.

Triggers write each change of ``tickets`` into ``ticket_count_changes``; ``fold`` adds them up into
``ticket_counts``. What counts is the sum of both, read by one statement, so that a fold in between hides
nothing and shows nothing twice.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, select, true, union_all

from triage.core.decision import Verdict
from triage.core.people import Person
from triage.db.schema import ticket_count_changes, ticket_counts, tickets
from triage.db.upsert import Upsert
from triage.db.visibility import sees

FOLD_BATCH = 5_000
"""Changes that one transaction adds up."""

DOUBTED = (Verdict.SUSPICIOUS.value, Verdict.IMPERSONATION.value)
"""Verdicts that count as flagged, here as in the triggers."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tickets of a queue stand in a status; ``flagged`` are those whose sender is doubted."""

    queue: str
    status: str
    flagged: bool
    number: int


_ADD = Upsert(
    ticket_counts,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["queue", "status", "flagged"],
        set_={"count": ticket_counts.c.count + insert.excluded.count},
    ),
)
_TAKEN = (
    select(ticket_count_changes.c.id)
    .order_by(ticket_count_changes.c.id)
    .limit(FOLD_BATCH)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    delete(ticket_count_changes)
    .where(ticket_count_changes.c.id.in_(_TAKEN))
    .returning(
        ticket_count_changes.c.queue,
        ticket_count_changes.c.status,
        ticket_count_changes.c.flagged,
        ticket_count_changes.c.change,
    )
)


def seen_by(connection: Connection, person: Person, now: datetime) -> list[Count]:
    """Give the counts of the queues that a person sees, empty ones left out."""
    return _counted(
        connection,
        sees(ticket_counts.c.queue, person, now),
        sees(ticket_count_changes.c.queue, person, now),
    )


def everything(connection: Connection) -> list[Count]:
    """Give the counts of every queue, empty ones left out."""
    return _counted(connection, true(), true())


def fold(connection: Connection) -> int:
    """Add some changes up; gives how many.

    A change that another fold has taken is left to it, one that is not committed yet is not seen. Counters
    are written in one order, so that two folds never wait crosswise.
    """
    taken = connection.execute(_TAKE).all()
    sums: Counter[tuple[str, str, bool]] = Counter()
    for queue, status, flagged, change in taken:
        sums[queue, status, flagged] += change
    rows = [
        {"queue": queue, "status": status, "flagged": flagged, "count": change}
        for (queue, status, flagged), change in sorted(sums.items())
        if change
    ]
    if rows:
        connection.execute(_ADD.on(connection), rows)
    return len(taken)


def mend(connection: Connection) -> list[Count]:
    """Compare with the tickets themselves and write what is missing; gives it, too much as a negative number.

    What is missing is written as a change: whoever counts meanwhile is not overwritten.
    """
    wrong = [Count(*row) for row in connection.execute(_wrong())]
    if wrong:
        rows = [
            {"queue": one.queue, "status": one.status, "flagged": one.flagged, "change": one.number}
            for one in wrong
        ]
        connection.execute(ticket_count_changes.insert(), rows)
    return wrong


def _counted(connection: Connection, folded: ColumnElement[bool], fresh: ColumnElement[bool]) -> list[Count]:
    parts = union_all(
        select(
            ticket_counts.c.queue,
            ticket_counts.c.status,
            ticket_counts.c.flagged,
            ticket_counts.c.count.label("number"),
        ).where(folded),
        select(
            ticket_count_changes.c.queue,
            ticket_count_changes.c.status,
            ticket_count_changes.c.flagged,
            func.sum(ticket_count_changes.c.change),
        )
        .where(fresh)
        .group_by(
            ticket_count_changes.c.queue, ticket_count_changes.c.status, ticket_count_changes.c.flagged
        ),
    ).subquery()
    query = select(parts.c.queue, parts.c.status, parts.c.flagged, func.sum(parts.c.number))
    query = query.group_by(parts.c.queue, parts.c.status, parts.c.flagged).having(
        func.sum(parts.c.number) != 0
    )
    return [
        Count(queue, status, flagged, int(number))
        for queue, status, flagged, number in connection.execute(query)
    ]


def _wrong() -> Select[str, str, bool, int]:
    """Ask for what is there less what is counted, in one statement, hence of one moment."""
    flagged = tickets.c.verdict.in_(DOUBTED).label("flagged")
    parts = union_all(
        select(tickets.c.queue, tickets.c.status, flagged, func.count().label("number")).group_by(
            tickets.c.queue, tickets.c.status, flagged
        ),
        select(
            ticket_counts.c.queue, ticket_counts.c.status, ticket_counts.c.flagged, -ticket_counts.c.count
        ),
        select(
            ticket_count_changes.c.queue,
            ticket_count_changes.c.status,
            ticket_count_changes.c.flagged,
            -ticket_count_changes.c.change,
        ),
    ).subquery()
    number = func.sum(parts.c.number)
    columns = (parts.c.queue, parts.c.status, parts.c.flagged)
    return select(*columns, number).group_by(*columns).having(and_(number != 0)).order_by(*columns)
