"""An act that somebody asks for by a form: done once for its key, on a ticket that he sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.people import Person
from triage.core.tickets import typed_code
from triage.db import acts
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import desk


@dataclass(frozen=True, slots=True)
class Errand:
    """What a form asks for: who sent it, about which ticket, under which key.

    ``told`` is the sentence about the act, in the language of whoever sent it. ``version`` is that of the
    ticket as the page showed it; None where that does not matter, and ``exact`` where the ticket must still
    have it. ``form`` is the digest of what was filled in: a key with other words under it is another form,
    which must not be lost as a repetition.
    """

    person: Person
    code: str
    key: str
    told: str
    version: int | None = None
    form: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Doing:
    """An act under way: its transaction, its moment, and the ticket, which nobody else changes meanwhile."""

    connection: Connection
    now: datetime
    person: Person
    ticket: TicketRow

    @property
    def actor(self) -> str:
        """Who acts, as the history names him."""
        return self.person.name


Result = Mapping[str, Any] | None
"""What an act keeps about itself beside its sentence; a ``told`` in it stands above that of the errand."""


Act = Callable[[Doing], Result]
"""What is done; it raises RefusedActError where the ticket does not allow it."""

Pick = Callable[[Connection, datetime], TicketRow]
"""Finds and locks the ticket of an act that names none."""


def run(
    database: Database,
    clock: Clock,
    errand: Errand,
    action: str,
    act: Act,
    *,
    pick: Pick | None = None,
) -> dict[str, Any]:
    """Do an act and give what is kept of it; a key that was used before does nothing and gives the same.

    Without ``pick`` the act is about the ticket whose code the errand names.

    Raises NotFoundError where this person sees no such ticket, RefusedActError where the act is not allowed;
    then nothing has happened and the same form may be sent again.
    """
    return database.transact(
        lambda connection: run_within(connection, clock.now(), errand, action, act, pick=pick)
    )


def run_within(
    connection: Connection, now: datetime, errand: Errand, action: str, act: Act, *, pick: Pick | None = None
) -> dict[str, Any]:
    """Do the same within the transaction of the caller, who undoes it where this raises."""
    if not acts.begin(connection, errand.key, errand.person.id, action, now):
        return _before(connection, errand, action)
    ticket = pick(connection, now) if pick else _named(connection, now, errand)
    if errand.exact and ticket.version != errand.version:
        raise RefusedActError(
            "changed_meanwhile",
            f"Ticket {ticket.code} has version {ticket.version} by now; look at it again.",
        )
    done = act(Doing(connection, now, errand.person, ticket))
    result = {"told": errand.told, "ticket": ticket.code, **_form_of(errand), **(done or {})}
    acts.finish(connection, errand.key, result)
    return result


def _named(connection: Connection, now: datetime, errand: Errand) -> TicketRow:
    return desk.find(connection, errand.code, visible=visible_to(errand.person, now), lock=True)


def _form_of(errand: Errand) -> dict[str, str]:
    return {"form": errand.form} if errand.form else {}


def _before(connection: Connection, errand: Errand, action: str) -> dict[str, Any]:
    found = done_before(connection, errand.key, errand.person, action, errand.form)
    if errand.code and found.get("ticket") != str(typed_code(errand.code)):
        raise used_before()
    return found


def done_before(
    connection: Connection, key: str, person: Person, action: str, form: str = ""
) -> dict[str, Any]:
    """Give what is kept of an act whose key was used before.

    Raises RefusedActError where the key stood for another act, other words, or somebody else.
    """
    found = acts.find(connection, key, person.id)
    if found is None or found.action != action or found.result.get("form", "") != form:
        raise used_before()
    return found.result


def used_before() -> RefusedActError:
    """Make the error for a form whose key did something else."""
    return RefusedActError(
        "key", "This form was used before, for something else or by somebody else; open the page again."
    )
