"""ASN.1 values in BER or DER, read into a tree: tags, lengths and nothing of what they mean (X.690).

One pass; indefinite lengths are followed, what is cut off ends where the bytes end, and what is too deep or
has too many values is not read at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

DEEPEST = 40
MOST_VALUES = 100_000
"""Values in one tree: a content of 50 MB in the pieces that mail programs make has half of them."""

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_INDEFINITE = 0x80
_LONGEST_LENGTH = 8

SEQUENCE = 0x30
SET = 0x31
INTEGER = 0x02
OCTETS = 0x04
OBJECT = 0x06


@dataclass(slots=True)
class Value:
    """One value: its identifier byte, where its header begins, its content begins and ends, and its end.

    ``whole`` is false where the bytes end before the value does.
    """

    tag: int
    outset: int
    start: int
    stop: int
    end: int
    children: list["Value"] = field(default_factory=list)
    whole: bool = True

    def child(self, at: int, tag: int) -> "Value | None":
        """Give the child at a place where it has this tag."""
        return self.children[at] if at < len(self.children) and self.children[at].tag == tag else None

    def first(self, tag: int) -> "Value | None":
        """Give the first child with a tag."""
        return next((child for child in self.children if child.tag == tag), None)


class _TooMuchError(Exception):
    """The tree is deeper or larger than any honest one; leaves this module never."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MOST_VALUES

    def read(self, at: int, limit: int, depth: int) -> Value | None:
        """Read the value that begins here; None where there is none."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise _TooMuchError
        header = self._header(at, limit)
        if header is None:
            return None
        tag, start, length = header
        if length is not None:
            stop = min(start + length, limit)
            value = Value(tag, at, start, stop, stop, whole=start + length <= limit)
            if tag & _CONSTRUCTED:
                value.children = list(self._children(start, stop, depth))
            return value
        value = Value(tag, at, start, limit, limit, whole=False)
        here = start
        while here < limit and self._data[here : here + 2] != b"\0\0":
            child = self.read(here, limit, depth + 1)
            if child is None:
                return value
            value.children.append(child)
            here = child.end
        value.stop, value.end, value.whole = min(here, limit), min(here + 2, limit), here + 2 <= limit
        return value

    def _children(self, at: int, limit: int, depth: int) -> Iterator[Value]:
        while at < limit:
            child = self.read(at, limit, depth + 1)
            if child is None:
                return
            yield child
            at = child.end

    def _header(self, at: int, limit: int) -> tuple[int, int, int | None] | None:
        """Give identifier byte, start of the content and its length, None for an indefinite one."""
        if at + 2 > limit or self._data[at] & _LONG_TAG == _LONG_TAG:
            return None
        tag, first = self._data[at], self._data[at + 1]
        if first < _INDEFINITE:
            return tag, at + 2, first
        if first == _INDEFINITE:
            return (tag, at + 2, None) if tag & _CONSTRUCTED else None
        count = first - _INDEFINITE
        if count > _LONGEST_LENGTH or at + 2 + count > limit:
            return None
        return tag, at + 2 + count, int.from_bytes(self._data[at + 2 : at + 2 + count], "big")


def read_tree(data: bytes) -> Value | None:
    """Read the value that bytes begin with, with all values in it; None where they are no such thing."""
    try:
        return _Reader(data).read(0, len(data), 0)
    except _TooMuchError:
        return None


def octets(data: bytes, value: Value) -> bytes:
    """Give the bytes of an octet string, joined where it came in pieces."""
    if not value.tag & _CONSTRUCTED:
        return data[value.start : value.stop]
    return b"".join(octets(data, child) for child in value.children)


def whole(data: bytes, value: Value) -> bytes:
    """Give a value with its header, as it stands."""
    return data[value.outset : value.end]


def object_id(data: bytes, value: Value | None) -> str:
    """Give an object identifier in dots; empty where the value is none."""
    if value is None or value.tag != OBJECT:
        return ""
    numbers: list[int] = []
    number = 0
    for byte in data[value.start : min(value.stop, value.start + 40)]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        return ""
    root = min(numbers[0] // 40, 2)
    return ".".join(map(str, (root, numbers[0] - 40 * root, *numbers[1:])))


def definite(tag: int, content: bytes) -> bytes:
    """Write a value in DER."""
    size = len(content)
    if size < _INDEFINITE:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _INDEFINITE | len(length))) + length + content
