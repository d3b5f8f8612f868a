"""winmail.dat, the package in which Outlook hides attachments from everybody else ([MS-OXTNEF]).

Total and linear: a broken package gives what could be read of it and a defect. Nothing is copied out of it
before somebody wants a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from triage.core.charset import decode_text
from triage.core.defects import Defect, note
from triage.core.mapi import BYTES, OBJECT, TEXT, WIDE_TEXT, Property, charset_of, number_at, read_properties
from triage.core.rtf import text_of_rtf
from triage.core.rtf_packed import unpack_rtf
from triage.core.text import clean, one_line

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_ATTRIBUTES = 10_000
MOST_FILES = 200
DEEPEST = 3
"""Mails inside mails that are opened."""

LARGEST_BODY = 2_000_000
"""Bytes of a text that are read."""

_UNTYPED = "application/octet-stream"
_LONGEST_NAME = 2_000
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_HEADER = 9
"""Bytes before an attribute: level, number, length; a checksum of two bytes follows it."""

_OF_FILE = 2


class _Attribute(IntEnum):
    """Attributes of which something is read ([MS-OXTNEF] §2.1.3.3)."""

    SUBJECT = 0x8004
    BODY = 0x800C
    FILE_CONTENT = 0x800F
    FILE_TITLE = 0x8010
    FILE_STARTS = 0x9002
    PROPERTIES = 0x9003
    FILE_PROPERTIES = 0x9005
    CODEPAGE = 0x9007


_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3707, 0x3704, 0x3001
_CONTENT, _TYPE_OF_FILE, _CONTENT_ID = 0x3701, 0x370E, 0x3712
_TEXT_BODY, _PACKED_BODY, _HTML_BODY = 0x1000, 0x1009, 0x1013
_SUBJECT, _SENDER, _BODY_CODEPAGE = 0x0037, 0x0C1A, 0x3FDE
_A_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


@dataclass(frozen=True, slots=True)
class TnefFile:
    """One file in the package and where its bytes lie; ``about`` tells subject and sender of a mail."""

    name: str
    type: str
    content_id: str
    start: int
    end: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class Tnef:
    """A package that has been read: its files, and its text in the forms that it brings."""

    files: tuple[TnefFile, ...]
    subject: str
    sender: str
    plain: str
    html: str
    rtf: bytes
    """RTF, still packed."""

    @property
    def holds_something(self) -> bool:
        """Whether there is anything in it for a reader."""
        return bool(self.files or self.plain.strip() or self.html or self.rtf)

    @property
    def text(self) -> str:
        """The text without mark-up; empty where there is none but HTML."""
        return self.plain or ("" if self.html else text_of_rtf(unpack_rtf(self.rtf)))


@dataclass(slots=True)
class _Part:
    """What was said of the mail or of one file, before it is known which of it counts."""

    title: bytes = b""
    start: int = 0
    end: int = 0
    properties: dict[int, Property] = field(default_factory=dict)


def is_tnef(data: bytes) -> bool:
    """Whether the bytes are a package of Outlook, whatever the file is called."""
    return data.startswith(SIGNATURE)


def read_tnef(data: bytes, defects: list[str]) -> Tnef | None:
    """Read a package; None where it is none. Beyond a limit it stops reading and says so in ``defects``."""
    if not is_tnef(data):
        return None
    return _Reader(data, defects).read(0, len(data), 0)


class _Reader:
    """Reads one package and those inside it; ``_left`` counts down the attributes of all together."""

    def __init__(self, data: bytes, defects: list[str]) -> None:
        self._data = data
        self._defects = defects
        self._left = MOST_ATTRIBUTES

    def read(self, start: int, end: int, depth: int) -> Tnef:
        """Read the package between two places; those inside it as deep as allowed."""
        message, files, charset = self._sort(start, end)
        if len(files) > MOST_FILES:
            note(self._defects, Defect.WINMAIL_TOO_MANY, MOST_FILES)
        listed = [entry for part in files[:MOST_FILES] for entry in self._file(part, charset, depth)]
        body_charset = self._number(message, _BODY_CODEPAGE)
        return Tnef(
            files=tuple(listed[:MOST_FILES]),
            subject=one_line(self._text(message, _SUBJECT, charset) or self._decode(message.title, charset)),
            sender=self._text(message, _SENDER, charset),
            plain=self._body(message, charset),
            html=self._html(message, charset_of(body_charset), charset),
            rtf=self._bytes(message, _PACKED_BODY),
        )

    def _sort(self, start: int, end: int) -> tuple[_Part, list[_Part], str]:
        """Sort the attributes into those of the mail and those of each file."""
        message, files, charset = _Part(), list[_Part](), ""
        for level, number, at, stop in self._attributes(start + 6, end):
            if level == _OF_FILE and (number == _Attribute.FILE_STARTS or not files):
                files.append(_Part())
            part = files[-1] if level == _OF_FILE else message
            match number:
                case _Attribute.CODEPAGE:
                    charset = charset_of(number_at(self._data, at))
                case _Attribute.PROPERTIES | _Attribute.FILE_PROPERTIES:
                    for found in read_properties(self._data, at, stop):
                        part.properties.setdefault(found.number, found)
                case _Attribute.FILE_TITLE | _Attribute.SUBJECT:
                    part.title = self._data[at : min(stop, at + _LONGEST_NAME)]
                case _Attribute.FILE_CONTENT | _Attribute.BODY:
                    part.start, part.end = at, stop
        return message, files, charset

    def _attributes(self, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Give level, number and place of each attribute; only the level tells one from noise."""
        while at + _HEADER <= end:
            level, number = self._data[at], number_at(self._data, at + 1) & 0xFFFF
            size = number_at(self._data, at + 5)
            start = at + _HEADER
            if level not in {1, _OF_FILE} or start + size > end or self._left <= 0:
                note(self._defects, Defect.WINMAIL_DAMAGED)
                return
            self._left -= 1
            yield level, number, start, start + size
            at = start + size + 2

    def _file(self, part: _Part, charset: str, depth: int) -> Iterator[TnefFile]:
        """Give a file; of a mail inside the mail itself and its files."""
        declared = self._text(part, _TYPE_OF_FILE, charset).lower()
        start, end = self._content(part)
        inside = self._inside(part, depth)
        name = self._name(part, charset)
        yield TnefFile(
            name=name or (inside.subject if inside else ""),
            type="application/ms-tnef" if inside else declared if _TYPE.fullmatch(declared) else _UNTYPED,
            content_id=self._text(part, _CONTENT_ID, charset).strip("<>"),
            start=start,
            end=end,
            about=one_line(f"{inside.subject} — {inside.sender}").strip(" —") if inside else "",
        )
        yield from inside.files if inside else ()

    def _name(self, part: _Part, charset: str) -> str:
        """Name a file; its title is the short name again, or says that it has none."""
        name = (
            self._text(part, _LONG_NAME, charset)
            or self._text(part, _SHORT_NAME, charset)
            or self._decode(part.title, charset)
            or self._text(part, _DISPLAY_NAME, charset)
        )
        return one_line(name)

    def _content(self, part: _Part) -> tuple[int, int]:
        found = part.properties.get(_CONTENT)
        if found is None or found.type not in {OBJECT, BYTES}:
            return part.start, part.end
        if found.type == OBJECT:
            # the class of the object stands before it
            return min(found.start + len(_A_MESSAGE), found.end), found.end
        return (part.start, part.end) if part.end > part.start else (found.start, found.end)

    def _inside(self, part: _Part, depth: int) -> Tnef | None:
        found = part.properties.get(_CONTENT)
        start, end = self._content(part)
        if found is None or found.type != OBJECT or not self._data.startswith(SIGNATURE, start):
            return None
        if depth >= DEEPEST:
            note(self._defects, Defect.WINMAIL_TOO_DEEP, DEEPEST)
            return None
        return self.read(start, end, depth + 1)

    def _body(self, message: _Part, charset: str) -> str:
        own = self._data[message.start : min(message.end, message.start + LARGEST_BODY)]
        body = self._text(message, _TEXT_BODY, charset, LARGEST_BODY) or self._decode(own, charset)
        return body.replace("\r\n", "\n").replace("\r", "\n")

    def _html(self, message: _Part, charset: str, fallback: str) -> str:
        found = message.properties.get(_HTML_BODY)
        if found is not None and found.type == WIDE_TEXT:
            return self._text(message, _HTML_BODY, charset, LARGEST_BODY)
        raw = self._bytes(message, _HTML_BODY).rstrip(b"\0")
        return decode_text(raw, charset, self._defects, fallback) if raw else ""

    def _number(self, part: _Part, number: int) -> int:
        found = part.properties.get(number)
        return number_at(self._data, found.start) if found is not None and found.end - found.start >= 4 else 0  # noqa: PLR2004 - a number has four bytes

    def _bytes(self, part: _Part, number: int, most: int = LARGEST_BODY) -> bytes:
        found = part.properties.get(number)
        return self._data[found.start : min(found.end, found.start + most)] if found else b""

    def _text(self, part: _Part, number: int, charset: str, most: int = _LONGEST_NAME) -> str:
        found = part.properties.get(number)
        if found is None or found.type not in {TEXT, WIDE_TEXT}:
            return ""
        raw = self._bytes(part, number, most)
        if found.type == WIDE_TEXT:
            return clean(raw[: len(raw) & ~1].decode("utf-16-le", "replace")).rstrip("\0")
        return self._decode(raw, charset)

    def _decode(self, raw: bytes, charset: str) -> str:
        raw = raw.rstrip(b"\0")
        return clean(raw.decode("ascii")) if raw.isascii() else decode_text(raw, charset, self._defects)
