"""Writes winmail.dat: attributes, properties and packed RTF as Outlook does ([MS-OXTNEF])."""

import struct
import unicodedata
from dataclasses import dataclass

LONG_NAME, SHORT_NAME, TYPE, CONTENT_ID, CONTENT = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701
SUBJECT, SENDER, BODY, PACKED_BODY, HTML_BODY, BODY_CODEPAGE = 0x0037, 0x0C1A, 0x1000, 0x1009, 0x1013, 0x3FDE
MESSAGE_CLASS = bytes.fromhex("0703020000000000c000000000000046")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TEXT, _WIDE, _BYTES, _OBJECT, _NUMBER = 0x1E, 0x1F, 0x102, 0x0D, 0x03


@dataclass(frozen=True)
class Packed:
    """One file of a package; ``wide`` writes its names in UTF-16, ``late`` its data as a property."""

    name: str
    data: bytes = b"x"
    type: str = ""
    content_id: str = ""
    title: str = "UNTITL~1.DAT"
    wide: bool = True
    late: bool = False
    is_mail: bool = False

    def attributes(self) -> bytes:
        properties = []
        if self.name:
            properties.append(text(LONG_NAME, self.name, wide=self.wide))
        if self.type:
            properties.append(text(TYPE, self.type, wide=False))
        if self.content_id:
            properties.append(text(CONTENT_ID, self.content_id, wide=False))
        if self.is_mail:
            properties.append(variable(CONTENT, _OBJECT, MESSAGE_CLASS + self.data))
        elif self.late:
            properties.append(variable(CONTENT, _BYTES, self.data))
        data = b"" if self.late or self.is_mail else attribute(2, 0x6800F, self.data)
        return (
            attribute(2, 0x69002, bytes(14))
            + attribute(2, 0x18010, windows_1258(self.title) + b"\0")
            + data
            + attribute(2, 0x69005, listed(*properties))
        )


def package(*files: Packed, properties: tuple[bytes, ...] = (), codepage: int = 1258) -> bytes:
    """Write a whole package; ``properties`` are those of the mail."""
    head = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x89006, b"\x00\x00\x01\x00")
    head += attribute(1, 0x69007, struct.pack("<LL", codepage, 0))
    mail = attribute(1, 0x69003, listed(*properties)) if properties else b""
    return head + mail + b"".join(file.attributes() for file in files)


def windows_1258(text: str) -> bytes:
    """Write text as Windows does: each tone as a mark of its own behind its letter."""
    split = "".join(_tone_apart(letter) for letter in text)
    return split.encode("cp1258")


def _tone_apart(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in marks if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tone


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BLL", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def listed(*properties: bytes) -> bytes:
    return struct.pack("<L", len(properties)) + b"".join(properties)


def text(number: int, value: str, *, wide: bool = True) -> bytes:
    raw = (value + "\0").encode("utf-16-le") if wide else windows_1258(value) + b"\0"
    return variable(number, _WIDE if wide else _TEXT, raw)


def data(number: int, value: bytes) -> bytes:
    return variable(number, _BYTES, value)


def count(number: int, value: int) -> bytes:
    return struct.pack("<HHL", _NUMBER, number, value)


def variable(number: int, kind: int, raw: bytes) -> bytes:
    return struct.pack("<HHLL", kind, number, 1, len(raw)) + raw + bytes(-len(raw) % 4)


def named(name: str, value: bytes) -> bytes:
    """Write a property that has a name instead of a number."""
    raw = (name + "\0").encode("utf-16-le")
    head = struct.pack("<HH", _BYTES, 0x8001) + bytes(16) + struct.pack("<LL", 1, len(raw))
    return (
        head + raw + bytes(-len(raw) % 4) + struct.pack("<LL", 1, len(value)) + value + bytes(-len(value) % 4)
    )


def packed_rtf(rtf: bytes) -> bytes:
    """Pack RTF without finding repetitions: every byte as it is."""
    body = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<LL4sL", len(body) + 12, len(rtf), b"LZFu", 0) + body
