"""The oldest free ticket goes to whoever asks for it, and to nobody else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.manytickets import due, open_many, open_one
from support.office import Office, open_office
from support.oneticket import person, ticket

from triage.core.people import Person, Role
from triage.db import acts
from triage.errors import RefusedActError
from triage.service.taking import take_oldest


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def take(office: Office, who: Person, key: str, *queues: str) -> str:
    return take_oldest(office.database, office.clock, who, key, "Đã nhận {}.".format, queues=queues)


def opened(office: Office, *tickets: dict[str, object]) -> None:
    with office.database.write() as connection:
        for number, values in enumerate(tickets, 1):
            open_one(connection, number, **values)


def test_the_oldest_deadline_is_taken_of_what_is_free_and_waits_for_us(office: Office) -> None:
    opened(
        office,
        {"due_at": None},
        {"due_at": due(9)},
        {"due_at": due(-9), "assignee": "minh"},
        {"due_at": due(-8), "status": "waiting"},
        {"due_at": due(-7), "status": "held"},
        {"due_at": due(-6), "status": "closed"},
        {"due_at": due(-5), "status": "snoozed"},
        {"due_at": due(3), "assignee": "", "status": "in_progress"},
    )
    lan = person(office, "lan", Role.AGENT)
    taken = [take(office, lan, f"key-{number}") for number in (1, 2, 3)]
    assert taken == ["SD261116-000008", "SD261116-000002", "SD261116-000001"]
    assert {(ticket(office, code).assignee, ticket(office, code).status) for code in taken} == {
        ("lan", "in_progress")
    }
    with pytest.raises(RefusedActError) as refused:
        take(office, lan, "key-4")
    assert refused.value.code == "none_free"


def test_a_form_sent_twice_takes_one_ticket(office: Office) -> None:
    open_many(office, 2)
    lan = person(office, "lan", Role.AGENT)
    assert take(office, lan, "key-1") == take(office, lan, "key-1") == "SD261116-000001"
    with office.database.read() as connection:
        act = acts.find(connection, "key-1", lan.id)
    assert act is not None
    assert act.result == {"told": "Đã nhận SD261116-000001.", "ticket": "SD261116-000001"}
    assert ticket(office, "SD261116-000002").assignee is None


def test_only_the_queues_that_were_asked_for_are_looked_into(office: Office) -> None:
    opened(office, {"queue": "0010"}, {"queue": "3110"})
    lan = person(office, "lan", Role.AGENT)
    assert take(office, lan, "key-1", "3110", "0060") == "SD261116-000002"
    with pytest.raises(RefusedActError):
        take(office, lan, "key-2", "3110", "0060")


def test_what_a_person_does_not_see_is_not_taken(office: Office) -> None:
    opened(office, {"queue": "0010"}, {"queue": "3110"})
    thu = person(office, "thu", Role.COORDINATOR, "3110")
    assert take(office, thu, "key-1") == "SD261116-000002"
    with pytest.raises(RefusedActError):
        take(office, thu, "key-2")


def test_two_who_ask_at_once_get_different_tickets(office: Office) -> None:
    count = 16
    open_many(office, count)
    people = [person(office, name, Role.AGENT) for name in ("lan", "minh")]

    def take_all(who: Person) -> list[str]:
        return [take(office, who, f"{who.name}-key-{number}") for number in range(count // 2)]

    with ThreadPoolExecutor(2) as pool:
        lans, minhs = pool.map(take_all, people)
    assert len({*lans, *minhs}) == count
    assert {ticket(office, code).assignee for code in lans} == {"lan"}
    assert {ticket(office, code).assignee for code in minhs} == {"minh"}
