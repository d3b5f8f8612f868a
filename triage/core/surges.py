"""Whether tickets that tell of one error are a surge: three provinces in half an hour, and unusual."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.core.decision import SECURITY, Decision, Kind, OpenTicket, Verdict
from triage.core.similar import is_alike
from triage.core.treasuries import Level, TreasuryDirectory

WINDOW = timedelta(minutes=30)
PROVINCES = 3
"""So many provinces within the window make an incident."""

PAST = timedelta(days=14)
"""How far back one looks for how often an error is told of anyway."""

SETTLED = timedelta(days=1)
"""What came so shortly before may be the slow beginning of the very surge: it tells nothing of other days."""

MUTED = timedelta(hours=12)
"""How long the words of a false alarm that was dissolved make none again."""

CHANCE = 1 / 5_000
"""An incident is made where chance brings so many tickets in half an hour more rarely than this.

A month of office hours has some 350 half hours, and some dozens of sorts of complaints, each of which may be
the false alarm that shall come at most once.
"""

_WORKED = 40 / 168
"""The part of a week in which offices write."""

_LEAST_HALF_HOURS = 16.0
"""Half hours of one working day: from less nobody can tell what is usual."""

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
    like = [one for one in others if one.ticket_id != fresh.ticket_id and _is_near(one, fresh)]
    told = sorted((fresh, *like), key=lambda one: (one.at, one.ticket_id))
    best: tuple[Sighting, ...] = ()
    for first in told:
        within = tuple(one for one in told if first.at <= one.at <= first.at + WINDOW)
        if fresh in within and len(provinces_of(within)) > len(provinces_of(best)):
            best = within
    return best if len(provinces_of(best)) >= PROVINCES else ()


def is_unusual(provinces: int, past: int, span: timedelta) -> bool:
    """Whether so many provinces at once are more than chance brings.

    ``past`` counts the tickets like these in a ``span`` before. They are taken for a Poisson process of the
    hours in which offices work.
    """
    half_hours = max(_LEAST_HALF_HOURS, span / WINDOW * _WORKED)
    rate = past / half_hours
    fewer = sum(math.exp(-rate) * rate**count / math.factorial(count) for count in range(provinces))
    return 1 - fewer < CHANCE


def like_any(signature: bytes, founders: Iterable[tuple[int, bytes]]) -> int | None:
    """Give the first of the incidents, named beside their signatures, that a text tells of."""
    return next((number for number, other in founders if is_alike(signature, other)), None)


def _is_near(one: Sighting, fresh: Sighting) -> bool:
    return abs(one.at - fresh.at) <= WINDOW and is_alike(one.signature, fresh.signature)
