"""What acts do to one ticket, within a transaction that holds it: the same for commands, pages and bulk acts.

Each demands the state that it needs, writes the row (which counts its version up) and adds one line to the
history with what stood before. Whoever calls has locked the ticket (``triage.db.tickets``). Each raises
RefusedActError where the ticket does not allow the act.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.category import PRIORITIES
from triage.core.closings import CHOSEN, Closing
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus
from triage.db import handovers, held, history, tickets
from triage.db.tickets import TicketRow
from triage.errors import RefusedActError
from triage.service import pausing
from triage.service.queues import demand_queue


def demand_open(ticket: TicketRow) -> None:
    """Raise RefusedActError where a ticket is closed."""
    if ticket.status == TicketStatus.CLOSED:
        raise RefusedActError("closed", f"Ticket {ticket.code} is closed already.", ticket=ticket.code)


def demand_not_held(ticket: TicketRow) -> None:
    """Raise RefusedActError where a ticket waits for somebody to judge its sender."""
    if ticket.status == TicketStatus.HELD:
        raise RefusedActError("held", f"Ticket {ticket.code} is held.", ticket=ticket.code)


def demand_at_centre(connection: Connection, ticket: TicketRow) -> None:
    """Raise RefusedActError where a ticket stands at a province: the centre fetches it back first."""
    if handovers.stay_of(connection, ticket.id):
        raise RefusedActError(
            "at_province",
            f"Ticket {ticket.code} stands at a province; fetch it back first.",
            ticket=ticket.code,
        )


def assign(connection: Connection, now: datetime, ticket: TicketRow, to: str | None, *, actor: str) -> None:
    """Give a ticket to a person, or with None take it from whoever has it; a new one is worked on then."""
    demand_open(ticket)
    demand_at_centre(connection, ticket)
    hold_by(connection, now, ticket, to, actor=actor)


def hold_by(connection: Connection, now: datetime, ticket: TicketRow, to: str | None, *, actor: str) -> None:
    """Write down who has an open ticket from now on; a new one is worked on then."""
    taken = to is not None and ticket.status == TicketStatus.NEW
    status = TicketStatus.IN_PROGRESS.value if taken else ticket.status
    tickets.change(connection, ticket.id, now, assignee=to, status=status)
    history.add_event(connection, ticket.id, now, "assigned", actor=actor, before=ticket.assignee, after=to)


def close(
    connection: Connection,
    now: datetime,
    ticket: TicketRow,
    *,
    actor: str,
    outcome: Closing = Closing.SOLVED,
    note: str = "",
) -> None:
    """Close a ticket with what it came to."""
    demand_open(ticket)
    if outcome not in CHOSEN:
        raise RefusedActError("outcome", f"Nobody closes a ticket as {outcome.value} by hand.")
    tickets.change(
        connection,
        ticket.id,
        now,
        status=TicketStatus.CLOSED.value,
        closed_at=now,
        outcome=outcome.value,
        snoozed_until=None,
        paused_at=ticket.stands_since,
    )
    said: dict[str, Any] = {"note": note} if note else {}
    history.add_event(
        connection, ticket.id, now, "closed", actor=actor, before=ticket.status, outcome=outcome.value, **said
    )


def reopen(
    connection: Connection, now: datetime, rules: Rulebook, ticket: TicketRow, *, why: str, actor: str
) -> None:
    """Open a closed ticket again, with a deadline that counts from now; what was held then is held again."""
    if ticket.status != TicketStatus.CLOSED:
        raise RefusedActError("not_closed", f"Ticket {ticket.code} is not closed.", ticket=ticket.code)
    if ticket.merged_into is not None:
        raise RefusedActError(
            "merged", f"Ticket {ticket.code} was merged into another; take that back.", ticket=ticket.code
        )
    status = TicketStatus.IN_PROGRESS if ticket.assignee else TicketStatus.NEW
    if held.when_closed(connection, ticket.id):
        # whoever opens it again has not judged its sender
        status = TicketStatus.HELD
    due_at = rules.calendar.due_at(now)
    tickets.change(
        connection,
        ticket.id,
        now,
        status=status.value,
        closed_at=None,
        outcome=None,
        due_at=due_at,
        **pausing.anew(now),
    )
    history.add_event(connection, ticket.id, now, "reopened", actor=actor, before=ticket.outcome, why=why)


def note(
    connection: Connection,
    now: datetime,
    ticket: TicketRow,
    text: str,
    *,
    actor: str,
    by_mail: bool = False,
) -> None:
    """Write a line into the history of a ticket, open or closed; ``by_mail`` tells how it came."""
    if not text.strip():
        raise RefusedActError("empty_note", "The note is empty.")
    came: dict[str, Any] = {"by_mail": True} if by_mail else {}
    tickets.change(connection, ticket.id, now)
    history.add_event(connection, ticket.id, now, "note", actor=actor, text=text.strip(), **came)


def reroute(
    connection: Connection,
    now: datetime,
    rules: Rulebook,
    ticket: TicketRow,
    queue: str,
    *,
    why: str,
    actor: str,
) -> None:
    """Move a ticket to another queue and to the treasury of that."""
    demand_queue(rules, queue)
    demand_open(ticket)
    if ticket.queue == queue:
        raise RefusedActError(
            "same_queue", f"Ticket {ticket.code} is in queue {queue} already.", ticket=ticket.code
        )
    known = rules.treasuries.lookup(queue)
    treasury = known.code if known else ticket.treasury
    tickets.change(connection, ticket.id, now, queue=queue, treasury=treasury)
    history.add_event(
        connection, ticket.id, now, "rerouted", actor=actor, before=ticket.queue, after=queue, why=why
    )


def categorise(
    connection: Connection, now: datetime, rules: Rulebook, ticket: TicketRow, category: str, *, actor: str
) -> None:
    """Say what a ticket is about; its priority stays."""
    demand_open(ticket)
    if category not in {one.id for one in rules.categories}:
        raise RefusedActError("no_category", f"There is no category {category!r}.", category=category)
    _set(connection, now, ticket, "categorised", {"category": category}, actor=actor)


def prioritise(
    connection: Connection, now: datetime, ticket: TicketRow, priority: int, *, actor: str
) -> None:
    """Say how urgent a ticket is: 1 the most, 5 the least."""
    demand_open(ticket)
    if priority not in PRIORITIES:
        raise RefusedActError("no_priority", f"A priority is 1 to 5, not {priority}.")
    _set(connection, now, ticket, "prioritised", {"priority": priority}, actor=actor)


def _set(
    connection: Connection,
    now: datetime,
    ticket: TicketRow,
    verb: str,
    values: Mapping[str, Any],
    *,
    actor: str,
) -> None:
    [(name, after)] = values.items()
    before = getattr(ticket, name)
    if before == after:
        raise RefusedActError("unchanged", f"Ticket {ticket.code} has that {name} already.")
    tickets.change(connection, ticket.id, now, **values)
    history.add_event(connection, ticket.id, now, verb, actor=actor, before=before, after=after)
