"""Brings a ticket back to work whose answer will not arrive, and tells whoever wrote it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, true

from triage.core.closings import Closing
from triage.core.mailcards import Delivery
from triage.core.tickets import TicketStatus
from triage.db import history, notices, outbox, people, tickets, undelivered
from triage.db.history import SERVICE
from triage.db.outbox import OutgoingLetter
from triage.db.tickets import TicketRow
from triage.db.undelivered import Written

LETTER_FAILED = "letter_failed"
UNDELIVERED = "undelivered"
LONGEST_RESPONSE = 500

_RESTING = frozenset({TicketStatus.WAITING, TicketStatus.SNOOZED})
_FINISHED = frozenset({Closing.SOLVED, Closing.ADVISED, Closing.NOT_OURS, Closing.NO_ANSWER})
"""Ways to close a ticket that suppose that its unit was answered."""


def note(connection: Connection, now: datetime, letter: OutgoingLetter, response: str) -> None:
    """Write into the history that a letter failed for good; an answer brings its ticket back."""
    ticket = _standing(connection, letter.ticket_id)
    if ticket is None:
        return
    told: dict[str, Any] = {"recipient": letter.recipient, "response": response}
    answer = undelivered.written(connection, ticket.id, letter.message_id)
    if answer is None:
        history.add_event(connection, ticket.id, now, LETTER_FAILED, **told)
    else:
        _bring_back(connection, now, ticket, answer, letter.id, told)


def came_back(connection: Connection, now: datetime, ticket_id: int, delivery: Delivery) -> None:
    """Bring a ticket back whose answer a mail server took, and another one reports as failed for good.

    A report that does not say which letter it is about means the last answer to the mailbox that it names.
    """
    ticket = _standing(connection, ticket_id)
    if ticket is None:
        return
    letter = delivery.letter or undelivered.last_answer(connection, ticket.id, delivery.recipient)
    answer = undelivered.written(connection, ticket.id, letter) if letter else None
    if answer is None:
        return
    letter_id = outbox.bounced(connection, letter, delivery.diagnostic[:LONGEST_RESPONSE])
    if letter_id is not None:
        told = {"recipient": delivery.recipient, "response": delivery.diagnostic[:LONGEST_RESPONSE]}
        _bring_back(connection, now, ticket, answer, letter_id, told)


def _bring_back(
    connection: Connection,
    now: datetime,
    ticket: TicketRow,
    answer: Written,
    letter_id: int,
    told: dict[str, Any],
) -> None:
    """Take a ticket out of waiting, or open it again where it was closed with its answer.

    The deadline stays, since the unit still has no answer. What is held stays held.
    """
    back = _back(connection, ticket, answer, letter_id)
    tickets.change(connection, ticket.id, now, **back)
    after = back.get("status", ticket.status)
    history.add_event(connection, ticket.id, now, UNDELIVERED, before=ticket.status, after=after, **told)
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


def _back(connection: Connection, ticket: TicketRow, answer: Written, letter_id: int) -> dict[str, Any]:
    finished = ticket.status == TicketStatus.CLOSED and ticket.outcome in _FINISHED
    values: dict[str, Any] = {}
    if finished or ticket.status in _RESTING:
        status = TicketStatus.IN_PROGRESS.value
        values = {"status": status, "closed_at": None, "outcome": None, "snoozed_until": None}
        values["paused_at"] = None
    if answer.data.get("first") and not undelivered.is_answered_besides(connection, ticket.id, letter_id):
        values["answered_at"] = None
    return values
