"""What a person does to a ticket; each act is one transaction and leaves a line in its history."""

from sqlalchemy import ColumnElement, Connection

from triage.core.closings import Closing
from triage.core.rules import Rulebook
from triage.core.tickets import typed_code
from triage.db import tickets
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.errors import NotFoundError, RefusalError
from triage.ports import Clock
from triage.service import changes
from triage.service.queues import demand_queue


def find(
    connection: Connection, code: str, *, visible: ColumnElement[bool] | None = None, lock: bool = False
) -> TicketRow:
    """Give a ticket by its code, however a person types it, and only where ``visible`` lets it be seen.

    With ``lock`` nobody else changes it before this transaction ends. Raises NotFoundError, alike for what is
    not there and for what may not be seen.
    """
    parsed = typed_code(code)
    row = tickets.find(connection, str(parsed), visible=visible, lock=lock) if parsed else None
    if row is None:
        raise NotFoundError(f"There is no ticket {code}; triage tickets list shows what there is.")
    return row


def assign(database: Database, clock: Clock, code: str, to: str | None, *, actor: str) -> str:
    """Give a ticket to a person, or with None take it from whoever has it; gives its code."""
    if to is not None and not to.strip():
        raise RefusalError("Say who takes the ticket; --nobody takes it from whoever has it.")
    with database.write() as connection:
        ticket = find(connection, code, lock=True)
        changes.assign(connection, clock.now(), ticket, to, actor=actor)
    return ticket.code


def close(
    database: Database,
    clock: Clock,
    code: str,
    *,
    note: str,
    actor: str,
    outcome: Closing = Closing.SOLVED,
) -> str:
    """Close a ticket; gives its code."""
    with database.write() as connection:
        ticket = find(connection, code, lock=True)
        changes.close(connection, clock.now(), ticket, outcome=outcome, note=note, actor=actor)
    return ticket.code


def reopen(database: Database, clock: Clock, rules: Rulebook, code: str, *, why: str, actor: str) -> str:
    """Open a closed ticket again, with a deadline that counts from now; gives its code."""
    with database.write() as connection:
        ticket = find(connection, code, lock=True)
        changes.reopen(connection, clock.now(), rules, ticket, why=why, actor=actor)
    return ticket.code


def note(database: Database, clock: Clock, code: str, text: str, *, actor: str) -> str:
    """Write a line into the history of a ticket, open or closed; gives its code."""
    with database.write() as connection:
        ticket = find(connection, code, lock=True)
        changes.note(connection, clock.now(), ticket, text, actor=actor)
    return ticket.code


def reroute(
    database: Database, clock: Clock, rules: Rulebook, code: str, queue: str, *, why: str, actor: str
) -> str:
    """Move a ticket to another queue; gives its code. Raises RefusalError where there is no such queue."""
    demand_queue(rules, queue)
    with database.write() as connection:
        ticket = find(connection, code, lock=True)
        changes.reroute(connection, clock.now(), rules, ticket, queue, why=why, actor=actor)
    return ticket.code
