"""Weights turn graded findings into a verdict; changing them changes what follows and nothing else."""

import pytest
from hypothesis import given, strategies as st

from triage.core.decision import Finding, Severity, Verdict
from triage.core.weights import AS_GRADED, GENUINE, Combination, Weights, verdict_of


def found(check: str, severity: Severity) -> Finding:
    return Finding(check, severity, None, "", "", "")


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [
        (Severity.INFO, Verdict.ORDINARY),
        (Severity.LOW, Verdict.ORDINARY),
        (Severity.MEDIUM, Verdict.SUSPICIOUS),
        (Severity.HIGH, Verdict.IMPERSONATION),
        (Severity.CRITICAL, Verdict.IMPERSONATION),
    ],
)
def test_the_heaviest_finding_decides(severity: Severity, verdict: Verdict) -> None:
    assert verdict_of([found("A", Severity.INFO), found("B", severity), found("C", Severity.LOW)]) is verdict


def test_no_finding_leaves_a_sender_ordinary_and_a_genuine_one_is_trusted() -> None:
    assert verdict_of([]) is Verdict.ORDINARY
    assert verdict_of([found(GENUINE, Severity.INFO)]) is Verdict.TRUSTED
    assert verdict_of([found(GENUINE, Severity.INFO), found("A", Severity.MEDIUM)]) is Verdict.SUSPICIOUS


def test_a_weight_replaces_one_grade_of_one_check() -> None:
    weights = Weights(of={("A", Severity.MEDIUM): Severity.HIGH})
    graded = [found("A", Severity.MEDIUM), found("A", Severity.LOW), found("B", Severity.MEDIUM)]
    assert [one.severity for one in weights.weigh(graded)] == [Severity.HIGH, Severity.LOW, Severity.MEDIUM]
    assert verdict_of(graded, weights) is Verdict.IMPERSONATION
    assert verdict_of(graded) is Verdict.SUSPICIOUS


def test_thresholds_move_the_verdict() -> None:
    strict = Weights(impersonation=Severity.MEDIUM, suspicious=Severity.LOW)
    assert verdict_of([found("A", Severity.LOW)], strict) is Verdict.SUSPICIOUS
    assert verdict_of([found("A", Severity.MEDIUM)], strict) is Verdict.IMPERSONATION


def test_a_combination_needs_its_base_and_one_other() -> None:
    together = Combination("A", frozenset({"B", "C"}), Severity.MEDIUM, "vì", "because")
    assert together.finding(frozenset({"A"})) is None
    assert together.finding(frozenset({"B", "C"})) is None
    told = together.finding(frozenset({"A", "C", "D"}))
    assert told is not None
    assert (told.severity, told.evidence) == (Severity.MEDIUM, "A, C")


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(Severity))), st.sampled_from(Severity))
def test_a_further_finding_never_makes_the_verdict_milder(
    graded: list[tuple[str, Severity]], more: Severity
) -> None:
    order = [Verdict.ORDINARY, Verdict.SUSPICIOUS, Verdict.IMPERSONATION]
    before = [found(check, severity) for check, severity in graded]
    assert order.index(verdict_of([*before, found("X", more)])) >= order.index(verdict_of(before))


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(Severity))))
def test_weighing_at_face_value_changes_nothing(graded: list[tuple[str, Severity]]) -> None:
    findings = tuple(found(check, severity) for check, severity in graded)
    assert AS_GRADED.weigh(findings) == findings
