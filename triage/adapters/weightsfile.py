"""Reads rules/weights.toml: what findings weigh, and how much makes a verdict."""

import tomllib
from pathlib import Path

from triage.adapters.ruletables import RuleTable, read_table
from triage.core.decision import Severity
from triage.core.weights import Combination, Weights
from triage.errors import RulesError
from triage.resources import resource

_GRADES = tuple(severity.value for severity in Severity)
_MOST_VERSIONS = 1_000_000
_SHIPPED = resource("rules") / "weights.toml"


def read_weights(file: Path) -> Weights:
    """Read and check the file. Raises RulesError, also where it names a check that does not exist."""
    if not file.exists():
        raise RulesError(
            f"{file}: is missing; copy it from the rules of this release (triage init shows them)."
        )
    root = read_table(file)
    known = frozenset(root.values["weights"]) if file == _SHIPPED else checks_known()
    verdicts = root.table("verdicts")
    impersonation, suspicious = _grade(verdicts, "impersonation"), _grade(verdicts, "suspicious")
    verdicts.done()
    if _GRADES.index(suspicious) > _GRADES.index(impersonation):
        raise root.wrong("verdicts.suspicious", "must not weigh more than verdicts.impersonation")
    weights = Weights(
        version=root.whole("version", 1, _MOST_VERSIONS),
        impersonation=impersonation,
        suspicious=suspicious,
        of=_weights(root.table("weights"), known),
        together=tuple(_combination(table, known) for table in root.tables("together")),
    )
    root.done()
    return weights


def _weights(table: RuleTable, known: frozenset[str]) -> dict[tuple[str, Severity], Severity]:
    found: dict[tuple[str, Severity], Severity] = {}
    for check in table.values:
        _known(table, check, check, known)
        grades = table.table(check)
        for grade in grades.values:
            if grade not in _GRADES:
                raise grades.wrong(grade, f"is no grade; known are {', '.join(_GRADES)}")
            found[check, Severity(grade)] = _grade(grades, grade)
    return found


def _combination(table: RuleTable, known: frozenset[str]) -> Combination:
    base, others = table.text("base"), table.texts("others", None)
    for check in (base, *others):
        _known(table, "others" if check in others else "base", check, known)
    combination = Combination(
        base=base,
        others=frozenset(others),
        severity=_grade(table, "weight"),
        why=table.text("why"),
        why_en=table.text("why_en"),
    )
    table.done()
    return combination


def checks_known() -> frozenset[str]:
    """Give the names of all checks, as the file that ships lists them."""
    return frozenset(tomllib.loads(_SHIPPED.read_text(encoding="utf-8"))["weights"])


def _known(table: RuleTable, key: str, check: str, known: frozenset[str]) -> None:
    if check not in known:
        raise table.wrong(key, f"names no check: “{check}”; docs/trust.md lists them")


def _grade(table: RuleTable, key: str) -> Severity:
    text = table.text(key)
    if text not in _GRADES:
        raise table.wrong(key, f"must be one of {', '.join(_GRADES)}, not “{text}”")
    return Severity(text)
