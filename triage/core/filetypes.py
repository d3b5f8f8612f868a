"""What a file is by its first bytes, whatever its name and type claim.

A beginning of some kilobytes is enough for most kinds; packed and compound files are told apart by names that
may stand further on, so that the whole file knows better. Linear, and silent where nothing is recognised.
"""

import re
from dataclasses import dataclass

from triage.core.filekinds import KINDS, FileKind, Group, kind_of_ending, kind_of_type
from triage.core.zipnames import is_zip, zip_entries

ENOUGH = 64 * 1024
"""Bytes of a beginning that tell the kind of nearly every file, and the size of nearly every picture."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins: old Office documents, Outlook mails, installers ([MS-CFB] §2.2)."""

_FIRST = 4_096
_LATEST_PDF = 1_024
_SMALLEST_TEXT = 64

_STARTS: tuple[tuple[bytes, str], ...] = (
    # by which bytes a file begins; the first match counts
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"ID3", "mp3"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gz"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"\x7fELF", "elf"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"#!", "sh"),
)
_PLACES: tuple[tuple[int, bytes, str], ...] = (
    # what stands where in a file
    (8, b"WEBP", "webp"),
    (257, b"ustar", "tar"),
)
_BRANDS = {
    # the brand of an ISO media file (ISO 14496-12 §4.3)
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"), "heic"),
    b"qt  ": "mov",
}
_CLASSES = {
    # class of the root of a compound file, as its sixteen bytes begin
    bytes.fromhex("06090200"): "doc",
    bytes.fromhex("20080200"): "xls",
    bytes.fromhex("10080200"): "xls",
    bytes.fromhex("108d8164"): "ppt",
    bytes.fromhex("84100c00"): "msi",
    bytes.fromhex("0b0d0200"): "msg",
}
_STREAMS = tuple(
    # names of streams in a compound file; a mail may hold documents, so it is asked for first
    (name.encode("utf-16-le"), kind)
    for name, kind in (
        ("__properties_version1.0", "msg"),
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
        ("Workbook\0", "xls"),
        ("Book\0", "xls"),
    )
)
_ZIPPED = (
    # how the name of a member begins, and what such an archive is
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("AndroidManifest.xml", "apk"),
    ("META-INF/MANIFEST.MF", "jar"),
)
_OF_OFFICE = frozenset(
    ("[Content_Types].xml", "word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml")
)
"""One of these files stands in every Office document."""

