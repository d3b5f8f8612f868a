"""One act on many tickets, in one transaction under one key, and its undoing.

A ticket that does not allow the act is skipped and told; the others are changed. Undoing gives back exactly
what the act has changed, on every ticket that nobody has changed since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection

from triage.core.closings import Closing
from triage.core.people import Person
from triage.core.rules import Rulebook
from triage.core.tokens import hash_of
from triage.db import acts, colleagues, history, notices, readers, tickets
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import NotFoundError, RefusedActError
from triage.ports import Clock
from triage.service import changes
from triage.service.errands import done_before
from triage.service.snoozing import put_aside

MOST = 500
"""Tickets that one act may change."""

_GIVEN_BACK = ("queue", "treasury", "status", "assignee", "closed_at", "outcome", "snoozed_until")
"""Columns that these acts change."""

_MOMENTS = frozenset({"closed_at", "snoozed_until"})


@dataclass(frozen=True, slots=True)
class Assign:
    """Give tickets to somebody by login; to nobody with None."""

    to: str | None


@dataclass(frozen=True, slots=True)
class Close:
    """Close tickets with what they came to."""

    outcome: Closing


@dataclass(frozen=True, slots=True)
class Reroute:
    """Move tickets to another queue."""

    queue: str
    why: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """Let tickets rest until a moment, UTC."""

    until: datetime


Order = Assign | Close | Reroute | Snooze


@dataclass(frozen=True, slots=True)
class Bulk:
    """One form: who sent it, its key, the codes that it names."""

    person: Person
    key: str
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a bulk act: codes that were changed, and by code why the others were not."""

    changed: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


Tell = Callable[[Done], str]
"""Makes the sentence about an act, in the language of whoever did it."""


def run(database: Database, clock: Clock, rules: Rulebook, bulk: Bulk, order: Order, tell: Tell) -> None:
    """Do an act on every ticket that it names and that its person sees; the same form again does nothing.

    Raises RefusedActError where it names too many, or a person that there is not.
    """
    if len(bulk.codes) > MOST:
        raise RefusedActError("too_many", f"One act changes at most {MOST} tickets.", most=MOST)

    def once(connection: Connection) -> None:
        now = clock.now()
        form = hash_of(repr((sorted(bulk.codes), order)))
        if not acts.begin(connection, bulk.key, bulk.person.id, "bulk", now):
            done_before(connection, bulk.key, bulk.person, "bulk", form)
            return
        _demand_worker(connection, order)
        visible = visible_to(bulk.person, now)
        before = tickets.locked(connection, bulk.codes, visible=visible)
        skipped = dict.fromkeys({*bulk.codes} - {row.code for row in before}, "unseen")
        for row in before:
            try:
                _do(connection, now, rules, row, order, bulk.person.name)
            except RefusedActError as error:
                skipped[row.code] = error.code
        changed = [row.code for row in before if row.code not in skipped]
        _tell(connection, now, [row for row in before if row.code not in skipped], order, bulk.person)
        after = tickets.locked(connection, changed, visible=visible)
        done = Done(tuple(row.code for row in after), skipped)
        acts.finish(connection, bulk.key, {"told": tell(done), "undo": _kept(before, after), "form": form})

    database.transact(once)


def undo(database: Database, clock: Clock, bulk: Bulk, of: str, tell: Tell) -> None:
    """Undo an act of this person by its key; tickets that somebody has changed since stay as they are.

    Raises NotFoundError where he has done no such act, RefusedActError where it was undone before.
    """

    def once(connection: Connection) -> None:
        now = clock.now()
        if not acts.begin(connection, bulk.key, bulk.person.id, "undo", now):
            done_before(connection, bulk.key, bulk.person, "undo", of)
            return
        act = acts.find(connection, of, bulk.person.id)
        if act is None or not act.result.get("undo"):
            raise NotFoundError("There is no such act to undo.")
        if not acts.mark_undone(connection, of, now):
            raise RefusedActError("undone", "This act was undone before.")
        kept = {one["code"]: one for one in act.result["undo"]}
        visible = visible_to(bulk.person, now)
        there = {row.code: row for row in tickets.locked(connection, list(kept), visible=visible)}
        skipped = {code: "unseen" for code in kept if code not in there}
        for code, row in there.items():
            if row.version != kept[code]["version"]:
                skipped[code] = "changed_meanwhile"
            else:
                _give_back(connection, now, row, kept[code]["before"], bulk.person.name)
        done = Done(tuple(code for code in kept if code not in skipped), skipped)
        acts.finish(connection, bulk.key, {"told": tell(done), "form": of})

    database.transact(once)


def _do(
    connection: Connection, now: datetime, rules: Rulebook, ticket: TicketRow, order: Order, actor: str
) -> None:
    match order:
        case Assign(to=to):
            if (ticket.assignee or None) == to:
                raise RefusedActError("unchanged", f"Ticket {ticket.code} is theirs already.")
            changes.assign(connection, now, ticket, to, actor=actor)
        case Close(outcome=outcome):
            changes.close(connection, now, ticket, outcome=outcome, actor=actor)
        case Reroute(queue=queue, why=why):
            changes.reroute(connection, now, rules, ticket, queue, why=why, actor=actor)
        case Snooze(until=until):
            put_aside(connection, now, ticket, until, actor=actor)
        case _:
            assert_never(order)


def _tell(
    connection: Connection, now: datetime, changed: Sequence[TicketRow], order: Order, actor: Person
) -> None:
    """Tell whom an act concerns, as an act on one ticket does; ``changed`` are tickets as they were."""
    if isinstance(order, Assign) and order.to not in {None, actor.name}:
        takers = [one.id for one in colleagues.workers(connection) if one.name == order.to]
        for row in changed:
            notices.add(connection, takers, row.id, notices.ASSIGNED, actor.name, now)
    if isinstance(order, Reroute):
        queues = {order.queue, *(row.queue for row in changed)}
        whose = {queue: readers.coordinators(connection, [queue], now) for queue in queues}
        for row in changed:
            notices.add(connection, whose[row.queue], row.id, notices.LEFT, actor.name, now)
            notices.add(connection, whose[order.queue], row.id, notices.ARRIVED, actor.name, now)


def _demand_worker(connection: Connection, order: Order) -> None:
    if not isinstance(order, Assign) or order.to is None:
        return
    if order.to not in {one.name for one in colleagues.workers(connection)}:
        raise RefusedActError("not_a_colleague", f"{order.to!r} cannot be given tickets.", name=order.to)


def _kept(before: Sequence[TicketRow], after: Sequence[TicketRow]) -> list[dict[str, Any]]:
    """Write down what undoing needs: what stood in the columns that are changed, and the version since."""
    was = {row.code: row for row in before}
    return [
        {"code": row.code, "version": row.version, "before": _differences(was[row.code], row)}
        for row in after
    ]


def _differences(before: TicketRow, after: TicketRow) -> dict[str, Any]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in _GIVEN_BACK)
    return {
        name: was.isoformat() if isinstance(was, datetime) else was for name, was, now in pairs if was != now
    }


def _give_back(
    connection: Connection, now: datetime, ticket: TicketRow, before: Mapping[str, Any], actor: str
) -> None:
    values = {
        name: datetime.fromisoformat(was) if name in _MOMENTS and was else was for name, was in before.items()
    }
    tickets.change(connection, ticket.id, now, **values)
    told = {name: was for name, was in before.items() if name not in _MOMENTS}
    after = {name: getattr(ticket, name) for name in told}
    history.add_event(connection, ticket.id, now, "undone", actor=actor, before=after, after=told)
