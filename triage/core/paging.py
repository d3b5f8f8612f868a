"""Which mails the security officers are paged about at once, and what a page says.

A page names tickets, never what their mails say: of the sender its address alone, written so that no program
makes a link of it, and that to our own people only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from triage.core.category import Category
from triage.core.decision import (
    AppendToTicket,
    Decision,
    HoldForReview,
    Kind,
    OpenTicket,
    Severity,
    Verdict,
)
from triage.core.letters import in_words
from triage.core.notices import unclickable
from triage.core.rules import Office

MOST_LISTED = 20
"""Tickets that a page names; the rest is counted."""

PATIENCE = timedelta(hours=48)
"""For how long a webhook that fails is tried again."""

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)


class Cause(StrEnum):
    """Why a ticket cannot wait."""

    HELD = "held"
    REPORT = "report"
    CATEGORY = "category"


_CAUSES = {
    Cause.HELD: "thư bị giữ vì nghi mạo danh",
    Cause.REPORT: "báo có người mạo danh",
    Cause.CATEGORY: "sự việc an toàn",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """A ticket that a page tells of; times are UTC."""

    code: str
    queue: str
    category: str
    requester_address: str
    opened_at: datetime
    cause: Cause
    raised_at: datetime


def cause_to_page(decision: Decision, categories: Sequence[Category]) -> Cause | None:
    """Say why the security officers must hear of a mail at once; None where they need not."""
    if not isinstance(decision.outcome, OpenTicket | AppendToTicket | HoldForReview):
        return None
    if isinstance(decision.outcome, HoldForReview) and _is_grave(decision):
        return Cause.HELD
    if decision.kind is Kind.IMPERSONATION_REPORT:
        return Cause.REPORT
    urgent = any(one.escalate for one in categories if one.id == decision.category)
    return Cause.CATEGORY if urgent else None


def _is_grave(decision: Decision) -> bool:
    sender = decision.sender
    high = Severity.HIGH.rank
    return sender.verdict is Verdict.IMPERSONATION or any(
        one.severity.rank >= high for one in sender.findings
    )


def wait_after(attempts: int) -> timedelta:
    """Give how long to wait after so many tries that failed."""
    return min(_FIRST_WAIT * (1 << min(attempts, 12)), _LONGEST_WAIT)


def page_values(
    alerts: Sequence[Alert], number: int, names: Mapping[str, str], zone: tzinfo, office: Office
) -> dict[str, Any]:
    """Give the values of the letter; ``alerts`` are the first of ``number``, ``names`` the categories'."""
    shown = alerts[:MOST_LISTED]
    page = {
        "summary": f"{number} vụ việc an toàn",
        "since": in_words(min(one.raised_at for one in shown), zone) if number > 1 else None,
        "tickets": tuple(
            {
                "code": one.code,
                "reason": _CAUSES[one.cause],
                "category": names.get(one.category, one.category),
                "received_at": in_words(one.opened_at, zone),
                "sender": unclickable(one.requester_address),
            }
            for one in shown
        ),
        "more": number - len(shown),
    }
    return {"code": None, "due": None, "page": page, "office": office}


def page_document(alerts: Sequence[Alert], number: int, now: datetime) -> dict[str, Any]:
    """Give what a webhook is told: nothing that a stranger wrote, not even his address."""
    shown = alerts[:MOST_LISTED]
    return {
        "type": "security.page",
        "at": now.isoformat(),
        "number": number,
        "tickets": [
            {
                "code": one.code,
                "cause": one.cause.value,
                "category": one.category,
                "queue": one.queue,
                "received_at": one.opened_at.isoformat(),
            }
            for one in shown
        ],
        "more": number - len(shown),
    }