_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_LOCAL_NAME = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_MOST_LOCAL = 200
_PKCS7 = (
    # object identifiers 1.2.840.113549.1.7.2 (signed data) and .3 (enveloped data), RFC 5652
    bytes.fromhex("06092a864886f70d010702"),
    bytes.fromhex("06092a864886f70d010703"),
)
_MARKS = (
    # how texts begin that programs read, in upper case
    (b"BEGIN:VCALENDAR", "ics"),
    (b"BEGIN:VCARD", "vcf"),
    (b"-----BEGIN PKCS7", "p7m"),
    (b"-----BEGIN CMS", "p7m"),
)
_LONGEST_MARK = 30
_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|script|table|meta|form)\b",
    re.IGNORECASE | re.DOTALL,
)
_SVG = re.compile(rb"<(?:!DOCTYPE )?svg[\s>:]", re.IGNORECASE)
_SIGNED = (b"http://uri.etsi.org/01903", b"http://www.w3.org/2000/09/xmldsig#")
_HEADER = re.compile(
    rb"(?:received|return-path|date|from|to|subject|message-id|mime-version|content-type|delivered-to|reply-to"
    rb"|dkim-signature|x-[a-z-]{1,40}|arc-[a-z-]{1,40})[ \t]*:[ \t]",
    re.IGNORECASE,
)
_TELLING = re.compile(
    rb"^(from|to|subject|date|message-id|received|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_FEWEST_HEADERS = 3
_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1b")


def detect(data: bytes) -> FileKind | None:
    """Tell what a file is by its content (the whole of it, or its beginning); None where nothing is known."""
    code = _binary(data) or _text(data)
    return KINDS[code] if code else None


def undecided(data: bytes) -> bool:
    """Whether more than this beginning of a file could tell its kind better."""
    kind = detect(data)
    return data.startswith(OLE) or (kind is not None and kind.code in {"zip", "xml"})


def claimed(name: str, media_type: str) -> FileKind | None:
    """Give the kind that a file says it is: its name first, since that decides what opens it."""
    return kind_of_ending(ending_of(name)) or kind_of_type(media_type.lower())


def ending_of(name: str) -> str:
    """Give the ending of a file name, lower case without the dot; empty where it has none."""
    return name.strip().rstrip(". ").lower().rpartition(".")[2].strip() if "." in name else ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A file that claims one kind and is another."""

    claim: FileKind
    content: FileKind


def contradiction(name: str, media_type: str, content: FileKind | None) -> Contradiction | None:
    """Compare what a file claims with what it is; None where they agree or either is unknown."""
    claim = claimed(name, media_type)
    if claim is None or content is None or claim is content or _may_be(claim, content):
        return None
    return Contradiction(claim, content)


def _may_be(claim: FileKind, content: FileKind) -> bool:
    """Whether a claim is true enough: kinds that programs mix up, and texts that look like something else."""
    return (
        content.group is Group.TEXT
        or claim.code in _TRUE_ENOUGH.get(content.code, ())
        or (claim.group is Group.TEXT and content.code != "exe" and content.group is not Group.ARCHIVE)
        or (claim.group is content.group and claim.group in {Group.SIGNATURE, Group.VIDEO, Group.PROGRAM})
    )


_TRUE_ENOUGH = {
    # what was found: claims that go with it
    "xades": ("xml", "svg"),
    "xml": ("xades", "svg", "xls", "doc", "html"),
    "html": ("xml", "eml", "svg"),
    "zip": ("jar", "apk", "docx", "xlsx", "pptx", "odt", "ods"),
    "jar": ("apk", "zip"),
    "mp4": ("mov", "heic"),
    "rtf": ("doc",),
    "gz": ("tar",),
    "eml": ("p7m",),
}


def _binary(data: bytes) -> str:
    """Name the kind of a file that is no text; empty where it is a text, or nothing known."""
    for tell in (_by_start, _by_place, _by_structure):
        if code := tell(data):
            return code
    return ""


def _by_start(data: bytes) -> str:
    return next((code for start, code in _STARTS if data.startswith(start)), "")


def _by_place(data: bytes) -> str:
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "bmp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "mp4")
    return next((code for at, mark, code in _PLACES if data.startswith(mark, at)), "")


def _by_structure(data: bytes) -> str:
    head = data[:_FIRST]
    if data.startswith(b"MZ") and (len(data) < _SMALLEST_TEXT or not _CONTROLS.isdisjoint(head)):
        # "MZ" may also begin a text
        return "exe"
    if b"%PDF-" in head[:_LATEST_PDF]:
        return "pdf"
    if is_zip(data):
        return _zip(data)
    if data.startswith(OLE):
        return _compound(data)
    if head[:1] == b"\x30" and any(oid in head[:40] for oid in _PKCS7):
        return "p7s" if _is_detached(head) else "p7m"
    return ""


def _is_detached(head: bytes) -> bool:
    """Whether signed data holds no content: its inner type (1.7.1 "data") ends the sequence at once."""
    at = head.find(bytes.fromhex("06092a864886f70d010701"))
    return at >= 2 and head[at - 2 : at] in (b"\x30\x0b", b"\x30\x80") and head[at + 11 : at + 12] != b"\xa0"  # noqa: PLR2004 - tag and length stand before


def _zip(data: bytes) -> str:
    names = [entry.name for entry in zip_entries(data)] or _local_names(data)
    if names[:1] == ["mimetype"]:
        declared = next((kind for text, kind in _OPEN_DOCUMENTS.items() if text in data[:200]), "")
        if declared:
            return declared
    for beginning, code in _ZIPPED:
        # people have folders called "word" too
        is_sure = not beginning.endswith("/") or not _OF_OFFICE.isdisjoint(names)
        if is_sure and any(name.startswith(beginning) for name in names):
            return code
    return "zip"


def _local_names(data: bytes) -> list[str]:
    """Read names before each member, where the directory at the end is not at hand."""
    names = []
    for match in _LOCAL_NAME.finditer(data):
        size = int.from_bytes(match[1], "little")
        names.append(data[match.end() : match.end() + size].decode("utf-8", "replace"))
        if len(names) >= _MOST_LOCAL:
            break
    return names


def _compound(data: bytes) -> str:
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 12)
    root = (int.from_bytes(data[48:52], "little") + 1) * sector
    known = _CLASSES.get(data[root + 80 : root + 84])
    return known or next((kind for name, kind in _STREAMS if name in data), "")


def _text(data: bytes) -> str:
    head = _readable(data[:_FIRST])
    if not head:
        return ""
    start = head[:_LONGEST_MARK].upper()
    marked = next((code for mark, code in _MARKS if start.startswith(mark)), "")
    if marked or _HTML.match(head):
        return marked or "html"
    if start.startswith(b"<?XML") or (start.startswith(b"<") and b"xmlns" in head):
        return _xml(data, head)
    return "eml" if _is_mail(head) else "txt"


def _readable(head: bytes) -> bytes:
    """Give the beginning of a text as UTF-8 or whatever 8-bit charset it is in; empty where it is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    if not _CONTROLS.isdisjoint(head):
        return b""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _xml(data: bytes, head: bytes) -> str:
    if _SVG.search(head):
        return "svg"
    if b"<html" in head[:1000].lower():
        return "html"
    return "xades" if any(mark in data for mark in _SIGNED) else "xml"


def _is_mail(head: bytes) -> bool:
    """Whether a text begins with headers, three telling ones of which are those of a mail."""
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    told = {match[1].lower() for match in _TELLING.finditer(block)}
    return bool(_HEADER.match(head)) and len(told) >= _FEWEST_HEADERS
