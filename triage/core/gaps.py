"""Numbers that were given out and have not been seen: their transactions may still commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = timedelta(minutes=6)
"""How long a number may still turn up: longer than the database lets any statement run."""

MOST = 5_000
"""Numbers that are waited for at once; beyond that the oldest are given up."""


@dataclass
class Gaps:
    """Follows a sequence whose numbers are given out in order and committed in any.

    ``last`` is the highest number that was seen. A number that a rollback took away never turns up, so none
    is waited for longer than ``KEPT``.
    """

    last: int
    _missing: dict[int, datetime] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        """The numbers that may still turn up, in order."""
        return sorted(self._missing)

    @property
    def mark(self) -> int:
        """The number up to which nothing can turn up any more: where to go on from without missing any."""
        return min(self._missing, default=self.last + 1) - 1

    def see(self, numbers: Iterable[int], now: datetime) -> list[int]:
        """Note what was found and give what of it is new, in order."""
        found = sorted(set(numbers))
        fresh = [number for number in found if number > self.last or number in self._missing]
        for number in fresh:
            if number <= self.last:
                del self._missing[number]
                continue
            first = max(self.last + 1, number - MOST)
            self._missing |= dict.fromkeys(range(first, number), now)
            self.last = number
        self._give_up(now)
        return fresh

    def _give_up(self, now: datetime) -> None:
        kept = [number for number in self.missing if now - self._missing[number] < KEPT][-MOST:]
        self._missing = {number: self._missing[number] for number in kept}
