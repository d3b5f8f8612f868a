"""What a person does about an incident: answer all its tickets, add and take out, close, dissolve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.closings import CHOSEN, Closing
from triage.core.outboundguard import objections
from triage.core.people import Person
from triage.core.tickets import typed_code
from triage.db import acts, audit, history, incidentanswers, incidents, tickets
from triage.db.engine import Database
from triage.db.incidents import Incident
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import NotFoundError, RefusedActError
from triage.ports import Clock
from triage.service import changes
from triage.service.answering import StoppedError
from triage.service.errands import done_before
from triage.service.handling import closing_of
from triage.service.incidentletters import send_to_joined
from triage.service.means import Means
from triage.service.surges import JOINED

LEFT = "incident_left"


@dataclass(frozen=True, slots=True)
class IncidentForm:
    """A form about an incident: who sent it, its key, the digest of what was filled in, from where.

    ``told`` is the sentence about the act, in the language of whoever sent it.
    """

    person: Person
    number: int
    key: str
    told: str
    form: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """An act under way: its transaction, its moment, and the incident, which nobody else ends meanwhile."""

    connection: Connection
    now: datetime
    form: IncidentForm
    incident: Incident

    @property
    def actor(self) -> str:
        """Who acts, as histories name him."""
        return self.form.person.name

    def note(self, action: str, **data: object) -> None:
        """Write the act into the audit: the last thing that its transaction locks."""
        what, network = f"incident {self.incident.id}", self.form.network
        audit.append(self.connection, self.now, self.actor, action, what, network=network, data=data)


Act = Callable[[Handling], None]


def propose(database: Database, means: Means, form: IncidentForm, text: str) -> None:
    """Leave an answer for somebody who may send it. Raises StoppedError for what must not go out."""

    def act(one: Handling) -> None:
        _demand_part(one)
        _demand_sayable(means, text)
        _answer(one, incidentanswers.PROPOSED, text)
        one.note("incident_proposed")

    _run(database, means.clock, form, "incident_propose", act)


def answer(
    database: Database, means: Means, form: IncidentForm, text: str, *, close: str = "", proposal: int = 0
) -> None:
    """Send an answer to every open ticket of an incident, and to those that join it later.

    ``close`` is what the tickets come to with it (empty: they wait for the units), ``proposal`` the number of
    what somebody left for approval (0: the text is one's own). The letters are written by the clockwork.
    Raises StoppedError for what must not go out.
    """

    def act(one: Handling) -> None:
        outcome = _closing(close)
        _demand_sayable(means, text)
        number = proposal or _answer(one, incidentanswers.PROPOSED, text)
        _decide(one, number, incidentanswers.APPROVED, body=text, outcome=outcome)
        count = incidentanswers.send_to_all(one.connection, number, one.incident.id)
        one.note("incident_answered", answer=number, tickets=count)

    _run(database, means.clock, form, "incident_answer", act)


def drop(database: Database, clock: Clock, form: IncidentForm, proposal: int) -> None:
    """Put aside what somebody left for approval."""

    def act(one: Handling) -> None:
        _decide(one, proposal, incidentanswers.DROPPED)
        one.note("incident_dropped", answer=proposal)

    _run(database, clock, form, "incident_drop", act)


def add_ticket(database: Database, clock: Clock, form: IncidentForm, code: str) -> None:
    """Let a ticket belong to an incident; it gets the answer that was approved."""

    def act(one: Handling) -> None:
        ticket = _ticket(one, code)
        changes.demand_open(ticket)
        changes.demand_not_held(ticket)
        connection, number = one.connection, one.incident.id
        if incidents.standing_in_any(connection, [ticket.id]):
            raise RefusedActError("in_incident", f"{ticket.code} is of an incident.", ticket=ticket.code)
        again = incidents.join_again(connection, number, ticket.id, one.now, actor=one.actor)
        if not again:
            incidents.join(connection, number, ticket.id, one.now, actor=one.actor)
        send_to_joined(connection, number, ticket.id)
        history.add_event(connection, ticket.id, one.now, JOINED, actor=one.actor, incident=number)

    _run(database, clock, form, "incident_add", act)


def take_out(database: Database, clock: Clock, form: IncidentForm, code: str) -> None:
    """Take a ticket out of an incident; no answer of it goes to that ticket any more."""

    def act(one: Handling) -> None:
        ticket = _ticket(one, code)
        connection, number = one.connection, one.incident.id
        if not incidents.leave(connection, number, one.now, actor=one.actor, ticket_id=ticket.id):
            raise RefusedActError("not_in_incident", f"{ticket.code} is not of it.", ticket=ticket.code)
        incidentanswers.skip_all(connection, number, [ticket.id], incidentanswers.SKIPPED_LEFT)
        history.add_event(connection, ticket.id, one.now, LEFT, actor=one.actor, incident=number)

    _run(database, clock, form, "incident_take_out", act)


def close(database: Database, clock: Clock, form: IncidentForm, outcome: str = "") -> None:
    """End an incident: no ticket joins it any more; with an outcome the clockwork closes its tickets so."""

    def act(one: Handling) -> None:
        chosen = _closing(outcome)
        connection, number = one.connection, one.incident.id
        incidents.end(connection, number, "closed", one.now, actor=one.actor, outcome=chosen)
        one.note("incident_closed", outcome=chosen)

    _run(database, clock, form, "incident_close", act)


def dissolve(database: Database, clock: Clock, form: IncidentForm) -> None:
    """Take a false alarm back: its tickets stand as before, and never make this incident again.

    What was answered stays answered; letters that are not written yet are not written.
    """

    def act(one: Handling) -> None:
        connection, number = one.connection, one.incident.id
        incidents.end(connection, number, "dissolved", one.now, actor=one.actor)
        left = incidents.leave(connection, number, one.now, actor=one.actor)
        incidentanswers.skip_all(connection, number, left, incidentanswers.SKIPPED_LEFT)
        for ticket_id in left:
            history.add_event(connection, ticket_id, one.now, LEFT, actor=one.actor, incident=number)
        one.note("incident_dissolved", tickets=len(left))

    _run(database, clock, form, "incident_dissolve", act)


def _run(database: Database, clock: Clock, form: IncidentForm, action: str, act: Act) -> None:
    """Do an act on an open incident; a key that was used before does nothing.

    Raises NotFoundError where there is no such incident, RefusedActError where it has ended.
    """

    def once(connection: Connection) -> None:
        now = clock.now()
        if not acts.begin(connection, form.key, form.person.id, action, now):
            _demand_same(done_before(connection, form.key, form.person, action, form.form), form.number)
            return
        found = incidents.find(connection, form.number, lock=True)
        if found is None:
            raise NotFoundError(f"There is no incident {form.number}.")
        if not found.is_open:
            raise RefusedActError("incident_over", f"Incident {found.id} has ended.")
        act(Handling(connection, now, form, found))
        result = {"told": form.told, "incident": form.number, "form": form.form}
        acts.finish(connection, form.key, result)

    database.transact(once)


def _demand_same(before: Mapping[str, Any], number: int) -> None:
    if before.get("incident") != number:
        raise RefusedActError("key", "This form was used before, for something else; open the page again.")


def _demand_part(one: Handling) -> None:
    """Refuse whoever sees none of the tickets: he has nothing to say about them."""
    if not incidents.counted(one.connection, one.incident, visible_to(one.form.person, one.now)).seen:
        raise RefusedActError("no_part", "This person sees no ticket of the incident.")


def _demand_sayable(means: Means, text: str) -> None:
    if not text.strip():
        raise RefusedActError("empty_answer", "The answer is empty.")
    if found := objections(text, means.rules.trust):
        raise StoppedError(found)


def _closing(outcome: str) -> str | None:
    if not outcome:
        return None
    chosen: Closing = closing_of(outcome)
    if chosen not in CHOSEN:
        raise RefusedActError("outcome", f"Nobody closes a ticket as {outcome} by hand.")
    return chosen.value


def _answer(one: Handling, state: str, text: str) -> int:
    return incidentanswers.add(one.connection, one.incident.id, state, text, one.actor, one.now)


def _decide(
    one: Handling, number: int, state: str, *, body: str | None = None, outcome: str | None = None
) -> None:
    """Approve or drop an answer of this incident. Raises RefusedActError where it does not wait any more."""
    waiting = incidentanswers.find(one.connection, number)
    mine = waiting is not None and waiting.incident_id == one.incident.id
    if not mine or not incidentanswers.decide(
        one.connection, number, state, one.now, actor=one.actor, body=body, outcome=outcome
    ):
        raise RefusedActError("no_incident_proposal", f"Answer {number} does not wait for approval.")


def _ticket(one: Handling, code: str) -> TicketRow:
    parsed = typed_code(code)
    visible = visible_to(one.form.person, one.now)
    found = tickets.find(one.connection, str(parsed), visible=visible, lock=True) if parsed else None
    if found is None:
        raise RefusedActError("no_ticket", f"There is no ticket {code!r}.", ticket=code[:40])
    return found
