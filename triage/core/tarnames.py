"""The names in a tar archive, read from its headers (POSIX ustar, with the long names of GNU and pax)."""

from collections.abc import Iterator

from triage.core.archivelist import LONGEST_NAME, MOST_MEMBERS, Listing, Member
from triage.core.archivenames import names_of

MOST_HEADERS = 10_000

_BLOCK = 512
_FOLDER, _GNU_NAME, _PAX = b"5", b"L", b"x"
_ASIDE = (b"K", b"g", b"V")
"""Headers of no file: where a link leads, records for the whole archive, its label."""

_LONGEST_RECORDS = 16_384
_LONGEST_COUNT = 20


def is_tar(data: bytes) -> bool:
    """Whether the bytes are a tar archive."""
    return data[257:262] == b"ustar"


def tar_members(data: bytes) -> Listing:
    """List an archive; where it is cut off or damaged the list ends and is told to be incomplete."""
    found: list[tuple[bytes, int, int]] = []
    at, told = 0, dict[bytes, bytes]()
    whole = False
    for _ in range(MOST_HEADERS):
        block = data[at : at + _BLOCK]
        if len(block) < _BLOCK or not is_tar(block):
            whole = not block.strip(b"\0") and len(block) == _BLOCK
            break
        kind, size, start = block[156:157], _size(block[124:136]), at + _BLOCK
        if kind in {_GNU_NAME, _PAX}:
            told |= _told(data[start : start + min(size, _LONGEST_RECORDS)], kind)
        elif kind not in _ASIDE:
            # a size beyond what the header has room for stands in the records, and counts before it
            long = told.get(b"size", b"")[:_LONGEST_COUNT]
            size = int(long) if long.isdigit() else size
            if kind != _FOLDER:
                found.append(((told.get(b"path") or _name(block))[:LONGEST_NAME], size, start))
            told = {}
        if len(found) >= MOST_MEMBERS:
            break
        at = start + size + -size % _BLOCK
    names = names_of([name for name, _, _ in found])
    rows = zip(names, found, strict=True)
    return Listing(tuple(Member(name, size, at=at, packed=size) for name, (_, size, at) in rows), whole=whole)


def _size(raw: bytes) -> int:
    """Read a size: octal digits, or a binary number for files above 8 GB."""
    if raw[:1] == b"\x80":
        return int.from_bytes(raw[1:], "big")
    digits = raw.strip(b"\0 ")
    return int(digits, 8) if digits and all(byte in b"01234567" for byte in digits) else 0


def _name(block: bytes) -> bytes:
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    name = block[:100].partition(b"\0")[0]
    return prefix + b"/" + name if prefix else name


def _told(raw: bytes, kind: bytes) -> dict[bytes, bytes]:
    """Read what is told of the next file: its long name as GNU writes it, or the records of pax."""
    if kind == _GNU_NAME:
        return {b"path": raw.partition(b"\0")[0]}
    told = dict(_records(raw))
    # of a file with gaps the name proper stands here, beside one made up
    return told | {b"path": told[b"GNU.sparse.name"]} if b"GNU.sparse.name" in told else told


def _records(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give records ``length name=value`` by their lengths, for a value may hold line ends (POSIX pax)."""
    at = 0
    while True:
        blank = raw.find(b" ", at, at + _LONGEST_COUNT)
        count = raw[at : max(blank, at)]
        if not count.isdigit() or not blank < at + int(count) <= len(raw):
            return
        end = at + int(count)
        name, _, value = raw[blank + 1 : end].removesuffix(b"\n").partition(b"=")
        yield name, value
        at = end
