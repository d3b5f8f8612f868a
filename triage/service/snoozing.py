"""Lets a ticket rest until a working hour, and wakes it then."""

from datetime import date, datetime

import structlog
from sqlalchemy import Connection

from triage.core.calendar import WorkCalendar
from triage.core.rules import Rulebook
from triage.core.snoozing import Rest, until
from triage.core.tickets import TicketStatus
from triage.db import history, notices, people, tickets
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.errors import RefusedActError, TriageError
from triage.ports import Clock
from triage.service import changes, pausing
from triage.service.errands import Doing, Errand, run

log = structlog.get_logger()


def moment_of(rules: Rulebook, now: datetime, rest: str, day: str) -> datetime:
    """Give the moment, UTC, that somebody chose. Raises RefusedActError where it is none that lies ahead."""
    try:
        moment = until(rules.calendar, now, Rest(rest), date.fromisoformat(day) if day else None)
    except ValueError:
        moment = None
    if moment is None:
        raise RefusedActError("rest", "Choose an hour that lies ahead, within 90 days.")
    return moment


def put_aside(
    connection: Connection, now: datetime, ticket: TicketRow, until: datetime, *, actor: str
) -> None:
    """Let a ticket rest until a moment, within a transaction; refused where it is held or closed."""
    changes.demand_open(ticket)
    if ticket.status == TicketStatus.HELD:
        raise RefusedActError("held", f"Ticket {ticket.code} is held.", ticket=ticket.code)
    tickets.change(
        connection,
        ticket.id,
        now,
        status=TicketStatus.SNOOZED.value,
        snoozed_until=until,
        paused_at=ticket.stands_since,
    )
    history.add_event(
        connection, ticket.id, now, "snoozed", actor=actor, before=ticket.status, until=until.isoformat()
    )


def snooze(
    database: Database, clock: Clock, errand: Errand, rules: Rulebook, rest: str, *, day: str = ""
) -> dict[str, object]:
    """Put a ticket aside until a working hour; whatever the unit writes wakes it before."""

    def act(do: Doing) -> None:
        put_aside(do.connection, do.now, do.ticket, moment_of(rules, do.now, rest, day), actor=do.actor)

    return run(database, clock, errand, "snooze", act)


def wake_due(database: Database, clock: Clock, calendar: WorkCalendar) -> int:
    """Wake every ticket whose rest is over and tell whoever has it; gives how many there were."""
    with database.write() as connection:
        now = clock.now()
        due = tickets.rested(connection, now)
        for ticket in due:
            tickets.change(
                connection,
                ticket.id,
                now,
                status=TicketStatus.IN_PROGRESS.value,
                snoozed_until=None,
                **pausing.resume(connection, calendar, ticket, now),
            )
            history.add_event(connection, ticket.id, now, "woken")
            owner = people.find(connection, ticket.assignee) if ticket.assignee else None
            notices.add(
                connection, [owner.id] if owner else [], ticket.id, notices.WOKEN, history.SERVICE, now
            )
    return len(due)


def wake_regularly(database: Database, clock: Clock, calendar: WorkCalendar) -> None:
    """Wake as a scheduled job: trouble is logged, and the next minute tries again."""
    try:
        wake_due(database, clock, calendar)
    except TriageError as error:
        log.error("waking_failed", error=str(error))  # noqa: TRY400 - the sentence says all
