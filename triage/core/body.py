"""The text of a mail, taken from whatever parts it lies in."""

import re
from dataclasses import dataclass

from triage.core.charset import decode_text
from triage.core.flowed import unflow
from triage.core.headers import first_value, read_headers
from triage.core.html_text import text_of_html
from triage.core.mime import Part, Structure, read_structure
from triage.core.parameters import read_parameters
from triage.core.text import fold
from triage.core.transfer import decode_transfer

LARGEST_TEXT = 2_000_000
"""Bytes of text in one mail that are read; nobody writes more by hand."""

DEEPEST_NESTED = 3
"""Mails inside mails that are opened in search of a text."""

_STUB_LENGTH = 400
_STUBS = (
    # what stands in a plain text whose author's program writes HTML only; folded
    "not support html",
    "html-capable",
    "html capable",
    "view this email in",
    "view this message in",
    "in html format",
    "html email",
    "html version",
    "can not view html",
    "multi-part message in mime format",
    "multipart message in mime format",
    "khong ho tro html",
    "xem thu nay o dang html",
    "xem ban html",
)
_FILES = frozenset(
    ("calendar", "x-vcard", "vcard", "directory", "csv", "rtf", "rfc822-headers", "xml", "css", "javascript")
)
"""Kinds of text that programs read."""

_HTML = frozenset(("html", "xhtml"))
_MARKED_UP = frozenset(("enriched", "richtext"))
_CHARSET_IN_HTML = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_FIRST_OF_HTML = 2_048

_SHOWN_OF_NESTED = (("Từ", "from"), ("Ngày", "date"), ("Tới", "to"), ("Chủ đề", "subject"))


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a mail, its HTML where it has some, and the numbers of parts that are no attachments."""

    text: str
    html: str
    parts: frozenset[int]


def read_body(structure: Structure, defects: list[str], depth: int = 0) -> Body:
    """Read the text of a mail; an attached mail's text where the mail itself has none."""
    reader = _BodyReader(structure, defects)
    pieces = reader.read(structure.root)
    texts = [_text_of(piece, defects) for piece in pieces]
    text = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    html = "\n".join(piece.html for piece in pieces if piece.html)
    if not text and depth < DEEPEST_NESTED:
        text = _nested_text(structure, defects, depth)
    return Body(text, html, frozenset(reader.used))


def transfer_encoding(part: Part) -> str:
    """Give the declared transfer encoding, lower case, without what some programs add to it."""
    declared = part.first("content-transfer-encoding").decode("ascii", "replace").lower()
    return re.split(r"[\s;(]", declared.strip(), maxsplit=1)[0]


def disposition(part: Part) -> str:
    """Give ``attachment``, ``inline`` or what else Content-Disposition says; empty where it says nothing."""
    declared = part.first("content-disposition").partition(b";")[0]
    return declared.strip().decode("ascii", "replace").lower()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the text in the two forms that it may come in."""

    plain: str
    html: str


class _BodyReader:
    """Walks over the parts once; ``used`` collects the numbers of those that are no attachments."""

    def __init__(self, structure: Structure, defects: list[str]) -> None:
        self._structure = structure
        self._defects = defects
        self._budget = LARGEST_TEXT
        self._has_text = False
        self.used: set[int] = set()

    def read(self, part: Part) -> list[_Piece]:
        """Give the texts of a part and of the parts inside it, in order; recurses as deep as parts nest."""
        if part.children:
            self.used.add(part.number)
            pieces = [piece for child in part.children for piece in self.read(child)]
            return [self._best(pieces)] if part.content.sub == "alternative" and pieces else pieces
        if not self._is_text(part):
            return []
        self.used.add(part.number)
        self._has_text = True
        text = self._decode(part)
        if part.content.sub in _HTML:
            return [_Piece("", text)]
        if part.content.sub in _MARKED_UP:
            return [_Piece(text_of_html(text, self._defects), "")]
        return [_Piece(text, "")]

    def _best(self, pieces: list[_Piece]) -> _Piece:
        """Join the alternatives: plain text first, unless it only says that there is HTML."""
        plain = "\n\n".join(piece.plain for piece in pieces if piece.plain.strip())
        html = next((piece.html for piece in reversed(pieces) if piece.html.strip()), "")
        return _Piece("" if html and _is_stub(plain) else plain, html)

    def _is_text(self, part: Part) -> bool:
        content = part.content
        if content.main == "multipart":
            # parts that cannot be told apart are shown as they stand
            return disposition(part) != "attachment"
        if content.main != "text" or content.sub in _FILES or disposition(part) == "attachment":
            return False
        # a text with a name is a file, unless it is all the text there is
        return not self._has_text or not _has_name(part)

    def _decode(self, part: Part) -> str:
        data = self._structure.body(part)
        if len(data) > self._budget:
            self._defects.append("the text is too long; the rest of it was not read")
            data = data[: self._budget]
        self._budget -= len(data)
        data = decode_transfer(data, transfer_encoding(part))
        text = decode_text(data, _charset(part, data), self._defects)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        parameters = part.content.parameters
        if parameters.get("format", b"").lower() == b"flowed" and part.content.sub == "plain":
            return unflow(text, delete_space=parameters.get("delsp", b"").lower() == b"yes")
        return text


def _text_of(piece: _Piece, defects: list[str]) -> str:
    return piece.plain if piece.plain.strip() else text_of_html(piece.html, defects)


def _has_name(part: Part) -> bool:
    names = (*read_parameters(part.first("content-disposition"), []), *part.content.parameters)
    return any(name.partition("*")[0] in {"filename", "name"} for name in names)


def _charset(part: Part, data: bytes) -> str:
    if part.content.charset or part.content.sub not in _HTML:
        return part.content.charset
    match = _CHARSET_IN_HTML.search(data[:_FIRST_OF_HTML])
    return match[1].decode("ascii") if match else ""


def _is_stub(plain: str) -> bool:
    if len(plain) > _STUB_LENGTH:
        return False
    folded = fold(plain)
    return not plain.strip() or any(phrase in folded for phrase in _STUBS)


def _nested_text(structure: Structure, defects: list[str], depth: int) -> str:
    """Give the text of the first attached mail, under lines that say whose it is."""
    part = next((part for part in structure.parts if str(part.content) == "message/rfc822"), None)
    if part is None:
        return ""
    nested = read_structure(decode_transfer(structure.body(part), transfer_encoding(part)), defects)
    headers = read_headers(nested.root.fields, nested.root.content.charset, defects)
    body = read_body(nested, defects, depth + 1)
    said = [f"{label}: {value}" for label, name in _SHOWN_OF_NESTED if (value := first_value(headers, name))]
    if not said and not body.text:
        return ""
    return "\n".join(["---------- Thư đính kèm / Attached message ----------", *said, "", body.text])
