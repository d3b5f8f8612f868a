"""A savepoint undoes its own block, whatever stands around it, and lets the transaction go on."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError, OperationalError
from support.office import Office, open_office

from triage.db.savepoints import OF_A_GUEST, savepoint
from triage.db.schema import day_counters


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def put(connection: Connection, day: int) -> None:
    connection.execute(day_counters.insert().values(day=date(2026, 1, day), last=1))


def days(office: Office) -> list[int]:
    with office.database.read() as connection:
        return sorted(day.day for day in connection.scalars(select(day_counters.c.day)))


def fill(connection: Connection, *days: int) -> None:
    """Write days within a savepoint, and fail where one is written twice."""
    with savepoint(connection):
        for day in days:
            put(connection, day)


def test_what_fails_is_undone_and_what_came_before_and_after_it_stays(office: Office) -> None:
    with office.database.write() as connection:
        put(connection, 1)
        with pytest.raises(IntegrityError):
            fill(connection, 2, 1)
        fill(connection, 3)
    assert days(office) == [1, 3]


def test_one_within_another_is_undone_alone(office: Office) -> None:
    with office.database.write() as connection, savepoint(connection):
        put(connection, 1)
        with pytest.raises(IntegrityError):
            fill(connection, 2, 1)
        put(connection, 3)
    assert days(office) == [1, 3]


def test_the_outer_one_takes_the_inner_along(office: Office) -> None:
    def outer(connection: Connection) -> None:
        with savepoint(connection):
            fill(connection, 2)
            put(connection, 1)

    with office.database.write() as connection:
        put(connection, 1)
        with pytest.raises(IntegrityError):
            outer(connection)
    assert days(office) == [1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_guest_is_undone_though_what_is_within_its_work_could_not_be_ended(office: Office) -> None:
    """SQLite ends no savepoint while rows of a statement that writes are unread."""
    unread: list[Any] = []

    def guest(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        with savepoint(connection, OF_A_GUEST):
            put(connection, 2)
            with savepoint(connection):
                unread.append(raw.execute("INSERT INTO day_counters VALUES ('2026-01-03', 1) RETURNING day"))

    with office.database.write() as connection:
        put(connection, 1)
        with pytest.raises(OperationalError, match="in progress"):
            guest(connection)
        unread[0].close()
    assert days(office) == [1]
