"""The digest that a coordinator gets by mail in the morning: when it is due, and what stands in it.

It is a letter like the others: no link, no contact that somebody else wrote, and of a subject only what a
letter may quote. The tickets themselves are read at the desk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from triage.core.calendar import WorkCalendar
from triage.core.letters import in_words, quoted_subject, spelled_out
from triage.core.rules import Office

MOST_LISTED = 20
"""Tickets that a digest names; the rest is counted."""

_DAY = timedelta(days=1)
_TOLD = {
    "overdue": "phiếu quá hạn",
    "due": "phiếu đến hạn hôm nay",
    "new": "phiếu mới",
    "handed": "phiếu trung ương giao, chưa ai nhận",
    "flagged": "phiếu có dấu hiệu đáng ngờ",
}
"""What a digest tells of, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Morning:
    """One working day as a digest sees it.

    ``day`` is the local date. ``since`` is the same hour of the working day before: what was opened from then
    on is new. ``ends_at`` is the end of the office hours of the day. Both are UTC.
    """

    day: date
    since: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many tickets of a queue are open, and which of them need somebody.

    ``handed`` counts those that the centre gave to the province and that nobody there has taken.
    """

    queue: str
    open: int
    new: int
    due: int
    overdue: int
    flagged: int
    handed: int = 0

    @property
    def calls(self) -> bool:
        """Whether there is anything to tell: that tickets are open is no news."""
        return bool(self.new or self.due or self.overdue or self.flagged or self.handed)


@dataclass(frozen=True, slots=True)
class Urgent:
    """A ticket that is due today or overdue; ``due_at`` is UTC.

    ``reply_code`` is what the reader of the digest acts on it with by mail; empty where nobody does.
    """

    code: str
    queue: str
    subject: str
    due_at: datetime
    id: int
    reply_code: str = ""


def morning(calendar: WorkCalendar, now: datetime, at: time) -> Morning | None:
    """Give the day whose digests are to go out at an aware moment; None where it is not the time for any.

    Digests go out from the local hour ``at`` on and, where the service stood still then, as long as the
    office works: whoever has gone home is not written to, and the next morning needs no digest of yesterday.
    """
    local = now.astimezone(calendar.zone)
    day = local.date()
    ends_at = datetime.combine(day, calendar.office_hours[-1][1], calendar.zone)
    if not calendar.is_working_day(day) or local.time() < at or local >= ends_at:
        return None
    return _of(calendar, day, at)


def coming_morning(calendar: WorkCalendar, now: datetime, at: time) -> tuple[Morning, datetime]:
    """Give the day whose digests go out now or next, and when (UTC): at once, or that day at ``at``."""
    if today := morning(calendar, now, at):
        return today, now
    local = now.astimezone(calendar.zone)
    day = calendar.first_working_day(local.date() if local.time() < at else local.date() + _DAY)
    return _of(calendar, day, at), datetime.combine(day, at, calendar.zone).astimezone(UTC)


def _of(calendar: WorkCalendar, day: date, at: time) -> Morning:
    before = day - _DAY
    while not calendar.is_working_day(before):
        before -= _DAY
    ends_at = datetime.combine(day, calendar.office_hours[-1][1], calendar.zone)
    return Morning(day, datetime.combine(before, at, calendar.zone).astimezone(UTC), ends_at.astimezone(UTC))


def digest_values(
    counts: Sequence[QueueCounts],
    urgent: Sequence[Urgent],
    names: Mapping[str, str],
    now: datetime,
    day: date,
    zone: tzinfo,
    office: Office,
) -> dict[str, Any]:
    """Give the values of the letter; ``names`` are those of the queues, by their codes."""
    telling = [one for one in counts if one.calls]
    sums = {name: sum(getattr(one, name) for one in telling) for name in _TOLD}
    digest = {
        "summary": _summary(sums),
        "day": f"{day:%d/%m/%Y}",
        "queues": tuple(
            {
                "queue": one.queue,
                "name": spelled_out(names.get(one.queue)) or one.queue,
                "open": one.open,
                **{name: getattr(one, name) for name in _TOLD},
            }
            for one in telling
        ),
        **sums,
        "tickets": tuple(
            {
                "code": one.code,
                "queue": one.queue,
                "subject": quoted_subject(one.subject),
                "due": in_words(one.due_at, zone),
                "overdue": one.due_at < now,
                "reply_code": one.reply_code or None,
            }
            for one in urgent[:MOST_LISTED]
        ),
        "by_mail": any(one.reply_code for one in urgent),
        "more": max(sums["due"] + sums["overdue"] - MOST_LISTED, 0),
    }
    return {"code": None, "due": None, "digest": digest, "office": office}


def _summary(sums: Mapping[str, int]) -> str:
    """Say the sums in a row; what there is none of is not said."""
    return ", ".join(f"{sums[name]} {words}" for name, words in _TOLD.items() if sums[name])
