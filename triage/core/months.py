"""Months of the calendar as reports count them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_WRITTEN = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of a year."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, _MONTHS)

    @property
    def after(self) -> "Month":
        """The month after."""
        return Month(self.year, self.month + 1) if self.month < _MONTHS else Month(self.year + 1, 1)

    def starts_at(self, zone: tzinfo) -> datetime:
        """Give the moment at which the month begins in a time zone, in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)

    def days_at(self, zone: tzinfo) -> Iterator[datetime]:
        """Give the moments at which its days begin in a time zone, in UTC."""
        day, end = date(self.year, self.month, 1), date(self.after.year, self.after.month, 1)
        while day < end:
            yield datetime.combine(day, time(), zone).astimezone(UTC)
            day += timedelta(days=1)


def month_of(moment: datetime, zone: tzinfo) -> Month:
    """Give the month that a moment lies in."""
    local = moment.astimezone(zone)
    return Month(local.year, local.month)


def read_month(text: str) -> Month | None:
    """Read a month as addresses write it, such as 2026-11; None for what is none of this century."""
    match = _WRITTEN.fullmatch(text)
    return Month(int(match[1]), int(match[2])) if match else None
