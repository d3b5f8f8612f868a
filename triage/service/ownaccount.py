"""What somebody does to his own account: sessions, language, habits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.core.accounts import AFTER_SEND, DENSITIES
from triage.core.people import Person
from triage.db import audit, people, recoverycodes, sessions
from triage.db.engine import Database
from triage.db.people import Account
from triage.db.sessions import OpenSession
from triage.errors import NotFoundError
from triage.ports import Clock
from triage.service.forwarding import FORWARD, SINCE
from triage.service.people import find


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody's own page shows."""

    account: Account
    sessions: list[OpenSession]
    recovery_codes: int
    deputies: list[tuple[str, str]]


def own(database: Database, clock: Clock, person: Person, idle_since: datetime) -> Own:
    """Give the account of a person with his open sessions and those who may stand in for him."""
    account = find(database, person.name)
    with database.read() as connection:
        opened = sessions.open_ones(connection, person.id, clock.now(), idle_since)
        codes = recoverycodes.left(connection, person.id)
        deputies = people.deputies_for(connection, person)
    return Own(account, opened, codes, deputies)


def end_session(database: Database, clock: Clock, person: Person, session_id: int, network: str) -> None:
    """End one session of one's own. Raises NotFoundError, alike for those of others."""
    with database.write() as connection:
        now = clock.now()
        if not sessions.end_own(connection, session_id, person.id, now, "ended by owner"):
            raise NotFoundError("There is no such open session.")
        audit.append(connection, now, person.name, "session_ended", network=network)


def end_others(database: Database, clock: Clock, person: Person, but: int, network: str) -> int:
    """End every session of one's own save this one; gives how many."""
    with database.write() as connection:
        now = clock.now()
        ended = sessions.end_all(connection, person.id, now, "ended by owner", but=but)
        audit.append(
            connection, now, person.name, "sessions_ended", network=network, data={"sessions": ended}
        )
    return ended


def set_forwarding(database: Database, clock: Clock, person: Person, *, wanted: bool) -> None:
    """Remember whether somebody wishes to have new tickets by mail; what came before is not sent."""
    if (person.preferences.get(FORWARD) is True) is wanted:
        return
    with database.write() as connection:
        kept = people.find(connection, person.name)
        since = {FORWARD: wanted, SINCE: clock.now().isoformat()}
        people.change(connection, person.id, preferences={**(kept or person).preferences, **since})


def set_language(database: Database, person: Person, language: str) -> None:
    """Remember the language that somebody reads."""
    with database.write() as connection:
        people.change(connection, person.id, language=language)


def set_preferences(database: Database, person: Person, wanted: Mapping[str, str | bool]) -> None:
    """Remember how somebody likes to work; what is none of our words is left as it was."""
    allowed = {"density": DENSITIES, "after_send": AFTER_SEND, "shortcuts": (True, False)}
    good = {name: value for name, value in wanted.items() if value in allowed.get(name, ())}
    with database.write() as connection:
        people.change(connection, person.id, preferences={**person.preferences, **good})
