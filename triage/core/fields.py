"""A header block cut into its fields, nothing decoded (RFC 5322 §2.2)."""

import re
from dataclasses import dataclass

from triage.core.defects import Defect, note

MOST_FIELDS = 1_000
LONGEST_HEADER = 256 * 1024
"""Bytes of one header block."""

_EMPTY_LINE = re.compile(rb"\n\r*\n")
_FIELD = re.compile(rb"(?!--)([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:[ \t]*")
_KNOWN_FIELD = re.compile(
    rb"(?:received|return-path|date|from|sender|to|cc|bcc|subject|message-id|in-reply-to|references|reply-to"
    rb"|mime-version|content-[a-z-]+|x-[a-z0-9-]+|dkim-signature|list-[a-z-]+|importance|user-agent)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One header as it stands: its name, and its value unfolded, still in bytes."""

    name: str
    value: bytes


def read_fields(data: bytes, start: int, defects: list[str]) -> tuple[tuple[Field, ...], int]:
    """Read a header block; give its fields and where the body begins."""
    lines: list[tuple[str, list[bytes]]] = []
    at, limit = start, start + LONGEST_HEADER
    while at < len(data):
        end = next_line(data, at)
        line = data[at : min(end, max(limit, at + 1))].rstrip(b"\r\n")
        if not line:
            at = end
            break
        if at >= limit or len(lines) > MOST_FIELDS:
            note(defects, Defect.HEADERS_TOO_LONG)
            at = _end_of_block(data, at)
            break
        if line[0] in b" \t" and lines:
            lines[-1][1].append(line)
        elif match := _FIELD.match(line if lines else _without_indent(line, defects)):
            lines.append((match[1].decode("ascii"), [match.string[match.end() :]]))
        elif not _take_stray(data, line, end, lines, defects):
            break
        at = end
    return tuple(Field(name, b"".join(values)) for name, values in lines), at


def _without_indent(line: bytes, defects: list[str]) -> bytes:
    """Take the blanks from before the first header, where one of a common name stands behind them."""
    bare = line.lstrip(b" \t")
    if len(bare) == len(line) or not is_known_field(bare, 0):
        return line
    note(defects, Defect.INDENTED_HEADER)
    return bare


def _take_stray(
    data: bytes, line: bytes, end: int, lines: list[tuple[str, list[bytes]]], defects: list[str]
) -> bool:
    """Deal with a line that is no header by itself; say whether headers go on behind it."""
    if line.startswith((b"From ", b">From ")):
        return True
    if lines and (lines[-1][1][-1].rstrip().endswith(b";") or is_known_field(data, end)):
        note(defects, Defect.FOLD_NOT_INDENTED)
        lines[-1][1].append(b" " + line)
        return True
    if not lines and is_known_field(data, end) and is_known_field(data, next_line(data, end)):
        note(defects, Defect.STRAY_FIRST_LINE)
        return True
    if lines and line.strip():
        note(defects, Defect.NO_EMPTY_LINE)
    return False


def is_known_field(data: bytes, at: int) -> bool:
    """Say whether a header of a common name stands there."""
    return _KNOWN_FIELD.match(data, at) is not None


def next_line(data: bytes, start: int) -> int:
    """Give where the next line begins."""
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end + 1


def _end_of_block(data: bytes, start: int) -> int:
    found = _EMPTY_LINE.search(data, start)
    return found.end() if found else len(data)
