"""The plain text of an .xlsx by its own XML."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from triage.core.text import one_line
from triage.core.xmltags import MOST_TAGS, Tag, tags
from triage.core.zipnames import file_in

MOST_SHEETS = 5
"""Sheets of one file that are read."""

LONGEST_TEXT = 100_000
"""Characters of one file: a long text may stand in any number of cells."""

LONGEST_CELL = 32_767
"""Characters of one cell, as Excel has it."""

_SHARED = re.compile(r"""\bt=["']s["']""")
_NUMBER = re.compile(r"[0-9]{1,7}")


def sheet_text(data: bytes) -> str:
    """Give the rows of an .xlsx (ECMA-376 part 1 §18), a line each, a tab behind every cell. Never raises.

    Numbers and dates stand as they are stored, not as the sheet shows them.
    """
    shared = list(_strings(_tags(data, "xl/sharedStrings.xml")))
    sheets = (_tags(data, f"xl/worksheets/sheet{at}.xml") for at in range(1, MOST_SHEETS + 1))
    return _cut(_cells(islice(chain.from_iterable(sheets), MOST_TAGS), shared))


def _tags(data: bytes, name: str) -> Iterator[Tag]:
    yield from tags(file_in(data, name).decode("utf-8", "replace"))


def _strings(found: Iterable[Tag]) -> Iterator[str]:
    """Give the shared strings in the order of their numbers, without the readings of Japanese ones."""
    pieces: list[str] = []
    reading = False
    for tag in found:
        if tag.name == "rPh":
            reading = not tag.closes
        elif tag.name == "t" and tag.opens and not reading:
            pieces.append(tag.text)
        elif tag.name == "si" and tag.closes:
            yield one_line("".join(pieces))[:LONGEST_CELL]
            pieces.clear()


def _cells(found: Iterable[Tag], shared: list[str]) -> Iterator[str]:
    pieces: list[str] = []
    is_shared = False
    for tag in found:
        if tag.name == "row" and tag.closes:
            yield "\n"
        elif tag.name == "c" and tag.opens:
            is_shared = bool(_SHARED.search(tag.attributes))
        elif tag.name == "v" and tag.opens:  # one a cell, lest many name one long string
            pieces = [_string(tag.text, shared) if is_shared else tag.text]
        elif tag.name == "t" and tag.opens:
            pieces.append(tag.text)
        if tag.name == "c" and tag.closes and pieces:
            yield one_line("".join(pieces)) + "\t"
            pieces.clear()


def _string(number: str, shared: list[str]) -> str:
    at = int(number) if _NUMBER.fullmatch(number) else len(shared)
    return shared[at] if at < len(shared) else ""


def _cut(pieces: Iterable[str]) -> str:
    """Join up to so many characters; the last piece is kept whole."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > LONGEST_TEXT:
            break
    return "".join(kept)
