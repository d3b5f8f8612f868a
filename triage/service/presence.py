"""Keeps who has a ticket open, and says who else has."""

from triage.core.people import Person
from triage.db import colleagues, presence
from triage.db.colleagues import Present
from triage.db.engine import Database
from triage.db.visibility import visible_to
from triage.ports import Clock
from triage.service import desk


def beat(database: Database, clock: Clock, person: Person, code: str, *, writing: bool) -> list[Present]:
    """Note that somebody is there and give who else is. Raises NotFoundError where he sees no such ticket."""
    with database.write() as connection:
        now = clock.now()
        ticket = desk.find(connection, code, visible=visible_to(person, now))
        presence.touch(connection, ticket.id, person.id, now, writing=writing)
        return colleagues.present_on(connection, [ticket.id], now, but=person).get(ticket.id, [])
