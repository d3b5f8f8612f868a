"""The attachments of a mail: what each is, and how its bytes are taken out of the raw mail.

Only the beginning of a file is decoded to tell what it is, unless that is not enough. The files inside a
winmail.dat stand in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from triage.core.address import read_addresses
from triage.core.defects import Defect, note
from triage.core.filekinds import KINDS, FileKind, Group
from triage.core.filetypes import ENOUGH, claimed, detect, undecided
from triage.core.headers import first_value, joined_source, read_headers
from triage.core.html_text import text_of_html
from triage.core.invitation import invitation_line
from triage.core.mail import Attachment
from triage.core.mime import Part, Structure, read_structure
from triage.core.parameters import read_parameters, text_parameter
from triage.core.pixels import pixels_of
from triage.core.text import one_line
from triage.core.tnef import Tnef, TnefFile, is_tnef, read_tnef
from triage.core.transfer import decode_transfer, decoded_size
from triage.core.wrapped import open_mail

LARGEST = 50_000_000
"""Bytes of one attachment that are decoded to look into it."""

LARGEST_ICON = 200_000
"""Bytes of a picture whose digest is taken, so that one that comes again is known: icons are small."""

LONGEST_ABOUT = 300

_ENCODED = ENOUGH * 3 // 2
"""Encoded bytes that hold enough decoded ones, with their line ends."""

_FIRST = 6 * 1024
"""Encoded bytes that tell most large files apart: decoding more of each costs as much as all else."""

_PLAIN_GROUPS = frozenset({Group.PAPER, Group.VIDEO, Group.SOUND})
"""What is known by its first bytes alone."""

_MAIL = KINDS["eml"]
_PACKAGES = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))


@dataclass(frozen=True, slots=True)
class Attached:
    """The attachments of a mail, and the text that a winmail.dat among them brings."""

    files: tuple[Attachment, ...]
    text: str = ""
    html: str = ""


def read_attached(structure: Structure, text_parts: frozenset[int], defects: list[str]) -> Attached:
    """Describe the parts of a mail that are no text of its own; ``text_parts`` numbers those that are."""
    files: list[Attachment] = []
    text = html = ""
    for part in sorted(structure.parts, key=lambda part: part.start):
        if part.number in text_parts:
            continue
        attachment, package = _describe(structure, part, defects)
        if package is None:
            files.append(attachment)
            continue
        files += _packed(part.number, *package)
        text = text or package[1].text or text_of_html(package[1].html, defects)
        html = html or package[1].html
    return Attached(tuple(files), text, html)


class Opener:
    """Takes attachments out of a raw mail, which is cut into its parts once for all of them."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._structure: Structure | None = None
        self._package: tuple[int, bytes, Tnef | None] = (-1, b"", None)

    def bytes_of(self, attachment: Attachment) -> bytes:
        """Give the decoded bytes of an attachment; none where the mail has no such part."""
        if attachment.inner < 0:
            return self._part(attachment.part)
        if self._package[0] != attachment.part:
            data = self._part(attachment.part)
            self._package = (attachment.part, data, read_tnef(data, []))
        _, data, package = self._package
        if package is None or attachment.inner >= len(package.files):
            return b""
        found = package.files[attachment.inner]
        return data[found.start : found.end]

    def _part(self, number: int) -> bytes:
        if self._structure is None:
            self._structure = open_mail(self._raw, [], checks=False).structure
        parts = self._structure.parts
        return _decoded(self._structure, parts[number]) if 0 <= number < len(parts) else b""


def _decoded(structure: Structure, part: Part) -> bytes:
    return decode_transfer(structure.body(part), part.encoding)


