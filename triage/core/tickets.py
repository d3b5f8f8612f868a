"""Ticket codes and the states of a ticket."""

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

LAST_ORDINAL = 999_999
"""The highest number that fits the six digits of the published format (letter 7102/TB-KBNN)."""

_TYPED = re.compile(r"SD\s*(\d{6})\s*[-\u2010-\u2015\u2212]\s*(\d{1,6})", re.IGNORECASE)
"""A code as people type or paste it: any hyphen or dash, and the zeros of the number may be left out."""

_GAP = r"(?:[^\S\r\n]|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]){0,3}"
"""What programs of mail and text put between the parts of a code: blanks of any width, unseen characters."""

CODE_PATTERN = re.compile(
    rf"[Ssſ][Dd](?<!(?i:[A-Z0-9])..){_GAP}(\d{{6}}){_GAP}[-\u2010-\u2015\u2212]{_GAP}(\d{{6}})(?!\d)"
)
"""It begins with a set of letters, so that a text is searched several times as fast; ſ is another small s."""


class TicketStatus(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, order=True)
class TicketCode:
    """A code ``SDyymmdd-xxxxxx``: the local day of receipt and the number of the ticket in that day.

    The form is the one that letter 7102/TB-KBNN publishes, so nothing may be added to it.
    """

    day: date
    ordinal: int

    def __post_init__(self) -> None:
        if not 1 <= self.ordinal <= LAST_ORDINAL:
            raise ValueError(f"{self.ordinal} does not fit the six digits of a ticket code")

    def __str__(self) -> str:
        return f"SD{self.day:%y%m%d}-{self.ordinal:06}"


def typed_code(text: str) -> TicketCode | None:
    """Read what a person typed for a code (``sd261122-3``); None where it is none, or names no day.

    For people at the desk alone: what mails say is read by ``find_codes``, which tolerates less.
    """
    match = _TYPED.fullmatch(text.strip())
    return _from_match(match) if match else None


def find_codes(text: str) -> tuple[TicketCode, ...]:
    """Give each ticket code that stands in the text, once, in order."""
    found = (_from_match(match) for match in CODE_PATTERN.finditer(text))
    return tuple(dict.fromkeys(code for code in found if code))


def day_of_receipt(received_at: datetime, zone: tzinfo) -> date:
    """Give the local calendar day of an aware moment: the day that a ticket code carries."""
    return received_at.astimezone(zone).date()


def _from_match(match: re.Match[str]) -> TicketCode | None:
    digits, ordinal = match.group(1), int(match.group(2))
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
        return TicketCode(day, ordinal)
    except ValueError:
        return None
