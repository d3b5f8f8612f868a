"""Lists of tickets: their order, their pages, and whose tickets stand in them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from support.manytickets import due, open_many, open_one
from support.office import MONDAY, Office, open_office

from triage.core.people import Person, Role
from triage.db import people, queues, tickets
from triage.db.queues import EVERY_OPEN, Place, Wanted

LAN = Person(900, "lan", "Lan", Role.AGENT)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def listed(office: Office, person: Person = LAN, **wanted: object) -> list[str]:
    with office.database.read() as connection:
        page = queues.page(connection, person, MONDAY, Wanted(**wanted), None, 100)  # type: ignore[arg-type]
    return [row.subject for row in page.rows]


def opened(office: Office, **by_subject: dict[str, object]) -> None:
    with office.database.write() as connection:
        for number, (subject, values) in enumerate(by_subject.items(), 1):
            open_one(connection, number, subject=subject, **values)


def test_the_oldest_deadline_stands_first_and_none_at_all_last(office: Office) -> None:
    opened(office, d={"due_at": None}, c={"due_at": due(9)}, a={"due_at": due(-9)}, b={"due_at": due(1)})
    assert listed(office) == ["a", "b", "c", "d"]


def test_a_list_opens_on_what_waits_for_us(office: Office) -> None:
    opened(office, **{status: {"status": status} for status in (*EVERY_OPEN, "closed")})
    assert listed(office) == ["new", "in_progress"]
    assert set(listed(office, statuses=EVERY_OPEN)) == set(EVERY_OPEN)
    assert listed(office, statuses=("closed",)) == ["closed"]


def test_conditions_narrow_a_list_down_together(office: Office) -> None:
    opened(
        office,
        mine={"assignee": "lan"},
        empty={"assignee": ""},
        nobody={"verdict": "suspicious"},
        other={"assignee": "hoa", "category": "outage", "queue": "3110", "due_at": due(-1)},
        old={"assignee": "hoa", "opened_at": MONDAY - timedelta(days=9)},
    )
    assert listed(office, assignee="lan") == ["mine"]
    assert listed(office, assignee="") == ["empty", "nobody"]
    assert listed(office, flagged=True) == ["nobody"]
    assert listed(office, categories=("outage",)) == ["other"]
    assert listed(office, queues=("3110", "0060")) == ["other"]
    assert listed(office, due_before=MONDAY) == ["other"]
    assert listed(office, opened_before=MONDAY - timedelta(days=3)) == ["old"]
    assert listed(office, opened_before=MONDAY - timedelta(days=3), assignee="lan") == []


def walked(office: Office, wanted: Wanted, between: Iterator[None]) -> list[str]:
    seen: list[str] = []
    place: Place | None = None
    while True:
        with office.database.read() as connection:
            page = queues.page(connection, LAN, MONDAY, wanted, place, 7)
        seen += [row.code for row in page.rows]
        if page.after is None:
            return seen
        place = page.after
        next(between, None)


def adding(office: Office) -> Iterator[None]:
    """Open tickets between one page and the next, before the place and after it."""
    for number in range(500, 540, 2):
        with office.database.write() as connection:
            open_one(connection, number, due_at=due(-100))
            open_one(connection, number + 1, due_at=None)
        yield


@pytest.mark.parametrize("statuses", [("new",), ("closed",)])
def test_walking_through_the_pages_shows_each_ticket_once_while_others_come(
    office: Office, statuses: tuple[str, ...]
) -> None:
    open_many(office, 20, status=statuses[0])
    open_many(office, 10, first=100, status=statuses[0], due_at=due(2))
    open_many(office, 10, first=200, status=statuses[0], due_at=None)
    there = listed_codes(office, Wanted(statuses=statuses))
    seen = walked(office, Wanted(statuses=statuses), adding(office))
    assert len(seen) == len(set(seen))
    assert set(there) <= set(seen)
    assert len(there) == 40


def listed_codes(office: Office, wanted: Wanted) -> list[str]:
    with office.database.read() as connection:
        return queues.codes(connection, LAN, MONDAY, wanted, 500)


def test_what_is_counted_is_what_is_listed_and_counting_stops_in_time(office: Office) -> None:
    open_many(office, 12)
    open_many(office, 3, first=50, status="closed")
    with office.database.read() as connection:
        assert queues.count(connection, LAN, MONDAY, Wanted(), 100) == 12
        assert queues.count(connection, LAN, MONDAY, Wanted(), 5) == 5
        assert queues.count(connection, LAN, MONDAY, Wanted(statuses=("closed",)), 5) == 3


def coordinator(connection: Connection, *mine: str) -> Person:
    values = {"name": "thu", "display_name": "Thu", "role": "coordinator", "password_hash": ""}
    person_id = people.add(connection, MONDAY, **values)
    people.set_queues(connection, person_id, list(mine))
    return Person(person_id, "thu", "Thu", Role.COORDINATOR)


def test_a_coordinator_finds_and_counts_nothing_of_others(office: Office) -> None:
    opened(office, mine={"queue": "3110"}, foreign={"queue": "0010"})
    with office.database.write() as connection:
        thu = coordinator(connection, "3110", "0060")
    assert listed(office, thu) == ["mine"]
    assert listed(office, thu, queues=("0010",)) == []
    with office.database.read() as connection:
        assert queues.count(connection, thu, MONDAY, Wanted(queues=("0010",)), 9) == 0
        assert queues.codes(connection, thu, MONDAY, Wanted(), 9) == ["SD261116-000001"]
        assert queues.mine(connection, thu, MONDAY) == ["0060", "3110"]
    with office.database.write() as connection:
        people.set_queues(connection, thu.id, [])
    assert listed(office, thu) == []


def test_a_ticket_that_moves_away_leaves_the_list(office: Office) -> None:
    [first, _] = open_many(office, 2)
    with office.database.write() as connection:
        tickets.change(connection, first, MONDAY, queue="3110")
    assert listed(office, queues=("0010",)) == ["Việc số 2"]
