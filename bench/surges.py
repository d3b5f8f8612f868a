"""Plays the finding of surges alone, in memory, for many made-up years: how late each is found, false alarms.

    .venv/bin/python bench/surges.py
    .venv/bin/python bench/surges.py --mails 3000 --seeds 7 8 9 10

Three sorts of years: those of bench/year.py, whose errors have a code; years whose errors have none and are
told in the words of surge_texts.tsv, by which nothing was tuned; and the same with busy mornings and ends of
months. What bench/year.py does with a database is done here with lists, by the same functions; a year takes
seconds, so that nothing need be tuned to one seed.
"""

import argparse
import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import phrases
from mails import known_codes
from yearmails import SURGES_A_MONTH, year_mails

from triage.adapters.rulefiles import load_rulebook
from triage.core.parse import read_mail
from triage.core.similar import signature_of_terms, terms_of
from triage.core.subject import read_subject
from triage.core.surges import PROVINCES, WINDOW, Sighting, like_any, surge
from triage.core.treasuries import Level
from triage.core.usual import PAST, SETTLED, Past, is_unusual
from triage.resources import resource
from triage.service.surges import MOST_PAST

RULES = load_rulebook(resource("rules"))
TEXTS = Path(__file__).parent / "surge_texts.tsv"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STEP = timedelta(minutes=5)
"""How far apart the looks are, as in bench/year.py."""

FOUND_WITHIN = timedelta(minutes=10)
LAST_DAYS = timedelta(days=4)
SMALLEST = 12
"""Mails of a surge."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mail with its treasury, as far as it names one, and the number of its surge, below 0 for none."""

    at: datetime
    subject: str
    text: str
    code: str | None
    surge: int


@dataclass(slots=True)
class Played:
    """What came of a year: how late each surge was found that three treasuries told of, and false alarms."""

    expected: dict[int, datetime]
    late: dict[int, timedelta]
    false: int = 0

    @property
    def in_time(self) -> int:
        """How many were found in time."""
        return sum(one <= FOUND_WITHIN for one in self.late.values())


def with_codes(mails: int, seed: int) -> Iterator[Told]:
    """Give the mails of bench/year.py, without those of impostors."""
    for one in year_mails(2026, mails, RULES.calendar, seed):
        if one.impostor < 0:
            mail = read_mail(one.write())
            subject = read_subject(mail.subject, RULES.treasuries)
            yield Told(one.at, subject.bare, mail.new_text, subject.treasury, one.surge)