def _describe(
    structure: Structure, part: Part, defects: list[str]
) -> tuple[Attachment, tuple[bytes, Tnef] | None]:
    """Describe a part; of a winmail.dat that can be read also what is in it."""
    size = decoded_size(structure.body(part), part.encoding)
    head = decode_transfer(structure.body(part)[:_FIRST], part.encoding)
    if not _says_enough(head, size):
        head = decode_transfer(structure.body(part)[:_ENCODED], part.encoding)
    data = _decoded(structure, part) if _needs_all(head, size) else head
    package = _package(data, str(part.content), size, defects)
    content_id = part.first("content-id").decode("ascii", "replace").strip().strip("<>")
    name = _name(part, structure.root.content.charset, defects)
    told = _Told.of(data, size, claimed(name, str(part.content)))
    attachment = Attachment(
        name=name,
        type=str(part.content),
        size=size,
        inline=part.disposition == "inline" or (bool(content_id) and part.disposition != "attachment"),
        content_id=content_id,
        part=part.number,
        detected=told.detected,
        pixels=told.pixels,
        digest=told.digest,
        about=told.about,
    )
    return attachment, (data, package) if package and package.holds_something else None


def _says_enough(head: bytes, size: int) -> bool:
    """Whether the first bytes of a large file tell all that is told of its kind."""
    if len(head) >= size:
        return True
    kind = detect(head)
    if kind is None or undecided(head) or is_tnef(head):
        return False
    return kind.group in _PLAIN_GROUPS or (
        kind.group is Group.PICTURE and pixels_of(head, kind.code) != (0, 0)
    )


def _needs_all(head: bytes, size: int) -> bool:
    return len(head) < size <= LARGEST and (is_tnef(head) or undecided(head))


def _package(data: bytes, media_type: str, size: int, defects: list[str]) -> Tnef | None:
    """Read a winmail.dat, by what it is and not by what it is called; one that is broken stays a file."""
    found = read_tnef(data, defects) if size <= LARGEST else None
    if found is None and media_type in _PACKAGES:
        note(defects, Defect.WINMAIL_UNREADABLE)
    return found


def _packed(part: int, data: bytes, package: Tnef) -> Iterator[Attachment]:
    for at, file in enumerate(package.files):
        yield _packed_file(part, at, data, file)


def _packed_file(part: int, at: int, data: bytes, file: TnefFile) -> Attachment:
    size = file.end - file.start
    head = data[file.start : min(file.end, file.start + ENOUGH)]
    data = data[file.start : file.end] if _needs_all(head, size) else head
    told = _Told.of(data, size, claimed(file.name, file.type))
    return Attachment(
        name=file.name,
        type=file.type,
        size=size,
        inline=bool(file.content_id),
        content_id=file.content_id,
        part=part,
        inner=at,
        detected=told.detected,
        pixels=told.pixels,
        digest=told.digest,
        about=(file.about or told.about)[:LONGEST_ABOUT],
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the content of a file tells of it."""

    detected: str = ""
    pixels: tuple[int, int] = (0, 0)
    digest: str = ""
    about: str = ""

    @classmethod
    def of(cls, data: bytes, size: int, claim: FileKind | None) -> "_Told":
        """Look at a file, or at its beginning where that is all that was decoded."""
        kind = detect(data)
        if kind is None:
            return cls()
        if kind.group is Group.TEXT and claim is _MAIL:
            # few headers make no mail of a text, unless somebody says so
            kind = _MAIL
        match kind.group:
            case Group.PICTURE:
                known = size <= LARGEST_ICON
                # the beginning and the size tell pictures apart as well as the whole does
                digest = sha256(data[:ENOUGH] + str(size).encode()).hexdigest()[:16] if known else ""
                return cls(kind.code, pixels_of(data, kind.code), digest)
            case Group.INVITATION:
                return cls(kind.code, about=invitation_line(data)[:LONGEST_ABOUT])
            case Group.MAIL if kind is _MAIL:
                return cls(kind.code, about=_about_mail(data)[:LONGEST_ABOUT])
        return cls(kind.code)


def _about_mail(data: bytes) -> str:
    """Tell subject and sender of an attached mail."""
    root = read_structure(data[:ENOUGH], []).root
    headers = read_headers(root.fields, root.content.charset, [])
    senders = read_addresses(joined_source(headers, "from"), [])
    sender = f"{senders[0].name} <{senders[0].address}>".strip() if senders else ""
    return one_line(" — ".join(filter(None, (first_value(headers, "subject"), sender))))


def _name(part: Part, charset: str, defects: list[str]) -> str:
    given = read_parameters(part.first("content-disposition"), defects)
    return text_parameter(given, "filename", charset, defects) or text_parameter(
        part.content.parameters, "name", charset, defects
    )
