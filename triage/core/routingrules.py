"""Rules of routing that an operator writes: the first that applies gives the queue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from triage.core.conditions import Case, Condition
from triage.core.reasons import Reason


class Rank(StrEnum):
    """Where a rule stands among the other ways of finding a queue; threads and tickets always go first."""

    BEFORE_TAG = "before_tag"
    AFTER_TAG = "after_tag"


@dataclass(frozen=True, slots=True)
class Example:
    """A mail that stands beside a rule and shows what it does: ``applies`` says whether it must."""

    sender: str
    subject: str
    text: str
    applies: bool
    attachments: tuple[str, ...] = ()
    category: str = ""
    unit_class: str = ""


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One rule; ``file`` and ``name`` tell a person which."""

    name: str
    file: str
    queue: str
    rank: Rank
    when: Condition
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What came of the rules of one rank: the queue of the first that applied, and the reason."""

    queue: str | None
    reason: Reason


def try_rules(rules: tuple[RoutingRule, ...], rank: Rank, case: Case) -> RuleTrial | None:
    """Try the rules of a rank in their order; None where there is none."""
    tried: list[str] = []
    for rule in rules:
        if rule.rank is not rank:
            continue
        found = rule.when.holds(case)
        if found is not None:
            return RuleTrial(rule.queue, _applied(rule, found, tried))
        tried.append(rule.name)
    return RuleTrial(None, _missed(tried)) if tried else None


ROUTE_RULE = "route_rule"
"""The code of the reason that a rule applied."""

_MOST_NAMED = 10


def _applied(rule: RoutingRule, found: str, tried: list[str]) -> Reason:
    before_vi = f" Đã thử trước đó: {_named(tried)}." if tried else ""
    before_en = f" Tried before it: {_named(tried)}." if tried else ""
    return Reason(
        ROUTE_RULE,
        f"Quy tắc “{rule.name}” áp dụng ({found[:160]}): chuyển về {rule.queue}.{before_vi}",
        f"Rule “{rule.name}” applies ({found[:160]}): queue {rule.queue}.{before_en}",
    )


_NAMED = re.compile(r"Rule “(.+?)” applies \(", re.DOTALL)


def rule_named_in(reason: Mapping[str, Any]) -> str:
    """Give the rule that a stored reason names as the one that applied; empty for any other reason."""
    found = _NAMED.match(str(reason.get("text_en", ""))) if reason.get("code") == ROUTE_RULE else None
    return found[1] if found else ""


def _missed(tried: list[str]) -> Reason:
    return Reason(
        "route_no_rule",
        f"Không quy tắc nào áp dụng ({_named(tried)}).",
        f"No rule applies ({_named(tried)}).",
    )


def _named(tried: list[str]) -> str:
    more = f" … ({len(tried)})" if len(tried) > _MOST_NAMED else ""
    return ", ".join(tried[:_MOST_NAMED]) + more
