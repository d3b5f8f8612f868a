"""A mail sent on as it came: resent fields before it, and not a byte of it changed (RFC 5322, 3.6.6)."""

import re
from datetime import datetime
from email.utils import format_datetime

from triage.core.compose import CRLF, MAX_LINE, can_stand_in_header, letter_ids
from triage.core.mail import Mail

_RETURN_PATH = re.compile(rb"^return-path:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.IGNORECASE | re.MULTILINE)
_FIRST_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_END_OF_HEADERS = b"\r\n\r\n"


def resent(raw: bytes, *, ours: str, to: str, at: datetime, message_id: str) -> bytes | None:
    """Give a mail with the fields of whoever sends it on; None where SMTP does not take it as it is.

    Signatures of the mail go on to hold: nothing is changed but Return-Path, which whoever delivers it writes
    anew (RFC 5321, 4.4). There is no Resent-Sender, which would be Resent-From again. ``at`` is aware.
    """
    head, gap, body = raw.partition(_END_OF_HEADERS)
    if not gap or not _FIRST_FIELD.match(raw) or not can_stand_in_header(to) or not can_stand_in_header(ours):
        return None
    fields = (
        ("Resent-Date", format_datetime(at)),
        ("Resent-From", ours),
        ("Resent-To", to),
        ("Resent-Message-ID", message_id),
    )
    before = "".join(f"{name}: {value}{CRLF}" for name, value in fields).encode("utf-8")
    whole = before + _RETURN_PATH.sub(b"", head + b"\r\n") + b"\r\n" + body
    return whole if _is_sendable(whole) else None


def is_our_resending(mail: Mail, ours: frozenset[str]) -> bool:
    """Whether a mail bears the resent fields that we write: it came back from whom it was sent on to."""
    written = mail.header("Resent-Message-ID") or ""
    return bool(letter_ids(written.encode("utf-8", "replace"))) and (
        (mail.header("Resent-From") or "").strip().lower() in ours
    )


def _is_sendable(raw: bytes) -> bool:
    lines = raw.split(b"\r\n")
    ends = len(lines) - 1
    whole = raw.count(b"\r") == raw.count(b"\n") == ends and b"\0" not in raw
    return whole and max(map(len, lines)) <= MAX_LINE
