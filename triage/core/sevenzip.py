"""The names in a 7z archive. They stand at its end, mostly packed with LZMA; nothing else is unpacked.

The format is described in 7zFormat.txt of its maker (https://www.7-zip.org/sdk.html).
"""

import lzma
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from triage.core.archivelist import LONGEST_NAME, MOST_MEMBERS, Listing, Member

LARGEST_HEADER = 4_000_000
"""Bytes that the list of names may unpack to."""

DEEPEST = 3
"""Times that a packed list may hold a packed list."""

_SIGNATURE = b"7z\xbc\xaf\x27\x1c"
_START = 32
_MOST_CODERS = 32


class _Id(IntEnum):
    """What the parts of a header are called."""

    END = 0x00
    HEADER = 0x01
    PROPERTIES = 0x02
    MORE_STREAMS = 0x03
    STREAMS = 0x04
    FILES = 0x05
    PACKS = 0x06
    FOLDERS = 0x07
    SUBSTREAMS = 0x08
    SIZE = 0x09
    SUMS = 0x0A
    FOLDER = 0x0B
    UNPACKED_SIZE = 0x0C
    COUNT = 0x0D
    NAMES = 0x11
    PACKED_HEADER = 0x17


_COPY, _LZMA, _LZMA2, _AES = b"\x00", b"\x03\x01\x01", b"\x21", b"\x06\xf1\x07\x01"


class _DamagedError(Exception):
    """The archive ends early or says what makes no sense; stays inside this module."""


@dataclass(slots=True)
class _Folder:
    """How some files are packed together: the coders with their properties, and what they unpack to."""

    coders: list[tuple[bytes, bytes]]
    outputs: int
    sizes: list[int] = field(default_factory=list)
    summed: bool = False


@dataclass(slots=True)
class _Streams:
    """Where packed data lie, and the folders that unpack them."""

    start: int = 0
    packed: list[int] = field(default_factory=list)
    folders: list[_Folder] = field(default_factory=list)

    @property
    def locked(self) -> bool:
        return any(name == _AES for folder in self.folders for name, _ in folder.coders)


@dataclass(slots=True)
class _Cursor:
    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        """Take so many bytes."""
        if not 0 <= count <= len(self.data) - self.at:
            raise _DamagedError
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """Read a number; the leading ones of its first byte count the bytes that follow."""
        first = self.byte()
        value, mask = 0, 0x80
        for place in range(8):
            if not first & mask:
                return value | (first & mask - 1) << 8 * place
            value |= self.byte() << 8 * place
            mask >>= 1
        return value

    def bits(self, count: int) -> int:
        """Read a list of flags and give how many of them are set."""
        return int.from_bytes(self.take((count + 7) // 8), "big").bit_count()

    def sums(self, count: int) -> bool:
        """Pass over checksums; give whether each of them was there."""
        known = count if self.byte() else self.bits(count)
        self.take(4 * known)
        return known == count


def is_7z(data: bytes) -> bool:
    """Whether the bytes are a 7z archive."""
    return data.startswith(_SIGNATURE)


def sevenzip_members(data: bytes) -> Listing:
    """List an archive; a list that is damaged or packed otherwise is told to be incomplete. Never fails."""
    try:
        return _read(data)
    except _DamagedError:
        return Listing(whole=False)


def _read(data: bytes) -> Listing:
    start, size = (int.from_bytes(data[at : at + 8], "little") for at in (12, 20))
    if size == 0 and len(data) >= _START:
        return Listing()
    header = data[_START + start : _START + start + size]
    if len(header) != size or size > LARGEST_HEADER:
        raise _DamagedError
    for _ in range(DEEPEST):
        cursor = _Cursor(header)
        kind = cursor.number()
        if kind == _Id.HEADER:
            return _files(cursor)
        if kind != _Id.PACKED_HEADER:
            break
        streams = _streams(cursor)
        if streams.locked:
            return Listing(hidden=True)
        header = _unpack(data, streams)
    raise _DamagedError


def _unpack(data: bytes, streams: _Streams) -> bytes:
    """Unpack a list of names that one coder packed."""
    if not streams.folders or not streams.packed or len(streams.folders[0].coders) != 1:
        raise _DamagedError
    folder = streams.folders[0]
    name, properties = folder.coders[0]
    start = _START + streams.start
    packed = data[start : start + streams.packed[0]]
    size = folder.sizes[0] if folder.sizes else 0
    if size > LARGEST_HEADER:
        raise _DamagedError
    if name == _COPY:
        return packed[:size]
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(name, properties)])
        return decoder.decompress(packed, size)
    except (lzma.LZMAError, ValueError, OverflowError, EOFError):
        raise _DamagedError from None


