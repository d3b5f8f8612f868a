"""The table of a report that says how long it took until tickets were answered first, and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.core.durations import Course, Meter, Spread, spread, until_answered, until_closed
from triage.db import durations
from triage.web import wording
from triage.web.desk import Ask
from triage.web.reportfilter import ReportFilter
from triage.web.reportgrids import Grid, Value


@dataclass(frozen=True, slots=True)
class Times:
    """Half of some times and nine tenths of them were no longer than these, in words; empty without any."""

    found: Spread
    median: str
    most: str

    @property
    def number(self) -> int:
        """How many tickets these are the times of."""
        return self.found.number

    @property
    def cells(self) -> tuple[Value, ...]:
        """The number and both times as files have them: in whole minutes of office hours."""
        minutes = ("" if one is None else round(one / 60) for one in (self.found.median, self.found.most))
        return (self.found.number, *minutes)


@dataclass(frozen=True, slots=True)
class TimesLine:
    """One row of the table."""

    name: str
    answered: Times
    closed: Times


def times_of(ask: Ask, chosen: ReportFilter, now: datetime) -> tuple[TimesLine, ...]:
    """Count the times of all tickets of a report, then those of each treasury, the busiest first."""
    with ask.desk.database.read() as connection:
        found = durations.opened_within(connection, ask.person, now, chosen.span(ask))
    if not found:
        return ()
    words, rules = ask.words, ask.desk.app.means.rules
    meter = Meter(rules.calendar, min(one.opened_at for one in found))
    groups: dict[str, list[Course]] = {}
    for one in found:
        groups.setdefault(one.queue, []).append(one)
    lines = [
        (len(some), _line(ask, wording.queue_name(words, rules, queue), some, meter))
        for queue, some in groups.items()
    ]
    ordered = sorted(lines, key=lambda pair: (-pair[0], pair[1].name))
    whole = _line(ask, words.say("Toàn bộ"), found, meter)
    return (whole, *(line for _, line in ordered)) if len(ordered) > 1 else (whole,)


def times_grid(ask: Ask, chosen: ReportFilter, now: datetime) -> tuple[Grid, ...]:
    """Give the same table as files have it; none where nothing was answered or closed."""
    say, lines = ask.words.say, times_of(ask, chosen, now)
    heads = [
        head
        for done in (say("Đã trả lời"), say("Đã đóng"))
        for head in (
            done,
            say("%(what)s: một nửa trong vòng (phút)", what=done),
            say("%(what)s: 9/10 trong vòng (phút)", what=done),
        )
    ]
    rows = [(line.name, *line.answered.cells, *line.closed.cells) for line in lines]
    name = say("Thời gian xử lý, tính theo giờ làm việc")
    return (Grid(name, (say("Kho bạc"), *heads), rows, ""),) if rows else ()


def _line(ask: Ask, name: str, some: Sequence[Course], meter: Meter) -> TimesLine:
    answered = spread(until_answered(meter, one) for one in some)
    return TimesLine(
        name, _times(ask, answered), _times(ask, spread(until_closed(meter, one) for one in some))
    )


def _times(ask: Ask, found: Spread) -> Times:
    calendar = ask.desk.app.means.rules.calendar

    def told(seconds: int | None) -> str:
        return "" if seconds is None else wording.span(ask.words, calendar, seconds)

    return Times(found, told(found.median), told(found.most))
