"""The plain text of small files that hold text, each kind by a reader of our own."""

from collections.abc import Callable

from triage.core.charset import decode_text
from triage.core.opentext import open_text
from triage.core.pdftext import pdf_text
from triage.core.sheettext import sheet_text
from triage.core.wordtext import word_text

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file that is read at all."""

_READERS: dict[str, Callable[[bytes], str]] = {
    ".docx": word_text,
    ".odt": open_text,
    ".xlsx": sheet_text,
    ".pdf": pdf_text,
    ".txt": lambda data: decode_text(data, "", []),
}
ENDINGS = tuple(_READERS)
"""Endings of the names of files that are read, lower case."""


def plain_text(name: str, data: bytes) -> str:
    """Give the text of a file by the ending of its name; empty where it has none. Never raises.

    Paragraphs are a line each, and so is a row of a table, with a tab behind every cell.
    """
    if len(data) > LARGEST_FILE:
        return ""
    lower = name.lower()
    return next((read(data) for ending, read in _READERS.items() if lower.endswith(ending)), "")
