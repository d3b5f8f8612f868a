"""The mail that a bounce gives back: its headers tell whether it was one of ours."""

from collections.abc import Callable, Iterable

from triage.core.mail import Attachment, Mail
from triage.core.parse import read_mail

_RETURNED = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial")
)
_MOST_BYTES = 1_000_000


def returned_mail(parts: Iterable[tuple[Attachment, Callable[[], bytes]]]) -> Mail | None:
    """Read the mail, or the headers alone, that a delivery report carries (RFC 3462, RFC 6533)."""
    for attachment, provide in parts:
        if attachment.type in _RETURNED:
            return read_mail(provide()[:_MOST_BYTES])
    return None


def ids_of(mail: Mail | None) -> tuple[str, ...]:
    """Give the Message-IDs that a returned mail bears and answers to, its own first."""
    if mail is None:
        return ()
    own = (mail.message_id,) if mail.message_id else ()
    return tuple(dict.fromkeys((*own, *mail.in_reply_to, *reversed(mail.references))))
