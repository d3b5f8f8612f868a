"""A code that is not in force is followed and told."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.rawmail import raw_mail
from support.rulebook import shipped

from triage.core.decide import decide
from triage.core.facts import NO_FACTS
from triage.core.parse import read_mail
from triage.core.rules import Rulebook

MIDNIGHT = datetime(2025, 6, 30, 17, tzinfo=UTC)
"""The first moment of 1 July 2025 in Hanoi."""


def with_dates(first: date | None, last: date | None) -> Rulebook:
    """Give the shipped rules with dates for the treasury of Hà Nội, whose code stands in the subject."""
    rules = shipped()
    dated = tuple(
        replace(one, valid_from=first, valid_to=last) if one.code == "0010" else one
        for one in rules.treasuries.treasuries
    )
    return replace(rules, treasuries=replace(rules.treasuries, treasuries=dated))


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (None, date(2025, 6, 30), {"treasury_code_ended"}),
        (None, date(2025, 7, 1), set()),
        (date(2025, 7, 2), None, {"treasury_code_to_come"}),
        (date(2025, 7, 1), None, set()),
        (None, None, set()),
    ],
)
def test_a_code_out_of_force_is_told_and_followed(
    first: date | None, last: date | None, told: set[str]
) -> None:
    mail = read_mail(raw_mail(b"x", content=b"Content-Type: text/plain"))
    decision = decide(mail, NO_FACTS, with_dates(first, last), MIDNIGHT, ())
    codes = {reason.code for reason in decision.reasons}
    assert codes & {"treasury_code_ended", "treasury_code_to_come"} == told
    assert decision.route.queue == "0010"
