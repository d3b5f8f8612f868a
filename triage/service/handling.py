"""Acts of a form on one ticket: who works on it, what it is about, where it belongs, how it ends."""

from triage.core.closings import Closing
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus
from triage.db import colleagues, history, notices, readers, tickets
from triage.db.engine import Database
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import changes, pausing
from triage.service.errands import Doing, Errand, run
from triage.service.stopping import stop_answers

Kept = dict[str, object]


def take(database: Database, clock: Clock, errand: Errand, *, was: str) -> Kept:
    """Take a ticket; ``was`` is who had it when the page was made (empty: nobody)."""

    def act(do: Doing) -> None:
        _demand_unmoved(do, was)
        changes.assign(do.connection, do.now, do.ticket, do.actor, actor=do.actor)

    return run(database, clock, errand, "take", act)


def assign(database: Database, clock: Clock, errand: Errand, to: str, *, was: str) -> Kept:
    """Give a ticket to a colleague, who is told; an empty name takes it from whoever has it."""

    def act(do: Doing) -> None:
        _demand_unmoved(do, was)
        if not to:
            changes.assign(do.connection, do.now, do.ticket, None, actor=do.actor)
            return
        taker = next((one for one in colleagues.workers(do.connection) if one.name == to), None)
        if taker is None:
            raise RefusedActError("not_a_colleague", f"{to!r} cannot be given tickets.", name=to)
        changes.assign(do.connection, do.now, do.ticket, to, actor=do.actor)
        if taker.id != do.person.id:
            notices.add(do.connection, [taker.id], do.ticket.id, notices.ASSIGNED, do.actor, do.now)

    return run(database, clock, errand, "assign", act)


def categorise(
    database: Database, clock: Clock, errand: Errand, rules: Rulebook, category: str, *, was: str
) -> Kept:
    """Say what a ticket is about; refused where somebody else has said otherwise meanwhile."""

    def act(do: Doing) -> None:
        _demand_same(was, do.ticket.category, category)
        changes.categorise(do.connection, do.now, rules, do.ticket, category, actor=do.actor)

    return run(database, clock, errand, "categorise", act)


def prioritise(database: Database, clock: Clock, errand: Errand, priority: int, *, was: str) -> Kept:
    """Say how urgent a ticket is; refused where somebody else has said otherwise meanwhile."""

    def act(do: Doing) -> None:
        _demand_same(was, str(do.ticket.priority), str(priority))
        changes.prioritise(do.connection, do.now, do.ticket, priority, actor=do.actor)

    return run(database, clock, errand, "prioritise", act)


def reroute(
    database: Database, clock: Clock, errand: Errand, rules: Rulebook, queue: str, *, why: str, was: str
) -> Kept:
    """Move a ticket to another queue with a reason; those who look after either are told."""

    def act(do: Doing) -> None:
        if not why.strip():
            raise RefusedActError("no_reason", "Say why the ticket moves.")
        _demand_same(was, do.ticket.queue, queue)
        before = do.ticket.queue
        changes.reroute(do.connection, do.now, rules, do.ticket, queue, why=why.strip(), actor=do.actor)
        for sort, place in ((notices.LEFT, before), (notices.ARRIVED, queue)):
            told = readers.coordinators(do.connection, [place], do.now)
            notices.add(do.connection, told, do.ticket.id, sort, do.actor, do.now)

    return run(database, clock, errand, "reroute", act)


def close(database: Database, clock: Clock, errand: Errand, outcome: str, *, note: str) -> Kept:
    """Close a ticket with what it came to."""

    def act(do: Doing) -> None:
        chosen = closing_of(outcome)
        changes.close(do.connection, do.now, do.ticket, outcome=chosen, note=note.strip(), actor=do.actor)

    return run(database, clock, errand, "close", act)


def reopen(database: Database, clock: Clock, errand: Errand, rules: Rulebook, *, why: str) -> Kept:
    """Open a closed ticket again."""

    def act(do: Doing) -> None:
        changes.reopen(do.connection, do.now, rules, do.ticket, why=why.strip(), actor=do.actor)

    return run(database, clock, errand, "reopen", act)


def hold(database: Database, clock: Clock, errand: Errand, rules: Rulebook, *, why: str) -> Kept:
    """Stop work on a ticket and letters to its sender until somebody who judges senders releases it."""

    def act(do: Doing) -> None:
        changes.demand_open(do.ticket)
        if not why.strip():
            raise RefusedActError("no_reason", "Say why the ticket is held.")
        if do.ticket.status == TicketStatus.HELD:
            raise RefusedActError("held", f"Ticket {do.ticket.code} is held already.", ticket=do.ticket.code)
        clock_on = pausing.resume(do.connection, rules.calendar, do.ticket, do.now)
        values = {"status": TicketStatus.HELD.value, "snoozed_until": None, **clock_on}
        tickets.change(do.connection, do.ticket.id, do.now, **values)
        history.add_event(
            do.connection,
            do.ticket.id,
            do.now,
            "held",
            actor=do.actor,
            before=do.ticket.status,
            why=why.strip(),
        )
        stop_answers(do.connection, do.now, do.ticket, actor=do.actor)

    return run(database, clock, errand, "hold", act)


def closing_of(outcome: str) -> Closing:
    """Read what a ticket came to. Raises RefusedActError for what there is not."""
    try:
        return Closing(outcome)
    except ValueError:
        raise RefusedActError("outcome", f"{outcome!r} is no way to close a ticket.") from None


def _demand_unmoved(do: Doing, was: str) -> None:
    """Refuse where the ticket has gone to somebody else since the page was made."""
    has = do.ticket.assignee or ""
    if has not in {was, do.actor}:
        who = has or "nobody"
        raise RefusedActError("taken", f"{who} has the ticket meanwhile.", name=has)


def _demand_same(was: str, now: str, wanted: str) -> None:
    """Refuse where the value was changed to a third one since the page was made."""
    if was and now not in {was, wanted}:
        raise RefusedActError("changed_meanwhile", "Somebody else has changed that meanwhile.")
