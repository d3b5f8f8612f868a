"""How long raw mail is kept, by class."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class RetentionClass(StrEnum):
    """What sort of mail a term is for: of a closed ticket, of none at all, delivered a second time."""

    CLOSED = "closed"
    QUIET = "quiet"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Terms:
    """Days that raw mail of each class is kept; 0 or none keeps it for ever.

    The days of a closed ticket count from its closing, others from receipt.
    """

    days: Mapping[RetentionClass, int] = field(default_factory=dict)

    def ended_before(self, sort: RetentionClass, now: datetime) -> datetime | None:
        """Give the moment before which the term of a class has ended; None where it is kept for ever."""
        days = self.days.get(sort, 0)
        return now - timedelta(days=days) if days > 0 else None
