"""What lies beyond the limits of reading is said on the ticket, and nothing hides there unseen."""

from pathlib import Path

from support.office import MONDAY, request

from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.decision import Decision, Verdict
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail

RULES = load_rulebook(Path(__file__).parents[2] / "rules")


def decided(raw: bytes) -> Decision:
    mail = read_mail(raw)
    return decide(mail, NO_FACTS, RULES, MONDAY, parts_of(mail, raw))


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def test_a_program_behind_a_thousand_parts_makes_the_mail_suspicious() -> None:
    part = b"--x\r\n\r\n\r\n"
    last = b"--x\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nMZ\r\n--x--\r\n"
    head = request("[0010#DVC] Hỏi", content_type="multipart/mixed; boundary=x", text="")
    decision = decided(head + part * 1200 + last)
    assert decision.sender.verdict is Verdict.SUSPICIOUS
    assert {"NOT_READ_WHOLE"} <= {finding.check for finding in decision.sender.findings}
    assert "not_read_whole" in codes(decision)


def test_a_header_beyond_the_limit_is_told_and_doubts_nobody() -> None:
    decision = decided(request("[0010#DVC] Hỏi", to="hotrocntt@vst.gov.vn, " + "a@truong.example, " * 20_000))
    assert "not_read_whole" in codes(decision)
    assert "NOT_READ_WHOLE" not in {finding.check for finding in decision.sender.findings}


def test_a_mail_within_the_limits_says_nothing_of_them() -> None:
    assert "not_read_whole" not in codes(decided(request()))
