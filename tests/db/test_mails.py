"""Stored mails: each UID once, taken by one worker at a time, and none of them pulls others down."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from support.office import MONDAY, Office, open_office, request

from triage.db import claims, mails
from triage.db.schema import raw_mails
from triage.ports import FetchedMail


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def claim(
    office: Office, worker: str, *, count: int = 50, size: int = 10**9, ignore_delay: bool = False
) -> list[int]:
    with office.database.write() as connection:
        return claims.claim(
            connection, worker, office.clock.now(), count=count, size=size, ignore_delay=ignore_delay
        )


def test_one_message_is_stored_once_however_often_it_is_fetched(office: Office) -> None:
    fetched = [FetchedMail(7, MONDAY, b"a"), FetchedMail(8, MONDAY, b"b")]
    with office.database.write() as connection:
        assert mails.store(connection, "box", 1, fetched, MONDAY) == 2
        assert mails.store(connection, "box", 1, [*fetched, FetchedMail(9, MONDAY, b"c")], MONDAY) == 1
        assert mails.store(connection, "box", 2, fetched, MONDAY) == 2
        assert mails.known_uids(connection, "box", 1, range(2000)) == {7, 8, 9}
        assert connection.scalar(select(func.count()).select_from(raw_mails)) == 5


def test_the_bytes_come_back_as_they_were(office: Office) -> None:
    raw = bytes(range(256)) * 1000
    office.store(raw)
    with office.database.read() as connection:
        [mail_id] = mails.ids(connection)
        assert mails.raw_of(connection, mail_id) == (MONDAY, raw)


def test_the_oldest_mails_are_taken_first_and_no_more_than_fit(office: Office) -> None:
    office.store(b"x" * 100, received_at=MONDAY + timedelta(minutes=2))
    office.store(b"y" * 100, received_at=MONDAY)
    office.store(b"z" * 100, received_at=MONDAY + timedelta(minutes=1))
    assert claim(office, "one", size=250) == [2, 3]
    assert claim(office, "one", size=50) == [2]


def crashes(office: Office) -> list[int]:
    with office.database.read() as connection:
        return [row.crashes for row in reversed(mails.listed(connection))]


def test_a_mail_that_dead_workers_had_taken_is_counted_and_taken_alone_after_all_others(
    office: Office,
) -> None:
    office.store(request(number=1), request(number=2), request(number=3))
    for worker in ("first", "second", "third", "fourth"):
        assert claim(office, worker) == [1, 2, 3]
    assert crashes(office) == [3, 3, 3]
    office.store(request(number=4))
    assert claim(office, "fifth") == [4]
    assert claim(office, "sixth", count=1) == [4]
    with office.database.write() as connection:
        mails.finish(connection, 4)
    for turn in (1, 2, 3, 1, 2, 3):
        assert claim(office, f"{turn} alone") == [turn]
        office.clock.forward(seconds=1)
    assert crashes(office) == [3, 3, 3, 1]


def test_after_three_deaths_only_those_count_that_came_after_a_trial(office: Office) -> None:
    office.store(request())
    for number in range(10):
        claim(office, f"dead-{number}")
    assert crashes(office) == [3]
    for number in range(4):
        claim(office, f"later-{number}")
        with office.database.write() as connection:
            claims.note_tried(connection, "somebody else", [1])
            claims.note_tried(connection, f"later-{number}", [1])
    assert crashes(office) == [6]
    claim(office, "later-3")
    assert crashes(office) == [6]
    claim(office, "newest")
    assert crashes(office) == [6]


def test_a_worker_that_failed_without_dying_is_not_counted_against_the_mail(office: Office) -> None:
    office.store(request(number=1), request(number=2))
    assert claim(office, "alive") == [1, 2]
    assert claim(office, "alive") == [1, 2]
    with office.database.read() as connection:
        assert {row.crashes for row in mails.listed(connection)} == {0}


def test_a_mail_waits_for_its_next_try_unless_told_not_to(office: Office) -> None:
    office.store(request())
    with office.database.write() as connection:
        mails.fail(connection, 1, "no luck", office.clock.now() + timedelta(minutes=5))
    assert claim(office, "one") == []
    assert claim(office, "one", ignore_delay=True) == [1]
    office.clock.forward(minutes=6)
    assert claim(office, "one") == [1]
