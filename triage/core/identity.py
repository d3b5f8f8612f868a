"""One mail, one key: the same mail delivered twice has the same one."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC

from triage.core.mail import Mail
from triage.core.text import one_line

KEY_VERSION = b"mail-key-1"
"""Part of what is hashed, so that keys made by other rules can never be taken for these."""

_USABLE_ID = re.compile(r"<[^<>]*[^\W_][^<>]*>")
_CONTENT_FIELDS = ("to", "cc", "reply-to", "in-reply-to", "references", "content-type")
"""Headers that the author's program writes. Those that servers add on the way differ from copy to copy."""

_BLOCK = 4_096
_END_OF_HEADERS = re.compile(rb"\n\r*+\n")


LONGEST_STORED_ID = 500
"""Bytes of a Message-ID that are kept as they are; an index has no room for much longer ones."""


def stored_id(message_id: str) -> str:
    """Give the form in which a Message-ID is stored and looked for: itself, or a hash of a monstrous one."""
    written = message_id.encode("utf-8", "surrogatepass")
    if len(written) <= LONGEST_STORED_ID:
        return message_id
    return f"<sha256-{hashlib.sha256(written).hexdigest()}>"


def mail_key(mail: Mail, raw: bytes) -> str:
    """Give the hexadecimal SHA-256 of what identifies a mail.

    That is Message-ID, From, Date and Subject, since ids alone are reused by some programs; without a
    usable Message-ID also the author's other headers and the body, line ends and trailing blanks left out.
    """
    fields = [*_who_when_what(mail)]
    if _USABLE_ID.fullmatch(mail.message_id):
        fields.append(mail.message_id)
    else:
        fields += [one_line("\n".join(mail.header_values(name))) for name in _CONTENT_FIELDS]
        fields.append(digest_of_body(raw))
    return _hash(fields)


def _who_when_what(mail: Mail) -> tuple[str, str, str]:
    senders = " ".join(sender.address.lower() for sender in mail.senders) or one_line(
        mail.header("From") or ""
    )
    date = mail.date.astimezone(UTC).isoformat() if mail.date else one_line(mail.header("Date") or "")
    return senders, date, one_line(mail.subject)


_TRAILING = (b" \n", b"\t\n", b"\r\n", b"\v\n", b"\f\n")
"""Most blocks hold none of these and need not be cut into lines."""


def digest_of_body(raw: bytes) -> str:
    """Hash the body without trailing blanks of its lines and without empty lines at its end.

    Block by block: each line of a body is an object to Python, and empty ones cost it ninety bytes each.
    """
    digest = hashlib.sha256()
    waiting = 0
    for block in _blocks(raw):
        lines = _without_trailing_blanks(block)
        kept = lines.rstrip(b"\n")
        if kept:
            digest.update(b"\n" * waiting + kept)
            waiting = 0
        waiting += len(lines) - len(kept) + 1
    return digest.hexdigest()


def _without_trailing_blanks(block: bytes) -> bytes:
    lines = (block + b"\n").replace(b"\r\n", b"\n")
    if any(blank in lines for blank in _TRAILING):
        return b"\n".join(line.rstrip() for line in block.split(b"\n"))
    return lines[:-1]


def _blocks(raw: bytes) -> Iterator[bytes]:
    """Cut the body of a mail at line ends; these are left out."""
    data = raw.lstrip(b"\r\n")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    headers = _END_OF_HEADERS.search(data)
    start = headers.end() if headers else 0
    while start <= len(data):
        end = data.find(b"\n", start + _BLOCK)
        end = len(data) if end < 0 else end
        yield data[start:end]
        start = end + 1


def _hash(fields: list[str]) -> str:
    digest = hashlib.sha256(KEY_VERSION)
    for field in fields:
        data = field.encode("utf-8", "replace")
        # the length before each field keeps two fields from running into one another
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
