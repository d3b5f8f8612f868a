"""What a list of tickets is narrowed down to, as it stands in the address of its page.

An address may be sent to a colleague: it holds conditions only, and whoever opens it sees what his rights let
him see. A value that means nothing is told and restricts nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from triage.core.calendar import WorkCalendar
from triage.core.tickets import TicketStatus
from triage.db.queues import EVERY_OPEN, NOBODY, TO_DO, Place, Wanted

ME = "me"
NONE = "none"
OVERDUE = "overdue"
SOON = "soon"
OPEN = "open"
PROVINCE = "province"
CENTRE = "centre"
SIDES = (PROVINCE, CENTRE)
STATUSES = (OPEN, *(status.value for status in TicketStatus))
DUE = (OVERDUE, SOON)
MANY = ("status", "queue", "category")
"""Conditions that may stand in an address more than once: any of their values will do."""

OLDER = (1, 2, 3, 7, 14, 30)
"""Ages in days that the form offers; the address may hold another one."""

_MOST_DAYS = 3650
_PASSED_BY = frozenset({"act", "after", "view", "n"})
"""What stands in an address beside the conditions."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_PLACE = re.compile(r"(-?\d{1,18}|-)\.(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Strange:
    """A condition of an address that was not understood."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The conditions of one address, checked; empty where a list is not narrowed down.

    ``side`` is whose turn it is; ``assignee`` is a login, ``me`` or ``none``; ``older`` counts days since a
    ticket was opened.
    """

    status: tuple[str, ...] = ()
    queue: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    flagged: bool = False
    undelivered: bool = False
    side: str = ""
    assignee: str = ""
    due: str = ""
    older: int = 0
    strange: tuple[Strange, ...] = field(default=(), compare=False)

    def wanted(self, me: str, calendar: WorkCalendar, now: datetime) -> Wanted:
        """Give the question that these conditions ask at a moment."""
        assignee = {"": None, ME: me, NONE: NOBODY}.get(self.assignee, self.assignee)
        return Wanted(
            statuses=self._statuses(),
            queues=self.queue,
            categories=self.category,
            flagged=self.flagged,
            undelivered=self.undelivered,
            at_province={PROVINCE: True, CENTRE: False}.get(self.side),
            assignee=assignee,
            due_from=now if self.due == SOON else None,
            due_before={OVERDUE: now, SOON: soon_until(calendar, now)}.get(self.due),
            opened_before=now - timedelta(days=self.older) if self.older else None,
        )

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give the conditions as they stand in an address."""
        single = (
            ("flagged", "1" if self.flagged else ""),
            ("undelivered", "1" if self.undelivered else ""),
            ("side", self.side),
            ("assignee", self.assignee),
            ("due", self.due),
            ("older", str(self.older or "")),
        )
        many = (("status", self.status), ("queue", self.queue), ("category", self.category))
        several = [(name, value) for name, values in many for value in values]
        return (*several, *((name, value) for name, value in single if value))

    def without(self, name: str, value: str) -> "Filters":
        """Give the same conditions but one."""
        kept = [pair for pair in self.pairs() if pair != (name, value)]
        return _built(kept)

    def within(self, queue: str) -> "Filters":
        """Give the same conditions within one queue."""
        return replace(self, queue=(queue,))

    def query(self, **more: str) -> str:
        """Write the part of an address from its question mark on; empty where there is nothing to say."""
        pairs = [*self.pairs(), *more.items()]
        return f"?{urlencode(pairs)}" if pairs else ""

    def _statuses(self) -> tuple[str, ...]:
        if not self.status:
            return TO_DO
        return EVERY_OPEN if OPEN in self.status else self.status


def soon_until(calendar: WorkCalendar, now: datetime) -> datetime:
    """Give the moment before which a deadline is near: eight working hours from now."""
    return calendar.warn_at(now) + _MICROSECOND


def read(pairs: Iterable[tuple[str, str]], queues: Iterable[str], categories: Iterable[str]) -> Filters:
    """Read the conditions of an address; what there is not, and what stands twice, is told in ``strange``."""
    checks = _checks(frozenset(queues), frozenset(categories))
    good: list[tuple[str, str]] = []
    strange: list[Strange] = []
    for name, written in pairs:
        value = written.strip()
        if name in _PASSED_BY or not value or (name, value) in good:
            continue
        fits = checks.get(name)
        twice = name not in MANY and any(name == known for known, _ in good)
        if fits and fits(value) and not twice:
            good.append((name, value))
        else:
            strange.append(Strange(name[:40], value[:80]))
    return replace(_built(good), strange=tuple(strange[:_MOST_STRANGE]))


def read_place(text: str) -> Place | None:
    """Read where a page begins; None, which is the first page, for what is no such place."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    try:
        at = None if match[1] == "-" else _EPOCH + timedelta(microseconds=int(match[1]))
    except OverflowError:
        return None
    return Place(at, int(match[2]))


def written_place(place: Place) -> str:
    """Write a place as it stands in an address."""
    return f"{'-' if place.at is None else (place.at - _EPOCH) // _MICROSECOND}.{place.id}"


_MOST_STRANGE = 5


def _checks(queues: frozenset[str], categories: frozenset[str]) -> Mapping[str, Callable[[str], bool]]:
    return {
        "status": STATUSES.__contains__,
        "queue": queues.__contains__,
        "category": categories.__contains__,
        "flagged": {"1"}.__contains__,
        "undelivered": {"1"}.__contains__,
        "side": SIDES.__contains__,
        "assignee": lambda value: _LOGIN.fullmatch(value) is not None,
        "due": DUE.__contains__,
        "older": lambda value: value.isascii() and value.isdigit() and 0 < int(value[:5]) <= _MOST_DAYS,
    }


def _built(pairs: Iterable[tuple[str, str]]) -> Filters:
    values = dict(_gathered(pairs))
    return Filters(
        status=values.get("status", ()),
        queue=values.get("queue", ()),
        category=values.get("category", ()),
        flagged="flagged" in values,
        undelivered="undelivered" in values,
        side=next(iter(values.get("side", ())), ""),
        assignee=next(iter(values.get("assignee", ())), ""),
        due=next(iter(values.get("due", ())), ""),
        older=int(next(iter(values.get("older", ())), "0")),
    )


def _gathered(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    listed = list(pairs)
    for name in dict(listed):
        yield name, tuple(value for other, value in listed if other == name)
