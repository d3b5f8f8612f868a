"""The sheet of a month as a CSV file: the very rows of the page, one table below the other."""

from collections.abc import Iterator

from fastapi.responses import Response

from triage.core.months import month_of, read_month
from triage.core.people import Right
from triage.web.access import Asking, DeskRouter
from triage.web.csvlines import BOM, csv_line
from triage.web.dispositions import content_disposition
from triage.web.headers import DOWNLOAD_HEADERS
from triage.web.reports import Line, Sheet, sheet_of
from triage.web.templating import Words

router = DeskRouter()


@router.page("/reports.csv", Right.EXPORT)
def reports_file(ask: Asking, month: str = "") -> Response:
    """Give the sheet of a month, the present one where none is asked for; it names nobody who wrote."""
    now = ask.desk.now()
    chosen = read_month(month.strip()) or month_of(now, ask.desk.app.means.zone)
    content = BOM + "".join(_lines(ask.words, sheet_of(ask, chosen, now)))
    name = content_disposition("attachment", f"bao-cao-{chosen}.csv", 1)
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": name}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _lines(words: Words, sheet: Sheet) -> Iterator[str]:
    say = words.say
    heads = (say("Phiếu"), say("Đúng hạn"), say("Trễ hạn"), say("Tỷ lệ đúng hạn"))
    yield csv_line((say("Bảng"), say("Dòng"), *heads))
    for table, rows in ((say("Toàn bộ"), [sheet.total, sheet.before]), *sheet.tables):
        yield from (csv_line((table, row.name, *_numbers(row))) for row in rows)


def _numbers(row: Line) -> tuple[str, ...]:
    percent = "" if row.percent is None else f"{row.percent}%"
    return str(row.number), str(row.met), str(row.missed), percent
