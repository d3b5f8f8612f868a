"""Every mail of the corpus and of the demo is decided by the shipped rules and compared with its TOML.

One file a mail says what must come of it. ``[expect]`` may hold any of the keys of ``answer`` below, then
``reasons`` (codes that must be among the decision's), ``not_queue`` and ``not_verdict``; what a file does not
name is left open. ``[facts]`` is what the database would know; ``received_at`` is there where it matters.
"""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.decision import (
    AppendToTicket,
    Decision,
    FileQuietly,
    Form,
    HoldForReview,
    Kind,
    MarkDuplicate,
    NoReply,
    OpenTicket,
    Outcome,
    PlannedReply,
    Reply,
)
from triage.core.facts import Facts, TicketFact, VerifiedCode
from triage.core.identity import mail_key
from triage.core.letternames import LETTERS
from triage.core.parse import parts_of, read_mail
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus
from triage.demo import received_at, sample_mails

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MAILBOX = ROOT / "triage" / "demo" / "mailbox"
CASES = [(HERE, path) for path in sorted(HERE.glob("*.toml"))]
DEMO_CASES = [(MAILBOX, path) for path in sorted((HERE / "demo").glob("*.toml"))]
OTHER_KEYS = frozenset({"reasons", "not_queue", "not_verdict"})


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load_rulebook(ROOT / "rules")


@pytest.mark.parametrize(
    ("folder", "path"), CASES + DEMO_CASES, ids=lambda value: value.stem if value.suffix else value.name
)
def test_each_mail_is_decided_as_its_file_says(folder: Path, path: Path, rules: Rulebook) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    raw = (folder / case["mail"]).read_bytes()
    moment = case.get("received_at", received_at(raw))
    mail = read_mail(raw)
    decision = decide(mail, facts_of(case.get("facts", {})), rules, moment, parts_of(mail, raw))
    differences = compare(case["expect"], decision)
    told = "\n".join(f"  {reason.code}: {reason.en}" for reason in decision.reasons)
    assert not differences, f"{case['about']}\n" + "\n".join(differences) + f"\n{told}"


def test_every_mail_has_its_file_and_every_file_its_mail() -> None:
    for folder, cases in ((HERE, CASES), (MAILBOX, DEMO_CASES)):
        named = [tomllib.loads(path.read_text(encoding="utf-8"))["mail"] for _, path in cases]
        assert sorted(named) == sorted(path.name for path in folder.glob("*.eml"))


def test_every_file_states_an_outcome_or_a_kind() -> None:
    for _, path in CASES + DEMO_CASES:
        expect = tomllib.loads(path.read_text(encoding="utf-8"))["expect"]
        assert expect.keys() & {"outcome", "kind"}, path.name


def test_every_kind_form_outcome_letter_and_category_is_shown_by_some_mail(rules: Rulebook) -> None:
    shown: dict[str, set[str]] = {key: set() for key in ("kind", "form", "outcome", "reply", "category")}
    for _, path in CASES + DEMO_CASES:
        expect = tomllib.loads(path.read_text(encoding="utf-8"))["expect"]
        for key in shown.keys() & expect.keys():
            shown[key].add(expect[key])
    # a mail of the desk's own people is known by a code that only a database with its ticket can confirm
    assert shown["kind"] == set(Kind) - {Kind.STAFF}
    assert shown["form"] == set(Form)
    assert shown["outcome"] == {"open_ticket", "append", "hold", "duplicate", "file"}
    assert shown["reply"] >= set(LETTERS)
    assert shown["category"] == {category.id for category in rules.categories}


def test_the_demo_mails_arrive_in_order_within_one_working_week() -> None:
    mails = sample_mails()
    moments = [moment for _, moment, _ in mails]
    assert [name for name, _, _ in mails] == sorted(name for name, _, _ in mails)
    assert moments == sorted(moments)
    assert datetime.fromisoformat("2026-11-16T00:00+07:00") < moments[0]
    assert moments[-1] < datetime.fromisoformat("2026-11-21T00:00+07:00")


def test_the_mails_of_the_demo_have_the_line_ends_of_real_mail() -> None:
    for name, _, raw in sample_mails():
        assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r"), name


