"""What is decided of the labelled sample mails is what their labels say."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.office import shipped_rules

from triage.core.decide import decide
from triage.core.decision import UNROUTED, Decision, HoldForReview, Kind
from triage.core.facts import NO_FACTS
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail
from triage.core.tickets import find_codes
from triage.core.treasuries import Level

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)
KINDS = {
    "request": Kind.REQUEST,
    "reply": Kind.FOLLOW_UP,
    "auto_reply": Kind.AUTO_REPLY,
    "bounce": Kind.BOUNCE,
    "spam": Kind.REQUEST,  # whoever forges a request is held, which is asked below
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
def test_every_sample_is_decided_as_its_label_says() -> None:
    with (SAMPLES / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) >= 20
    wrong = {}
    for row in rows:
        raw = (SAMPLES / row["file"]).read_bytes()
        mail = read_mail(raw)
        decision = decide(mail, NO_FACTS, shipped_rules(), NOON, parts_of(mail, raw))
        if faults := faults_of(row, mail, decision):
            wrong[row["file"]] = faults
    assert not wrong


def faults_of(row: dict[str, str], mail: Mail, decision: Decision) -> list[str]:
    """Name the fields that came otherwise than labelled."""
    ticket = next(iter(find_codes(mail.subject) or find_codes(mail.text)), "")
    right = {
        "kind": decision.kind is KINDS[row["kind"]],
        "held": isinstance(decision.outcome, HoldForReview) is (row["kind"] == "spam"),
        "treasury": _treasury_is_right(row, decision),
        "category": decision.category == (row["expected_category"] or "other"),
        "escalated": not row["expected_queue"].endswith("ATTT") or decision.route.queue == "security",
        "ticket": str(ticket) == row["ticket_ref"],
    }
    return [field for field, fits in right.items() if not fits]


def _treasury_is_right(row: dict[str, str], decision: Decision) -> bool:
    code, province = row["expected_code"], row["expected_province"]
    directory, route = shipped_rules().treasuries, decision.route
    if row["how_expressed"] == "conflict":  # both are told, neither is chosen
        return route.queue == UNROUTED and code in decision.subject.candidates
    if not code:
        named = directory.lookup(route.queue)
        return named is None or named.treasury.level is not Level.PROVINCE or row["kind"] == "spam"
    tagged = directory.lookup(decision.subject.treasury or route.queue)
    return tagged is not None and tagged.treasury.code == code and tagged.treasury.province == province
