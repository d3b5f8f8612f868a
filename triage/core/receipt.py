"""When a mail in a file was received, as its topmost trace header says."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.core.mail import Mail


def receipt_of(mail: Mail) -> datetime | None:
    """Give the moment of the topmost Received header (RFC 5321 4.4), else the sender's Date, aware, in UTC.

    Only for mails that no server handed over; the server's own INTERNALDATE is better evidence.
    """
    for value in mail.header_values("Received")[:1]:
        _, _, written = value.rpartition(";")
        try:
            moment = parsedate_to_datetime(written.strip())
        except (ValueError, IndexError, TypeError, OverflowError):
            break
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return mail.date.astimezone(UTC) if mail.date else None
