"""The sheet of a month: what came, what became of it, how much of it in time; made to be printed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi.responses import HTMLResponse

from triage.core import charts
from triage.core.months import Month, month_of, read_month
from triage.core.people import Right
from triage.db import tallies
from triage.db.tallies import Tally
from triage.web import chips, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.filters import Strange
from triage.web.historyvalues import outcome_words

router = DeskRouter()

MOST_BARS = 12
"""Bars of a chart, the longest first; the table beneath has all."""


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
        return charts.height_of(min(len(self.lines), MOST_BARS))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one month: the sums, and what its tables say, each under its name."""

    total: Line
    before: Line
    tables: tuple[Table, ...]


@router.page("/reports", Right.READ)
def reports(ask: Asking, month: str = "") -> HTMLResponse:
    """Show the sheet of a month, the present one where none is asked for, beside the month before."""
    now = ask.desk.now()
    present, chosen = month_of(now, ask.desk.app.means.zone), month_asked(ask, month, now)
    strange = () if not month.strip() or read_month(month.strip()) else (Strange("month", month[:80]),)
    sheet = sheet_of(ask, chosen, now)
    return ask.page(
        "desk/reports.html",
        month=chosen,
        is_past=chosen < present,
        strange=list(chips.strange(ask.words, strange)),
        sheet=sheet,
        chart_width=charts.WIDTH,
        made_at=wording.moment(now, ask.desk.app.means.rules.calendar),
    )


def month_asked(ask: Ask, month: str, now: datetime) -> Month:
    """Read the month that somebody asks for; the present one where he asks for none that there is."""
    return read_month(month.strip()) or month_of(now, ask.desk.app.means.zone)


def sheet_of(ask: Ask, month: Month, now: datetime) -> Sheet:
    """Count what this person sees of a month, as it stands at an aware moment."""
    say = ask.words.say
    found, before = _found(ask, (month, month.before), now)
    return Sheet(_sum(say("Tháng này"), found), _sum(say("Tháng trước"), before), _tables(ask, found))


def tables_of(ask: Ask, month: Month, now: datetime) -> tuple[Table, ...]:
    """Count a month for its tables alone, as ``sheet_of`` does."""
    [found] = _found(ask, (month,), now)
    return _tables(ask, found)


def _found(ask: Ask, months: Sequence[Month], now: datetime) -> list[list[Tally]]:
    """Give what each month came to, all as they stand at one moment."""
    zone = ask.desk.app.means.zone
    spans = [(month.starts_at(zone), month.after.starts_at(zone)) for month in months]
    with ask.desk.database.read() as connection:
        return [tallies.opened_within(connection, ask.person, now, start, end) for start, end in spans]


def _tables(ask: Ask, found: list[Tally]) -> tuple[Table, ...]:
    words, rules = ask.words, ask.desk.app.means.rules

    def outcome(one: Tally) -> str:
        return outcome_words(words, one.outcome) if one.outcome else words.say("Chưa đóng")

    def queue(one: Tally) -> str:
        return wording.queue_name(words, rules, one.queue)

    def category(one: Tally) -> str:
        return wording.category(words, rules.categories, one.category)

    return (
        Table("treasury", words.say("Kho bạc"), _by(found, queue)),
        Table("category", words.say("Loại yêu cầu"), _by(found, category)),
        Table("outcome", words.say("Kết quả"), _by(found, outcome)),
    )


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
