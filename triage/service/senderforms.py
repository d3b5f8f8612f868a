"""The lists of senders as a form changes them: once for its key, with a line in the audit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from triage.core.people import Person
from triage.core.senderlists import Entry, ListSort
from triage.db import acts, senderlists
from triage.db.engine import Database
from triage.errors import RefusedActError
from triage.service import senders
from triage.service.errands import done_before
from triage.service.means import Means
from triage.service.senders import LISTED, UNLISTED, Added


@dataclass(frozen=True, slots=True)
class SenderForm:
    """One form: who sent it and from where, its key, the list and the entry that it names.

    ``digest`` is that of everything that was filled in.
    """

    person: Person
    key: str
    network: str
    sort: ListSort
    entry: str
    digest: str


def add(
    database: Database,
    means: Means,
    form: SenderForm,
    *,
    reason: str,
    until: date | None,
    tell: Callable[[Added], str],
) -> None:
    """Put an entry on a list; ``tell`` makes the sentence about it. Raises RefusedActError as senders.add."""

    def act(connection: Connection, now: datetime) -> tuple[Entry, str]:
        del now
        added = senders.put(
            connection, means, form.sort, form.entry, reason=reason, actor=form.person.name, until=until
        )
        return added.entry, tell(added)

    _once(database, means, form, LISTED, act)


def remove(
    database: Database, means: Means, form: SenderForm, *, reason: str, tell: Callable[[Entry], str]
) -> None:
    """Take an entry off one list. Raises RefusedActError without a reason, and where it is not on it."""

    def act(connection: Connection, now: datetime) -> tuple[Entry, str]:
        entry, why = senders.read(form.entry), senders.demand_reason(reason)
        actor = form.person.name
        if not senderlists.remove(connection, form.sort, entry, now, actor=actor, reason=why):
            told = f"{entry.text} is not on the {form.sort.value} list."
            raise RefusedActError("not_listed", told, entry=entry.text)
        return entry, tell(entry)

    _once(database, means, form, UNLISTED, act)


def _once(
    database: Database,
    means: Means,
    form: SenderForm,
    action: str,
    act: Callable[[Connection, datetime], tuple[Entry, str]],
) -> None:
    with database.write() as connection:
        now = means.clock.now()
        if not acts.begin(connection, form.key, form.person.id, action, now):
            done_before(connection, form.key, form.person, action, form.digest)
            return
        entry, told = act(connection, now)
        actor = form.person.name
        senders.audited(connection, now, actor, action, form.sort, entry, network=form.network)
        acts.finish(connection, form.key, {"told": told, "form": form.digest})
