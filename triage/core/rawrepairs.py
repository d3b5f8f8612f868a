"""Raw mails put into a form that can be cut into parts: line ends, encodings and delimiters."""

import re

from triage.core.defects import Defect, note
from triage.core.fields import LONGEST_HEADER
from triage.core.transfer import decode_transfer

_FEWEST_TELLING = 6
"""Bytes of a delimiter that nobody writes by chance within a line."""


def with_line_feeds(raw: bytes, defects: list[str]) -> bytes:
    """Turn bare CR into LF, where nothing else ends the lines of the headers."""
    head = raw[:LONGEST_HEADER]
    if b"\r" in head and b"\n" not in head:
        note(defects, Defect.BARE_CR)
        return raw.replace(b"\r", b"\n")
    if b"\r\r\n" in head:
        note(defects, Defect.EXTRA_CR)
    return raw


def with_decoded_body(data: bytes, start: int, encoding: str, boundary: bytes, defects: list[str]) -> bytes:
    """Undo a transfer encoding around all parts, which the standard forbids (RFC 2045 §6.4)."""
    if encoding not in {"base64", "quoted-printable"} or data.find(b"--" + boundary, start) >= 0:
        return data
    body = decode_transfer(data[start:], encoding)
    if b"--" + boundary not in body:
        return data
    note(defects, Defect.ENCODED_MULTIPART)
    return data[:start] + body


def with_lines_of_their_own(data: bytes, start: int, boundary: bytes, defects: list[str]) -> bytes:
    """Begin a line at delimiters that stand right behind a text, against RFC 2046 §5.1.1."""
    delimiter = b"--" + boundary
    begun = data.count(b"\n" + delimiter, max(start - 1, 0))
    if len(delimiter) < _FEWEST_TELLING or data.count(delimiter, start) == begun:
        return data
    joined = rb"(?<=[^\r\n-])%b(?=(?:--)?[ \t]{0,10}\r?(?:\n|\Z))" % re.escape(delimiter)
    body, count = re.subn(joined, lambda match: b"\r\n" + match[0], data[start:])
    if not count:
        return data
    note(defects, Defect.DELIMITER_IN_LINE)
    return data[:start] + body
