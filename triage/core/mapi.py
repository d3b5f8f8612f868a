"""Properties as Outlook writes them into winmail.dat ([MS-OXTNEF] §2.1.3.4, [MS-OXCDATA] §2.11).

Values are given as places in the data, so that nothing is copied before somebody wants it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MOST_PROPERTIES = 20_000
"""Values of properties in one winmail.dat that are read."""

_EMPTY = (0x0000, 0x0001)
"""Types whose values take no bytes: unspecified and null."""

_FIXED = {
    # bytes that a value of this type takes, filled up to four
    **dict.fromkeys((0x0002, 0x0003, 0x0004, 0x000A, 0x000B), 4),
    **dict.fromkeys((0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8),
    0x0048: 16,
    **dict.fromkeys(_EMPTY, 0),
}
OBJECT, BYTES, TEXT, WIDE_TEXT = 0x000D, 0x0102, 0x001E, 0x001F
_VARIABLE = frozenset((OBJECT, BYTES, TEXT, WIDE_TEXT))
_MANY = 0x1000
_NAMED = 0x8000
_ENCODINGS = {
    # numbers of code pages that are not called "cp…"
    **dict.fromkeys((1200, 0), ""),
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    51932: "euc-jp",
    51949: "euc-kr",
    54936: "gb18030",
    65000: "utf-7",
    65001: "utf-8",
    **{28590 + part: f"iso-8859-{part}" for part in range(1, 16)},
}


@dataclass(frozen=True, slots=True)
class Property:
    """One value: the number and type of its property, and where it lies in the data."""

    number: int
    type: int
    start: int
    end: int


def charset_of(codepage: int) -> str:
    """Name the charset of a Windows code page; empty where the number says nothing."""
    return _ENCODINGS.get(codepage, f"cp{codepage}")


def number_at(data: bytes, at: int) -> int:
    """Read four bytes as a number; what lies behind the end counts as zero."""
    return int.from_bytes(data[at : at + 4], "little") if at >= 0 else 0


def read_properties(data: bytes, start: int, end: int) -> Iterator[Property]:
    """Read a list of properties; ends where it is damaged, and after MOST_PROPERTIES values."""
    left, at, seen = number_at(data, start), start + 4, 0
    while left > 0 and at + 4 <= end and seen < MOST_PROPERTIES:
        left -= 1
        kind, number = (int.from_bytes(data[place : place + 2], "little") for place in (at, at + 2))
        at = _behind_name(data, at + 4) if number >= _NAMED else at + 4
        base = kind & ~_MANY
        count = 1
        if base in _VARIABLE or kind & _MANY:
            count, at = number_at(data, at), at + 4
        if base not in _VARIABLE and base not in _FIXED:
            return
        if base in _EMPTY:
            # many values without a byte would be as many as the number claims
            count = min(count, 1)
        for _ in range(count):
            size = _FIXED.get(base, 0)
            if base in _VARIABLE:
                size, at = number_at(data, at), at + 4
            if at + size > end or seen >= MOST_PROPERTIES:
                return
            seen += 1
            yield Property(number, base, at, at + size)
            at += size + -size % 4


def _behind_name(data: bytes, at: int) -> int:
    """Pass over the name of a named property: a set, then a number or a text."""
    if number_at(data, at + 16) == 0:
        return at + 24
    size = number_at(data, at + 20)
    return at + 24 + size + -size % 4