def without_codes(mails: int, seed: int, *, busy: bool = False) -> Iterator[Told]:
    """Give mails of a year whose errors bear no code; one mail in twenty tells of such an error by itself.

    ``busy`` lets half of the everyday ones come in the first two hours of a day, and on the last days of a
    month four times as many as on others.
    """
    rng = random.Random(seed)
    codes, errors = known_codes(), _errors()
    every = [said for error in errors for said in error]
    worked = [day for day in (date(2026, 1, 1) + timedelta(n) for n in range(365)) if _is_worked(day)]
    crowded = [day for day in worked for _ in range(4 if (day + LAST_DAYS).month != day.month else 1)]
    count = 12 * SURGES_A_MONTH
    told = []
    for number in range(count):
        month = [day for day in worked if day.month == number // SURGES_A_MONTH + 1]
        start = _office_hour(rng, rng.choice(month))
        for _ in range(SMALLEST):
            said = rng.choice(errors[(number + seed) % len(errors)])
            at = start + timedelta(minutes=90 * rng.random())
            told.append(_told(rng, at, said, rng.choice(codes), number))
    for _ in range(mails - len(told)):
        trouble, opening = rng.choice(phrases.TROUBLES)
        said = rng.choice(every) if rng.random() < 0.05 else (trouble, opening)  # noqa: PLR2004 - as above
        at = _busy_hour(rng, crowded) if busy else _office_hour(rng, rng.choice(worked))
        told.append(_told(rng, at, said, rng.choice(codes), -1))
    yield from sorted(told, key=lambda one: one.at)


def _errors() -> list[list[tuple[str, str]]]:
    """Give the complaints, subject and text, of each error."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        name, subject, text = line.split("\t")
        found.setdefault(name, []).append((subject, text))
    return list(found.values())


def _is_worked(day: date) -> bool:
    return RULES.calendar.is_working_day(day)


def _office_hour(rng: random.Random, day: date) -> datetime:
    opens, closes = rng.choice(RULES.calendar.office_hours)
    start, end = (datetime.combine(day, one, ZONE) for one in (opens, closes))
    return start + (end - start) * rng.random()


def _busy_hour(rng: random.Random, days: Sequence[date]) -> datetime:
    day = rng.choice(days)
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them
        opens = datetime.combine(day, RULES.calendar.office_hours[0][0], ZONE)
        return opens + timedelta(hours=2 * rng.random())
    return _office_hour(rng, day)


def _told(rng: random.Random, at: datetime, said: tuple[str, str], code: str, number: int) -> Told:
    unit = rng.choice(phrases.UNITS).format(n=rng.randrange(1, 5000))
    more = rng.choice(("", rng.choice(phrases.DETAILS)))
    return Told(at, said[0], f"{phrases.GREETING}\n{said[1]} {more}\nĐơn vị: {unit}.", code, number)


def play(told: Sequence[Told]) -> Played:
    """Find the surges of a year, looking every five minutes in which something came."""
    seen = list(_sightings(told))
    found = Played(_expected(told), {})
    moments = [one.at for one in seen]
    open_ones: list[tuple[int, bytes]] = []
    members: dict[int, set[int]] = {}
    real: set[int] = set()
    day, start = date.min, 0
    while start < len(seen):
        now = _look_after(seen[start].at)
        end = bisect_left(moments, now + timedelta(microseconds=1))
        if now.astimezone(ZONE).date() != day:
            # People have dissolved false alarms: what they told of is usual.
            day, open_ones = now.astimezone(ZONE).date(), []
            members = {number: some for number, some in members.items() if number in real}
        for one in seen[start:end]:
            joins = like_any(one.signature, open_ones)
            if joins is not None:
                members[joins].add(one.ticket_id)
                continue
            away = {number for some in members.values() for number in some}
            near = [
                other
                for other in seen[bisect_left(moments, one.at - WINDOW) : end]
                if other.ticket_id not in away
            ]
            together = surge(one, near)
            if not together or not is_unusual(one, together, near, _past(near, seen, moments, away)):
                continue
            numbers = {told[other.ticket_id].surge for other in together}
            for number in numbers & found.expected.keys():
                late = now - found.expected[number]
                found.late[number] = min(late, found.late.get(number, late))
            found.false += numbers == {-1}
            members[one.ticket_id] = {other.ticket_id for other in together}
            real |= {one.ticket_id} if numbers != {-1} else set()
            open_ones += [(one.ticket_id, other.signature) for other in together]
        start = end
    return found


def _sightings(told: Sequence[Told]) -> Iterator[Sighting]:
    for number, one in enumerate(told):
        signature = signature_of_terms(terms_of(one.subject, one.text))
        known = RULES.treasuries.lookup(one.code) if one.code else None
        is_provinces = known is not None and known.treasury.level is Level.PROVINCE
        province = known.treasury.province if known and is_provinces else None
        if signature:
            yield Sighting(number, one.at.astimezone(UTC), province, signature)


def _expected(told: Sequence[Told]) -> dict[int, datetime]:
    """Give when a third treasury had told of each surge within half an hour."""
    third: dict[int, datetime] = {}
    seen: dict[int, list[Told]] = {}
    for one in told:
        if one.surge >= 0:
            some = seen.setdefault(one.surge, [])
            some.append(one)
            if len({other.code for other in some if other.at > one.at - WINDOW}) >= PROVINCES:
                third.setdefault(one.surge, one.at)
    return third


def _look_after(at: datetime) -> datetime:
    return at - (at - datetime.min.replace(tzinfo=UTC)) % STEP + STEP


def _past(
    near: Sequence[Sighting], seen: Sequence[Sighting], moments: Sequence[datetime], away: set[int]
) -> Past:
    until = near[0].at - SETTLED
    since = max(seen[0].at, until - PAST)
    if since >= until:
        return Past()
    before = seen[bisect_left(moments, since) : bisect_left(moments, until)]
    usual = [other.signature for other in before if other.ticket_id not in away]
    step = math.ceil(len(usual) / MOST_PAST) or 1
    return Past(usual[::step], step, timedelta(seconds=RULES.calendar.working_seconds(since, until)))


def main() -> None:
    """Print a line for each sort of year."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[964, 1, 2, 3, 4, 5])
    chosen = parser.parse_args()
    sorts: dict[str, Callable[[int, int], Iterator[Told]]] = {
        "with codes": with_codes,
        "without": without_codes,
        "busy": partial(without_codes, busy=True),
    }
    for name, make in sorts.items():
        years = [play(list(make(chosen.mails, seed))) for seed in chosen.seeds]
        expected = sum(len(one.expected) for one in years)
        late = [delay for one in years for delay in one.late.values()]
        print(
            f"{name:10} {sum(one.in_time for one in years)} of {expected} within {FOUND_WITHIN}, "
            f"{expected - len(late)} never, the latest after {max(late, default=None)}; false in each year: "
            f"{[one.false for one in years]}"
        )


if __name__ == "__main__":
    main()
