"""What belongs to the sheet of a month: its rows as a CSV file, and a chart of each of its tables."""

from collections.abc import Iterator
from typing import Literal

from fastapi.responses import Response

from triage.core import charts
from triage.core.charts import Bar
from triage.core.people import Right
from triage.web.access import Asking, DeskRouter
from triage.web.csvlines import csv_file, csv_line
from triage.web.headers import DRAWING_HEADERS
from triage.web.reports import MOST_BARS, Line, Sheet, Table, month_asked, sheet_of, tables_of
from triage.web.templating import Words

router = DeskRouter()


@router.page("/reports.csv", Right.EXPORT)
def reports_file(ask: Asking, month: str = "") -> Response:
    """Give the sheet of a month, the present one where none is asked for; it names nobody who wrote."""
    now = ask.desk.now()
    chosen = month_asked(ask, month, now)
    return csv_file(f"bao-cao-{chosen}.csv", _lines(ask.words, sheet_of(ask, chosen, now)))


@router.page("/reports/{table}.svg", Right.READ)
def chart(ask: Asking, table: Literal["treasury", "category", "outcome"], month: str = "") -> Response:
    """Draw the largest rows of one table of the sheet of a month."""
    now, say = ask.desk.now(), ask.words.say
    tables = tables_of(ask, month_asked(ask, month, now), now)
    [found] = [one for one in tables if one.key == table]
    bars = [Bar(line.name, (line.met, line.missed, line.open)) for line in found.lines[:MOST_BARS]]
    drawn = charts.draw(bars, (say("Đúng hạn"), say("Trễ hạn"), say("Chưa tính")))
    return Response(drawn, media_type="image/svg+xml", headers=DRAWING_HEADERS)


def _lines(words: Words, sheet: Sheet) -> Iterator[str]:
    say = words.say
    heads = (say("Phiếu"), say("Đúng hạn"), say("Trễ hạn"), say("Tỷ lệ đúng hạn"))
    yield csv_line((say("Bảng"), say("Dòng"), *heads))
    whole = Table("all", say("Toàn bộ"), [sheet.total, sheet.before])
    for table in (whole, *sheet.tables):
        yield from (csv_line((table.name, row.name, *_numbers(row))) for row in table.lines)


def _numbers(row: Line) -> tuple[str, ...]:
    percent = "" if row.percent is None else f"{row.percent}%"
    return str(row.number), str(row.met), str(row.missed), percent
