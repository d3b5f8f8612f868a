"""Files in a text between ``begin`` and ``end``, as programs without MIME send them (POSIX uuencode)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_FILES = 100

_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,250}?)[ \t]*\r?\n(?=([^\r\n]*))", re.MULTILINE)
_END = re.compile(rb"^end[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class EncodedFile:
    """One file in a text: its name as written, and where it stands, ``begin`` and ``end`` included."""

    name: bytes
    start: int
    end: int


def find_files(data: bytes, start: int, end: int) -> Iterator[EncodedFile]:
    """Find the files in a stretch of text; what only begins like one is left where it is."""
    if data.find(b"begin", start, end) < 0:
        return
    at = start
    for _ in range(MOST_FILES):
        begin = _BEGIN.search(data, at, end)
        finish = _END.search(data, begin.end(), end) if begin else None
        if begin is None or finish is None:
            return
        if _is_encoded(begin[2]):
            yield EncodedFile(begin[1], begin.start(), finish.end())
            at = finish.end()
        else:
            at = begin.end()


def _is_encoded(line: bytes) -> bool:
    """Say whether a line has the length that its first character tells (or is the start of ``end``)."""
    if line.strip() in {b"`", b"", b"end"}:
        return True
    told = ((line[0] - 32) & 63) * 4
    needed = -(-told // 12) * 4
    # blanks at the end get lost, and some encoders add a check character
    return (
        len(line) >= _SHORTEST and line[0] in range(0x20, 0x61) and needed - 3 <= len(line) - 1 <= needed + 2
    )
