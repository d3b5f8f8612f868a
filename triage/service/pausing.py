"""Lets the working time of a ticket stand still while it waits for its unit, where that is configured.

A pause begins with the answer and ends when the unit writes or somebody takes the ticket up again. A deadline
that was still ahead then moves by the working time that has passed meanwhile; one that was missed stays
missed. A ticket that is put aside while it waits goes on waiting; one that is closed is not moved at all, and
what it waited is left out of the time that it took.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from triage.core.calendar import WorkCalendar
from triage.core.history import RESUMED
from triage.db import history
from triage.db.tickets import TicketRow


def resume(connection: Connection, calendar: WorkCalendar, ticket: TicketRow, at: datetime) -> dict[str, Any]:
    """Give the columns of a ticket whose work goes on from a moment; a moved deadline gets its line.

    The caller has locked the ticket and writes the columns in the same transaction.
    """
    since = ticket.stands_since
    if since is None:
        return {"paused_at": None} if ticket.paused_at else {}
    waited = calendar.working_seconds(since, at)
    values: dict[str, Any] = {"paused_at": None, "paused_seconds": (ticket.paused_seconds or 0) + waited}
    if ticket.due_at is None or ticket.due_at <= since or not waited:
        return values
    due_at = calendar.later(ticket.due_at, timedelta(seconds=waited))
    history.add_event(
        connection, ticket.id, at, RESUMED, before=ticket.due_at.isoformat(), after=due_at.isoformat()
    )
    return {**values, "due_at": due_at}


def anew(started_at: datetime) -> dict[str, Any]:
    """Give the columns of a ticket that was closed and whose working time begins once more."""
    return {"clock_from": started_at, "paused_at": None, "paused_seconds": None}
