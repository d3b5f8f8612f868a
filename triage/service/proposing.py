"""An answer that somebody leaves for approval: whoever may send it sends it, edits it, or gives it back."""

from typing import Any

from triage.core.people import Person
from triage.db import colleagues, drafts, history, notices, people, tickets
from triage.db.drafts import Draft
from triage.db.engine import Database
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import answering, desk
from triage.service.addressee import addressee
from triage.service.errands import Act, Doing, Errand, run
from triage.service.means import Means
from triage.service.stopping import put_before

PROPOSED = "proposed"
GIVEN_BACK = "given_back"
WITHDRAWN = "withdrawn"

Kept = dict[str, object]


def propose(database: Database, means: Means, errand: Errand, text: str) -> Kept:
    """Leave an answer for approval, in place of one that this person has left before.

    Whoever has the ticket is told. Raises StoppedError and RefusedActError for what could not be sent anyway.
    """
    return run(database, means.clock, errand, "propose", leaving(means, text))


def leaving(means: Means, text: str, *, apart: bool = False) -> Act:
    """Give the act that leaves an answer, for whoever has a transaction; see ``propose``.

    ``apart`` tells that it came by mail: the draft that its writer has at the desk stays.
    """

    def act(do: Doing) -> None:
        answering.demand_sayable(do, means, text)
        if addressee(do.connection, do.ticket, means) is None:
            raise RefusedActError("nobody_to_answer", f"Nobody on {do.ticket.code} may be answered.")
        drafts.put(
            do.connection,
            do.ticket.id,
            do.person.id,
            drafts.PROPOSED,
            body=text,
            version=do.ticket.version + 1,
            now=do.now,
        )
        if not apart:
            drafts.remove(do.connection, do.ticket.id, do.person.id, drafts.ANSWER)
        _tell(do, PROPOSED)
        holder = colleagues.by_login(do.connection, [do.ticket.assignee or ""]).values()
        told = [one.id for one in holder if one.id != do.person.id]
        notices.add(do.connection, told, do.ticket.id, notices.PROPOSED, do.actor, do.now)

    return act


def give_back(database: Database, clock: Clock, errand: Errand, writer: str, *, why: str) -> Kept:
    """Give an answer back to its writer, who has it as a draft again and is told why."""

    def act(do: Doing) -> None:
        if not why.strip():
            raise RefusedActError("no_reason", "Say why the draft is given back.")
        whose, waiting = answering.proposal_of(do, writer)
        _return(do, whose, waiting)
        _tell(do, GIVEN_BACK, to=writer, why=why.strip())
        notices.add(do.connection, [whose.id], do.ticket.id, notices.GIVEN_BACK, do.actor, do.now)

    return run(database, clock, errand, "give_back", act)


def withdraw(database: Database, clock: Clock, errand: Errand) -> Kept:
    """Take back what one has left for approval oneself, to go on writing."""

    def act(do: Doing) -> None:
        waiting = drafts.find(do.connection, do.ticket.id, do.person.id, drafts.PROPOSED)
        if waiting is None:
            raise RefusedActError("no_proposal", "No draft of this person waits on the ticket.")
        _return(do, do.person, waiting)
        _tell(do, WITHDRAWN)

    return run(database, clock, errand, "withdraw", act)


def revise(database: Database, clock: Clock, person: Person, code: str, *, writer: str, body: str) -> None:
    """Keep what an approver has changed in an answer that waits; nothing where it waits no more."""
    with database.write() as connection:
        now = clock.now()
        ticket = desk.find(connection, code, visible=visible_to(person, now), lock=True)
        whose = people.find(connection, writer)
        waiting = drafts.find(connection, ticket.id, whose.id, drafts.PROPOSED) if whose else None
        if whose is None or waiting is None or not body.strip():
            return
        version = waiting.ticket_version
        drafts.put(connection, ticket.id, whose.id, drafts.PROPOSED, body=body, version=version, now=now)


def _return(do: Doing, whose: Person, waiting: Draft) -> None:
    drafts.remove(do.connection, do.ticket.id, whose.id, drafts.PROPOSED)
    put_before(do.connection, do.ticket, whose.id, waiting.body, do.now)


def _tell(do: Doing, verb: str, **data: Any) -> None:  # noqa: ANN401 - JSON
    tickets.change(do.connection, do.ticket.id, do.now)
    history.add_event(do.connection, do.ticket.id, do.now, verb, actor=do.actor, **data)
