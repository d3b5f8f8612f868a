"""How long tickets took until their first answer and until they were closed, in working time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from triage.core.calendar import WorkCalendar

_DAY = timedelta(days=1)
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Course:
    """The moments of one ticket, UTC, that its times are counted by.

    ``started_at`` is when it was opened, or opened again for the last time. ``paused_seconds`` is the working
    time that it stood still before ``paused_at``, since when it stood still until it was closed.
    """

    queue: str
    opened_at: datetime
    started_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    paused_at: datetime | None
    paused_seconds: int


class Meter:
    """Counts working time between many pairs of moments: each day is looked up once.

    No moment may lie on a local day before that of ``since``.
    """

    def __init__(self, calendar: WorkCalendar, since: datetime) -> None:
        self._calendar = calendar
        self._spans = [(_into_day(opens), _into_day(closes)) for opens, closes in calendar.office_hours]
        self._first = since.astimezone(calendar.zone).date()
        self._days: list[tuple[float, bool]] = []
        self._sum = 0.0

    def seconds(self, start: datetime, end: datetime) -> int:
        """Count the seconds of office hours between two aware moments; zero where the end is not later."""
        return max(int(self._until(end) - self._until(start)), 0)

    def _until(self, moment: datetime) -> float:
        local = moment.astimezone(self._calendar.zone)
        before, worked = self._day(local.date())
        if not worked:
            return before
        now = _into_day(local.time())
        return before + sum(max(min(now, closes) - opens, 0.0) for opens, closes in self._spans)

    def _day(self, day: date) -> tuple[float, bool]:
        """Give the working seconds before this day since the first one, and whether it is worked."""
        number = (day - self._first).days
        while len(self._days) <= number:
            worked = self._calendar.is_working_day(self._first + len(self._days) * _DAY)
            self._days.append((self._sum, worked))
            self._sum += sum(closes - opens for opens, closes in self._spans) if worked else 0.0
        return self._days[number]


def until_answered(meter: Meter, course: Course) -> int | None:
    """Give the working seconds from the receipt to the first answer; None where there is none."""
    return None if course.answered_at is None else meter.seconds(course.opened_at, course.answered_at)


def until_closed(meter: Meter, course: Course) -> int | None:
    """Give the working seconds that it took to close a ticket; None where it is not closed.

    What it waited for its unit is left out where its clock stood still; of one that was opened again only the
    last time counts, since nobody worked on it while it was closed.
    """
    if course.closed_at is None:
        return None
    stood = course.paused_seconds
    if course.paused_at is not None:
        stood += meter.seconds(course.paused_at, course.closed_at)
    return max(meter.seconds(course.started_at, course.closed_at) - stood, 0)


@dataclass(frozen=True, slots=True)
class Spread:
    """How some times spread: their number, the median and the ninth decile, in seconds; None without any."""

    number: int
    median: int | None
    most: int | None


def spread(seconds: Iterable[int | None]) -> Spread:
    """Give how times spread, by nearest rank: each figure is a time that a ticket really took."""
    known = sorted(one for one in seconds if one is not None)
    return Spread(len(known), _ranked(known, 50), _ranked(known, 90))


def _ranked(known: Sequence[int], percent: int) -> int | None:
    return known[-(-len(known) * percent // 100) - 1] if known else None


def _into_day(moment: time) -> float:
    return (datetime.combine(_MIDNIGHT, moment, UTC) - _MIDNIGHT).total_seconds()
