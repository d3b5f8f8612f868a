"""What a way of finding a queue is asked, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass

from triage.core.conditions import Case
from triage.core.decision import SubjectReading
from triage.core.facts import Facts
from triage.core.mail import Mail
from triage.core.reasons import Reason
from triage.core.routingrules import RoutingRule
from triage.core.treasuries import Treasury, TreasuryDirectory


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a trial may look at."""

    mail: Mail
    subject: SubjectReading
    facts: Facts
    directory: TreasuryDirectory
    rules: tuple[RoutingRule, ...] = ()
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one trial found: a queue or None, and why. ``is_final`` ends the search without a queue.

    ``named`` is the one treasury that was found where its number, and so its queue, is not known.
    """

    queue: str | None
    reason: Reason
    is_final: bool = False
    named: str | None = None


Trial = Callable[[Question], Answer | None]


def miss(code: str, vi: str, en: str) -> Answer:
    """Give the answer of a way that found nothing."""
    return Answer(None, Reason(code, vi, en))


def of_province(code: str, province: Treasury, what_vi: str, what_en: str) -> Answer:
    """Give the queue of a province that was recognised, where its code is known."""
    if not province.queue:
        return Answer(
            None,
            Reason(
                f"route_{code}_without_code",
                f"Có dấu hiệu của {province.full_name} ({what_vi}) nhưng chưa biết số hiệu kho bạc này.",
                f"There is a sign of {province.full_name} ({what_en}), whose number is not known yet.",
            ),
            named=province.full_name,
        )
    return Answer(
        province.queue,
        Reason(
            f"route_{code}",
            f"Dấu hiệu của {province.full_name} ({what_vi}); cần xác nhận.",
            f"A sign of {province.full_name} ({what_en}); to be confirmed.",
        ),
    )
