"""Legal holds as people set and end them."""

from triage.db import history, holds
from triage.db.engine import Database
from triage.db.holds import HoldRow
from triage.errors import RefusalError
from triage.ports import Clock
from triage.service.desk import find

HOLD_SET = "hold_set"
HOLD_CLEARED = "hold_cleared"


def set_hold(database: Database, clock: Clock, code: str, *, reason: str, actor: str) -> str:
    """Put a ticket under legal hold: nothing of it is erased until the hold is ended. Gives its code."""
    _demand_reason(reason)
    with database.write() as connection:
        ticket = find(connection, code)
        if holds.held(connection, [ticket.id]):
            raise RefusalError(f"Ticket {ticket.code} is under legal hold already.")
        now = clock.now()
        holds.add(connection, ticket.id, now, reason=reason.strip(), author=actor)
        history.add_event(connection, ticket.id, now, HOLD_SET, actor=actor, reason=reason.strip())
    return ticket.code


def clear_hold(database: Database, clock: Clock, code: str, *, reason: str, actor: str) -> str:
    """End the legal hold on a ticket; gives its code. Raises RefusalError where there is none."""
    _demand_reason(reason)
    with database.write() as connection:
        ticket = find(connection, code)
        now = clock.now()
        if not holds.end(connection, ticket.id, now, reason=reason.strip(), actor=actor):
            raise RefusalError(f"Ticket {ticket.code} is under no legal hold.")
        history.add_event(connection, ticket.id, now, HOLD_CLEARED, actor=actor, reason=reason.strip())
    return ticket.code


def listed(database: Database, *, past: bool = False) -> list[HoldRow]:
    """Give the holds in force, the newest first; with ``past`` those too that have ended."""
    with database.read() as connection:
        return holds.listed(connection, past=past)


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise RefusalError("A hold needs a reason; it stands in the history of the ticket.")
