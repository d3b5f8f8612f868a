"""Hand-over between centre and province: given with a note, taken there, answered or given back.

The queue says whose a ticket is, the stay whose turn it is. A coordinator can do these things to a ticket of
a queue that he sees and that the centre has given to it; nothing here lets him see another one.
"""

from typing import Any

from sqlalchemy import Connection

from triage.core.handovers import BackReason, StayEnd
from triage.core.people import Person, Right
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus
from triage.db import handovers, history, notices, people, readers, tickets
from triage.db.engine import Database
from triage.db.handovers import Stay
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import changes, pausing
from triage.service.errands import Doing, Errand, run
from triage.service.queues import demand_queue

HANDED_OVER = "handed_over"
HANDED_BACK = "handed_back"
FETCHED = "fetched"

Kept = dict[str, object]


def hand_over(
    database: Database, clock: Clock, errand: Errand, rules: Rulebook, queue: str, *, note: str
) -> Kept:
    """Give a ticket to the province of a queue, with what it is to do; its coordinators are told.

    A ticket of another queue moves there with it. Raises RefusedActError where nobody looks after the queue.
    """

    def act(do: Doing) -> None:
        if not note.strip():
            raise RefusedActError("no_note", "Say what the province is to do.")
        demand_queue(rules, queue)
        changes.demand_open(do.ticket)
        changes.demand_not_held(do.ticket)
        changes.demand_at_centre(do.connection, do.ticket)
        told = readers.coordinators(do.connection, [queue], do.now)
        if not told:
            raise RefusedActError("no_coordinator", f"Nobody looks after {queue}.", queue=queue)
        if queue != do.ticket.queue:
            _move(do, rules, queue, note.strip())
        handovers.add(do.connection, do.ticket.id, queue, do.now, do.actor)
        values: dict[str, Any] = {"assignee": None, "snoozed_until": None}
        if do.ticket.status == TicketStatus.SNOOZED:
            resumed = pausing.resume(do.connection, rules.calendar, do.ticket, do.now)
            values |= {"status": TicketStatus.IN_PROGRESS.value, **resumed}
        tickets.change(do.connection, do.ticket.id, do.now, **values)
        history.add_event(
            do.connection,
            do.ticket.id,
            do.now,
            HANDED_OVER,
            actor=do.actor,
            after=queue,
            note=note.strip(),
        )
        notices.add(do.connection, told, do.ticket.id, notices.HANDED_OVER, do.actor, do.now)

    return run(database, clock, errand, "hand_over", act)


def fetch(database: Database, clock: Clock, errand: Errand, *, why: str) -> Kept:
    """Fetch a ticket back from its province; whoever fetches it has it, and who had it there is told."""

    def act(do: Doing) -> None:
        stay = _stay(do)
        handovers.end(do.connection, do.ticket.id, do.now, do.actor, StayEnd.FETCHED)
        new = do.ticket.status == TicketStatus.NEW
        status = TicketStatus.IN_PROGRESS.value if new else do.ticket.status
        tickets.change(do.connection, do.ticket.id, do.now, assignee=do.actor, status=status)
        history.add_event(do.connection, do.ticket.id, do.now, FETCHED, actor=do.actor, why=why.strip())
        had = people.find(do.connection, stay.taken_by) if stay.taken_by else None
        told = [had.id] if had else readers.coordinators(do.connection, [stay.queue], do.now)
        notices.add(do.connection, told, do.ticket.id, notices.FETCHED, do.actor, do.now)

    return run(database, clock, errand, "fetch", act)


def receive(database: Database, clock: Clock, errand: Errand, *, was: str) -> Kept:
    """Take a ticket at its province; ``was`` is who had it there when the page was made (empty: nobody)."""

    def act(do: Doing) -> None:
        changes.demand_open(do.ticket)
        stay = _stay(do)
        _demand_held_by(stay, {"", was, do.actor})
        handovers.take(do.connection, stay.id, do.actor, do.now)
        changes.hold_by(do.connection, do.now, do.ticket, do.actor, actor=do.actor)

    return run(database, clock, errand, "receive", act)


def hand_back(database: Database, clock: Clock, errand: Errand, reason: str, *, why: str) -> Kept:
    """Give a ticket back to the centre, with a reason and words; whoever gave it is told.

    Nobody has it then: it waits for the centre like any other. Raises RefusedActError without either.
    """

    def act(do: Doing) -> None:
        changes.demand_open(do.ticket)
        stay = _stay(do)
        _demand_held_by(stay, {"", do.actor})
        sort = _reason(reason)
        if not why.strip():
            raise RefusedActError("no_reason", "Say why the ticket is given back.")
        handovers.end(do.connection, do.ticket.id, do.now, do.actor, StayEnd.BACK, sort)
        tickets.change(do.connection, do.ticket.id, do.now, assignee=None)
        history.add_event(
            do.connection,
            do.ticket.id,
            do.now,
            HANDED_BACK,
            actor=do.actor,
            after=sort.value,
            why=why.strip(),
        )
        giver = people.find(do.connection, stay.handed_by)
        told = [giver.id] if giver else []
        notices.add(do.connection, told, do.ticket.id, notices.HANDED_BACK, do.actor, do.now)

    return run(database, clock, errand, "hand_back", act)


def demand_own_answer(do: Doing, writer: str) -> None:
    """Raise RefusedActError unless a coordinator may answer a ticket himself, without anybody's approval.

    He must be allowed to, have been given the ticket, and have taken it. What others left for approval is not
    his to send.
    """
    asked = people.find(do.connection, do.actor)
    if asked is None or not (asked.may(Right.PROVINCE) and asked.may_answer) or writer:
        raise RefusedActError("may_not_answer", f"{do.actor} may not answer without approval.")
    stay = _stay(do)
    if stay.taken_by != do.actor:
        raise RefusedActError("take_first", f"Take {do.ticket.code} before answering it.")


def answers_alone(connection: Connection, person: Person, ticket_id: int) -> bool:
    """Whether a coordinator may answer a ticket without approval: it was given to him, and he took it."""
    if not (person.may(Right.PROVINCE) and person.may_answer):
        return False
    stay = handovers.stay_of(connection, ticket_id)
    return stay is not None and stay.taken_by == person.name


def _stay(do: Doing) -> Stay:
    stay = handovers.stay_of(do.connection, do.ticket.id)
    if stay is None:
        raise RefusedActError(
            "at_centre", f"Ticket {do.ticket.code} stands at the centre.", ticket=do.ticket.code
        )
    return stay


def _demand_held_by(stay: Stay, those: set[str]) -> None:
    """Refuse where somebody else at the province has the ticket, as when he took it since."""
    if (stay.taken_by or "") not in those:
        raise RefusedActError("taken", f"{stay.taken_by} has the ticket.", name=stay.taken_by or "")


def _reason(text: str) -> BackReason:
    try:
        return BackReason(text)
    except ValueError:
        raise RefusedActError("no_reason", f"{text!r} is no reason to give a ticket back.") from None


def _move(do: Doing, rules: Rulebook, queue: str, why: str) -> None:
    """Move a ticket into the queue of the province; those who looked after the old one are told."""
    before = do.ticket.queue
    changes.reroute(do.connection, do.now, rules, do.ticket, queue, why=why, actor=do.actor)
    left = readers.coordinators(do.connection, [before], do.now)
    notices.add(do.connection, left, do.ticket.id, notices.LEFT, do.actor, do.now)
