"""Ticket codes: one a ticket, counted anew each local day, without a gap, whoever writes at the same time."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support.office import Office, open_office, request

from triage.core.tickets import LAST_ORDINAL, day_of_receipt
from triage.db import mails, ticketcodes
from triage.db.schema import day_counters, tickets as tickets_table
from triage.errors import CodesExhaustedError

DAY = date(2026, 11, 16)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def take(office: Office, day: date = DAY) -> str:
    with office.database.write() as connection:
        return str(ticketcodes.next_code(connection, day))


def test_codes_count_up_and_start_again_each_day(office: Office) -> None:
    assert [take(office), take(office), take(office, date(2026, 11, 17)), take(office)] == [
        "SD261116-000001",
        "SD261116-000002",
        "SD261117-000001",
        "SD261116-000003",
    ]


def test_the_day_is_that_of_receipt_in_hanoi() -> None:
    late = datetime(2026, 11, 16, 17, 30, tzinfo=UTC)
    assert day_of_receipt(late, ZoneInfo("Asia/Ho_Chi_Minh")) == date(2026, 11, 17)


def test_a_rollback_gives_the_number_back(office: Office) -> None:
    take(office)
    with suppress(RuntimeError), office.database.write() as connection:
        assert str(ticketcodes.next_code(connection, DAY)) == "SD261116-000002"
        raise RuntimeError
    assert take(office) == "SD261116-000002"


def test_many_writers_at_midnight_share_no_code_and_leave_no_gap(office: Office) -> None:
    days = [date(2026, 11, 16), date(2026, 11, 17)]
    found: list[str] = []

    def write() -> None:
        for number in range(50):
            found.append(take(office, days[number >= 25]))  # noqa: PERF401 - each is a transaction of its own

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [f"SD{day:%y%m%d}-{number:06}" for day in days for number in range(1, 201)]
    assert sorted(found) == expected


def test_the_millionth_ticket_of_a_day_is_a_clear_error_that_loses_nothing(office: Office) -> None:
    with office.database.write() as connection:
        connection.execute(day_counters.insert().values(day=DAY, last=LAST_ORDINAL - 1))
    office.store(request(number=1), request(number=2))
    done = office.process()
    assert (done.outcomes, done.stuck) == ({"open_ticket": 1}, 1)
    with office.database.read() as connection:
        assert connection.scalars(select(tickets_table.c.code)).all() == ["SD261116-999999"]
        [stuck] = mails.listed(connection, state="stuck")
        assert "999,999 tickets" in (stuck.error or "")
        assert mails.raw_of(connection, stuck.id) is not None
        assert connection.scalar(select(day_counters.c.last)) == LAST_ORDINAL
    with pytest.raises(CodesExhaustedError):
        take(office)
