"""Takes the ticket that has waited longest, without anybody choosing it from a list."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Connection

from triage.core.people import Person
from triage.db import oldest
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import changes
from triage.service.errands import Doing, Errand, run


def take_oldest(
    database: Database,
    clock: Clock,
    person: Person,
    key: str,
    tell: Callable[[str], str],
    *,
    queues: Collection[str] = (),
) -> str:
    """Take the open ticket with the oldest deadline that nobody has and give its code.

    ``queues`` are those to look in, all that the person sees where none is named; ``tell`` words the act for
    a code. Two who ask at once get two tickets. Raises RefusedActError where none is left.
    """

    def pick(connection: Connection, now: datetime) -> TicketRow:
        found = oldest.lock_free(connection, visible_to(person, now), queues)
        if found is None:
            raise RefusedActError("none_free", "No open ticket is left that nobody has.")
        return found

    def act(do: Doing) -> dict[str, str]:
        changes.assign(do.connection, do.now, do.ticket, do.actor, actor=do.actor)
        return {"told": tell(do.ticket.code)}

    return str(run(database, clock, Errand(person, "", key, ""), "take", act, pick=pick)["ticket"])
