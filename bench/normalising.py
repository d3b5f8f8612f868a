"""The same thing on both sides: what a project counts as a field beside what we count as it.

Each rule is one of meaning and holds for every mail of a collection; none knows a single mail.
"""

import binascii
import re
from dataclasses import dataclass

from stdlib_reading import Wanted, attachment_line

from triage.core.mail import Attachment, Mail
from triage.core.mime import read_structure
from triage.core.parse import parts_of, read_mail

DEEPEST = 5
"""Mails within mails that are laid open."""

_ENCODINGS = frozenset(("base64", "quoted-printable"))
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} (?P<name>[^\r\n]+)\r?\n(?P<lines>(?:[!-`][ -`]*\r?\n)*?)"
    rb"(?:`?[ \t]*\r?\n)?end[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class LaidOpen:
    """A mail together with the mails attached to it: texts one after the other, one list of files."""

    text: str
    html: str
    attachments: tuple[Attachment, ...]


def laid_open(mail: Mail, raw: bytes, depth: int = 0) -> LaidOpen:
    """Read a mail as imap_tools does: attached mails count as parts of the mail that carries them.

    The standard library, on which it stands, opens no attached mail that is encoded (RFC 2046 §5.2.1). Of
    the parts it lists those that have a name, a Content-ID or a Content-Disposition, and attached mails.
    """
    texts, htmls, files = [mail.own_text], [mail.html], list[Attachment]()
    structure = read_structure(raw, [])
    for one, provide in parts_of(mail, raw):
        attached = one.type == "message/rfc822"
        placed = one.part < len(structure.parts) and structure.parts[one.part].disposition
        if attached or one.name or one.content_id or placed:
            files.append(one)
        if attached and depth < DEEPEST and structure.parts[one.part].encoding not in _ENCODINGS:
            inside = provide()
            inner = laid_open(read_mail(inside), inside, depth + 1)
            texts.append(inner.text)
            htmls.append(inner.html)
            files += inner.attachments
    return LaidOpen("\n".join(texts), "\n".join(filter(None, htmls)), tuple(files))


def without_uuencoded(wanted: Wanted) -> Wanted:
    """Take uuencoded files out of an expected text, told by binascii, and list them as attachments."""
    text, attachments = wanted.get("text"), wanted.get("attachments")
    if not isinstance(text, str) or not isinstance(attachments, tuple):
        return wanted
    data = text.encode("utf-8", "surrogatepass")
    found = [match for match in _UUENCODED.finditer(data) if uudecoded(match.group()) is not None]
    if not found:
        return wanted
    names = tuple(
        attachment_line(match["name"].decode(), "application/octet-stream", None) for match in found
    )
    left = _UUENCODED.sub(b"", data).decode("utf-8", "surrogatepass")
    return wanted | {"text": left, "attachments": (*attachments, *names)}


def uudecoded(data: bytes) -> bytes | None:
    """Decode one uuencoded file by the standard library; None where it is none."""
    match = _UUENCODED.match(data.lstrip())
    if match is None:
        return None
    try:
        return b"".join(binascii.a2b_uu(line) for line in match["lines"].splitlines())
    except binascii.Error:
        return None
