"""Working time: which days are worked, and when a request is due."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

WARN_AFTER = timedelta(hours=8)
"""Working time after which a request that nobody answered is shown as urgent."""

_DAY = timedelta(days=1)
_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Office hours and the days on which they are kept, in one time zone.

    ``office_hours`` are spans of a day, ascending, each shorter than a day. ``days_off`` maps holidays to
    their names; ``working_days`` are days worked in exchange, even on a weekend, and stand above all.
    ``weekend`` counts from Monday = 0. Raises ValueError where there would be no working time at all.
    """

    zone: tzinfo
    office_hours: tuple[tuple[time, time], ...]
    days_off: Mapping[date, str]
    working_days: Container[date] = frozenset()
    weekend: frozenset[int] = field(default=_WEEKEND)

    def __post_init__(self) -> None:
        if not self.office_hours or len(self.weekend & set(range(7))) == 7:  # noqa: PLR2004 - days of a week
            raise ValueError("a calendar needs office hours and a day of the week that is worked")
        moments = [moment for span in self.office_hours for moment in span]
        if any(later <= earlier for earlier, later in pairwise(moments)):
            raise ValueError("office hours must ascend and must not overlap")

    def is_working_day(self, day: date) -> bool:
        """Say whether the office works on this local day."""
        if day in self.working_days:
            return True
        return day.weekday() not in self.weekend and day not in self.days_off

    def first_working_day(self, day: date) -> date:
        """Give a local day if the office works on it, or else the first one after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def due_at(self, received_at: datetime) -> datetime:
        """Give the end, in UTC, of the working day after an aware moment of receipt.

        Decision 935/QĐ-KBNN grants one working day; the day of receipt does not count (Civil Code,
        article 147).
        """
        day = self.first_working_day(received_at.astimezone(self.zone).date() + _DAY)
        return self._at(day, self.office_hours[-1][1])

    def warn_at(self, received_at: datetime) -> datetime:
        """Give the moment, in UTC, at which eight working hours have passed since an aware moment."""
        return self.later(received_at, WARN_AFTER)

    def later(self, moment: datetime, working: timedelta) -> datetime:
        """Give the moment, in UTC, at which so much working time has passed since an aware moment.

        What ends with the office hours of a day is given as their end, not as the beginning of the next.
        """
        if working <= timedelta():
            return moment.astimezone(UTC)
        left = working
        for start, end in self._spans_from(moment):
            if left <= end - start:
                return start + left
            left -= end - start
        raise AssertionError("the spans of a calendar never end")

    def is_open(self, moment: datetime) -> bool:
        """Say whether the office works at an aware moment; at the very end of office hours it does not."""
        local = moment.astimezone(self.zone)
        kept = any(opens <= local.time() < closes for opens, closes in self.office_hours)
        return kept and self.is_working_day(local.date())

    def working_seconds(self, start: datetime, end: datetime) -> int:
        """Count the seconds of office hours between two aware moments; zero where the end is not later."""
        total = timedelta()
        if end <= start:
            return 0
        for opens, closes in self._spans_from(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return int(total.total_seconds())

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the spans of office hours from a moment on, the first one cut at it, in UTC, without end."""
        day = moment.astimezone(self.zone).date()
        while True:
            if self.is_working_day(day):
                for opens, closes in self.office_hours:
                    start, end = max(self._at(day, opens), moment.astimezone(UTC)), self._at(day, closes)
                    if start < end:
                        yield start, end
            day += _DAY

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.zone).astimezone(UTC)
