"""Content-Type and Content-Disposition with their parameters (RFC 2045, RFC 2183, RFC 2231)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote_to_bytes

from triage.core.charset import decode_text
from triage.core.codecnames import is_known
from triage.core.defects import Defect, note
from triage.core.encoded_words import decode_words
from triage.core.text import one_line

MOST_PARAMETERS = 100

_KNOWN = rb"(?i:boundary|charset|name|filename|format|delsp|type|size)\*?\s*="
_PARAMETER = re.compile(
    # a semicolon, or what some programs leave in its place: blanks behind quotes or before a known name
    rb"(?:;|(?<=\")(?=\s)|(?<=\s)(?=" + _KNOWN + rb"))\s*([^=;\s\"]{1,80})\s*="
    rb"\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*+)(?P<closing>\"?)|(?P<bare>[^;]*))",
    re.DOTALL,
)
_FIRST_PARAMETER = re.compile(rb"(?:^|(?<=\s))[A-Za-z0-9*-]{1,80}\s*=")
_TOKEN = rb"([A-Za-z0-9!#$&^_.+*-]{1,100})"
_TYPE = re.compile(rb"[\s\"']*" + _TOKEN + rb"\s*/\s*" + _TOKEN + rb"(?=[\s;,\"'(]|$)")
_MULTIPART = re.compile(rb"[\s\"']*multipart\b", re.IGNORECASE)
_HTML = re.compile(rb"[\s\"']*html\b", re.IGNORECASE)
_NOT_MAIN = frozenset(("plain", "html"))
"""Kinds of text that some programs write where ``text`` belongs."""

_NEXT_PARAMETER = re.compile(rb"\s(?=" + _KNOWN + rb")")
_ESCAPE = re.compile(rb"\\([\"\\])")
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_CHARSET_FIRST = re.compile(rb"([A-Za-z0-9_.:-]{1,40})(?:'[A-Za-z0-9_-]{0,20}'(.+)|\"(.+?)\"?)", re.DOTALL)
_QUOTES = ("''", "\u2018\u2019", "\u201c\u201d")


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type; ``charset`` and ``boundary`` are empty where they are not given."""

    main: str
    sub: str
    charset: str
    boundary: bytes
    parameters: dict[str, bytes]

    def __str__(self) -> str:
        return f"{self.main}/{self.sub}"


@dataclass(frozen=True, slots=True)
class _Piece:
    order: int
    extended: bool
    value: bytes


def read_content_type(value: bytes, default: str, defects: list[str]) -> ContentType:
    """Read a Content-Type header; the default stands in for one that is missing or makes no sense."""
    parameters = read_parameters(value, defects)
    declared = _TYPE.match(value)
    if declared and declared[1].decode().lower() not in _NOT_MAIN:
        main, sub = (name.decode("ascii").lower() for name in declared.groups())
    else:
        head = value.partition(b";")[0].decode("ascii", "replace")
        if value.strip() and head.strip().lower() not in {"text", "text/"}:
            note(defects, Defect.BAD_CONTENT_TYPE, one_line(head)[:60])
        main, _, sub = _stand_in(value, parameters, default).partition("/")
    charset = parameters.get("charset", b"").decode("ascii", "replace").strip("\"' ")
    return ContentType(main, sub, charset, parameters.get("boundary", b"").rstrip(b" \t"), parameters)


def _stand_in(value: bytes, parameters: dict[str, bytes], default: str) -> str:
    """Choose a type where the declared one makes no sense: what is named is a file."""
    if _HTML.match(value):
        return "text/html"
    if "boundary" in parameters and _MULTIPART.match(value):
        return "multipart/mixed"
    return "application/octet-stream" if parameters.get("name") else default


def read_parameters(value: bytes, defects: list[str]) -> dict[str, bytes]:
    """Give the parameters as written, names in lower case, the first of each name."""
    found: dict[str, bytes] = {}
    if b"=" not in value:
        return found
    value = _with_first_semicolon(value, defects)
    at = 0
    for _ in range(MOST_PARAMETERS):
        match = _PARAMETER.search(value, at)
        if match is None:
            return found
        plain, at = _value_of(match, defects)
        found.setdefault(match[1].decode("ascii", "replace").lower(), plain)
    if _PARAMETER.search(value, at):
        note(defects, Defect.TOO_MANY_PARAMETERS, MOST_PARAMETERS)
    return found


