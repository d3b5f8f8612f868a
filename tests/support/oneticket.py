"""One ticket of an office and the people who work on it, as tests of acts need them."""

from typing import Any

from support.office import Office

from triage.core.people import Person, Role
from triage.db import history, people
from triage.db.tickets import TicketRow
from triage.service import desk

CODE = "SD261116-000001"


def person(office: Office, name: str, role: Role, *queues: str) -> Person:
    with office.database.write() as connection:
        number = people.add(
            connection, office.clock.now(), name=name, display_name=name.title(), role=role.value
        )
        people.set_queues(connection, number, list(queues))
    return Person(number, name, name.title(), role)


def ticket(office: Office, code: str = CODE) -> TicketRow:
    with office.database.read() as connection:
        return desk.find(connection, code)


def last_event(office: Office) -> tuple[str, dict[str, Any]]:
    with office.database.read() as connection:
        event = history.events(connection, ticket(office).id)[-1]
    return event.verb, event.data
