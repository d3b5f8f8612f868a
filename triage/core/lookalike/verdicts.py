"""From findings to one verdict: the worst finding decides."""

from collections.abc import Iterable

from triage.core.decision import Finding, Severity, Verdict
from triage.core.protected import Protected

_BY_SEVERITY = {
    Severity.CRITICAL: Verdict.IMPERSONATION,
    Severity.HIGH: Verdict.IMPERSONATION,
    Severity.MEDIUM: Verdict.SUSPICIOUS,
}
GENUINE = "OFFICIAL_SENDER"
"""The one finding that speaks for a sender: official and authenticated."""


def verdict_of(findings: Iterable[Finding], protected: Protected) -> Verdict:  # noqa: ARG001 -- one signature with the checks
    """Give the verdict of the worst finding; trusted only for an official, authenticated sender."""
    seen = tuple(findings)
    severities = {each.severity for each in seen}
    for severity, verdict in _BY_SEVERITY.items():
        if severity in severities:
            return verdict
    return Verdict.TRUSTED if any(each.check == GENUINE for each in seen) else Verdict.ORDINARY
