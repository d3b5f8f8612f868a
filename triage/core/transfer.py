"""Content-Transfer-Encoding undone, leniently and in linear time (RFC 2045 §6)."""

import binascii
import re

_BASE64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64_ALPHABET)
_BEHIND_PADDING = re.compile(rb"=[ \t]+[^\r\n=]+")
_SPACE_BEFORE_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_MOST_CHUNKS = 1_000
_LOOKED_AT = 2_000
_FEW_WORDS = 5
_FEWEST_LETTERS = 40
_FEWEST_QUOTED = 6
_FEWEST_ATTRIBUTES = 2
_ALL_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=))?")
_QUOTED_LETTER = re.compile(rb"=[C-F][0-9A-F]=(?:\r?\n=)?[89AB][0-9A-F]")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+(?:\r?\n|\r|\Z))")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_LONGEST_WORD = 30


KNOWN_ENCODINGS = frozenset(
    (
        *("base64", "base-64", "x-base64"),
        *("quoted-printable", "quoted", "quoted_printable", "quotedprintable"),
        *("x-uuencode", "uuencode", "x-uue", "uue"),
    )
)
"""Names of encodings that ``decode_transfer`` undoes."""


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding; bytes in an encoding that nobody knows come back as they are."""
    match encoding:
        case "base64" | "base-64" | "x-base64":
            return decode_base64(data)
        case "quoted-printable" | "quoted" | "quoted_printable" | "quotedprintable":
            return decode_quoted(data)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _decode_uu(data)
        case _:
            return data


def is_base64(data: bytes) -> bool:
    """Say whether a text may be base64: one written in words has blanks inside its lines."""
    lines = data[:_LOOKED_AT].split()
    return len(lines) < _FEW_WORDS or len(max(lines, key=len)) >= _LONGEST_WORD


def undeclared(data: bytes, *, html: bool = False) -> str:
    """Name the encoding that a text shows to be in though it declares none; empty where it is in none.

    All of it must be base64, or hold letters of UTF-8 in quoted-printable (attributes in HTML), and text must
    come out.
    """
    if not data.isascii():
        return ""
    letters = b"".join(data.split())
    if len(letters) >= _FEWEST_LETTERS and _ALL_BASE64.fullmatch(letters) and b" " not in data.strip():
        return "base64" if _is_text(decode_base64(data)) else ""
    quoted = len(_QUOTED_LETTER.findall(data)) >= _FEWEST_QUOTED and b"=?" not in data
    if quoted or (html and data.count(b'=3D"') >= _FEWEST_ATTRIBUTES):
        return "quoted-printable" if _is_text(decode_quoted(data)) else ""
    return ""


def is_damaged(data: bytes, encoding: str) -> bool:
    """Say whether an encoded text holds what its encoding does not allow, or ends inside a letter of it."""
    if encoding == "base64":
        letters = data.translate(None, b" \t\r\n")
        return bool(letters.translate(None, _BASE64_ALPHABET)) or len(letters) % 4 != 0
    return encoding == "quoted-printable" and _BAD_ESCAPE.search(data) is not None


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return any(map(str.isspace, text)) and not _CONTROL.search(text)


def decoded_size(data: bytes, encoding: str) -> int:
    """Give the length of the decoded bytes, for base64 without making them."""
    if encoding == "base64":
        return sum(len(chunk) * 3 // 4 for chunk in _base64_chunks(data))
    return len(decode_transfer(data, encoding))


def decode_base64(data: bytes) -> bytes:
    """Decode base64, passing over everything that is no base64; padding inside starts afresh."""
    return b"".join(_decode_chunk(chunk) for chunk in _base64_chunks(data))


def decode_quoted(data: bytes) -> bytes:
    """Decode quoted-printable; a ``=`` that escapes nothing stays as it is."""
    if b"= " in data or b"=\t" in data:
        data = _SPACE_BEFORE_BREAK.sub(b"=", data)
    return binascii.a2b_qp(data)


def _base64_chunks(data: bytes) -> list[bytes]:
    padding = data.find(b"=")
    if padding >= 0 and data.find(b"= ", padding) >= 0:
        # nothing belongs behind the padding of a line
        data = _BEHIND_PADDING.sub(b"=", data)
    letters = data.translate(None, _NOT_BASE64).rstrip(b"=")
    if b"=" not in letters:
        return [letters]
    chunks = letters.split(b"=")
    return chunks if len(chunks) <= _MOST_CHUNKS else [letters.replace(b"=", b"")]


def _decode_chunk(letters: bytes) -> bytes:
    # one letter left over holds only six bits: no byte comes of it
    whole = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _decode_uu(data: bytes) -> bytes:
    begin = _UU_BEGIN.search(data)
    decoded: list[bytes] = []
    for line in data[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        decoded.append(_decode_uu_line(line))
    return b"".join(decoded)


def _decode_uu_line(line: bytes) -> bytes:
    if not line.strip():
        return b""
    wanted = ((line[0] - 32) & 63) * 4 // 3 + 2
    try:
        # some encoders leave out trailing spaces, others add a checksum
        return binascii.a2b_uu(line[:1] + line[1:wanted].ljust(wanted))
    except binascii.Error:
        return b""
