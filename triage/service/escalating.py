"""Tells coordinators, then leads, of tickets that stay unanswered: each step once, within office hours.

A round is one transaction: what was told, the letters, the notices and the lines of the history are there
together or not at all, so that a crash repeats a round and never half of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from triage.core.escalation import Step, Unanswered, due_steps, escalation_values
from triage.core.history import ESCALATED
from triage.core.letternames import ESCALATION
from triage.core.people import Person
from triage.db import escalations, history, notices, outbox, people, readers
from triage.db.engine import Database
from triage.errors import TriageError
from triage.service import colleagueletters
from triage.service.means import Means

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who stands above the coordinators, and how often anybody is told.

    ``leads`` are addresses; ``again`` is the working time after the deadline at which they hear once more,
    zero for never; nobody gets two letters within ``every``.
    """

    leads: tuple[str, ...] = ()
    again: timedelta = timedelta(hours=8)
    every: timedelta = timedelta(minutes=30)

    @property
    def last(self) -> Step:
        """The last step that anybody can be told."""
        if not self.leads:
            return Step.WARNING
        return Step.LATE if self.again else Step.OVERDUE


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is told: by letter where there is an address, at the desk where he works there."""

    name: str
    address: str
    person: int | None = None


def tell_due(database: Database, means: Means, ladder: Ladder) -> int:
    """Tell every step that is due; gives how many letters went into the outbox.

    Any number of processes may do this at once: each step of a ticket is claimed by one of them.
    """
    now = means.clock.now()
    if not means.rules.calendar.is_open(now):
        return 0
    with database.read() as connection:
        found = escalations.unanswered(connection, now, ladder.last)
    due = [one.id for one in found if due_steps(means.rules.calendar, one, now, ladder.again)]
    if not due:
        return 0
    with database.write() as connection:
        locked = escalations.unanswered(connection, now, ladder.last, only=due)
        return _Round(connection, means, ladder, now).tell(locked)


def tell_regularly(database: Database, means: Means, ladder: Ladder) -> None:
    """Tell as a scheduled job: trouble is logged, and the next minute tries again."""
    try:
        if sent := tell_due(database, means, ladder):
            log.info("escalations_queued", letters=sent)
    except TriageError as error:
        log.error("escalations_failed", error=str(error))  # noqa: TRY400 - the sentence says all


@dataclass
class _Round:
    connection: Connection
    means: Means
    ladder: Ladder
    now: datetime
    _letters: dict[str, dict[int, Unanswered]] = field(default_factory=dict)
    _coordinators: dict[str, list[Told]] = field(default_factory=dict)
    _busy: dict[str, bool] = field(default_factory=dict)
    _leads: list[Told] | None = None

    def tell(self, waiting: Sequence[Unanswered]) -> int:
        """Tell of these tickets, which nobody else changes meanwhile; gives how many letters there are."""
        for ticket in waiting:
            for step in due_steps(self.means.rules.calendar, ticket, self.now, self.ladder.again):
                self._step(ticket, step)
        directory = self.means.rules.treasuries
        sent = 0
        for address, listed in self._letters.items():
            names = {one.queue: directory.queue_name(one.queue) or "" for one in listed.values()}
            office = self.means.rules.office
            values = escalation_values([*listed.values()], names, self.now, self.means.zone, office)
            seed = f"{address}/{min(listed)}/{self.now.isoformat()}"
            sent += colleagueletters.write(
                self.connection, self.means, ESCALATION, address, values, seed=seed, now=self.now
            )
        return sent

    def _step(self, ticket: Unanswered, step: Step) -> None:
        """Tell one step, unless somebody whom it concerns has just had a letter: then a later round does."""
        whom = self._whom(ticket, step)
        if step is not Step.WARNING and not self.ladder.leads:
            return
        if any(self._has_had_one(one.address) for one in whom):
            return
        if not escalations.claim(self.connection, ticket, step, self.now) or not whom:
            return
        for one in whom:
            if one.address:
                self._letters.setdefault(one.address, {})[ticket.id] = ticket
        self._note(ticket, step, whom)

    def _note(self, ticket: Unanswered, step: Step, whom: Sequence[Told]) -> None:
        sort = notices.UNANSWERED if step is Step.WARNING else notices.OVERDUE
        owner = people.find(self.connection, ticket.assignee) if ticket.assignee else None
        persons = {*(one.person for one in whom), owner.id if owner else None} - {None}
        notices.add(
            self.connection,
            sorted(one for one in persons if one is not None),
            ticket.id,
            sort,
            history.SERVICE,
            self.now,
        )
        names = [one.name for one in whom]
        history.add_event(self.connection, ticket.id, self.now, ESCALATED, step=step.value, told=names)

    def _whom(self, ticket: Unanswered, step: Step) -> list[Told]:
        """Give whom to tell a step; where nobody looks after a queue now, leads hear of the warning too."""
        if step is not Step.WARNING:
            return self._all_leads()
        if ticket.queue not in self._coordinators:
            here = readers.on_duty(self.connection, ticket.queue, self.now)
            self._coordinators[ticket.queue] = [*_persons(here)]
        return self._coordinators[ticket.queue] or self._all_leads()

    def _all_leads(self) -> list[Told]:
        if self._leads is None:
            known = {one.email.lower(): one for one in people.overseers(self.connection)}
            self._leads = [
                Told(address, address, known[address.lower()].id if address.lower() in known else None)
                for address in dict.fromkeys(self.ladder.leads)
            ]
        return self._leads

    def _has_had_one(self, address: str) -> bool:
        if not address:
            return False
        if address not in self._busy:
            since = self.now - self.ladder.every
            self._busy[address] = outbox.count_to(self.connection, address, ESCALATION, since) > 0
        return self._busy[address]


def _persons(some: Iterable[Person]) -> Iterable[Told]:
    return (Told(one.name, one.email, one.id) for one in some)
