"""Which tickets that tell of one error came together: from three provinces in half an hour."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.core.decision import SECURITY, Decision, Kind, OpenTicket, Verdict
from triage.core.similar import is_alike, is_same
from triage.core.treasuries import Level, TreasuryDirectory

WINDOW = timedelta(minutes=30)
PROVINCES = 3
"""So many provinces within the window make an incident."""

MOST_COMPARED = 2_000
"""Tickets beside a new one that it is compared with, the nearest in time."""

MUTED = timedelta(hours=12)
"""How long the words of a false alarm that was dissolved make none again."""

_UNDOUBTED = frozenset({Verdict.TRUSTED, Verdict.ORDINARY})


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a ticket tells of an error; ``at`` is when its mail came, UTC, ``province`` None where unknown."""

    ticket_id: int
    at: datetime
    province: str | None
    signature: bytes


def most_have(categories: Iterable[str]) -> str:
    """Give the category that most tickets have, of several such the first; there must be one."""
    return Counter(categories).most_common(1)[0][0]


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
    first, last = fresh.at - WINDOW, fresh.at + WINDOW
    beside = [one for one in others if first <= one.at <= last and one.ticket_id != fresh.ticket_id]
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


def like_any(signature: bytes, founders: Iterable[tuple[int, bytes]]) -> int | None:
    """Give the first of the incidents, named beside their signatures, that a text tells of."""
    return next((number for number, other in founders if is_same(signature, other)), None)
