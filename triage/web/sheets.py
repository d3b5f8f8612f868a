"""The XLSX files that the desk gives out: whatever is written is text or a number, and never a formula.

A file is written row by row to the disk, so that its size is no matter of memory, and sent from there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from triage.core.text import one_line
from triage.web.dispositions import content_disposition
from triage.web.headers import DOWNLOAD_HEADERS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000
"""Rows of one sheet, of the 1,048,576 that programs read; what is more goes on in a further sheet."""

_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_NO_CHARACTER = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML 1.0 file holds."""

_AT_ONCE = 256 * 1024
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,
}

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet: its name, the heads of its columns, its rows."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def xlsx_file(name: str, parts: Iterable[SheetPart]) -> StreamingResponse:
    """Give a workbook; it is finished before the first byte of it is sent."""
    file = TemporaryFile()  # noqa: SIM115 - it is closed when all of it is sent
    try:
        _write(file, parts)
    except BaseException:
        file.close()
        raise
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": content_disposition("attachment", name, 1)}
    return _Sent(file, headers)


class _Sent(StreamingResponse):
    """An answer from a file that is closed with it, also where nobody has read it to its end."""

    def __init__(self, file: IO[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(_read(file), media_type=MEDIA_TYPE, headers=headers)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _write(file: IO[bytes], parts: Iterable[SheetPart]) -> None:
    with Workbook(file, _OPTIONS) as book:
        bold, used = book.add_format({"bold": True}), set[str]()
        for part in parts:
            rows, more = iter(part.rows), True
            while more:
                sheet = book.add_worksheet(_free_name(part.name, used))
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(part.heads) - 1, 18)
                for column, head in enumerate(part.heads):
                    sheet.write_string(0, column, _text(head), bold)
                more = _fill(sheet, rows)


def _fill(sheet: Worksheet, rows: Iterator[Sequence[Cell]]) -> bool:
    """Write rows below the heads; True where the sheet is full, and there may be more."""
    for number in range(1, MOST_ROWS + 1):
        row = next(rows, None)
        if row is None:
            return False
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, _text(cell))
            elif cell is not None:
                sheet.write_number(number, column, cell)
    return True


def _text(cell: str) -> str:
    return _NO_CHARACTER.sub("", one_line(cell))[:_LONGEST_CELL]


def _free_name(wanted: str, used: set[str]) -> str:
    """Give a name that programs take for a sheet and that no other sheet of the file has."""
    plain = _NO_NAME.sub(" ", _text(wanted)).strip()[:_LONGEST_NAME] or "1"
    name, number = plain, 1
    while name.lower() in used:
        number += 1
        name = f"{plain[: _LONGEST_NAME - 4]} {number}"
    used.add(name.lower())
    return name


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_AT_ONCE):
        yield chunk
