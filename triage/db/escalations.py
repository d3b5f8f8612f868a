"""Tickets that nobody answers, and which steps of their escalation have been told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from triage.core.calendar import WARN_AFTER
from triage.core.escalation import Step, Unanswered
from triage.db.queues import TO_DO
from triage.db.schema import OPEN, escalations, tickets
from triage.db.upsert import Upsert

MOST = 5_000
"""Tickets of one round; the rest is told by the next ones."""

_CLAIM = Upsert(
    escalations, lambda insert: insert.on_conflict_do_nothing().returning(escalations.c.ticket_id)
)
_STARTED_AT = func.coalesce(tickets.c.clock_from, tickets.c.opened_at)


def unanswered(
    connection: Connection, now: datetime, last: Step, *, only: Sequence[int] | None = None
) -> list[Unanswered]:
    """Give tickets whose clock runs, that wait for an answer, and whose ``last`` step was not told yet.

    One that was answered since it was opened counts again only where its clock has stood still meanwhile: its
    deadline has moved then, and else it asked for the first answer alone. With ``only`` it looks at these
    tickets, and nobody else changes them before this transaction ends; one that somebody changes right now is
    left out.
    """
    told = select(escalations.c.ticket_id).where(
        escalations.c.ticket_id == tickets.c.id,
        escalations.c.started_at == _STARTED_AT,
        escalations.c.step == last.value,
    )
    query = (
        select(
            *(tickets.c[name] for name in ("id", "code", "queue", "subject", "assignee")),
            _STARTED_AT,
            tickets.c.due_at,
            func.coalesce(tickets.c.paused_seconds, 0),
        )
        .where(
            OPEN,
            tickets.c.status.in_(TO_DO),
            # no working time is shorter than the time on the wall
            now - WARN_AFTER >= _STARTED_AT,
            tickets.c.due_at.is_not(None),
            or_(
                tickets.c.answered_at.is_(None),
                tickets.c.answered_at < _STARTED_AT,
                tickets.c.paused_seconds.is_not(None),
            ),
            ~told.exists(),
        )
        .order_by(tickets.c.due_at, tickets.c.id)
        .limit(MOST)
    )
    if only is not None:
        query = query.where(tickets.c.id.in_(only)).with_for_update(key_share=True, skip_locked=True)
    found = [_ticket(*row) for row in connection.execute(query)]
    return _with_told(connection, found)


def _ticket(*values: Any) -> Unanswered:  # noqa: ANN401 - a row of the query above
    return Unanswered(*values)


def _with_told(connection: Connection, found: Sequence[Unanswered]) -> list[Unanswered]:
    told: dict[tuple[int, datetime], set[Step]] = {}
    query = select(escalations.c.ticket_id, escalations.c.started_at, escalations.c.step).where(
        escalations.c.ticket_id.in_([one.id for one in found])
    )
    for number, started_at, step in connection.execute(query):
        told.setdefault((number, started_at), set()).add(Step(step))
    return [one.after(told.get((one.id, one.started_at), ())) for one in found]


def claim(connection: Connection, ticket: Unanswered, step: Step, now: datetime) -> bool:
    """Take a step for oneself; False where another process was first.

    The same transaction writes the letters, notices and lines of the history: all are there or none.
    """
    values = {"ticket_id": ticket.id, "started_at": ticket.started_at, "step": step.value, "at": now}
    return connection.execute(_CLAIM.on(connection), values).first() is not None
