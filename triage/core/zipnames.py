"""The names in a zip archive, read from its directory alone; what is unpacked of it is bounded."""

import struct
import zlib
from dataclasses import dataclass

MAX_ENTRIES = 2_000
"""Entries of one archive that are read."""

MAX_INNER = 4_000_000
"""Bytes that one entry may unpack to: an archive within an archive, the XML of a document."""

_END = b"PK\x05\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
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
    end = data.rfind(_END, max(0, len(data) - 66_000))
    if end < 0 or end + 22 > len(data):
        return ()
    count, size, start = struct.unpack_from("<H2L", data, end + 10)
    position = max(0, end - size)
    shift = position - start  # a program may stand before the archive that it unpacks
    entries: list[ZipEntry] = []
    while len(entries) < min(count or MAX_ENTRIES, MAX_ENTRIES) and position + _ENTRY.size <= len(data):
        fields = _ENTRY.unpack_from(data, position)
        if fields[0] != b"PK\x01\x02":
            break
        flags, method, packed, unpacked = fields[3], fields[4], fields[8], fields[9]
        name_size, extra_size, comment_size, offset = fields[10], fields[11], fields[12], fields[16]
        name = data[position + _ENTRY.size : position + _ENTRY.size + name_size]
        entries.append(
            ZipEntry(_name(name, flags), bool(flags & _ENCRYPTED), unpacked, packed, method, offset + shift)
        )
        position += _ENTRY.size + name_size + extra_size + comment_size
    return tuple(entries)


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


def _name(raw: bytes, flags: int) -> str:
    if flags & _UTF8:
        return raw.decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")
