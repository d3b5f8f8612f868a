"""What a person does to a ticket; each act is one transaction and leaves a line in its history."""

from sqlalchemy import ColumnElement, Connection

from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus, typed_code
from triage.db import tickets
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.errors import NotFoundError, RefusalError
from triage.ports import Clock
from triage.service.queues import demand_queue


def find(connection: Connection, code: str, *, visible: ColumnElement[bool] | None = None) -> TicketRow:
    """Give a ticket by its code, however a person types it, and only where ``visible`` lets it be seen.

    Raises NotFoundError, alike for what is not there and for what may not be seen.
    """
    parsed = typed_code(code)
    row = tickets.find(connection, str(parsed), visible=visible) if parsed else None
    if row is None:
        raise NotFoundError(f"There is no ticket {code}; triage tickets list shows what there is.")
    return row


def assign(database: Database, clock: Clock, code: str, to: str | None, *, actor: str) -> str:
    """Give a ticket to a person, or with None take it from whoever has it; gives its code."""
    if to is not None and not to.strip():
        raise RefusalError("Say who takes the ticket; --nobody takes it from whoever has it.")
    with database.write() as connection:
        ticket = _open_one(connection, code)
        now = clock.now()
        taken = to is not None and ticket.status == TicketStatus.NEW
        status = TicketStatus.IN_PROGRESS.value if taken else ticket.status
        tickets.change(connection, ticket.id, now, assignee=to, status=status)
        tickets.add_event(
            connection, ticket.id, now, "assigned", actor=actor, before=ticket.assignee, after=to
        )
    return ticket.code


def close(database: Database, clock: Clock, code: str, *, note: str, actor: str) -> str:
    """Close a ticket; gives its code."""
    with database.write() as connection:
        ticket = _open_one(connection, code)
        now = clock.now()
        tickets.change(connection, ticket.id, now, status=TicketStatus.CLOSED.value, closed_at=now)
        tickets.add_event(connection, ticket.id, now, "closed", actor=actor, note=note)
    return ticket.code


def reopen(database: Database, clock: Clock, rules: Rulebook, code: str, *, why: str, actor: str) -> str:
    """Open a closed ticket again, with a deadline that counts from now; gives its code."""
    with database.write() as connection:
        ticket = find(connection, code)
        if ticket.status != TicketStatus.CLOSED:
            raise RefusalError(f"Ticket {ticket.code} is not closed.")
        now = clock.now()
        status = TicketStatus.IN_PROGRESS if ticket.assignee else TicketStatus.NEW
        due_at = rules.calendar.due_at(now)
        tickets.change(connection, ticket.id, now, status=status.value, closed_at=None, due_at=due_at)
        tickets.add_event(connection, ticket.id, now, "reopened", actor=actor, why=why)
    return ticket.code


def note(database: Database, clock: Clock, code: str, text: str, *, actor: str) -> str:
    """Write a line into the history of a ticket, open or closed; gives its code."""
    if not text.strip():
        raise RefusalError("The note is empty.")
    with database.write() as connection:
        ticket = find(connection, code)
        now = clock.now()
        tickets.change(connection, ticket.id, now)
        tickets.add_event(connection, ticket.id, now, "note", actor=actor, text=text)
    return ticket.code


def reroute(
    database: Database, clock: Clock, rules: Rulebook, code: str, queue: str, *, why: str, actor: str
) -> str:
    """Move a ticket to another queue; gives its code. Raises RefusalError where there is no such queue."""
    demand_queue(rules, queue)
    with database.write() as connection:
        ticket = _open_one(connection, code)
        if ticket.queue == queue:
            raise RefusalError(f"Ticket {ticket.code} is in queue {queue} already.")
        now = clock.now()
        tickets.change(connection, ticket.id, now, queue=queue)
        tickets.add_event(
            connection, ticket.id, now, "rerouted", actor=actor, before=ticket.queue, after=queue, why=why
        )
    return ticket.code


def _open_one(connection: Connection, code: str) -> TicketRow:
    ticket = find(connection, code)
    if ticket.status == TicketStatus.CLOSED:
        raise RefusalError(f"Ticket {ticket.code} is closed already.")
    return ticket
