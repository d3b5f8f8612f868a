"""What belongs to the report of a month: its rows as CSV and XLSX files, a chart of each of its tables."""

from collections.abc import Iterator, Sequence
from typing import Literal

from fastapi.responses import Response

from triage.core import charts
from triage.core.charts import Bar
from triage.core.people import Right
from triage.web import reportfilter
from triage.web.access import Asking, DeskRouter
from triage.web.csvlines import csv_file, csv_line
from triage.web.desk import Ask
from triage.web.headers import DRAWING_HEADERS
from triage.web.queue import seen_queues
from triage.web.reportfilter import ReportFilter
from triage.web.reportgrids import Grid
from triage.web.reportsheet import DAY, MOST_BARS, Line, Table, sheet_of, table_of
from triage.web.reporttimes import times_grid
from triage.web.sheets import Cell, SheetPart, xlsx_file
from triage.web.templating import Words

router = DeskRouter()

Charted = Literal["day", "region", "treasury", "category", "outcome"]


@router.page("/reports.csv", Right.EXPORT)
def reports_csv(ask: Asking) -> Response:
    """Give the report of a month as it is narrowed down; it names nobody who wrote."""
    chosen = _chosen(ask)
    return csv_file(f"bao-cao-{chosen.name()}.csv", _lines(ask.words, *_counted(ask, chosen)))


@router.page("/reports.xlsx", Right.EXPORT)
def reports_xlsx(ask: Asking) -> Response:
    """Give the same as a workbook, a sheet for each table."""
    chosen = _chosen(ask)
    return xlsx_file(f"bao-cao-{chosen.name()}.xlsx", _parts(ask.words, *_counted(ask, chosen)))


@router.page("/reports/{table}.svg", Right.READ)
def chart(ask: Asking, table: Charted) -> Response:
    """Draw one table of the report of a month: days as columns, of the others the largest rows as bars."""
    say = ask.words.say
    chosen = _chosen(ask)
    found = table_of(ask, chosen, ask.desk.now(), table)
    legend = (say("Đúng hạn"), say("Trễ hạn"), say("Chưa tính"))
    bars = [Bar(line.name, (line.met, line.missed, line.open)) for line in found.lines]
    drawn = charts.draw_columns(bars, legend) if found.key == DAY else charts.draw(bars[:MOST_BARS], legend)
    return Response(drawn, media_type="image/svg+xml", headers=DRAWING_HEADERS)


def _chosen(ask: Ask) -> ReportFilter:
    return reportfilter.read(ask, ask.request.query_params, seen_queues(ask))


def _counted(ask: Ask, chosen: ReportFilter) -> tuple[tuple[Table, ...], tuple[Grid, ...]]:
    """Count all tables of a report, in the order of its page."""
    now = ask.desk.now()
    sheet = sheet_of(ask, chosen, now)
    whole = Table("all", ask.words.say("Toàn bộ"), [sheet.total, sheet.before])
    return (whole, *sheet.tables), (*times_grid(ask, chosen, now), *sheet.grids)


def _heads(words: Words) -> tuple[str, ...]:
    say = words.say
    return (say("Phiếu"), say("Đúng hạn"), say("Trễ hạn"), say("Tỷ lệ đúng hạn"))


def _lines(words: Words, tables: Sequence[Table], grids: Sequence[Grid]) -> Iterator[str]:
    yield csv_line((words.say("Bảng"), words.say("Dòng"), *_heads(words)))
    for table in tables:
        yield from (csv_line((table.name, row.name, *_numbers(row))) for row in table.lines)
    for grid in grids:
        yield csv_line((words.say("Bảng"), *grid.heads))
        yield from (csv_line((grid.name, *map(str, row))) for row in grid.rows)


def _numbers(row: Line) -> tuple[str, ...]:
    percent = "" if row.percent is None else f"{row.percent}%"
    return str(row.number), str(row.met), str(row.missed), percent


def _parts(words: Words, tables: Sequence[Table], grids: Sequence[Grid]) -> Iterator[SheetPart]:
    for table in tables:
        rows = [(line.name, *_cells(line)) for line in table.lines]
        yield SheetPart(table.name, (words.say("Dòng"), *_heads(words)), rows)
    for grid in grids:
        yield SheetPart(grid.name, grid.heads, grid.rows)


def _cells(row: Line) -> tuple[Cell, ...]:
    """Give the numbers as numbers, the share in hundredths as the page says it."""
    return row.number, row.met, row.missed, row.percent