def _with_first_semicolon(value: bytes, defects: list[str]) -> bytes:
    """Part the first parameter from what stands before it: ``attachment filename="a"``, ``filename="a"``."""
    head = value.partition(b";")[0]
    if b"=" not in head:
        return value
    first = _FIRST_PARAMETER.search(head)
    if first is None:
        return value
    note(defects, Defect.NO_SEMICOLON)
    return b"%b;%b" % (value[: first.start()], value[first.start() :])


def _value_of(match: re.Match[bytes], defects: list[str]) -> tuple[bytes, int]:
    """Give the value of a parameter, and where the next may begin."""
    quoted = match["quoted"]
    if quoted is None:
        bare = match["bare"]
        following = _NEXT_PARAMETER.search(bare) if b"=" in bare else None
        if following is None:
            return _without_comment(bare.strip()), match.end()
        note(defects, Defect.NO_SEMICOLON)
        return bare[: following.start()].strip(), match.start("bare") + following.end()
    if match["closing"]:
        return _ESCAPE.sub(rb"\1", quoted), match.end()
    note(defects, Defect.UNCLOSED_PARAMETER)
    plain = quoted.partition(b";")[0]
    return plain, match.start("quoted") + len(plain)


def _without_comment(bare: bytes) -> bytes:
    """Take off a comment at the end: ``us-ascii (Plain text)``."""
    start = bare.rfind(b"(")
    if not bare.endswith(b")") or start < 1 or not bare[start - 1 : start].isspace():
        return bare
    return bare[:start].strip()


def text_parameter(parameters: dict[str, bytes], wanted: str, charset: str, defects: list[str]) -> str:
    """Give a parameter as text: RFC 2231 with its pieces, encoded words in it, raw 8-bit bytes."""
    pieces = _pieces(parameters, wanted)
    if not pieces:
        return ""
    if any(piece.extended for piece in pieces):
        return _without_quotes(_decode_extended(pieces, defects), defects)
    joined = b"".join(piece.value for piece in pieces)
    stray = _CHARSET_FIRST.fullmatch(joined) if b"%" in joined else None
    if stray and is_known(stray[1].decode("ascii")):
        # RFC 2231 without its asterisk
        note(defects, Defect.ODD_FILE_NAME)
        return _without_quotes(_decode_extended([_Piece(0, True, joined)], defects), defects)
    return _without_quotes(decode_words(decode_text(joined, "utf-8", defects, charset), defects), defects)


def _without_quotes(text: str, defects: list[str]) -> str:
    """Make one line of a name and take off quotes that are no quotes to the standard."""
    name = one_line(text)
    if len(name) > len("''") and name[0] + name[-1] in _QUOTES:
        note(defects, Defect.ODD_FILE_NAME)
        return name[1:-1].strip()
    return name


def _pieces(parameters: dict[str, bytes], wanted: str) -> list[_Piece]:
    """Collect what belongs to one parameter: the extended form first, where both are given."""
    numbered: list[_Piece] = []
    for name, value in parameters.items():
        match = _CONTINUED.fullmatch(name)
        if match and match[1] == wanted and (match[2] or match[3]):
            numbered.append(_Piece(int(match[2] or 0), bool(match[3]), value))
    if numbered:
        return sorted(numbered, key=lambda piece: piece.order)
    return [_Piece(0, False, parameters[wanted])] if wanted in parameters else []


def _unquoted(first: bytes, pieces: list[_Piece]) -> Iterator[bytes]:
    """Undo the quoting of each run of extended pieces at once: some programs cut ``%E1`` in two."""
    values = [(pieces[0].extended, first), *((piece.extended, piece.value) for piece in pieces[1:])]
    for extended, run in groupby(values, key=itemgetter(0)):
        joined = b"".join(value for _, value in run)
        yield unquote_to_bytes(joined) if extended else joined


def _decode_extended(pieces: list[_Piece], defects: list[str]) -> str:
    charset, value = "", pieces[0].value
    declared = _CHARSET_FIRST.fullmatch(value) if pieces[0].extended else None
    if declared:
        charset, value = declared[1].decode("ascii"), declared[2] or declared[3]
    elif pieces[0].extended and value.count(b"'") >= len("''"):
        value = value.partition(b"'")[2].partition(b"'")[2]
    text = decode_text(b"".join(_unquoted(value, pieces)), charset, defects)
    return decode_words(text, defects)
