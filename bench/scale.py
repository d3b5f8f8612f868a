"""Simulates months of mail at more than today's load: how long a mail waits until it has its code.

    .venv/bin/python bench/scale.py --rate 55 --more-nodes 0.6

Mails come by the working calendar of the rules: in office hours, more in the mornings, at the end of a month
and of a quarter, with errors of whole systems that a part of all units write of within minutes. A node works
off ``--rate`` mails a second (bench/pipeline.py), each further one adds ``--more-nodes`` of that
(bench/nodes.py). Work is taken in the order of arrival, second by second.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from triage.adapters.rulefiles import load_rulebook
from triage.core.calendar import WorkCalendar

RULES = Path(__file__).resolve().parents[1] / "rules"
UNITS = 100_000
MAILS_A_UNIT = 1.0
"""A month and unit: an assumption, no count of the treasury's. All figures go up and down with it."""

RAW_BYTES = 52_000
MONTHS = (1, 6, 12)
YEAR = 2026
MORNING, AFTERNOON = 0.62, 0.38
LAST_DAYS, LAST_WEIGHT = 5, 2.5
"""The last working days of a month bring so much more than others; at the end of a quarter twice that."""

SURGES_A_MONTH = 2
SURGE_SHARE, SURGE_SECONDS = 0.02, 1_800
"""So many of all units write of one error within half an hour."""

HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from arrival to the code, and how many mails waited at most."""

    median: float
    p99: float
    longest: float
    queue: int


def days_of(calendar: WorkCalendar, month: int) -> list[date]:
    """Give the working days of a month."""
    first = date(YEAR, month, 1)
    days = [first + timedelta(n) for n in range(31)]
    return [day for day in days if day.month == month and calendar.is_working_day(day)]


def arrivals(rng: random.Random, calendar: WorkCalendar, month: int, mails: float) -> Iterator[list[int]]:
    """Give for each working day how many mails come in each second of it."""
    days = days_of(calendar, month)
    weights = [1.0] * len(days)
    for place in range(-LAST_DAYS, 0):
        weights[place] = LAST_WEIGHT * (2 if month % 3 == 0 else 1)
    surges = [rng.randrange(len(days)) for _ in range(SURGES_A_MONTH)]
    for place, weight in enumerate(weights):
        seconds = [0.0] * (24 * HOUR)
        share = mails * weight / sum(weights)
        for (opens, closes), part in zip(calendar.office_hours, (MORNING, AFTERNOON), strict=False):
            start, end = (
                int((datetime.combine(days[0], one) - _midnight(days[0])).total_seconds())
                for one in (opens, closes)
            )
            for second in range(start, end):
                seconds[second] += share * part / (end - start)
        for _ in range(surges.count(place)):
            opens = calendar.office_hours[0][0]
            start = opens.hour * HOUR + opens.minute * 60 + rng.randrange(2 * HOUR)
            for second in range(start, start + SURGE_SECONDS):
                seconds[second] += mails * SURGE_SHARE / SURGE_SECONDS
        yield [_poisson(rng, one) for one in seconds]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - only hours of one day are told apart


def _poisson(rng: random.Random, mean: float) -> int:
    """Draw how many come in one second; for many, the normal distribution is near enough."""
    if mean <= 0:
        return 0
    if mean > 50:  # noqa: PLR2004
        return max(0, round(rng.gauss(mean, mean**0.5)))
    count, left = 0, rng.expovariate(mean)
    while left < 1:
        count += 1
        left += rng.expovariate(mean)
    return count


def waits(days: Iterator[Sequence[int]], rate: float) -> Waits:
    """Let a service of so many mails a second work them off."""
    seen: dict[int, int] = {}
    queue, most, spare = 0, 0, 0.0
    for day in days:
        for come in day:
            if come:
                # the last of those that come now waits longest; all of them are counted with it
                wait = int((queue + come) / rate)
                seen[wait] = seen.get(wait, 0) + come
            queue += come
            most = max(most, queue)
            spare = min(spare + rate, rate + 1)
            done = min(queue, int(spare))
            queue, spare = queue - done, spare - done if queue else 0.0
    every = sum(seen.values())
    return Waits(_at(seen, every * 0.5), _at(seen, every * 0.99), max(seen), most)


def _at(seen: dict[int, int], rank: float) -> int:
    passed = 0
    for wait in sorted(seen):
        passed += seen[wait]
        if passed >= rank:
            return wait
    return max(seen)


def main() -> None:
    """Print a line for each load and number of nodes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rate", type=float, default=42.0, help="mails a second of one node")
    parser.add_argument("--more-nodes", type=float, default=0.6, help="what a further node adds, in nodes")
    parser.add_argument("--loads", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 4, 16])
    parser.add_argument("--seed", type=int, default=964)
    chosen = parser.parse_args()
    calendar = load_rulebook(RULES).calendar
    heads = ("load", "mails a month", "raw mail a month", "nodes", "median wait", "99 of 100", "longest")
    print(f"| {' | '.join(heads)} | queue at most |\n|{'---|' * (len(heads) + 1)}")
    for load in chosen.loads:
        mails = UNITS * MAILS_A_UNIT * load
        for nodes in chosen.nodes:
            rng = random.Random(chosen.seed)
            rate = chosen.rate * (1 + chosen.more_nodes * (nodes - 1))
            months = (day for month in MONTHS for day in arrivals(rng, calendar, month, mails))
            found = waits(months, rate)
            told = [f"{one:,.0f} s" for one in (found.median, found.p99, found.longest)]
            size = f"{mails * RAW_BYTES / 1e9:,.1f} GB"
            print(
                f"| {load:,}× | {mails:,.0f} | {size} | {nodes} | {' | '.join(told)} | {found.queue:,} |",
                flush=True,
            )
            if found.longest <= 1:
                break  # more nodes change nothing


if __name__ == "__main__":
    main()
