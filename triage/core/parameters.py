"""Content-Type and Content-Disposition with their parameters (RFC 2045, RFC 2183, RFC 2231)."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from triage.core.charset import decode_text
from triage.core.encoded_words import decode_words
from triage.core.text import one_line

MOST_PARAMETERS = 100

_PARAMETER = re.compile(rb";\s*([^=;\s]{1,80})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))", re.DOTALL)
_ESCAPE = re.compile(rb"\\([\"\\])")
_COMMENT = re.compile(rb"\s+\([^()]*\)\s*$")
_TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}")
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


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
    head = value.partition(b";")[0].decode("ascii", "replace")
    main, _, sub = _without_comment(head.strip().lower()).partition("/")
    if not (_TOKEN.fullmatch(main) and _TOKEN.fullmatch(sub)):
        if value.strip() and main != "text":
            defects.append(f"Content-Type makes no sense: {one_line(head)[:60]!r}")
        main, _, sub = default.partition("/")
    parameters = read_parameters(value, defects)
    charset = parameters.get("charset", b"").decode("ascii", "replace").strip("\"' ")
    return ContentType(main, sub, charset, parameters.get("boundary", b"").rstrip(b" \t"), parameters)


def read_parameters(value: bytes, defects: list[str]) -> dict[str, bytes]:
    """Give the parameters as written, names in lower case, the first of each name."""
    found: dict[str, bytes] = {}
    if b";" not in value:
        return found
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count >= MOST_PARAMETERS:
            defects.append(f"only the first {MOST_PARAMETERS} parameters of a header were read")
            break
        name = match[1].decode("ascii", "replace").lower()
        quoted, bare = match[2], match[3]
        plain = _ESCAPE.sub(rb"\1", quoted) if quoted is not None else _COMMENT.sub(b"", bare).strip()
        found.setdefault(name, plain)
    return found


def text_parameter(parameters: dict[str, bytes], wanted: str, charset: str, defects: list[str]) -> str:
    """Give a parameter as text: RFC 2231 with its pieces, encoded words in it, raw 8-bit bytes."""
    pieces = _pieces(parameters, wanted)
    if not pieces:
        return ""
    if any(piece.extended for piece in pieces):
        return one_line(_decode_extended(pieces, defects))
    joined = b"".join(piece.value for piece in pieces)
    return one_line(decode_words(decode_text(joined, "", defects, charset), defects))


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


def _decode_extended(pieces: list[_Piece], defects: list[str]) -> str:
    charset, value = "", pieces[0].value
    if pieces[0].extended and value.count(b"'") >= len("''"):
        declared, _, rest = value.partition(b"'")
        charset, value = declared.decode("ascii", "replace"), rest.partition(b"'")[2]
    parts = [unquote_to_bytes(value) if pieces[0].extended else value]
    parts += [unquote_to_bytes(piece.value) if piece.extended else piece.value for piece in pieces[1:]]
    text = decode_text(b"".join(parts), charset, defects)
    return decode_words(text, defects)


def _without_comment(text: str) -> str:
    return text.partition("(")[0].strip()
