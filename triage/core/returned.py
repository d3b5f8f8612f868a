"""The mail that a bounce gives back: its headers tell whether it was one of ours."""

import re
from collections.abc import Callable, Iterable

from triage.core.latepattern import late_pattern
from triage.core.mail import Attachment, Mail
from triage.core.parse import read_mail

_RETURNED = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial")
)
_MOST_BYTES = 1_000_000
_LONGEST_TEXT = 100_000

_BELOW = late_pattern(
    # what servers write above the returned mail where they put it into the text; the last line of the mark
    r"(?:below this line is a copy of the (?:message|mail header)|this is a copy of (?:the|your) message|"
    r"(?:original|returned|unsent|bounced) (?:message|mail) (?:follows|headers|is attached)|"
    r"(?:message )?headers? follows?|copy of the original message|received header follows|"
    r"enclosed are the original headers|--- forwarded message|"
    r"nội dung thư gốc|thư gốc|tiêu đề thư gốc)[^\n]{0,80}\n",
    re.IGNORECASE,
)
_HEADER = late_pattern(r"[A-Za-z][A-Za-z0-9-]{1,60}[ \t]*:")


def returned_mail(
    parts: Iterable[tuple[Attachment, Callable[[], bytes]]], bounce: Mail | None = None
) -> Mail | None:
    """Read the mail, or the headers alone, that a delivery report carries (RFC 3462, RFC 6533).

    ``bounce`` is the report itself: older servers write what they give back into its text.
    """
    for attachment, provide in parts:
        if attachment.type in _RETURNED:
            return read_mail(provide()[:_MOST_BYTES])
    return _in_text(bounce.text[:_LONGEST_TEXT]) if bounce else None


def without_returned(text: str) -> str:
    """Give what a server itself says in the text of a bounce, without the mail that it gives back there."""
    mark = _mark(text)
    return text[: mark.start()] if mark else text


def ids_of(mail: Mail | None) -> tuple[str, ...]:
    """Give the Message-IDs that a returned mail bears and answers to, its own first."""
    if mail is None:
        return ()
    own = (mail.message_id,) if mail.message_id else ()
    return tuple(dict.fromkeys((*own, *mail.in_reply_to, *reversed(mail.references))))


def _in_text(text: str) -> Mail | None:
    mark = _mark(text)
    if mark is None:
        return None
    found = read_mail(_below(text, mark).encode("utf-8", "replace"))
    return found if found.to or found.message_id else None


def _mark(text: str) -> re.Match[str] | None:
    """Find the words above a returned mail, whose headers follow them."""
    mark = _BELOW.search(text)
    return mark if mark and _HEADER.match(_below(text, mark)) else None


def _below(text: str, mark: re.Match[str]) -> str:
    return text[mark.end() :].lstrip("\n\r \t-_=")
