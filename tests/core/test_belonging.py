"""Who gives a code that is another's: held where he claims it, apart where history or a forward brings it."""

from datetime import UTC, datetime

import pytest
from support.office import RULES

from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.decision import AppendToTicket, Decision, FileQuietly, HoldForReview, NoReply, OpenTicket
from triage.core.facts import Facts, TicketFact
from triage.core.parse import parts_of, read_mail
from triage.core.tickets import TicketStatus

NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)
CODE, OTHER = "SD261110-000004", "SD261109-000002"
RULEBOOK = load_rulebook(RULES)


def ticket(code: str = CODE, *parties: str) -> TicketFact:
    return TicketFact(int(code[-3:]), code, "0010", TicketStatus.IN_PROGRESS, frozenset(parties), None)


THEIRS = ticket(CODE, "ketoan@donvi-kia.example")
QUOTE = (
    f"\n\nVào Th 2, 9 thg 11, 2026 vào lúc 09:15 A <hotrocntt@vst.gov.vn> đã viết:\n\n> Mã {CODE}\n> Đã nhận."
)


def decided(
    subject: str,
    text: str = "Nhờ xem giúp việc này.",
    *,
    sender: str = "Lụa <lua@thumienphi.example>",
    headers: str = "",
    facts: Facts | None = None,
) -> Decision:
    head = f"From: {sender}\r\nTo: hotrocntt@vst.gov.vn\r\nSubject: {subject}\r\n{headers}"
    raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    mail = read_mail(raw)
    return decide(mail, facts or Facts(ticket=THEIRS), RULEBOOK, NOON, parts_of(mail, raw))


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


@pytest.mark.parametrize(
    ("party", "sender", "joins"),
    [
        ("ketoan@thcs.edu.example", "hieutruong@thcs.edu.example", True),
        ("ketoan@stc.angiang.gov.vn", "tp@stc.angiang.gov.vn", True),
        ("xa-kia@angiang.gov.vn", "xa-kia@angiang.gov.vn", True),
        ("xa-kia@angiang.gov.vn", "xa-nay@angiang.gov.vn", False),
        ("ketoan@thumienphi.example", "lua@gmail.com", False),
        ("ketoan@gmail.com", "lua@gmail.com", False),
    ],
)
def test_colleagues_are_a_house_and_not_a_whole_province(party: str, sender: str, joins: bool) -> None:  # noqa: FBT001 - a column
    decision = decided(f"Re: {CODE}", sender=sender, facts=Facts(ticket=ticket(CODE, party)))
    assert isinstance(decision.outcome, AppendToTicket) is joins


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (f"Re: {CODE}", "Cho tôi xin nội dung hồ sơ."),
        (f"Trả lời: [{CODE}] [0010#DVC] Lỗi", "Bổ sung."),
        ("Hỏi việc cũ", f"Phiếu {CODE} của tôi đến đâu rồi?"),
        (f"Fwd: {CODE}", "Xem giúp."),
        (f"{CODE}", ""),
    ],
)
def test_a_stranger_who_gives_the_code_himself_is_held_and_learns_nothing(subject: str, text: str) -> None:
    decision = decided(subject, text)
    assert decision.outcome == HoldForReview(linked_to=CODE)
    assert decision.route.queue == "security"
    assert isinstance(decision.reply, NoReply)
    assert decision.notices == ()
    assert codes(decision) >= {"ticket_of_another_party", "held_foreign_code"}


def test_a_code_in_quoted_history_alone_opens_a_ticket_of_its_own() -> None:
    decision = decided("Re: Lỗi ký số", f"Tôi cũng gặp lỗi này.{QUOTE}")
    assert isinstance(decision.outcome, OpenTicket)
    assert decision.outcome.linked_to == CODE


def test_our_letter_in_the_references_of_a_stranger_opens_a_ticket_of_its_own() -> None:
    decision = decided("Re: Lỗi", headers="References: <a@vst.gov.vn>\r\n", facts=Facts(thread=THEIRS))
    assert isinstance(decision.outcome, OpenTicket)
    assert decision.outcome.linked_to == CODE


@pytest.mark.parametrize("source", ["ketoan@donvi-kia.example", "truong.phong@donvi-kia.example"])
def test_a_clerk_who_sends_on_the_mail_of_a_party_is_not_held(source: str) -> None:
    forwarded = (
        "Kính chuyển.\n\n---------- Forwarded message ---------\n"
        f"Từ: A <{source}>\nDate: 10/11/2026\nSubject: Re: {CODE}\nTo: vt@x.example\n\nVẫn lỗi."
    )
    decision = decided(f"Fwd: Re: {CODE}", forwarded, sender="vanthu@co-quan.example")
    assert isinstance(decision.outcome, OpenTicket)
    assert decision.outcome.linked_to == CODE
    assert decision.source is not None
    assert "forwarded_from" in codes(decision)


@pytest.mark.parametrize("sender", ["ketoan@donvi-kia.example", "hieutruong@donvi-kia.example"])
def test_parties_and_their_colleagues_may_write(sender: str) -> None:
    assert isinstance(decided(f"Re: {CODE}", sender=sender).outcome, AppendToTicket)


def test_in_his_own_thread_somebody_elses_code_changes_nothing() -> None:
    mine = ticket(OTHER, "lua@thumienphi.example")
    decision = decided("Re: Lỗi", f"Giống phiếu {CODE}.", facts=Facts(ticket=THEIRS, thread=mine))
    assert isinstance(decision.outcome, AppendToTicket)
    assert decision.outcome.code == OTHER


def test_a_question_about_a_code_keeps_its_own_path() -> None:
    decision = decided(f"XACMINH {CODE}", "")
    assert not isinstance(decision.outcome, HoldForReview)


def test_a_machine_that_quotes_the_code_is_filed() -> None:
    decision = decided(f"Re: {CODE}", headers="Auto-Submitted: auto-replied\r\n")
    assert decision.outcome == FileQuietly(None, None)


def test_a_person_who_released_it_lets_it_in() -> None:
    decision = decided(f"Re: {CODE}", facts=Facts(ticket=THEIRS, released=True))
    assert isinstance(decision.outcome, OpenTicket)
    assert decision.outcome.linked_to == CODE


def test_a_ticket_of_the_same_subject_is_a_hint_and_no_more() -> None:
    alike = ticket(OTHER, "lua@thumienphi.example")
    decision = decided("Lỗi ký số", facts=Facts(alike=alike))
    assert isinstance(decision.outcome, OpenTicket)
    assert decision.outcome.linked_to is None
    [reason] = [reason for reason in decision.reasons if reason.code == "ticket_alike"]
    assert OTHER in reason.vi


@pytest.mark.parametrize("released", [False, True])
def test_what_a_filter_calls_spam_is_taken_in_and_not_answered_until_released(*, released: bool) -> None:
    decision = decided("[0010#DVC] Lỗi ký số", headers="X-Spam-Flag: YES\r\n", facts=Facts(released=released))
    assert isinstance(decision.outcome, OpenTicket)
    assert "upstream_spam" in codes(decision)
    assert isinstance(decision.reply, NoReply) is not released


def test_facts_come_back_as_they_were() -> None:
    facts = Facts(ticket=THEIRS, alike=ticket(OTHER, "lua@thumienphi.example"))
    assert Facts.from_json(facts.as_json()) == facts
