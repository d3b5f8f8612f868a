"""The sample mailbox of ``triage demo``: one invented week of November 2026, of invented units.

Every domain stands below ``.example`` (RFC 2606), so no letter of a demo can reach anybody.
"""

from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from importlib.resources import files

UNDATED = datetime(2026, 11, 16, 1, tzinfo=UTC)
"""When a sample without any readable date counts as received: Monday, 08:00 in Hanoi."""


def sample_mails() -> list[tuple[str, datetime, bytes]]:
    """Give name, time of receipt (aware, UTC) and raw bytes of each sample, in the order of arrival.

    The time is fixed by the mail itself, so each run of the demo gives the same ticket codes.
    """
    folder = files(__name__) / "mailbox"
    entries = (entry for entry in folder.iterdir() if entry.name.endswith(".eml"))
    mails = [(entry.name, entry.read_bytes()) for entry in sorted(entries, key=lambda entry: entry.name)]
    return [(name, received_at(raw), raw) for name, raw in mails]


def received_at(raw: bytes) -> datetime:
    """Read when a mail was received: the newest Received header (RFC 5321, 4.4), else Date; aware, UTC."""
    headers = BytesHeaderParser().parsebytes(raw)
    stamps = (str(headers.get("Received", "")).rpartition(";")[2], str(headers.get("Date", "")))
    return next((moment for stamp in stamps if (moment := _moment(stamp))), UNDATED)


def _moment(stamp: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(stamp.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
