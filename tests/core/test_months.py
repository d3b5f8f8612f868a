"""Months as reports count them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from triage.core.months import Month, month_of, read_month

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("text", ["2026-11", "2000-01", "2099-12"])
def test_a_month_is_read_as_it_is_written(text: str) -> None:
    assert str(read_month(text)) == text


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026-1", "1999-12", "2026-11-01", "\u0662026-11"]
)
def test_what_is_no_month_is_not_read(text: str) -> None:
    assert read_month(text) is None


def test_months_follow_each_other_across_years() -> None:
    assert Month(2026, 12).after == Month(2027, 1)
    assert Month(2027, 1).before == Month(2026, 12)
    assert Month(2026, 2).after.before == Month(2026, 2)


def test_a_month_begins_at_midnight_of_its_zone() -> None:
    start = Month(2026, 11).starts_at(HANOI)
    assert start == datetime(2026, 10, 31, 17, tzinfo=UTC)
    assert month_of(start, HANOI) == Month(2026, 11)
    assert month_of(datetime(2026, 10, 31, 16, 59, tzinfo=UTC), HANOI) == Month(2026, 10)
