"""Brings a ticket back to work whose answer will not arrive, and tells whoever wrote it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, true

from triage.core.closings import Closing
from triage.core.tickets import TicketStatus
from triage.db import notices, people, tickets, undelivered
from triage.db.outbox import OutgoingLetter
from triage.db.tickets import SERVICE, TicketRow
from triage.db.undelivered import Written

LETTER_FAILED = "letter_failed"
UNDELIVERED = "undelivered"

_RESTING = frozenset({TicketStatus.WAITING, TicketStatus.SNOOZED})
_FINISHED = frozenset({Closing.SOLVED, Closing.ADVISED, Closing.NOT_OURS, Closing.NO_ANSWER})
"""Ways to close a ticket that suppose that its unit was answered."""


def note(connection: Connection, now: datetime, letter: OutgoingLetter, response: str) -> None:
    """Write into the history that a letter failed for good.

    An answer takes its ticket out of waiting, or opens it again where it was closed with it; the deadline
    stays, since the unit still has no answer. What is held stays held.
    """
    ticket = _standing(connection, letter.ticket_id)
    if ticket is None:
        return
    told: dict[str, Any] = {"recipient": letter.recipient, "response": response}
    answer = undelivered.written(connection, ticket.id, letter.message_id)
    if answer is None:
        tickets.add_event(connection, ticket.id, now, LETTER_FAILED, **told)
        return
    back = _back(connection, ticket, answer, letter)
    tickets.change(connection, ticket.id, now, **back)
    after = back.get("status", ticket.status)
    tickets.add_event(connection, ticket.id, now, UNDELIVERED, before=ticket.status, after=after, **told)
    logins = dict.fromkeys(filter(None, (answer.actor, ticket.assignee)))
    concerned = [one.id for login in logins if (one := people.find(connection, login))]
    notices.add(connection, concerned, ticket.id, notices.UNDELIVERED, SERVICE, now)


def _standing(connection: Connection, ticket_id: int | None) -> TicketRow | None:
    """Give the ticket of a letter, or the one that it was merged into meanwhile, and let nobody change it."""
    row = None
    while ticket_id is not None:
        row = tickets.find_by_id(connection, ticket_id, visible=true(), lock=True)
        ticket_id = row.merged_into if row else None
    return row


def _back(
    connection: Connection, ticket: TicketRow, answer: Written, letter: OutgoingLetter
) -> dict[str, Any]:
    finished = ticket.status == TicketStatus.CLOSED and ticket.outcome in _FINISHED
    values: dict[str, Any] = {}
    if finished or ticket.status in _RESTING:
        status = TicketStatus.IN_PROGRESS.value
        values = {"status": status, "closed_at": None, "outcome": None, "snoozed_until": None}
    if answer.data.get("first") and not undelivered.is_answered_besides(connection, ticket.id, letter.id):
        values["answered_at"] = None
    return values
