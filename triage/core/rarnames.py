"""The names in a RAR archive, read from the headers between its packed data; nothing is unpacked.

Both formats are described by their maker: https://www.rarlab.com/technote.htm (5.0), technote.txt in the
program's archive (1.5 to 4).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from triage.core.archivelist import LONGEST_NAME, MOST_MEMBERS, Listing, Member
from triage.core.archivenames import names_of

MOST_HEADERS = 10_000

_OLD = b"Rar!\x1a\x07\x00"
_NEW = b"Rar!\x1a\x07\x01\x00"

_BLOCK = struct.Struct("<HBHH")
_FILE = struct.Struct("<LLBLLBBHL")
_ARCHIVE_BLOCK, _FILE_BLOCK, _END_BLOCK = 0x73, 0x74, 0x7B
_HIDDEN, _LOCKED, _LARGE, _WIDE, _FOLLOWED = 0x0080, 0x0004, 0x0100, 0x0200, 0x8000
_FOLDER = 0x00E0

_FILE_HEADER, _ENCRYPTION_HEADER, _END_HEADER = 2, 4, 5
_HAS_EXTRA, _HAS_DATA = 1, 2
_IS_FOLDER, _HAS_TIME, _HAS_SUM = 1, 2, 4
_ENCRYPTION_RECORD = 1
_LONGEST_NUMBER = 10


class _Stop(Enum):
    """Why a list ends before the archive does."""

    HIDDEN = auto()
    CUT = auto()


def is_rar(data: bytes) -> bool:
    """Whether the bytes are a RAR archive of either format."""
    return data.startswith((_OLD, _NEW))


def rar_members(data: bytes) -> Listing:
    """List an archive; what is damaged or cut off ends the list, which then says so. Never fails."""
    found: list[Member] = []
    for item in _new(data) if data.startswith(_NEW) else _old(data):
        if isinstance(item, _Stop):
            return Listing(tuple(found), hidden=item is _Stop.HIDDEN, whole=False)
        found.append(item)
        if len(found) >= MOST_MEMBERS:
            return Listing(tuple(found), whole=False)
    return Listing(tuple(found))


def _old(data: bytes) -> Iterator[Member | _Stop]:
    """Give the members of formats 1.5 to 4, and why there are no more where the end was not met."""
    at = len(_OLD)
    for _ in range(MOST_HEADERS):
        if at == len(data):  # the oldest programs write no block for the end
            return
        if at + _BLOCK.size > len(data):
            break
        _, kind, flags, size = _BLOCK.unpack_from(data, at)
        if kind == _END_BLOCK:
            return
        if size < _BLOCK.size:
            break
        if kind == _ARCHIVE_BLOCK and flags & _HIDDEN:
            yield _Stop.HIDDEN
            return
        following = int.from_bytes(data[at + 7 : at + 11], "little") if flags & _FOLLOWED else 0
        if kind == _FILE_BLOCK:
            member, following = _old_file(data, at, flags)
            if member is None:
                break
            if flags & _FOLDER != _FOLDER:
                yield member
        at += size + following
    yield _Stop.CUT


def _old_file(data: bytes, at: int, flags: int) -> tuple[Member | None, int]:
    """Read the header of a file; give it and how many packed bytes follow."""
    start = at + _BLOCK.size
    if start + _FILE.size > len(data):
        return None, 0
    fields = _FILE.unpack_from(data, start)
    packed, size, length = fields[0], fields[1], fields[7]
    start += _FILE.size
    if flags & _LARGE:
        packed |= int.from_bytes(data[start : start + 4], "little") << 32
        size |= int.from_bytes(data[start + 4 : start + 8], "little") << 32
        start += 8
    raw = data[start : start + min(length, LONGEST_NAME)]
    name = _old_name(raw, wide=bool(flags & _WIDE))
    return Member(name.replace("\\", "/"), size, bool(flags & _LOCKED)), packed


def _old_name(raw: bytes, *, wide: bool) -> str:
    plain, separator, coded = raw.partition(b"\0")
    if wide and separator:
        return _unfold(plain, coded)
    return names_of([plain])[0]


def _unfold(plain: bytes, coded: bytes) -> str:
    """Decode a name that is told as the difference to its 8-bit form: two bits a step say what follows."""
    letters: list[int] = []
    high, at, steps, flags = coded[0] << 8 if coded else 0, 1, 0, 0
    while at < len(coded) and len(letters) < LONGEST_NAME:
        if steps == 0:
            flags, at, steps = coded[at], at + 1, 8
        steps -= 2
        what = flags >> steps & 3
        piece = coded[at : at + 2]
        if not piece:
            break
        if what == 3:  # noqa: PLR2004 - a run that is copied from the 8-bit form
            at += _copy(plain, piece, high, letters)
            continue
        low = piece[0]
        letters.append(low if what == 0 else low | high if what == 1 else int.from_bytes(piece, "little"))
        at += 2 if what > 1 else 1
    return "".join(map(chr, letters)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _copy(plain: bytes, piece: bytes, high: int, letters: list[int]) -> int:
    """Copy a run; give how many bytes told so."""
    shifted = bool(piece[0] & 0x80) and len(piece) > 1
    for _ in range((piece[0] & 0x7F) + 2):
        if len(letters) >= len(plain):
            break
        low = plain[len(letters)]
        letters.append((low + piece[1] & 0xFF | high) if shifted else low)
    return 2 if shifted else 1


@dataclass(slots=True)
class _Cursor:
    """Reads numbers one after the other; behind ``end`` every number is 0."""

    data: bytes
    at: int
    end: int

    def number(self) -> int:
        """Read a number of seven bits a byte, the lowest first."""
        value = 0
        for place in range(_LONGEST_NUMBER):
            if self.at >= self.end:
                return 0
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:  # noqa: PLR2004 - the highest bit says that more follows
                break
        return value


def _new(data: bytes) -> Iterator[Member | _Stop]:
    """Give the members of format 5, and why there are no more where the end was not met."""
    at = len(_NEW)
    for _ in range(MOST_HEADERS):
        cursor = _Cursor(data, at + 4, len(data))
        size = cursor.number()
        cursor.end = min(cursor.at + size, len(data))
        behind = cursor.at + size
        kind, flags = cursor.number(), cursor.number()
        extra = cursor.number() if flags & _HAS_EXTRA else 0
        packed = cursor.number() if flags & _HAS_DATA else 0
        if size and kind == _END_HEADER:
            return
        if size == 0 or behind > len(data):
            break
        if kind == _ENCRYPTION_HEADER:
            yield _Stop.HIDDEN
            return
        if kind == _FILE_HEADER and (member := _new_file(cursor, extra)):
            yield member
        at = behind + packed
    yield _Stop.CUT


def _new_file(cursor: _Cursor, extra: int) -> Member | None:
    flags, size = cursor.number(), cursor.number()
    cursor.number()
    cursor.at += (4 if flags & _HAS_TIME else 0) + (4 if flags & _HAS_SUM else 0)
    cursor.number()
    cursor.number()
    length = cursor.number()
    raw = cursor.data[cursor.at : min(cursor.at + length, cursor.at + LONGEST_NAME, cursor.end)]
    if flags & _IS_FOLDER or not raw:
        return None
    return Member(raw.decode("utf-8", "replace"), size, _is_locked(cursor, extra))


def _is_locked(cursor: _Cursor, extra: int) -> bool:
    """Look for the record of encryption in the extra area at the end of a header."""
    cursor.at = max(cursor.end - extra, cursor.at)
    while cursor.at < cursor.end:
        size = cursor.number()
        behind = cursor.at + size
        if size and cursor.number() == _ENCRYPTION_RECORD:
            return True
        cursor.at = behind
    return False
