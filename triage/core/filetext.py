"""The plain text of small files that hold text, each kind by a reader of our own.

The readers are loaded when there is such a file; few mails have one.
"""

from collections.abc import Callable

from triage.core.charset import decode_text

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file that is read at all."""

ENDINGS = (".docx", ".odt", ".xlsx", ".pdf", ".txt")
"""Endings of the names of files that are read, lower case."""


def plain_text(name: str, data: bytes) -> str:
    """Give the text of a file by the ending of its name; empty where it has none. Never raises.

    Paragraphs are a line each, and so is a row of a table, with a tab behind every cell.
    """
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    return _reader(ending)(data) if ending and len(data) <= LARGEST_FILE else ""


def _reader(ending: str) -> Callable[[bytes], str]:
    match ending:
        case ".docx":
            from triage.core.wordtext import word_text  # noqa: PLC0415 - see the module

            return word_text
        case ".odt":
            from triage.core.opentext import open_text  # noqa: PLC0415 - see the module

            return open_text
        case ".xlsx":
            from triage.core.sheettext import sheet_text  # noqa: PLC0415 - see the module

            return sheet_text
        case ".pdf":
            from triage.core.pdftext import pdf_text  # noqa: PLC0415 - see the module

            return pdf_text
        case _:
            return lambda data: decode_text(data, "", [])