def test_in_the_demo_only_the_second_delivery_is_the_same_mail_as_another() -> None:
    keys: dict[str, list[str]] = {}
    for name, _, raw in sample_mails():
        keys.setdefault(mail_key(read_mail(raw), raw), []).append(name)
    assert [names for names in keys.values() if len(names) > 1] == [
        ["005-gach-noi-cham.eml", "013-giao-lai-lan-hai.eml"]
    ]


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        (
            b"Received: by b; 17 Nov 2026 10:00 +0700\r\nReceived: by a; 17 Nov 2026 09:00 +0700\r\n",
            "2026-11-17T03:00Z",
        ),
        (b"Received: by b; no date\r\nDate: Tue, 17 Nov 2026 10:00:00 +0700\r\n", "2026-11-17T03:00Z"),
        (b"Date: Tue, 17 Nov 2026 10:00:00 -0000\r\n", "2026-11-17T10:00Z"),
        (b"Subject: no date at all\r\n", "2026-11-16T01:00Z"),
    ],
)
def test_a_mail_was_received_when_its_newest_trace_header_says(headers: bytes, moment: str) -> None:
    assert received_at(headers + b"\r\nText\r\n") == datetime.fromisoformat(moment)


def test_the_only_live_domain_in_the_mails_is_our_own() -> None:
    mails = [raw for _, _, raw in sample_mails()] + [path.read_bytes() for path in HERE.glob("*.eml")]
    addresses = [address for raw in mails for item in _addressed(raw) if (address := item.rpartition("@")[2])]
    assert {domain for domain in addresses if not domain.endswith(".example")} == {"vst.gov.vn"}


def _addressed(raw: bytes) -> list[str]:
    mail = read_mail(raw)
    return [one.address.lower() for one in (*mail.senders, *mail.reply_to, *mail.to, *mail.cc)]


def facts_of(table: dict[str, Any]) -> Facts:
    tickets: dict[str, Any] = {key: _ticket_fact(table[key]) for key in ("thread", "ticket") if key in table}
    if "asked_code" in table:
        asked = table["asked_code"]
        status = TicketStatus(asked["status"]) if "status" in asked else None
        tickets["asked_code"] = VerifiedCode(**(asked | {"status": status}))
    return Facts(**(table | tickets))


def _ticket_fact(table: dict[str, Any]) -> TicketFact:
    known: dict[str, Any] = {"parties": frozenset(table["parties"]), "status": TicketStatus(table["status"])}
    return TicketFact(**({"closed_at": None} | table | known))


def compare(expect: dict[str, Any], decision: Decision) -> list[str]:
    got = answer(decision)
    differences = [f"{key}: is nothing that is compared" for key in expect.keys() - got.keys() - OTHER_KEYS]
    differences += [
        f"{key}: expected {wanted!r}, decided {got[key]!r}"
        for key, wanted in expect.items()
        if key in got and got[key] != wanted
    ]
    differences += [
        f"{key}: {got[key]!r} is what it must not be"
        for key in ("queue", "verdict")
        if f"not_{key}" in expect and expect[f"not_{key}"] == got[key]
    ]
    codes = {reason.code for reason in decision.reasons}
    return differences + [
        f"reason {code!r} is missing" for code in expect.get("reasons", ()) if code not in codes
    ]


def answer(decision: Decision) -> dict[str, Any]:
    letter, why_none = _letter(decision.reply)
    outcome, joins, reopen = _outcome(decision.outcome)
    return {
        "kind": decision.kind.value,
        "form": decision.subject.form.value,
        "treasury": decision.subject.treasury or "",
        "candidates": sorted(decision.subject.candidates),
        "ticket": decision.subject.ticket or "",
        "queue": decision.route.queue,
        "how": decision.route.how.value,
        "category": decision.category,
        "priority": decision.priority,
        "missing": [part.value for part in decision.missing],
        "verdict": decision.sender.verdict.value,
        "outcome": outcome,
        "joins": joins,
        "reopen": reopen,
        "reroute": _reroute(decision.outcome),
        "due": decision.due_at,
        "reply": letter,
        "why_none": why_none,
    }


def _letter(reply: Reply) -> tuple[str, str]:
    match reply:
        case PlannedReply(letter=letter):
            return letter, ""
        case NoReply(why=why):
            return "none", why.code


def _reroute(outcome: Outcome) -> str:
    return (outcome.reroute_to or "") if isinstance(outcome, AppendToTicket) else ""


def _outcome(outcome: Outcome) -> tuple[str, str, bool]:
    match outcome:
        case OpenTicket():
            return "open_ticket", "", False
        case AppendToTicket(code=code, reopen=reopen):
            return "append", code, reopen
        case HoldForReview():
            return "hold", "", False
        case MarkDuplicate():
            return "duplicate", "", False
        case FileQuietly(code=code):
            return "file", code or "", False
