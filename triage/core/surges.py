"""Whether tickets that tell of one error are a surge: three provinces in half an hour, and unusual."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from triage.core.decision import SECURITY, Decision, Kind, OpenTicket, Verdict
from triage.core.similar import is_alike, is_same, share_code
from triage.core.treasuries import Level, TreasuryDirectory

WINDOW = timedelta(minutes=30)
PROVINCES = 3
"""So many provinces within the window make an incident."""

PAST = timedelta(days=14)
"""How far back one looks for how often an error is told of anyway."""

SETTLED = timedelta(days=1)
"""What came so shortly before may be the slow beginning of the very surge: it tells nothing of other days."""

MOST_COMPARED = 2_000
"""Tickets beside a new one that it is compared with, the nearest in time."""

MUTED = timedelta(hours=12)
"""How long the words of a false alarm that was dissolved make none again."""

FALSE_A_MONTH = 1 / 50
"""An incident is made where chance brings one of its sort in a month more rarely than this.

There are some dozens of sorts of complaints, and all of them together may make one false alarm a month.
"""

_HALF_HOURS_A_MONTH = 350
"""Of office hours."""

_LEAST_HALF_HOURS = 16.0
"""Half hours of one working day: from less nobody can tell what is usual."""

_BISECTIONS = 40
_UNDOUBTED = frozenset({Verdict.TRUSTED, Verdict.ORDINARY})


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a ticket tells of an error; ``at`` is when its mail came, UTC, ``province`` None where unknown."""

    ticket_id: int
    at: datetime
    province: str | None
    signature: bytes


def counts(decision: Decision) -> bool:
    """Whether a mail may tell of an incident: a request in a ticket of its own, of nobody who is doubted."""
    match decision.outcome:
        case OpenTicket(queue=queue):
            asks = decision.kind is Kind.REQUEST and queue != SECURITY
            return asks and decision.sender.verdict in _UNDOUBTED
        case _:
            return False


def province_of(decision: Decision, directory: TreasuryDirectory) -> str | None:
    """Give the province that a mail comes from: of its queue, else the one that is named without a number."""
    found = directory.lookup(decision.route.queue)
    if found and found.treasury.level is Level.PROVINCE:
        return found.treasury.province
    return decision.route.named


def provinces_of(many: Iterable[Sighting]) -> set[str]:
    """Give the different provinces of tickets."""
    return {one.province for one in many if one.province}


def surge(fresh: Sighting, others: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Give the tickets like a new one that came with it from three provinces in half an hour; else none."""
    beside = [one for one in others if one.ticket_id != fresh.ticket_id and abs(one.at - fresh.at) <= WINDOW]
    if not _reaches_provinces(fresh, beside):
        return ()
    like = (one for one in beside if is_alike(one.signature, fresh.signature))
    return _widest(fresh, sorted((fresh, *like), key=_by_time))


def _by_time(one: Sighting) -> tuple[datetime, int]:
    return one.at, one.ticket_id


def _reaches_provinces(fresh: Sighting, beside: Sequence[Sighting]) -> bool:
    """Whether three provinces come together at all.

    Of each province the next ticket like this one before it and after it decide: where any stands in a half
    hour with it, so does one of these. A storm of like mails costs a few comparisons so, not one for each.
    """
    near = sorted(beside, key=lambda one: abs(one.at - fresh.at))[:MOST_COMPARED]
    next_ones: dict[tuple[str, bool], Sighting] = {}
    for one in near:
        if one.province is None or one.province == fresh.province:
            continue
        side = (one.province, one.at < fresh.at)
        if side not in next_ones and is_alike(one.signature, fresh.signature):
            next_ones[side] = one
    return bool(_widest(fresh, sorted((fresh, *next_ones.values()), key=_by_time)))


def _widest(fresh: Sighting, told: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Give the half hour with the new ticket in it that has most provinces; none where these are too few."""
    place = told.index(fresh)
    inside: Counter[str] = Counter()
    best, most, end = (0, 0), PROVINCES - 1, 0
    for start, first in enumerate(told[: place + 1]):
        while end < len(told) and told[end].at <= first.at + WINDOW:
            inside.update(provinces_of(told[end : end + 1]))
            end += 1
        if end > place and len(inside) > most:
            best, most = (start, end), len(inside)
        inside -= Counter(provinces_of((first,)))
    return tuple(told[slice(*best)])


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What a time brought before a surge: ``past`` tickets of all sorts, while offices worked for ``worked``.

    ``beside`` counts the tickets of other sorts that came in the half hour of the surge.
    """

    past: int
    worked: timedelta
    beside: int

    def share(self) -> float:
        """Give how many tickets of a sort the half hour should bring, for each of it that came before.

        As many as came in half an hour of office hours; in a busy one, as at the end of a month, as many as
        are the sort's part of all that comes.
        """
        by_time = 1 / max(_LEAST_HALF_HOURS, self.worked / WINDOW)
        return max(by_time, self.beside / self.past) if self.past else by_time


def enough_to_be_usual(provinces: int, ordinary: Ordinary) -> int:
    """Give from how many tickets of its sort on, in the time before, so many provinces are no news."""
    return math.ceil(_most_expected(provinces) / ordinary.share())


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


def ways_to_compare(
    fresh: Sighting, together: Sequence[Sighting]
) -> list[tuple[Callable[[bytes, bytes], bool], int]]:
    """Give how tickets of other days may be compared with a surge, and the provinces that it has by that.

    Where one code makes the surge, the code alone may show that it is unusual: its words may be everybody's.
    """
    named = provinces_of(one for one in together if share_code(one.signature, fresh.signature))
    by_code = [(share_code, len(named))] if len(named) >= PROVINCES else []
    return [(is_alike, len(provinces_of(together))), *by_code]


def like_any(signature: bytes, founders: Iterable[tuple[int, bytes]]) -> int | None:
    """Give the first of the incidents, named beside their signatures, that a text tells of."""
    return next((number for number, other in founders if is_same(signature, other)), None)
