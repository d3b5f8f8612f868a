import csv
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from support.rulebook import REFERENCE, shipped

from triage.core.calendar import WorkCalendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = ((time(8), time(12)), (time(13), time(17)))
PLAIN = WorkCalendar(ZONE, HOURS, {})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


# Moment of receipt, due moment, moment of the warning; all local.
VECTORS = [
    ("2021-12-20 09:15", "2021-12-21 17:00", "2021-12-21 09:15"),
    ("2021-12-20 16:55", "2021-12-21 17:00", "2021-12-21 16:55"),
    ("2021-12-24 16:30", "2021-12-27 17:00", "2021-12-27 16:30"),
    ("2021-12-25 10:00", "2021-12-27 17:00", "2021-12-27 17:00"),
    ("2021-12-31 15:00", "2022-01-04 17:00", "2022-01-04 15:00"),
    ("2022-01-28 11:00", "2022-02-07 17:00", "2022-02-07 11:00"),
    ("2024-04-26 14:00", "2024-05-02 17:00", "2024-05-02 14:00"),
    ("2024-05-03 16:00", "2024-05-04 17:00", "2024-05-04 16:00"),
    ("2025-04-25 16:00", "2025-04-26 17:00", "2025-04-26 16:00"),
    ("2025-12-31 10:00", "2026-01-05 17:00", "2026-01-05 10:00"),
    ("2026-01-01 09:00", "2026-01-05 17:00", "2026-01-05 17:00"),
    ("2026-01-09 15:30", "2026-01-10 17:00", "2026-01-10 15:30"),
    ("2026-02-13 16:30", "2026-02-23 17:00", "2026-02-23 16:30"),
    ("2026-02-18 08:00", "2026-02-23 17:00", "2026-02-23 17:00"),
    ("2026-08-21 15:00", "2026-08-22 17:00", "2026-08-22 15:00"),
    ("2026-08-28 10:00", "2026-09-03 17:00", "2026-09-03 10:00"),
    ("2026-11-23 14:00", "2026-11-25 17:00", "2026-11-25 14:00"),
    ("2026-11-22 23:10", "2026-11-23 17:00", "2026-11-23 17:00"),
    # Tet 2027 by the rule of the law: 4 to 10 February.
    ("2027-02-03 09:00", "2027-02-11 17:00", "2027-02-11 09:00"),
    ("2027-02-07 12:00", "2027-02-11 17:00", "2027-02-11 17:00"),
    # Around the lunch break, and the very end and start of a day.
    ("2026-03-02 12:30", "2026-03-03 17:00", "2026-03-03 12:00"),
    ("2026-03-02 17:00", "2026-03-03 17:00", "2026-03-03 17:00"),
    ("2026-03-02 08:00", "2026-03-03 17:00", "2026-03-02 17:00"),
    ("2026-03-02 00:00", "2026-03-03 17:00", "2026-03-02 17:00"),
]


@pytest.mark.parametrize(("received", "due", "warning"), VECTORS)
def test_deadlines_of_known_days(received: str, due: str, warning: str) -> None:
    calendar = shipped().calendar
    assert calendar.due_at(local(received)) == local(due)
    assert calendar.warn_at(local(received)) == local(warning)


def test_deadlines_of_the_reference_data() -> None:
    file = REFERENCE / "data" / "deadline_vectors.tsv"
    if not file.exists():
        pytest.skip("the reference data are not beside the project")
    calendar = shipped().calendar
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            received = local(row["received_local(+07:00)"])
            assert calendar.due_at(received) == local(row["A_end_of_next_working_day"]), row
            assert calendar.warn_at(received) == local(row["B_8_working_hours(08-12,13-17)"]), row


def test_every_day_of_the_reference_calendar_is_known() -> None:
    file = REFERENCE / "data" / "calendar_vn_2021_2027.tsv"
    if not file.exists():
        pytest.skip("the reference data are not beside the project")
    calendar = shipped().calendar
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            assert calendar.is_working_day(date.fromisoformat(row["date"])) == (row["kind"] == "working"), row


def test_deadlines_are_given_in_utc_whatever_zone_is_asked_in() -> None:
    received = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # 3 March, 03:00 in Hanoi
    assert PLAIN.due_at(received).isoformat() == "2026-03-04T10:00:00+00:00"
    assert PLAIN.warn_at(received).isoformat() == "2026-03-03T10:00:00+00:00"


def test_a_whole_week_off_and_a_saturday_worked_for_it() -> None:
    tet = {date(2030, 2, 4) + timedelta(days=i): "Tết" for i in range(5)}
    calendar = WorkCalendar(ZONE, HOURS, tet, frozenset({date(2030, 2, 9)}))
    assert calendar.due_at(local("2030-02-01 10:00")) == local("2030-02-09 17:00")
    assert calendar.due_at(local("2030-02-09 10:00")) == local("2030-02-11 17:00")
    assert calendar.warn_at(local("2030-02-06 10:00")) == local("2030-02-09 17:00")


def test_a_day_worked_stands_above_a_day_off() -> None:
    day = date(2030, 2, 4)
    assert WorkCalendar(ZONE, HOURS, {day: "x"}, frozenset({day})).is_working_day(day)
    assert not WorkCalendar(ZONE, HOURS, {day: "x"}).is_working_day(day)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-03-02 09:00", "2026-03-02 10:30", 5_400),
        ("2026-03-02 11:00", "2026-03-02 14:00", 7_200),
        ("2026-03-02 12:00", "2026-03-02 13:00", 0),
        ("2026-03-06 16:00", "2026-03-09 09:00", 7_200),
        ("2026-03-07 00:00", "2026-03-08 23:00", 0),
        ("2026-03-02 00:00", "2026-03-07 00:00", 5 * 8 * 3_600),
        ("2026-03-03 09:00", "2026-03-02 09:00", 0),
        ("2026-03-02 09:00", "2026-03-02 09:00", 0),
    ],
)
def test_working_seconds(start: str, end: str, seconds: int) -> None:
    assert PLAIN.working_seconds(local(start), local(end)) == seconds


@pytest.mark.parametrize(
    "hours", [(), ((time(12), time(8)),), ((time(8), time(12)), (time(11), time(17))), ((time(8), time(8)),)]
)
def test_a_calendar_without_sensible_hours_is_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        WorkCalendar(ZONE, hours, {})


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="day of the week"):
        WorkCalendar(ZONE, HOURS, {}, weekend=frozenset(range(7)))


_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2036, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds


@given(_MOMENTS)
def test_eight_working_hours_pass_until_the_warning_which_comes_before_the_deadline(
    received: datetime,
) -> None:
    calendar = shipped().calendar
    warning, due = calendar.warn_at(received), calendar.due_at(received)
    assert received < warning <= due
    assert calendar.working_seconds(received, warning) == 8 * 3_600


@given(
    _MOMENTS, st.timedeltas(timedelta(), timedelta(days=40)), st.timedeltas(timedelta(), timedelta(days=40))
)
def test_working_time_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    start, middle = start.replace(microsecond=0), (start + first).replace(microsecond=0)
    end = (middle + second).replace(microsecond=0)
    parts = PLAIN.working_seconds(start, middle) + PLAIN.working_seconds(middle, end)
    assert PLAIN.working_seconds(start, end) == parts
