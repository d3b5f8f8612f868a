"""Signatures in PDF files: whose they are, and whether the bytes that they cover are as they were signed.

Found by their byte ranges, which always stand in the open (ISO 32000-1 §12.8.1); the file is not parsed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

from triage.core.cms import Signed, read_cms
from triage.core.mail import Attachment
from triage.core.signatures import Doubt, Signature, SignatureKind, SignatureState
from triage.core.text import clean, one_line

MOST_FILES = 10
MOST_SIGNATURES = 10
"""Files of one mail, and signatures in one file, that are looked at."""

LARGEST = 25_000_000
"""Bytes of one file."""

_AROUND = 4_000
"""Bytes before and behind a byte range in which the rest of its dictionary is sought."""

_LONGEST_CMS = 2_000_000
_LONGEST_NAME = 200
_RANGE = re.compile(
    rb"/ByteRange\s{0,9}\[\s{0,9}(\d{1,10})\s{1,9}(\d{1,10})\s{1,9}(\d{1,10})\s{1,9}(\d{1,10})\s{0,9}\]"
)
_NAME = re.compile(rb"/Name\s{0,20}(?:\(((?:[^()\\]|\\.){1,400})\)|<([0-9A-Fa-f\s]{2,800})>)", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NOT_HEX = bytes(byte for byte in range(256) if byte not in b"0123456789abcdefABCDEF")


def pdf_signatures(parts: Iterable[tuple[Attachment, Callable[[], bytes]]]) -> tuple[Signature, ...]:
    """Look for signatures in the PDF files among attachments; their bytes are asked for file by file."""
    files = ((one, provide) for one, provide in parts if _is_pdf(one))
    return tuple(
        found
        for one, provide in islice(files, MOST_FILES)
        for found in (signatures_in(provide(), one.name or "PDF") if one.size <= LARGEST else ())
    )


def signatures_in(data: bytes, name: str) -> tuple[Signature, ...]:
    """Give the signatures of one PDF file, of which ``name`` is told."""
    if not data.lstrip()[:5].startswith(b"%PDF"):
        return ()
    return tuple(_signature(data, found, name) for found in islice(_RANGE.finditer(data), MOST_SIGNATURES))


def _is_pdf(attachment: Attachment) -> bool:
    return attachment.type == "application/pdf" or attachment.name.lower().endswith(".pdf")


def _signature(data: bytes, found: re.Match[bytes], name: str) -> Signature:
    unknown = Signature(
        SignatureKind.PDF, SignatureState.UNVERIFIABLE, Doubt.MALFORMED, name, name=_signer(data, found)
    )
    start, size, more, rest = map(int, found.groups())
    if (
        not start <= start + size <= more <= more + rest <= len(data)
        or more - start - size > 2 * _LONGEST_CMS
    ):
        return unknown
    encoded = data[start + size : more].translate(None, _NOT_HEX)
    signed = read_cms(bytes.fromhex(encoded[: len(encoded) & ~1].decode("ascii")))
    if not isinstance(signed, Signed):
        return unknown
    from triage.core.cmsverify import verify  # noqa: PLC0415 - loads for 0.1 s, and few files are signed

    covered = data[start : start + size] + data[more : more + rest]
    return _with_rest(verify(signed, covered, SignatureKind.PDF, name)[0], data[more + rest :])


def _with_rest(signature: Signature, behind: bytes) -> Signature:
    """Say so where the file goes on behind what was signed."""
    if signature.state is SignatureState.VALID_DIGEST and behind.strip():
        return replace(signature, doubt=Doubt.ADDED_LATER)
    return signature


def _signer(data: bytes, found: re.Match[bytes]) -> str:
    """Give the name that stands in the dictionary around a byte range."""
    near = _NAME.search(data, found.end(), found.end() + _AROUND)
    near = near or _NAME.search(data, max(found.start() - _AROUND, 0), found.start())
    if near is None:
        return ""
    raw = bytes.fromhex(_even(near[2])) if near[2] else _ESCAPED.sub(_unescaped, near[1])
    text = raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
    return one_line(clean(text))[:_LONGEST_NAME]


def _even(digits: bytes) -> str:
    plain = digits.translate(None, _NOT_HEX).decode("ascii")
    return plain[: len(plain) & ~1]


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if code.isdigit() and code not in {b"8", b"9"} else code
