"""What is found where a person sees so many tickets that they are not read one by one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert
from support.manytickets import due
from support.office import MONDAY, Office, open_office, request
from support.searching import HANOI, HAUGIANG, WITH_FILE, arrive, find, subjects

from triage.core.people import Person, Role
from triage.db import people
from triage.db.schema import tickets
from triage.db.search import FEW_TICKETS

MAILS = (
    request(HANOI + "Thư một", text="Má tôi hỏi về chứng từ.", number=1),
    request(HANOI + "Thư hai", text="Mã của đơn vị là gì.", number=2),
    request(HANOI + "Thư ba", text="Hệ thống báo mã lỗi 403.", number=3),
    request(HAUGIANG + "Thư bốn", text="Lỗi không rõ mã.", number=4, sender="An <an@thpt-hoasen.example>"),
    WITH_FILE,
)


def fill(office: Office, queue: str) -> None:
    """Open more tickets in a queue than are read one by one; nobody looks for their words."""
    with office.database.write() as connection:
        rows = [
            {
                "code": f"SD251116-{number:06}",
                "queue": queue,
                "status": "closed",
                "subject": "",
                "requester_name": "",
                "requester_address": "",
                "category": "other",
                "priority": 3,
                "verdict": "ordinary",
                "opened_at": due(-number),
                "updated_at": MONDAY,
            }
            for number in range(1, FEW_TICKETS + 2)
        ]
        connection.execute(insert(tickets), rows)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        arrive(office, *MAILS)
        fill(office, "3110")
        yield office


FOUND: dict[str, set[str]] = {
    "ma": {"Thư một", "Thư hai", "Thư ba", "Thư bốn"},
    "mã": {"Thư một", "Thư hai", "Thư ba", "Thư bốn"},
    "mã -lỗi": {"Thư một", "Thư hai"},
    '"mã lỗi"': {"Thư ba"},
    '"lỗi mã"': set(),
    "mã từ:hoasen": {"Thư bốn"},
    "hoasen": {"Thư bốn"},
    "gửi có:tệp": {"Có tệp"},
    "lỗi sau:16/11/2026": {"Thư ba", "Thư bốn"},
    "lỗi trước:16/11/2026": set(),
    "lỗi trước:17/11/2026": {"Thư ba", "Thư bốn"},
    "không-ai-viết": set(),
}


def test_the_same_is_found_among_many_tickets(office: Office) -> None:
    assert {typed: set(subjects(office, typed)) for typed in FOUND} == FOUND
    assert not any(find(office, typed).more for typed in FOUND)


def test_what_bears_the_tones_comes_first_among_many_tickets(office: Office) -> None:
    assert subjects(office, "má")[0] == "Thư một"
    assert len(subjects(office, "má")) == 4
    assert set(subjects(office, "mã")[:3]) == {"Thư hai", "Thư ba", "Thư bốn"}


def test_a_coordinator_of_many_tickets_finds_his_alone(office: Office) -> None:
    with office.database.write() as connection:
        number = people.add(
            connection, MONDAY, name="thu", display_name="Thu", role="coordinator", password_hash=""
        )
        people.set_queues(connection, number, ["3110"])
    thu = Person(number, "thu", "Thu", Role.COORDINATOR)
    found = find(office, "mã", thu)
    assert [hit.ticket_subject for hit in found.hits] == ["Thư bốn"]
    assert found.total == 1
    assert not found.more
