"""Whether so many tickets of one error at once are more than chance brings."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import islice

from triage.core.similar import is_alike, share_code
from triage.core.surges import PROVINCES, WINDOW, Sighting, provinces_of

PAST = timedelta(days=14)
"""How far back one looks for how often an error is told of anyway."""

SETTLED = timedelta(days=1)
"""What came so shortly before may be the slow beginning of the very surge: it tells nothing of other days."""

FALSE_A_MONTH = 1 / 50
"""An incident is made where chance brings one of its sort in a month more rarely than this.

There are some dozens of sorts of complaints, and all of them together may make one false alarm a month.
"""

_HALF_HOURS_A_MONTH = 350
"""Of office hours."""

_LEAST_HALF_HOURS = 16.0
"""Half hours of one working day: from less nobody can tell what is usual."""

_BISECTIONS = 40


@dataclass(frozen=True, slots=True)
class Past:
    """What a time brought, of each ``step``-th ticket, and for how long offices ``worked`` in it."""

    signatures: Sequence[bytes] = ()
    step: int = 1
    worked: timedelta = timedelta()

    def share(self, beside: int) -> float:
        """Give how many tickets of a sort a half hour should bring, for each of it that came before.

        As many as came in half an hour of office hours; in a busy one, as at the end of a month, as many as
        are the sort's part of all that comes, of which ``beside`` are of other sorts.
        """
        by_time = 1 / max(_LEAST_HALF_HOURS, self.worked / WINDOW)
        return max(by_time, beside / (len(self.signatures) * self.step)) if self.signatures else by_time


def is_unusual(fresh: Sighting, together: Sequence[Sighting], near: Sequence[Sighting], past: Past) -> bool:
    """Whether a surge is more than chance brings; ``near`` are all the tickets that came about then."""
    begun = min(one.at for one in together)
    inside = {one.ticket_id for one in together}
    beside = sum(begun <= one.at <= begun + WINDOW for one in near if one.ticket_id not in inside)
    return any(
        not _is_usual(fresh, is_like, enough_to_be_usual(provinces, past, beside), past)
        for is_like, provinces in ways_to_compare(fresh, together)
    )


def _is_usual(fresh: Sighting, is_like: Callable[[bytes, bytes], bool], enough: int, past: Past) -> bool:
    # what is told of every day is known after a few of them
    of_its_sort = (one for one in past.signatures if is_like(fresh.signature, one))
    return sum(past.step for _ in islice(of_its_sort, math.ceil(enough / past.step))) >= enough


def ways_to_compare(
    fresh: Sighting, together: Sequence[Sighting]
) -> list[tuple[Callable[[bytes, bytes], bool], int]]:
    """Give how tickets of other days may be compared with a surge, and the provinces that it has by that.

    Where one code makes the surge, the code alone may show that it is unusual: its words may be everybody's.
    """
    named = provinces_of(one for one in together if share_code(one.signature, fresh.signature))
    by_code = [(share_code, len(named))] if len(named) >= PROVINCES else []
    return [(is_alike, len(provinces_of(together))), *by_code]


def enough_to_be_usual(provinces: int, past: Past, beside: int) -> int:
    """Give from how many tickets of its sort on, in the time before, so many provinces are no news."""
    return math.ceil(_most_expected(provinces) / past.share(beside))


@cache
def _most_expected(provinces: int) -> float:
    """Give of how many expected tickets chance makes so many provinces as rarely as is allowed."""
    low, high = 0.0, float(provinces)
    for _ in range(_BISECTIONS):
        expected = (low + high) / 2
        low, high = (
            (expected, high) if _times_a_month(provinces, expected) < FALSE_A_MONTH else (low, expected)
        )
    return high


def _times_a_month(number: int, expected: float) -> float:
    """Give how often in a month a half hour brings so many tickets, where ``expected`` come in each.

    The half hour may begin with any ticket, so that this is more often than in fixed half hours (the scan
    statistic; Alm 1983, but that a crowd may count more than once). Tickets are taken for a Poisson process.
    """
    return _HALF_HOURS_A_MONTH * math.exp(number * math.log(expected) - expected - math.lgamma(number))
