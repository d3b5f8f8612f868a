"""The sheet of a month: its tables, counted once and said alike on the page, in print and in files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.core import charts
from triage.db import tallies
from triage.db.tallies import DayTally, Span, Tally
from triage.web import tiles, wording
from triage.web.desk import Ask
from triage.web.historyvalues import outcome_words
from triage.web.reportfilter import ReportFilter
from triage.web.reportgrids import Grid, grids_of

MOST_BARS = 12
"""Bars of a chart, the longest first; the table beneath has all."""

DAY = "day"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of the sheet: how many tickets, how many of them in time and late."""

    name: str
    number: int
    met: int
    missed: int

    @property
    def open(self) -> int:
        """How many are neither: no deadline has come for them."""
        return self.number - self.met - self.missed

    @property
    def percent(self) -> int | None:
        """How many of a hundred were in time; None where no deadline has come yet."""
        judged = self.met + self.missed
        return round(100 * self.met / judged) if judged else None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the sheet; ``key`` is what its chart is called in addresses."""

    key: str
    name: str
    lines: list[Line]

    @property
    def chart_height(self) -> int:
        """The height of its chart, as its image has it."""
        if self.key == DAY:
            return charts.COLUMNS_HEIGHT
        return charts.height_of(min(len(self.lines), MOST_BARS))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one month: the sums, and what its tables say, each under its name."""

    total: Line
    before: Line
    tables: tuple[Table, ...]
    grids: tuple[Grid, ...]


def sheet_of(ask: Ask, chosen: ReportFilter, now: datetime) -> Sheet:
    """Count what this person sees of a month, as it stands at an aware moment."""
    say = ask.words.say
    with ask.desk.database.read() as connection:
        found = tallies.opened_within(connection, ask.person, now, chosen.span(ask))
        before = tallies.opened_within(connection, ask.person, now, chosen.span(ask, chosen.month.before))
        days = tallies.by_day(connection, ask.person, now, *_by_day(ask, chosen, now))
    # the days come last: on a phone they are thirty cards
    tables = (*(_table(ask, key, found) for key in _NAMERS), _days(ask, chosen, now, days))
    return Sheet(
        _sum(say("Tháng này"), found),
        _sum(say("Tháng trước"), before),
        tuple(one for one in tables if _says_something(one)),
        grids_of(ask, chosen, now),
    )


def table_of(ask: Ask, chosen: ReportFilter, now: datetime, key: str) -> Table:
    """Count a month for one of its tables alone, as ``sheet_of`` does."""
    with ask.desk.database.read() as connection:
        if key == DAY:
            days = tallies.by_day(connection, ask.person, now, *_by_day(ask, chosen, now))
            return _days(ask, chosen, now, days)
        return _table(ask, key, tallies.opened_within(connection, ask.person, now, chosen.span(ask)))


def _by_day(ask: Ask, chosen: ReportFilter, now: datetime) -> tuple[Span, Sequence[datetime]]:
    zone = ask.desk.app.means.zone
    return chosen.span(ask), [day for day in chosen.month.days_at(zone) if day <= now]


def _days(ask: Ask, chosen: ReportFilter, now: datetime, found: Sequence[DayTally]) -> Table:
    """Give a row for each day up to now, also for one on which nothing came."""
    zone, known = ask.desk.app.means.zone, {one.place: one for one in found}
    _, days = _by_day(ask, chosen, now)
    lines = []
    for place, begins in enumerate(days):
        one = known.get(place, DayTally(place, 0, 0, 0))
        lines.append(Line(f"{begins.astimezone(zone):%d/%m}", one.number, one.met, one.missed))
    return Table(DAY, ask.words.say("Ngày"), lines if found else [])


def _says_something(table: Table) -> bool:
    """Whether a table is worth its place: that all is of one region the head says already."""
    return bool(table.lines) and not (table.key == "region" and len(table.lines) == 1)


def _table(ask: Ask, key: str, found: Iterable[Tally]) -> Table:
    name, namer = _NAMERS[key](ask)
    return Table(key, name, _by(found, namer))


Namer = tuple[str, Callable[[Tally], str]]


def _region(ask: Ask) -> Namer:
    words, rules = ask.words, ask.desk.app.means.rules
    return words.say("Khu vực"), lambda one: tiles.place_name(words, rules, one.queue)


def _treasury(ask: Ask) -> Namer:
    words, rules = ask.words, ask.desk.app.means.rules
    return words.say("Kho bạc"), lambda one: wording.queue_name(words, rules, one.queue)


def _category(ask: Ask) -> Namer:
    words, categories = ask.words, ask.desk.app.means.rules.categories
    return words.say("Loại yêu cầu"), lambda one: wording.category(words, categories, one.category)


def _outcome(ask: Ask) -> Namer:
    words = ask.words

    def named(one: Tally) -> str:
        return outcome_words(words, one.outcome) if one.outcome else words.say("Chưa đóng")

    return words.say("Kết quả"), named


_NAMERS: dict[str, Callable[[Ask], Namer]] = {
    "region": _region,
    "treasury": _treasury,
    "category": _category,
    "outcome": _outcome,
}
"""The tables that the same tallies are added up to, in the order of the sheet."""


def _by(found: Iterable[Tally], name: Callable[[Tally], str]) -> list[Line]:
    """Add tallies up by a name, the largest first."""
    groups: dict[str, list[Tally]] = {}
    for one in found:
        groups.setdefault(name(one), []).append(one)
    return sorted((_sum(*group) for group in groups.items()), key=lambda line: (-line.number, line.name))


def _sum(name: str, found: Iterable[Tally]) -> Line:
    some = list(found)
    return Line(
        name,
        sum(one.number for one in some),
        sum(one.met for one in some),
        sum(one.missed for one in some),
    )
