"""Counters of tickets: always what a count would give, whoever writes, folds or reads meanwhile."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import func, select
from support.office import MONDAY, Office, open_office

from triage.core.people import Person, Role
from triage.db import counters, people, searchindex, tickets
from triage.db.counters import Count
from triage.db.schema import ticket_count_changes, ticket_counts, tickets as tickets_table
from triage.service import counters as service


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def opened(office: Office, number: int, queue: str = "0010", verdict: str = "ordinary") -> int:
    with office.database.write() as connection:
        return tickets.open_ticket(
            connection,
            code=f"SD261116-{number:06}",
            queue=queue,
            status="new",
            subject="x",
            requester_name="",
            requester_address="a@x.example",
            category="other",
            priority=4,
            verdict=verdict,
            opened_at=MONDAY,
            updated_at=MONDAY,
        )


def counted(office: Office) -> dict[tuple[str, str, bool], int]:
    with office.database.read() as connection:
        return {(one.queue, one.status, one.flagged): one.number for one in counters.everything(connection)}


def truth(office: Office) -> dict[tuple[str, str, bool], int]:
    found: Counter[tuple[str, str, bool]] = Counter()
    with office.database.read() as connection:
        rows = connection.execute(
            select(tickets_table.c.queue, tickets_table.c.status, tickets_table.c.verdict)
        )
        for queue, status, verdict in rows:
            found[queue, status, verdict in counters.DOUBTED] += 1
    return dict(found)


def left(office: Office) -> int:
    with office.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(ticket_count_changes)) or 0


def test_what_opens_moves_and_closes_is_counted_before_and_after_a_fold(office: Office) -> None:
    ids = [opened(office, number) for number in range(1, 4)]
    opened(office, 4, verdict="suspicious")
    with office.database.write() as connection:
        tickets.change(connection, ids[0], MONDAY, queue="3110")
        tickets.change(connection, ids[1], MONDAY, status="closed")
        tickets.change(connection, ids[2], MONDAY, subject="y")
    expected = {
        ("3110", "new", False): 1,
        ("0010", "closed", False): 1,
        ("0010", "new", False): 1,
        ("0010", "new", True): 1,
    }
    assert counted(office) == truth(office) == expected
    assert service.fold(office.database) == 8
    assert left(office) == 0
    assert counted(office) == expected
    assert service.check(office.database) == []


def test_what_goes_away_leaves_no_counter_behind(office: Office) -> None:
    ticket_id = opened(office, 1)
    service.fold(office.database)
    with office.database.write() as connection:
        searchindex.remove_tickets(connection, [ticket_id])
        connection.execute(tickets_table.delete().where(tickets_table.c.id == ticket_id))
    assert counted(office) == {}
    service.fold(office.database)
    assert counted(office) == {}


def test_a_rollback_counts_nothing(office: Office) -> None:
    ticket_id = opened(office, 1)
    with suppress(RuntimeError), office.database.write() as connection:
        tickets.change(connection, ticket_id, MONDAY, status="closed")
        raise RuntimeError
    assert counted(office) == {("0010", "new", False): 1}


def test_a_check_mends_what_is_wrong_and_tells_it(office: Office) -> None:
    opened(office, 1)
    service.fold(office.database)
    with office.database.write() as connection:
        connection.execute(ticket_counts.update().values(count=7))
        connection.execute(ticket_counts.insert().values(queue="9999", status="new", flagged=False, count=2))
    assert service.check(office.database) == [
        Count("0010", "new", flagged=False, number=-6),
        Count("9999", "new", flagged=False, number=-2),
    ]
    assert counted(office) == truth(office)
    assert service.check(office.database) == []


def change_often(office: Office, ids: list[int]) -> None:
    for turn in range(25):
        for ticket_id in ids:
            with office.database.write() as connection:
                tickets.change(
                    connection, ticket_id, MONDAY, status=("in_progress", "waiting", "new")[turn % 3]
                )


@contextmanager
def repeated(*works: Callable[[], object]) -> Iterator[None]:
    """Do each of these over and over, in threads of their own, for as long as the block lasts."""
    done = threading.Event()

    def repeat(work: Callable[[], object]) -> None:
        while not done.is_set():
            work()

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    yield
    done.set()
    for thread in threads:
        thread.join()


def test_writers_and_folders_at_the_same_time_lose_nothing_and_count_nothing_twice(office: Office) -> None:
    ids = [opened(office, number, queue) for number, queue in enumerate(["0010", "3110"] * 4, 1)]
    seen: set[int] = set()

    def add_up() -> None:
        service.fold(office.database)

    def read() -> None:
        seen.add(sum(counted(office).values()))

    writers = [threading.Thread(target=change_often, args=(office, ids[start::2])) for start in range(2)]
    with repeated(add_up, add_up, read):
        for thread in writers:
            thread.start()
        for thread in writers:
            thread.join()
    assert seen == {len(ids)}
    assert counted(office) == truth(office)
    service.fold(office.database)
    assert counted(office) == truth(office)
    assert left(office) == 0


def test_a_coordinator_is_told_the_counts_of_his_queues_alone(office: Office) -> None:
    opened(office, 1)
    opened(office, 2, "3110")
    service.fold(office.database)
    opened(office, 3)
    with office.database.write() as connection:
        person_id = people.add(
            connection, MONDAY, name="thu", display_name="Thu", role="coordinator", password_hash=""
        )
        people.set_queues(connection, person_id, ["3110"])
    thu = Person(person_id, "thu", "Thu", Role.COORDINATOR)
    lan = Person(99, "lan", "Lan", Role.AGENT)
    with office.database.read() as connection:
        assert counters.seen_by(connection, thu, MONDAY) == [Count("3110", "new", flagged=False, number=1)]
        assert sum(one.number for one in counters.seen_by(connection, lan, MONDAY)) == 3
