"""What findings weigh: from each grade of evidence to its weight, and from the weights to one verdict.

A check grades the evidence that it sees. What a grade counts, and how much makes a verdict, is policy and
stands in rules/weights.toml under a version, which every decision names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from triage.core.decision import Finding, Severity, Verdict

GENUINE = "OFFICIAL_SENDER"
"""The one finding that speaks for a sender: official and authenticated."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Findings that are harmless alone and weigh something together: ``base`` and any one of ``others``."""

    base: str
    others: frozenset[str]
    severity: Severity
    why: str
    why_en: str

    def finding(self, checks: frozenset[str]) -> Finding | None:
        """Give what the findings of these checks make together, if anything."""
        if self.base not in checks or not self.others & checks:
            return None
        evidence = ", ".join(sorted(({self.base} | self.others) & checks))
        return Finding("PRESSURE", self.severity, None, evidence, self.why, self.why_en)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights and thresholds of one version.

    ``impersonation`` and ``suspicious`` are the least weights that make these verdicts. A grade that ``of``
    does not name weighs what the check says. ``together`` is what counts only in company.
    """

    version: int = 0
    impersonation: Severity = Severity.HIGH
    suspicious: Severity = Severity.MEDIUM
    of: Mapping[tuple[str, Severity], Severity] = field(default_factory=dict)
    together: tuple[Combination, ...] = ()

    def weigh(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Give the findings with their weights, in their order."""
        return tuple(self._weighed(each) for each in findings)

    def _weighed(self, finding: Finding) -> Finding:
        weight = self.of.get((finding.check, finding.severity), finding.severity)
        return finding if weight is finding.severity else replace(finding, severity=weight)

    def verdict(self, findings: Iterable[Finding]) -> Verdict:
        """Give the verdict of weighed findings: the heaviest decides; trusted only what speaks for itself."""
        seen = tuple(findings)
        heaviest = max((each.severity.rank for each in seen), default=-1)
        if heaviest >= self.impersonation.rank:
            return Verdict.IMPERSONATION
        if heaviest >= self.suspicious.rank:
            return Verdict.SUSPICIOUS
        return Verdict.TRUSTED if any(each.check == GENUINE for each in seen) else Verdict.ORDINARY


AS_GRADED = Weights()
"""Every grade at its face value."""


def verdict_of(findings: Iterable[Finding], weights: Weights = AS_GRADED) -> Verdict:
    """Weigh findings and give their verdict."""
    return weights.verdict(weights.weigh(findings))
