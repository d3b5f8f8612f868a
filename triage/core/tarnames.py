"""The names in a tar archive, read from its headers (POSIX ustar, with the long names of GNU and pax)."""

from triage.core.archivelist import LONGEST_NAME, MOST_MEMBERS, Listing, Member

MOST_HEADERS = 10_000

_BLOCK = 512
_FOLDER, _GNU_NAME, _PAX = b"5", b"L", b"x"
_LONGEST_RECORDS = 16_384


def is_tar(data: bytes) -> bool:
    """Whether the bytes are a tar archive."""
    return data[257:262] == b"ustar"


def tar_members(data: bytes) -> Listing:
    """List an archive; where it is cut off or damaged the list ends and is told to be incomplete."""
    members: list[Member] = []
    at, told = 0, ""
    for _ in range(MOST_HEADERS):
        block = data[at : at + _BLOCK]
        if len(block) < _BLOCK or not is_tar(block):
            return Listing(tuple(members), whole=not block.strip(b"\0") and len(block) == _BLOCK)
        kind, size, start = block[156:157], _size(block[124:136]), at + _BLOCK
        if kind in {_GNU_NAME, _PAX}:
            told = _told_name(data[start : start + min(size, _LONGEST_RECORDS)], kind) or told
        else:
            if kind != _FOLDER:
                members.append(Member((told or _name(block))[:LONGEST_NAME], size, at=start, packed=size))
            told = ""
        if len(members) >= MOST_MEMBERS:
            break
        at = start + size + -size % _BLOCK
    return Listing(tuple(members), whole=False)


def _size(raw: bytes) -> int:
    """Read a size: octal digits, or a binary number for files above 8 GB."""
    if raw[:1] == b"\x80":
        return int.from_bytes(raw[1:], "big")
    digits = raw.strip(b"\0 ")
    return int(digits, 8) if digits and all(byte in b"01234567" for byte in digits) else 0


def _name(block: bytes) -> str:
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    name = block[:100].partition(b"\0")[0]
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "replace")


def _told_name(raw: bytes, kind: bytes) -> str:
    """Read a long name: GNU's as it is, that of pax in a record ``length path=name``."""
    if kind == _GNU_NAME:
        return raw.partition(b"\0")[0].decode("utf-8", "replace")
    for record in raw.split(b"\n"):
        _, _, pair = record.partition(b" ")
        if pair.startswith(b"path="):
            return pair[5:].decode("utf-8", "replace")
    return ""
