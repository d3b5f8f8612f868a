"""The names in a zip archive, read from its directory alone; what is unpacked of it is bounded."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from triage.core.archivenames import names_of

MAX_ENTRIES = 2_000
"""Entries of one archive that are read."""

MAX_INNER = 4_000_000
"""Bytes that one entry may unpack to: an archive within an archive, the XML of a document."""

_END = b"PK\x05\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_WIDE_LOCATOR, _WIDE_END = b"PK\x06\x07", b"PK\x06\x06"
_LOCATOR_SIZE, _WIDE_END_SIZE = 20, 56
_LAST = 66_000
"""Bytes at the end of an archive in which the end of its directory is looked for."""

_MOST_ENDS = 8
_FULL, _FULL_COUNT = 0xFFFFFFFF, 0xFFFF
"""What stands in a field that is too small for its number, which then stands in a longer one (zip64)."""

_WIDE_NUMBERS, _UNICODE_NAME = 0x0001, 0x7075
"""Records beside a name: long numbers; the name in UTF-8 with a checksum of the one that it stands for."""

_UTF8 = 1 << 11
_ENCRYPTED = 1
_STORED, _DEFLATED = 0, 8
_SLACK = 4_096


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file in an archive: its name, whether it is encrypted, its unpacked size, and where it lies."""

    name: str
    encrypted: bool
    size: int
    packed: int
    method: int
    offset: int


def is_zip(data: bytes) -> bool:
    """Whether the bytes are a zip archive, whatever the file is called (docx and jar are)."""
    return data[:4] in (b"PK\x03\x04", _END)


def zip_entries(data: bytes) -> tuple[ZipEntry, ...]:
    """List an archive; what is damaged ends the list. Never fails."""
    end = len(data)
    for _ in range(_MOST_ENDS):
        end = data.rfind(_END, max(0, len(data) - _LAST), end)
        if end < 0:
            break
        # the comment of an archive may hold the sign of an end itself
        if rows := list(_rows(data, end)):
            return tuple(_named(rows))
    return ()


class _Row(NamedTuple):
    """One row of the directory; ``told`` is its name where its charset is known, else empty."""

    raw: bytes
    told: str
    flags: int
    method: int
    size: int
    packed: int
    offset: int


def _named(rows: list[_Row]) -> Iterator[ZipEntry]:
    guessed = iter(names_of([row.raw for row in rows if not row.told]))
    for row in rows:
        name = row.told or next(guessed)
        yield ZipEntry(name, bool(row.flags & _ENCRYPTED), row.size, row.packed, row.method, row.offset)


def _rows(data: bytes, end: int) -> Iterator[_Row]:
    """Read the rows of the directory that ends at a place."""
    if end + 22 > len(data):
        return
    count, start, position = _place(data, end)
    shift = position - start  # a program may stand before the archive that it unpacks
    for _ in range(min(count or MAX_ENTRIES, MAX_ENTRIES)):
        if position + _ENTRY.size > len(data):
            return
        fields = _ENTRY.unpack_from(data, position)
        if fields[0] != b"PK\x01\x02":
            return
        name_at = position + _ENTRY.size
        extra_at = name_at + fields[10]
        position = extra_at + fields[11] + fields[12]
        beside = _beside(data[extra_at : extra_at + fields[11]])
        size, packed, offset = _wide((fields[9], fields[8], fields[16]), beside.get(_WIDE_NUMBERS, b""))
        # programs that unpack end a name at its first NUL
        raw = data[name_at:extra_at].partition(b"\0")[0]
        told = _told_name(raw, fields[3], beside.get(_UNICODE_NAME, b""))
        yield _Row(raw, told, fields[3], fields[4], size, packed, offset + shift)


def _place(data: bytes, end: int) -> tuple[int, int, int]:
    """Give how many rows there are, where the directory says that it begins, and where it does begin."""
    count, size, start = struct.unpack_from("<H2L", data, end + 10)
    if _FULL in {size, start} or count == _FULL_COUNT:
        wide = _wide_end(data, end)
        if wide is not None:
            end = wide
            count, size, start = struct.unpack_from("<3Q", data, wide + 32)
    return count, start, max(0, end - size)


def _wide_end(data: bytes, end: int) -> int | None:
    """Give where the end with long numbers stands: before its locator, else where that says."""
    locator = end - _LOCATOR_SIZE
    if locator < _WIDE_END_SIZE or not data.startswith(_WIDE_LOCATOR, locator):
        return None
    told = int.from_bytes(data[end - 12 : end - 4], "little")
    places = (locator - _WIDE_END_SIZE, told)
    return next((place for place in places if data.startswith(_WIDE_END, place)), None)


def _beside(extra: bytes) -> dict[int, bytes]:
    """Give the records beside a name by their numbers, the first of each."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        number, size = struct.unpack_from("<2H", extra, at)
        found.setdefault(number, extra[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _wide(numbers: tuple[int, int, int], wide: bytes) -> Iterator[int]:
    """Give each number, from the record of long ones where its own field is full."""
    at = 0
    for number in numbers:
        is_long = number == _FULL and at + 8 <= len(wide)
        yield int.from_bytes(wide[at : at + 8], "little") if is_long else number
        at += 8 if is_long else 0


def _told_name(raw: bytes, flags: int, unicode_name: bytes) -> str:
    """Give a name whose charset is told; empty where it is not."""
    if flags & _UTF8:
        return raw.decode("utf-8", "replace")
    if unicode_name[:1] != b"\x01" or unicode_name[1:5] != zlib.crc32(raw).to_bytes(4, "little"):
        return ""
    told = unicode_name[5:].partition(b"\0")[0]
    # not every program looks at this name, so that a file that runs must not get a harmless one by it
    same = told.rpartition(b".")[2].lower() == raw.rpartition(b".")[2].lower()
    return told.decode("utf-8", "replace") if same else ""


def unpack(data: bytes, entry: ZipEntry, limit: int = MAX_INNER) -> bytes:
    """Unpack one entry, at most ``limit`` bytes; empty where it is encrypted, damaged or packed otherwise."""
    if entry.encrypted or not 0 <= entry.offset <= len(data) - _LOCAL.size:
        return b""
    fields = _LOCAL.unpack_from(data, entry.offset)
    start = entry.offset + _LOCAL.size + fields[9] + fields[10]
    # so many packed bytes give the limit, unless they are made to give nothing
    packed = data[start : start + min(entry.packed, 2 * limit + _SLACK)]
    if entry.method == _STORED:
        return packed[:limit]
    if entry.method != _DEFLATED:
        return b""
    try:
        return zlib.decompressobj(-15).decompress(packed, max(1, min(limit, MAX_INNER)))
    except zlib.error:
        return b""


def file_in(data: bytes, name: str, limit: int = MAX_INNER) -> bytes:
    """Unpack the first file of that name, at most ``limit`` bytes; empty where there is none."""
    entry = next((entry for entry in zip_entries(data) if entry.name == name), None)
    return unpack(data, entry, limit) if entry else b""
