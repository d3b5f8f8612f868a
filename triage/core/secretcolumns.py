"""Secrets in tables: the cells that stand below a heading such as “Mật khẩu” or “Mã PIN”."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_ROWS = 200
"""Rows of one table that are read."""

_SEPARATOR = re.compile(r"[\t|]")
_PASSWORD = re.compile(
    r"(?:mat khau|password|passwd|pass|pwd|pw|mk)"
    r"(?: (?:dang nhap|hien tai|cu|moi|dvc|dvctt|email|mac dinh|ban dau|duoc cap|tam thoi))?"
)
_PIN = re.compile(r"(?:ma )?(?:so )?pin(?: (?:token|usb|cks|cts|chu ky so))?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell below a heading: where its words begin and end in the folded text; ``pin`` by its heading."""

    start: int
    end: int
    pin: bool


def cells_below_headings(flat: str) -> Iterator[Cell]:
    """Give the cells of tables, drawn with tabs or bars, below headings that name a secret. Linear."""
    columns: dict[int, bool] = {}
    rows = at = 0
    for line in flat.split("\n"):
        start, at = at, at + len(line) + 1
        if not _SEPARATOR.search(line):
            columns, rows = {}, 0
            continue
        cells = list(_cells(line, start))
        if not columns:
            columns = _headed(flat, cells)
            continue
        rows += 1
        if rows <= MOST_ROWS:
            yield from (Cell(*cells[number], pin) for number, pin in columns.items() if number < len(cells))


def _headed(flat: str, cells: list[tuple[int, int]]) -> dict[int, bool]:
    """Give the columns whose heading names a secret; true stands for a PIN."""
    names = {number: flat[start:end] for number, (start, end) in enumerate(cells)}
    return {
        number: bool(_PIN.fullmatch(name))
        for number, name in names.items()
        if _PASSWORD.fullmatch(name) or _PIN.fullmatch(name)
    }


def _cells(line: str, start: int) -> Iterator[tuple[int, int]]:
    at = 0
    for piece in _SEPARATOR.split(line):
        words = piece.strip()
        begin = start + at + len(piece) - len(piece.lstrip())
        yield begin, begin + len(words)
        at += len(piece) + 1
