"""How long tickets took, in working time, and how that spreads."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from support.rulebook import shipped

from triage.core.calendar import WorkCalendar
from triage.core.durations import Course, Meter, Spread, spread, until_answered, until_closed

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = WorkCalendar(ZONE, ((time(8), time(12)), (time(13), time(17))), {})
HOUR = 3_600


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZONE)


METER = Meter(CALENDAR, local("01 00:00"))
_MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
    datetime(2026, 6, 1),  # noqa: DTZ001 - same
    timezones=st.just(ZONE),
)


@given(_MOMENTS, st.timedeltas(timedelta(days=-3), timedelta(days=60)))
def test_a_meter_counts_what_the_calendar_counts(start: datetime, later: timedelta) -> None:
    start = start.replace(microsecond=0)
    end = start + later.__class__(seconds=int(later.total_seconds()))
    calendar = shipped().calendar
    meter = Meter(calendar, datetime(2025, 12, 1, tzinfo=ZONE))
    assert meter.seconds(start, end) == calendar.working_seconds(start, end)


def course(opened: str, **moments: str | int) -> Course:
    at = {name: local(value) if isinstance(value, str) else value for name, value in moments.items()}
    known = {"answered_at": None, "closed_at": None, "paused_at": None, "paused_seconds": 0, **at}
    return Course("0010", local(opened), known.pop("started_at", local(opened)), **known)  # type: ignore[arg-type]


# 2 March 2026 is a Monday.
@pytest.mark.parametrize(
    ("one", "answered", "closed"),
    [
        (course("02 09:00"), None, None),
        (course("02 09:00", answered_at="02 11:30"), 2.5, None),
        (course("06 16:00", answered_at="09 09:00"), 2, None),
        (course("07 10:00", answered_at="07 11:00"), 0, None),
        (course("02 09:00", answered_at="02 10:00", closed_at="03 10:00"), 1, 9),
        (course("02 09:00", closed_at="02 14:00"), None, 4),
        # stood still for three hours before, and from 11:00 on until it was closed
        (course("02 09:00", closed_at="03 12:00", paused_at="03 11:00", paused_seconds=3 * HOUR), None, 7),
        # opened again on Wednesday: the days that it was closed are nobody's work
        (course("02 09:00", started_at="04 08:00", answered_at="02 10:00", closed_at="04 09:30"), 1, 1.5),
        (course("02 09:00", closed_at="02 10:00", paused_seconds=9 * HOUR), None, 0),
    ],
)
def test_times_of_tickets(one: Course, answered: float | None, closed: float | None) -> None:
    assert until_answered(METER, one) == (None if answered is None else answered * HOUR)
    assert until_closed(METER, one) == (None if closed is None else closed * HOUR)


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ([], Spread(0, None, None)),
        ([None, None], Spread(0, None, None)),
        ([7], Spread(1, 7, 7)),
        ([5, 1], Spread(2, 1, 5)),
        ([3, None, 1, 2], Spread(3, 2, 3)),
        (list(range(1, 11)), Spread(10, 5, 9)),
        (list(range(1, 12)), Spread(11, 6, 10)),
        (list(range(100, 0, -1)), Spread(100, 50, 90)),
    ],
)
def test_a_spread_is_made_of_times_that_there_were(seconds: list[int | None], found: Spread) -> None:
    assert spread(seconds) == found