def _filter(name: bytes, properties: bytes) -> dict[str, Any]:
    # no more of the dictionary is ever used than is unpacked
    if name == _LZMA and len(properties) >= 5:  # noqa: PLR2004 - a byte and a number of four
        first = properties[0]
        return {
            "id": lzma.FILTER_LZMA1,
            "dict_size": _dictionary(int.from_bytes(properties[1:5], "little")),
            "lc": first % 9,
            "lp": first // 9 % 5,
            "pb": first // 45,
        }
    if name == _LZMA2 and properties:
        return {"id": lzma.FILTER_LZMA2, "dict_size": LARGEST_HEADER}
    raise _DamagedError


def _dictionary(declared: int) -> int:
    return max(4_096, min(declared, LARGEST_HEADER))


def _files(cursor: _Cursor) -> Listing:
    locked = False
    while (kind := cursor.number()) != _Id.END:
        match kind:
            case _Id.PROPERTIES:
                while cursor.number() != _Id.END:
                    cursor.take(cursor.number())
            case _Id.MORE_STREAMS | _Id.STREAMS:
                locked = _streams(cursor).locked or locked
            case _Id.FILES:
                return _names(cursor, locked=locked)
            case _:
                raise _DamagedError
    return Listing()


def _names(cursor: _Cursor, *, locked: bool) -> Listing:
    count = cursor.number()
    while (kind := cursor.number()) != _Id.NAMES:
        if kind == _Id.END:
            return Listing(whole=False)
        cursor.take(cursor.number())
    raw = cursor.take(cursor.number())
    if not raw or raw[0]:
        raise _DamagedError
    names = raw[1:].decode("utf-16-le", "replace").split("\0")[: min(count, MOST_MEMBERS)]
    members = tuple(Member(name[:LONGEST_NAME], encrypted=locked) for name in names if name)
    return Listing(members, whole=count <= MOST_MEMBERS)


def _streams(cursor: _Cursor) -> _Streams:
    found = _Streams()
    while (kind := cursor.number()) != _Id.END:
        match kind:
            case _Id.PACKS:
                _packs(cursor, found)
            case _Id.FOLDERS:
                _folders(cursor, found)
            case _Id.SUBSTREAMS:
                _substreams(cursor, found)
            case _:
                raise _DamagedError
    return found


def _packs(cursor: _Cursor, found: _Streams) -> None:
    found.start, count = cursor.number(), cursor.number()
    while (kind := cursor.number()) != _Id.END:
        if kind == _Id.SIZE:
            _demand(count, cursor)
            found.packed = [cursor.number() for _ in range(count)]
        elif kind == _Id.SUMS:
            cursor.sums(count)
        else:
            raise _DamagedError


def _folders(cursor: _Cursor, found: _Streams) -> None:
    if cursor.number() != _Id.FOLDER:
        raise _DamagedError
    count = cursor.number()
    if cursor.byte():
        raise _DamagedError
    _demand(count, cursor)
    found.folders = [_folder(cursor) for _ in range(count)]
    while (kind := cursor.number()) != _Id.END:
        if kind == _Id.UNPACKED_SIZE:
            for folder in found.folders:
                folder.sizes = [cursor.number() for _ in range(folder.outputs)]
        elif kind == _Id.SUMS:
            summed = cursor.sums(count)
            for folder in found.folders:
                folder.summed = summed
        else:
            raise _DamagedError


def _folder(cursor: _Cursor) -> _Folder:
    coders, inputs, outputs = [], 0, 0
    count = cursor.number()
    if not 0 < count <= _MOST_CODERS:
        raise _DamagedError
    for _ in range(count):
        flags = cursor.byte()
        name = cursor.take(flags & 0x0F)
        taken, given = (cursor.number(), cursor.number()) if flags & 0x10 else (1, 1)
        coders.append((name, cursor.take(cursor.number()) if flags & 0x20 else b""))
        inputs, outputs = inputs + taken, outputs + given
    if not outputs or max(inputs, outputs) > _MOST_CODERS:
        raise _DamagedError
    for _ in range(2 * (outputs - 1)):
        cursor.number()
    loose = inputs - (outputs - 1)
    for _ in range(loose if loose > 1 else 0):
        cursor.number()
    return _Folder(coders, outputs)


def _substreams(cursor: _Cursor, found: _Streams) -> None:
    counts = [1] * len(found.folders)
    while (kind := cursor.number()) != _Id.END:
        if kind == _Id.COUNT:
            counts = [cursor.number() for _ in found.folders]
        elif kind == _Id.SIZE:
            for count in counts:
                _demand(count, cursor)
                for _ in range(count - 1):
                    cursor.number()
        elif kind == _Id.SUMS:
            pairs = zip(counts, found.folders, strict=True)
            cursor.sums(sum(count for count, folder in pairs if count != 1 or not folder.summed))
        else:
            raise _DamagedError


def _demand(count: int, cursor: _Cursor) -> None:
    """Refuse a count that the bytes which are left cannot hold."""
    if count > len(cursor.data) - cursor.at:
        raise _DamagedError
