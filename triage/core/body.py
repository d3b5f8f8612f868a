"""The text of a mail, taken from whatever parts it lies in."""

import re
from dataclasses import dataclass

from triage.core.charset import decode_text, repair_text
from triage.core.defects import Defect, note
from triage.core.flowed import unflow
from triage.core.headers import first_value, read_headers
from triage.core.html_text import text_of_html
from triage.core.mime import Part, Structure
from triage.core.parameters import read_parameters
from triage.core.text import fold
from triage.core.transfer import KNOWN_ENCODINGS, decode_transfer, is_base64, is_damaged, undeclared
from triage.core.wrapped import open_mail

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
_WORDS_OF_STUBS = ("html", "mime", "http", "view", "browser", "trinh duyet", "email client", "mail program")
_SHORT_LINE = 20
"""Characters; a line as short as that is what is left of a folded sentence."""

_HTML = frozenset(("html", "xhtml"))
_SHOWN = _HTML | {"plain"}
_MARKED_UP = frozenset(("enriched", "richtext"))
_NEVER_SHOWN = frozenset(
    ("calendar", "x-vcard", "vcard", "directory", "csv", "rtf", "rfc822-headers", "xml", "css", "javascript")
)
"""Kinds of text that programs read."""

_BEGINS_HTML = re.compile(r"\s*(?:<!doctype html\b|<html[\s>])", re.IGNORECASE)
_CHARSET_IN_HTML = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_CONTROLS = bytes(byte for byte in range(1, 32) if byte not in b"\t\n\v\f\r\x1b")
_WIDE_CHARSETS = ("utf-16", "utf-32", "utf16", "utf32", "ucs-", "unicode", "iso-10646")
_SAMPLE = 1_000
_MOST_CONTROLS = 20
"""One control character in so many bytes is too many."""

_FIRST_OF_HTML = 2_048
_FIELD_LINE = re.compile(rb"\s*(?:[!-9;-~]{1,100}[ \t]*:|\Z)")

_MAILS = frozenset(("message/rfc822", "message/global", "message/partial"))
_SHOWN_OF_NESTED = (("Từ", "from"), ("Ngày", "date"), ("Tới", "to"), ("Chủ đề", "subject"))


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a mail, its HTML where it has some, and the numbers of parts that are no attachments.

    ``borrowed`` tells that the mail has no text of its own and the text is that of something attached to it.
    """

    text: str
    html: str
    parts: frozenset[int]
    borrowed: bool = False


def read_body(structure: Structure, defects: list[str], depth: int = 0) -> Body:
    """Read the text of a mail; an attached mail's text where the mail itself has none."""
    reader = _BodyReader(structure, defects)
    own = reader.read(structure.root)
    pieces = own or reader.read_other_texts()
    if not any(map(_says_something, pieces)):
        pieces = reader.read_beside(structure.root) or pieces
    texts = [_text_of(piece, defects) for piece in pieces]
    text = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    html = "\n".join(piece.html for piece in pieces if piece.html)
    if not text:
        text = _nested_text(structure, defects, depth)
    return Body(
        text, html, frozenset(reader.used), borrowed=bool(text) and not any(map(_says_something, own))
    )


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
        data = self._data(part)
        if _is_binary(data, part.content.charset):
            note(self._defects, Defect.BINARY_TEXT)
            return []
        self.used.add(part.number)
        self._has_text = True
        text = self._decode(part, data)
        if part.content.sub == "plain" and _BEGINS_HTML.match(text):
            note(self._defects, Defect.HTML_AS_PLAIN)
            return [_Piece("", text)]
        if part.content.sub in _MARKED_UP:
            return [_Piece(text_of_html(text, self._defects), "")]
        return [_Piece("", text) if part.content.sub in _HTML else _Piece(text, "")]

    def read_other_texts(self) -> list[_Piece]:
        """Give the texts of odd kinds, for a mail that has no other; they are attachments all the same."""
        parts = [part for part in self._structure.parts if self._is_other_text(part)]
        texts = [(self._decode(part, self._data(part)), part.content.sub in _MARKED_UP) for part in parts]
        return [_Piece(text_of_html(text, self._defects) if marked else text, "") for text, marked in texts]

    def read_beside(self, root: Part) -> list[_Piece]:
        """Give what stands before and behind the parts of a mail that has no other text."""
        raw, boundary = self._structure.raw, b"--" + root.content.boundary
        first, last = raw.find(boundary, root.start), raw.find(b"\n", root.end + 1)
        if not root.children or first < 0:
            return []
        stretches = (raw[root.start : first], raw[last:] if last >= 0 else b"")
        texts = [self._decode(root, data[:LARGEST_TEXT]) for data in stretches if data.strip()]
        pieces = [_Piece(text, "") for text in texts if "mime" not in fold(text) and not _is_stub(text)]
        if pieces:
            note(self._defects, Defect.TEXT_BESIDE_PARTS)
        return pieces

    def _best(self, pieces: list[_Piece]) -> _Piece:
        """Join the alternatives: plain text first, unless it only says that there is HTML."""
        plain = "\n\n".join(piece.plain for piece in pieces if piece.plain.strip())
        html = next((piece.html for piece in reversed(pieces) if piece.html.strip()), "")
        return _Piece("" if html and _is_stub(plain) else plain, html)

    def _is_text(self, part: Part) -> bool:
        content = part.content
        if content.main == "multipart":
            # parts that cannot be told apart are shown as they stand
            return part.disposition != "attachment"
        if content.main != "text" or part.disposition == "attachment":
            return False
        if content.sub not in _SHOWN and not (content.sub not in _NEVER_SHOWN and part.depth == 0):
            return False
        # a text with a name is a file, unless it is all the text there is
        return not self._has_text or not _has_name(part)

    def _is_other_text(self, part: Part) -> bool:
        content = part.content
        if content.main == "message" and content.sub == "delivery-status":
            # some programs declare their words to people as the report for programs
            return _FIELD_LINE.match(self._structure.body(part)) is None
        if content.main != "text" or content.sub in _NEVER_SHOWN or _has_name(part):
            return False
        # nobody attaches a file without a name: some programs declare their words to people as one
        return (content.sub in _SHOWN) == (part.disposition == "attachment")

    def _data(self, part: Part) -> bytes:
        data = self._structure.body(part)
        if len(data) > self._budget:
            note(self._defects, Defect.TEXT_TOO_LONG)
            data = data[: self._budget]
        self._budget -= len(data)
        encoding = part.encoding
        if encoding == "base64" and not is_base64(data):
            note(self._defects, Defect.NOT_BASE64)
            return data
        if encoding not in KNOWN_ENCODINGS and (shown := undeclared(data, html=part.content.sub in _HTML)):
            note(self._defects, Defect.UNDECLARED_ENCODING, shown)
            encoding = shown
        elif is_damaged(data, encoding):
            note(self._defects, Defect.DAMAGED_ENCODING)
        return decode_transfer(data, encoding)

    def _decode(self, part: Part, data: bytes) -> str:
        text = decode_text(data, _charset(part, data), self._defects).removeprefix("\ufeff")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        parameters = part.content.parameters
        if parameters.get("format", b"").lower() == b"flowed" and part.content.sub == "plain":
            return unflow(text, delete_space=parameters.get("delsp", b"").lower() == b"yes")
        return text


