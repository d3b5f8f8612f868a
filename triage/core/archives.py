"""What is in an archive, whatever packed it: names, at most three archives deep, within fixed limits.

A bomb costs no more than any other file: archives inside are unpacked up to a number of bytes, and what is
left unread is told.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from triage.core.archivelist import LONGEST_NAME, MOST_MEMBERS, Listing, Member
from triage.core.filekinds import KINDS, Group, kind_of_ending
from triage.core.filetypes import contradiction, detect, ending_of
from triage.core.rarnames import is_rar, rar_members
from triage.core.reasons import Reason
from triage.core.sevenzip import is_7z, sevenzip_members
from triage.core.tarnames import is_tar, tar_members
from triage.core.text import clean, one_line
from triage.core.zipnames import MAX_ENTRIES, ZipEntry, is_zip, unpack, zip_entries

DEEPEST = 3
"""Archives within one another that are opened."""

MOST_UNPACKED = 8_000_000
"""Bytes that the archives inside one attachment are unpacked to, all together."""

MOST_INNER = 50
"""Archives inside one attachment that are opened."""

MOST_SNIFFED = 200
"""Members whose first bytes are looked at."""

LARGEST_HONEST = 1_000_000_000
LARGEST_RATIO = 100
"""An archive that claims to unpack to more than so many bytes, and so many times itself, is a bomb."""

MOST_GZIPS = 20
"""Gzips one behind the other that are unpacked as one (RFC 1952 §2.2)."""

_FIRST = 1_024
_GZIP = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Content:
    """One file in an archive: ``path`` names the archives around it; ``detected`` is its kind by content."""

    path: tuple[str, ...]
    name: str
    size: int
    encrypted: bool
    detected: str = ""

    @property
    def shown(self) -> str:
        """The name with those of the archives around it."""
        return " › ".join((*self.path, self.name))


@dataclass(frozen=True, slots=True)
class Archive:
    """What is known of an archive; ``locked``: some of it is encrypted, ``hidden``: even the names are."""

    kind: str
    contents: tuple[Content, ...]
    locked: bool
    hidden: bool
    notes: tuple[Reason, ...]

    @property
    def is_bomb(self) -> bool:
        """Whether it unpacks to what no honest archive holds."""
        return any(note in {BOMB, OVERLAPS} for note in self.notes)


def look_inside(data: bytes, name: str = "") -> Archive:
    """List an archive with those inside it; of what is no archive the list is empty. Never fails."""
    walk = _Walk()
    kind = walk.open(data, name, ())
    return Archive(kind, tuple(walk.contents), walk.locked, walk.hidden, tuple(dict.fromkeys(walk.notes)))


@dataclass(slots=True)
class _Walk:
    """One walk through an archive and those inside it, and what is left of its limits."""

    contents: list[Content] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    locked: bool = False
    hidden: bool = False
    bytes_left: int = MOST_UNPACKED
    archives_left: int = MOST_INNER
    sniffs_left: int = MOST_SNIFFED

    def open(self, data: bytes, name: str, path: tuple[str, ...]) -> str:
        """List one archive; give what kind it is, empty where it is none."""
        for tell, kind in _READERS:
            if tell(data):
                self._list(kind, data, name, path)
                return kind
        return ""

    def _list(self, kind: str, data: bytes, name: str, path: tuple[str, ...]) -> None:
        match kind:
            case "zip":
                self._zip(data, path)
            case "gz":
                self._gzip(data, name, path)
            case "tar":
                listing = tar_members(data)
                self._tell(listing)
                for member in listing.members:
                    self._take(member, path, partial(_stored, data, member))
            case _:
                listing = rar_members(data) if kind == "rar" else sevenzip_members(data)
                self._tell(listing)
                for member in listing.members:
                    self._take(member, path, None)

    def _tell(self, listing: Listing) -> None:
        self.hidden = self.hidden or listing.hidden
        self.locked = self.locked or listing.hidden
        if listing.hidden:
            self.notes.append(HIDDEN)
        elif not listing.whole:
            self.notes.append(CUT)

    def _zip(self, data: bytes, path: tuple[str, ...]) -> None:
        entries = zip_entries(data)
        if _overlap(entries):
            self.notes.append(OVERLAPS)
            self.bytes_left = 0
        claimed = sum(entry.size for entry in entries)
        if claimed > LARGEST_HONEST and claimed > len(data) * LARGEST_RATIO:
            self.notes.append(BOMB)
        if len(entries) >= MAX_ENTRIES or not entries:
            self.notes.append(CUT)
        for entry in entries:
            if not entry.name.endswith(("/", "\\")):
                self._take(_member(entry), path, partial(unpack, data, entry))

    def _gzip(self, data: bytes, name: str, path: tuple[str, ...]) -> None:
        """Unpack as far as allowed; a tar inside is listed, anything else is the one member."""
        unpacked, whole, bomb = _gunzip(data, self.bytes_left)
        self.bytes_left -= len(unpacked)
        self.notes += [BOMB] if bomb else [] if whole else [CUT]
        if len(path) < DEEPEST and is_tar(unpacked):
            self._list("tar", unpacked, name, path)
            return
        inner = _gzip_name(data) or _without_ending(name)
        self._take(Member(inner, len(unpacked)), path, lambda limit: unpacked[:limit])

    def _take(self, member: Member, path: tuple[str, ...], provide: Callable[[int], bytes] | None) -> None:
        """Note one member, and open it where it is an archive."""
        if len(self.contents) >= MOST_MEMBERS:
            self.notes.append(CUT)
            return
        self.locked = self.locked or member.encrypted
        provide = None if member.encrypted else provide
        name = one_line(clean(member.name[:LONGEST_NAME]))
        detected = self._sniff(provide)
        self.contents.append(Content(path, name, member.size, member.encrypted, detected))
        if provide is not None and _is_archive(name, detected):
            self._open_inner(name, path, provide)

    def _open_inner(self, name: str, path: tuple[str, ...], provide: Callable[[int], bytes]) -> None:
        if len(path) + 1 >= DEEPEST:
            self.notes.append(DEEP)
            return
        if self.archives_left <= 0 or self.bytes_left <= 0:
            self.notes.append(CUT)
            return
        inner = provide(self.bytes_left)
        self.archives_left -= 1
        self.bytes_left -= len(inner)
        self.open(inner, name, (*path, name))

    def _sniff(self, provide: Callable[[int], bytes] | None) -> str:
        if provide is None or self.sniffs_left <= 0:
            return ""
        self.sniffs_left -= 1
        kind = detect(provide(_FIRST)[:_FIRST])
        return kind.code if kind else ""


def _member(entry: ZipEntry) -> Member:
    return Member(entry.name, entry.size, entry.encrypted)


def _is_archive(name: str, detected: str) -> bool:
    """Whether a member is an archive by its name, or by its content under the name of something else."""
    claim, content = kind_of_ending(ending_of(name)), KINDS.get(detected)
    if claim is not None and claim.group is Group.ARCHIVE:
        return True
    is_packed = content is not None and content.group is Group.ARCHIVE
    # documents and programs are packed like archives
    return is_packed and (claim is None or contradiction(name, "", content) is not None)


def _overlap(entries: tuple[ZipEntry, ...]) -> bool:
    """Whether members share packed bytes, which only the makers of bombs do."""
    places = sorted((entry.offset, entry.packed) for entry in entries if entry.packed)
    return any(start + packed > following for (start, packed), (following, _) in pairwise(places))


def _stored(data: bytes, member: Member, limit: int) -> bytes:
    """Give the bytes of a member that is not packed."""
    return data[member.at : member.at + min(member.packed, limit)]


def _gunzip(data: bytes, limit: int) -> tuple[bytes, bool, bool]:
    """Unpack up to a limit; say whether that was all, and whether the rest is that of a bomb."""
    unpacked, rest = b"", data
    for _ in range(MOST_GZIPS):
        decoder = zlib.decompressobj(31)
        try:
            unpacked += decoder.decompress(rest, max(limit - len(unpacked), 1))
        except zlib.error:
            return unpacked, False, False
        if not decoder.eof:
            used = len(data) - len(decoder.unconsumed_tail)
            bomb = bool(decoder.unconsumed_tail) and len(unpacked) > used * LARGEST_RATIO
            return unpacked, False, bomb
        rest = decoder.unused_data
        if not rest.startswith(_GZIP):
            return unpacked, True, False
    return unpacked, False, False


def _gzip_name(data: bytes) -> str:
    """Give the name in the header where it comes first (RFC 1952 §2.3.1)."""
    if data[3:4] != b"\x08":
        return ""
    return data[10 : 10 + LONGEST_NAME].partition(b"\0")[0].decode("utf-8", "replace")


def _without_ending(name: str) -> str:
    lower = name.lower()
    if lower.endswith(".tgz"):
        return name[:-4] + ".tar"
    return name[:-3] if lower.endswith(".gz") else name


_READERS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (is_zip, "zip"),
    (is_rar, "rar"),
    (is_7z, "7z"),
    (lambda data: data.startswith(_GZIP), "gz"),
    (is_tar, "tar"),
)

HIDDEN = Reason(
    "archive_names_hidden",
    "Tệp nén đặt mật khẩu cả tên tệp bên trong nên không biết chứa gì.",
    "Even the names of the files in this archive are encrypted.",
)
BOMB = Reason(
    "archive_bomb",
    "Tệp nén khai bung ra lớn bất thường; không được mở.",
    "The archive unpacks to an abnormal size and was not opened further.",
)
OVERLAPS = Reason(
    "archive_overlaps",
    "Các tệp trong tệp nén dùng chung dữ liệu, kiểu bom nén; không được mở.",
    "The files in the archive share their data, as those of zip bombs do; they were not opened.",
)
DEEP = Reason(
    "archive_too_deep",
    f"Tệp nén lồng nhau quá {DEEPEST} lớp; các lớp sâu hơn không được mở.",
    f"Archives nested deeper than {DEEPEST} were not opened.",
)
CUT = Reason(
    "archive_not_whole",
    "Tệp nén quá lớn hoặc hỏng; danh sách bên trong không đầy đủ.",
    "The archive is too large or damaged; the list of what is in it is not complete.",
)
