"""The objects of a PDF file, found by their marks: its own tables, which may lie, are not followed."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from triage.core.pdfvalues import Budget, Ref, pdf_values

MOST_MARKS = 60_000
"""Beginnings and ends of objects and streams that are looked at."""

MOST_UNPACKED = 8_000_000
"""Bytes that the streams of one file are unpacked to, all together."""

MOST_PACKED_OBJECTS = 20_000
"""Objects of one file that lie in streams of objects."""

_MARK = re.compile(
    rb"(?P<end>endstream)|>>\s{0,9}(?P<stream>stream(?:\r\n|\n|\r))"
    rb"|(?<!\d)(?P<object>\d{1,9})\s{1,4}\d{1,5}\s{1,4}obj(?![a-z])"
)
_FLATE = ("FlateDecode", "Fl")
_DEEPEST = 8


@dataclass(slots=True)
class Place:
    """Where an object lies: its value from ``start`` to ``end``, its stream from ``end`` to ``last``."""

    data: bytes
    start: int
    end: int
    last: int = 0

    @property
    def body(self) -> bytes:
        """The bytes of its value."""
        return self.data[self.start : self.end]


@dataclass(slots=True)
class PdfFile:
    """The objects of one file by their numbers, the newest of each, and what may still be spent on them."""

    places: dict[int, Place]
    budget: Budget = field(default_factory=Budget)
    bytes_left: int = MOST_UNPACKED
    _known: dict[int, object] = field(default_factory=dict)

    def value(self, of: object) -> object:
        """Give a value, or what it refers to; None where there is nothing."""
        for _ in range(_DEEPEST):
            if not isinstance(of, Ref):
                return of
            number = of.number
            if number not in self._known:
                place = self.places.get(number)
                self._known[number] = next(pdf_values(place.body, self.budget), None) if place else None
            of = self._known[number]
        return None

    def dictionary(self, of: object) -> dict[str, object]:
        """Give the dictionary that a value is or refers to, else an empty one."""
        found = self.value(of)
        return found if isinstance(found, dict) else {}

    def array(self, of: object) -> list[object]:
        """Give the array that a value is or refers to, else an empty one."""
        found = self.value(of)
        return found if isinstance(found, list) else []

    def stream(self, of: object) -> bytes:
        """Unpack the stream of an object as far as is still allowed; empty where it is packed otherwise."""
        place = self.places.get(of.number) if isinstance(of, Ref) else None
        if place is None or place.last <= place.end or self.bytes_left <= 0:
            return b""
        said = self.dictionary(of)
        filters = self.value(said.get("Filter"))
        names = filters if isinstance(filters, list) else [] if filters is None else [filters]
        packed = place.data[place.end : place.last]
        # a stream that is drawn again and again costs each time
        unpacked = self._unpacked(packed, names) if not said.get("DecodeParms") else b""
        self.bytes_left -= len(unpacked) + len(packed)
        return unpacked

    def _unpacked(self, packed: bytes, filters: list[object]) -> bytes:
        if not filters:
            return packed[: self.bytes_left]
        if len(filters) > 1 or filters[0] not in _FLATE:
            return b""
        try:
            return zlib.decompressobj().decompress(packed, self.bytes_left)
        except zlib.error:
            return b""


def read_pdf(data: bytes) -> PdfFile:
    """Find the objects of a file, those in streams of objects too; an encrypted one has none. Total."""
    file = PdfFile({})
    if b"%PDF" not in data[:1024] or b"/Encrypt" in data:
        return file
    file.places.update(_places(data))
    packers = [number for number, place in file.places.items() if b"/ObjStm" in place.body]
    left = MOST_PACKED_OBJECTS
    for number in packers:
        found = dict(islice(_packed_places(file, number), left))
        left -= len(found)
        for inner, place in found.items():
            file.places.setdefault(inner, place)
    return file


def _places(data: bytes) -> Iterator[tuple[int, Place]]:
    current: Place | None = None
    number = 0
    for mark in islice(_MARK.finditer(data), MOST_MARKS):
        in_stream = current is not None and current.last < 0
        if mark.lastgroup == "end":
            if current is not None and in_stream:
                current.last = mark.start()
        elif in_stream:
            continue
        elif mark.lastgroup == "stream":
            if current is not None and current.end == len(data):
                current.end, current.last = mark.end(), -1
        else:
            if current is not None:
                current.end = min(current.end, mark.start())
                yield number, current
            number, current = int(mark["object"]), Place(data, mark.end(), len(data))
    if current is not None:
        yield number, current


def _packed_places(file: PdfFile, number: int) -> Iterator[tuple[int, Place]]:
    """Give the objects in one stream of objects (§7.5.7)."""
    said = file.dictionary(Ref(number))
    first = said.get("First")
    data = file.stream(Ref(number))
    if said.get("Type") != "ObjStm" or not isinstance(first, float):
        return
    head = [int(one) for one in pdf_values(data[: int(first)], file.budget) if isinstance(one, float)]
    begun = sorted((int(first) + at, inner) for inner, at in zip(head[::2], head[1::2], strict=False))
    ends = [*(start for start, _ in begun[1:]), len(data)]  # so none lies in another, whatever it says
    for (start, inner), end in zip(begun, ends, strict=True):
        if 0 < start < end <= len(data):
            yield inner, Place(data, start, end)
