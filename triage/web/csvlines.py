"""The CSV files that the desk gives out: for spreadsheets, and never a formula in them."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import chain

from fastapi.responses import StreamingResponse

from triage.core.spreadsheet import harmless
from triage.core.text import one_line
from triage.web.dispositions import content_disposition
from triage.web.headers import DOWNLOAD_HEADERS

_BOM = "\ufeff"
"""A spreadsheet reads UTF-8 only behind it."""


def csv_file(name: str, lines: Iterable[str]) -> StreamingResponse:
    """Give a file of finished lines, which is sent while they are made."""
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": content_disposition("attachment", name, 1)}
    return StreamingResponse(chain((_BOM,), lines), media_type="text/csv; charset=utf-8", headers=headers)


def csv_line(cells: Sequence[str]) -> str:
    """Give one line with its end; what a spreadsheet would take for a formula is text in it."""
    buffer = StringIO()
    csv.writer(buffer).writerow([harmless(one_line(cell)) for cell in cells])
    return buffer.getvalue()
