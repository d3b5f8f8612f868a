"""Which steps are due for a ticket that nobody answers, and what the letter about such tickets says.

The coordinators of its queue are told at the warning, the leads when the deadline is missed and once more
some time later. Nothing is due outside office hours, nor for what waits, rests, is held or closed. The letter
is one like the others: no link, and of a subject only what a letter may quote.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from triage.core.calendar import WARN_AFTER, WorkCalendar
from triage.core.letters import in_words, quoted_subject, spelled_out
from triage.core.rules import Office

MOST_LISTED = 20
"""Tickets that a letter names; the rest is counted."""


class Step(StrEnum):
    """How far an escalation has gone."""

    WARNING = "warning"
    OVERDUE = "overdue"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A ticket that waits for an answer; times are UTC.

    ``started_at`` is when its working time began, ``paused_seconds`` how much of that stood still, ``told``
    are the steps that were told already.
    """

    id: int
    code: str
    queue: str
    subject: str
    assignee: str | None
    started_at: datetime
    due_at: datetime
    paused_seconds: int
    told: frozenset[Step] = frozenset()

    def after(self, told: Iterable[Step]) -> "Unanswered":
        """Give the same ticket after some steps were told."""
        return replace(self, told=frozenset(told))


def due_steps(
    calendar: WorkCalendar, ticket: Unanswered, now: datetime, again: timedelta
) -> tuple[Step, ...]:
    """Give the steps that are due at a moment and not told; ``again`` is working time, zero for never."""
    warned_at = calendar.later(ticket.started_at, WARN_AFTER + timedelta(seconds=ticket.paused_seconds))
    reached = {
        Step.WARNING: warned_at <= now,
        Step.OVERDUE: ticket.due_at < now,
        Step.LATE: bool(again) and ticket.due_at < now and calendar.later(ticket.due_at, again) <= now,
    }
    return tuple(step for step, is_due in reached.items() if is_due and step not in ticket.told)


def escalation_values(
    tickets: Sequence[Unanswered],
    names: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
    office: Office,
) -> dict[str, Any]:
    """Give the values of the letter; ``names`` are those of the queues, by their codes."""
    ordered = sorted(tickets, key=lambda one: (one.due_at, one.id))
    overdue = sum(one.due_at < now for one in ordered)
    escalation = {
        "at": in_words(now, zone),
        "summary": _summary(overdue, len(ordered) - overdue),
        "tickets": tuple(
            {
                "code": one.code,
                "queue": one.queue,
                "name": spelled_out(names.get(one.queue)) or one.queue,
                "subject": quoted_subject(one.subject),
                "due": in_words(one.due_at, zone),
                "overdue": one.due_at < now,
            }
            for one in ordered[:MOST_LISTED]
        ),
        "more": max(len(ordered) - MOST_LISTED, 0),
    }
    return {"code": None, "due": None, "escalation": escalation, "office": office}


def _summary(overdue: int, near: int) -> str:
    said: Iterable[str] = (
        f"{overdue} phiếu quá hạn chưa trả lời" if overdue else "",
        f"{near} phiếu đã 8 giờ làm việc chưa trả lời" if near else "",
    )
    return ", ".join(filter(None, said))
