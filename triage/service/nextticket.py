"""Which ticket somebody works on next."""

from triage.core.people import Person
from triage.db import tickets
from triage.db.engine import Database
from triage.db.visibility import visible_to
from triage.ports import Clock


def after(database: Database, clock: Clock, person: Person, code: str) -> str | None:
    """Give the code of the ticket with the oldest deadline that is his, else of one that nobody has.

    Of those that nobody has, one in the queue of the ticket that he comes from goes first.
    """
    with database.read() as connection:
        visible = visible_to(person, clock.now())
        here = tickets.find(connection, code, visible=visible)
        return tickets.next_to_work(connection, visible, person.name, here.queue if here else "", but=code)
