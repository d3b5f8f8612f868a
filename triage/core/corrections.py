"""Where a person decided otherwise than the rules: read from what was decided and what was done since.

Nothing is kept beside the decision and the history of the ticket, so that a correction lives as long as they
do. Of several acts on the same thing the last one counts, and one that comes back to what was decided is no
correction any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from triage.core.decision import Decision, How, Severity, Verdict
from triage.core.routingrules import rule_named_in

OWN_RULE = "routing: "
"""How the name of a rule of one's own below rules/routing begins where it is said which rule decided."""

DOUBTED = frozenset({Verdict.SUSPICIOUS.value, Verdict.IMPERSONATION.value})


class Field(StrEnum):
    """What of a decision is corrected; ``treasury`` is its queue, ``verdict`` that on the sender."""

    CATEGORY = "category"
    TREASURY = "treasury"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class PersonsAct:
    """A line of a ticket's history that a person left; ``at`` is UTC."""

    at: datetime
    actor: str
    verb: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person decided otherwise: ``decided`` by the rule ``rule``, ``said`` by ``actor``.

    ``rules`` is the digest of the rulebook that decided, ``category`` what the mail was taken for, ``at`` the
    moment of the person's last act on it, UTC.
    """

    ticket: str
    mail_id: int
    field: Field
    decided: str
    said: str
    rule: str
    rules: str
    category: str
    at: datetime
    actor: str


def corrections_of(
    ticket: str,
    mail_id: int,
    first: Mapping[str, Any],
    last: Mapping[str, Any],
    acts: Iterable[PersonsAct],
) -> list[Correction]:
    """Give the corrections of one ticket.

    ``first`` is the decision that was acted on, ``last`` the newest one about the same mail: a release
    decides again, and what was decided then is what a person corrects later. ``acts`` are in their order.
    """
    said: dict[Field, tuple[str, PersonsAct]] = {}
    for act in acts:
        if spoken := _said(act):
            said[spoken[0]] = (spoken[1], act)
    found: list[Correction] = []
    for field, (value, act) in said.items():
        document = first if field is Field.VERDICT else last
        decided = decided_value(document, field)
        if decided and not is_right(field, decided, value):
            category = str(document.get("category", ""))
            rule, digest = rule_of(document, field), str(document.get("rules", ""))
            found.append(
                Correction(ticket, mail_id, field, decided, value, rule, digest, category, act.at, act.actor)
            )
    return found


def _said(act: PersonsAct) -> tuple[Field, str] | None:
    """Give what a person said with an act; None where it says nothing of these."""
    after = act.data.get("after")
    match act.verb, after:
        case "categorised", str():
            return Field.CATEGORY, after
        case "rerouted", str():
            return Field.TREASURY, after
        case "undone", {"queue": str(queue)}:
            return Field.TREASURY, queue
        case "released", _:
            return Field.VERDICT, Verdict.ORDINARY.value
        case "confirmed_impostor", _:
            return Field.VERDICT, Verdict.IMPERSONATION.value
        case _:
            return None


def decided_value(document: Mapping[str, Any], field: Field) -> str:
    """Give what a stored decision says of a field; empty where it says nothing."""
    match field:
        case Field.CATEGORY:
            value = document.get("category")
        case Field.TREASURY:
            value = (document.get("route") or {}).get("queue")
        case Field.VERDICT:
            value = (document.get("sender") or {}).get("verdict")
    return str(value or "")


def value_of(decision: Decision, field: Field) -> str:
    """Give the same of a decision that was just made."""
    match field:
        case Field.CATEGORY:
            return decision.category
        case Field.TREASURY:
            return decision.route.queue
        case Field.VERDICT:
            return decision.sender.verdict.value


def is_right(field: Field, decided: str, said: str) -> bool:
    """Whether rules that decide so agree with a person; who is released need only not be doubted."""
    if field is Field.VERDICT and said not in DOUBTED:
        return decided not in DOUBTED
    return decided == said


def rule_of(document: Mapping[str, Any], field: Field) -> str:
    """Name what decided: a routing rule or another way of routing, a category, the gravest finding."""
    reasons = [one for one in document.get("reasons", ()) if isinstance(one, dict)]
    match field:
        case Field.CATEGORY:
            return f"categories.toml: {document.get('category', '')}"
        case Field.TREASURY:
            how = str((document.get("route") or {}).get("how", ""))
            name = next(filter(None, (rule_named_in(one) for one in reasons)), "")
            return f"{OWN_RULE}{name}" if how == How.RULE and name else f"route: {how}"
        case Field.VERDICT:
            findings = (document.get("sender") or {}).get("findings") or ()
            gravest = max((one for one in findings if isinstance(one, dict)), key=_gravity, default={})
            return f"check: {gravest.get('check', 'none')}"


def _gravity(finding: Mapping[str, Any]) -> int:
    severity = finding.get("severity")
    return Severity(severity).rank if severity in set(Severity) else -1
