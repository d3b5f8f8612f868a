"""Links tickets that have to do with each other, and parts them again."""

from triage.core.tickets import typed_code
from triage.db import history, links, tickets
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service.errands import Doing, Errand, run


def other_ticket(do: Doing, code: str) -> TicketRow:
    """Give another ticket that this person sees. Raises RefusedActError, alike where there is none."""
    parsed = typed_code(code)
    visible = visible_to(do.person, do.now)
    found = tickets.find(do.connection, str(parsed), visible=visible) if parsed else None
    if found is None:
        raise RefusedActError("no_ticket", f"There is no ticket {code!r}.", ticket=code[:40])
    if found.id == do.ticket.id:
        raise RefusedActError("same_ticket", "That is the very same ticket.")
    return found


def link(database: Database, clock: Clock, errand: Errand, other: str) -> dict[str, object]:
    """Say that two tickets have to do with each other."""

    def act(do: Doing) -> None:
        found = other_ticket(do, other)
        if not links.add(do.connection, do.ticket.id, found.id, links.RELATED, now=do.now, actor=do.actor):
            raise RefusedActError("linked", "The two are linked already.", ticket=found.code)
        _tell_both(do, found, "linked")

    return run(database, clock, errand, "link", act)


def unlink(database: Database, clock: Clock, errand: Errand, other: str) -> dict[str, object]:
    """Say that two tickets have nothing to do with each other after all."""

    def act(do: Doing) -> None:
        found = other_ticket(do, other)
        if not links.remove(do.connection, do.ticket.id, found.id, links.RELATED):
            raise RefusedActError("not_linked", "The two are not linked.", ticket=found.code)
        _tell_both(do, found, "unlinked")

    return run(database, clock, errand, "unlink", act)


def _tell_both(do: Doing, other: TicketRow, verb: str) -> None:
    for one, named in ((do.ticket, other), (other, do.ticket)):
        history.add_event(do.connection, one.id, do.now, verb, actor=do.actor, to=named.code)