def _says_something(piece: _Piece) -> bool:
    return bool(piece.plain.strip() or piece.html.strip())


def _text_of(piece: _Piece, defects: list[str]) -> str:
    if piece.plain.strip():
        return piece.plain
    # letters written as entities are known for misread ones only now
    return repair_text(text_of_html(piece.html, defects), defects)


def _has_name(part: Part) -> bool:
    names = (*read_parameters(part.first("content-disposition"), []), *part.content.parameters)
    return any(name.partition("*")[0] in {"filename", "name"} for name in names)


def _is_binary(data: bytes, charset: str) -> bool:
    """Say whether bytes hold more control characters than any text; NUL stands in spoilt ones too."""
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return (
        controls * _MOST_CONTROLS > len(sample)
        and not sample.isascii()
        and not charset.lower().startswith(_WIDE_CHARSETS)
    )


def _charset(part: Part, data: bytes) -> str:
    if part.content.charset or part.content.sub not in _HTML:
        return part.content.charset
    match = _CHARSET_IN_HTML.search(data[:_FIRST_OF_HTML])
    return match[1].decode("ascii") if match else ""


def _is_stub(plain: str) -> bool:
    """Say whether every line only speaks of HTML, or of where the mail can be read in a browser."""
    if len(plain) > _STUB_LENGTH:
        return False
    folded = fold(plain)
    if not any(phrase in folded for phrase in _STUBS):
        return not plain.strip()
    return all(_speaks_of_html(line) for line in folded.split("\n") if line.strip())


def _speaks_of_html(line: str) -> bool:
    return len(line) < _SHORT_LINE or any(word in line for word in _WORDS_OF_STUBS)


def _nested_text(structure: Structure, defects: list[str], depth: int) -> str:
    """Give the text of the first attached mail, under lines that say whose it is."""
    part = next((part for part in structure.parts if str(part.content) in _MAILS), None)
    if part is None:
        return ""
    if depth >= DEEPEST_NESTED:
        note(defects, Defect.MAILS_TOO_DEEP, DEEPEST_NESTED)
        return ""
    opened = open_mail(decode_transfer(structure.body(part), part.encoding), defects, checks=False)
    nested = opened.structure
    headers = read_headers(nested.root.fields, nested.root.content.charset, defects)
    body = read_body(nested, defects, depth + 1)
    said = [f"{label}: {value}" for label, name in _SHOWN_OF_NESTED if (value := first_value(headers, name))]
    if not said and not body.text:
        return ""
    return "\n".join(["---------- Thư đính kèm / Attached message ----------", *said, "", body.text])
