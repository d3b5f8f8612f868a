"""Questions about ticket codes: heard, answered to the party, and to anybody else with no and no more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.rulebook import a_mail, shipped

from triage.core.decide import decide
from triage.core.decision import (
    AppendToTicket,
    Decision,
    FileQuietly,
    HoldForReview,
    Kind,
    MarkDuplicate,
    NoReply,
    OpenTicket,
    PlannedReply,
)
from triage.core.facts import NO_FACTS, Facts, TicketFact, VerifiedCode
from triage.core.letters import LetterCase, letter_values, quoted_subject
from triage.core.mail import Address, Mail
from triage.core.replies import reply_address
from triage.core.tickets import TicketStatus
from triage.core.verification import find_question

CODE = "SD261116-000001"
MOMENT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
MINE = VerifiedCode(
    CODE,
    issued_to_sender=True,
    ticket_id=7,
    opened_at=MOMENT,
    subject="Lỗi ký số",
    queue="0010",
    status=TicketStatus.NEW,
)
NOT_MINE = VerifiedCode(CODE, issued_to_sender=False)


def asks(subject: str = f"XACMINH {CODE}", text: str = "Nhờ xem giúp.", **changes: object) -> Mail:
    return a_mail(subject, text, **changes)


def decided(mail: Mail, facts: Facts = NO_FACTS) -> Decision:
    return decide(mail, facts, shipped(), MOMENT)


def letter(decision: Decision) -> str:
    return decision.reply.letter if isinstance(decision.reply, PlannedReply) else ""


@pytest.mark.parametrize(
    ("subject", "text", "codes"),
    [
        (f"XACMINH {CODE}", "", (CODE,)),
        (f"xác minh mã {CODE}", "", (CODE,)),
        ("Xác minh SD 261116 – 000001", "", (CODE,)),
        ("XACMINH", f"{CODE}", (CODE,)),
        ("Hỏi", f"Mã {CODE} có thật không?", (CODE,)),
        ("Hỏi", f"Xin hỏi mã {CODE} có phải của đơn vị tôi không ạ?", (CODE,)),
        ("Question", f"Is this code real: {CODE}?", (CODE,)),
        (
            f"Re: [{CODE}] Lỗi",
            "Người gọi đọc mã SD261116-000099, mã đó có thật không?",
            (CODE, "SD261116-000099"),
        ),
        ("XACMINH SD269945-000001", "", ()),
        ("XACMINH SD261116-000000", "", ()),
    ],
)
def test_a_question_about_a_code_is_heard(subject: str, text: str, codes: tuple[str, ...]) -> None:
    asked = find_question(asks(subject, text))
    assert asked
    assert asked.codes == codes


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("XACMINH", "Nhờ xem giúp."),
        (f"Re: [{CODE}] Lỗi ký số", "Vẫn chưa được ạ."),
        (f"[{CODE}]", f"Mã {CODE} xử lý đến đâu rồi, có đúng hạn không, khi nào xong?"),
        ("[0010#DVC] Xác minh thông tin đơn vị", "Đề nghị xác minh thông tin đăng ký."),
        ("Chuyển", f"Kính chuyển.\n\n---------- Forwarded message ---------\nMã {CODE} có thật không?"),
    ],
)
def test_other_mails_that_name_codes_ask_nothing(subject: str, text: str) -> None:
    assert find_question(asks(subject, text)) is None


def test_a_party_is_told_yes_and_the_mail_stands_on_the_ticket() -> None:
    decision = decided(asks(), Facts(asked_code=MINE))
    assert decision.kind is Kind.VERIFICATION
    assert decision.outcome == FileQuietly(7, CODE)
    assert letter(decision) == "verification_yes"
    assert decision.due_at is None


@pytest.mark.parametrize("asked", [NOT_MINE, None])
def test_anybody_else_is_told_no_and_joins_nothing(asked: VerifiedCode | None) -> None:
    decision = decided(asks(), Facts(asked_code=asked))
    assert decision.outcome == FileQuietly(None, None)
    assert letter(decision) == "verification_no"


def test_a_code_of_others_and_a_code_of_nobody_get_the_same_answer() -> None:
    ticket = TicketFact(7, CODE, "0010", TicketStatus.NEW, frozenset({"khac@xa.example"}), None)
    real, none = (
        decided(asks(), Facts(ticket=fact, asked_code=NOT_MINE, issued=((CODE, False),)))
        for fact in (ticket, None)
    )
    assert (real.reply, real.outcome, real.kind) == (none.reply, none.outcome, none.kind)


def test_the_answer_goes_to_who_asks_and_never_to_reply_to() -> None:
    mail = replace(asks(sender="KeToan@DonVi.example"), reply_to=(Address("", "khac@donvi.example"),))
    assert reply_address(mail) == "ketoan@donvi.example"
    assert decided(mail, Facts(asked_code=MINE)).reply == PlannedReply(
        "verification_yes", "ketoan@donvi.example"
    )


@pytest.mark.parametrize(("sent", "answered"), [(0, True), (4, True), (5, False), (9, False)])
def test_the_sixth_question_within_an_hour_waits_for_a_person(sent: int, answered: bool) -> None:  # noqa: FBT001 - a table
    decision = decided(asks(), Facts(asked_code=NOT_MINE, verifications_last_hour=sent))
    if answered:
        assert letter(decision) == "verification_no"
    else:
        assert isinstance(decision.reply, NoReply)
        assert decision.reply.why.code == "verification_cap"
        assert isinstance(decision.outcome, OpenTicket)


def test_a_party_that_asks_too_often_joins_its_ticket() -> None:
    ticket = TicketFact(7, CODE, "0010", TicketStatus.NEW, frozenset({"ketoan@donvi.example"}), None)
    decision = decided(asks(), Facts(ticket=ticket, asked_code=MINE, verifications_last_hour=5))
    assert isinstance(decision.outcome, AppendToTicket)
    assert isinstance(decision.reply, NoReply)


def test_the_cap_of_all_letters_holds_for_answers_too() -> None:
    decision = decided(asks(), Facts(asked_code=NOT_MINE, letters_last_hour=10))
    assert isinstance(decision.reply, NoReply)
    assert decision.reply.why.code == "reply_cap"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"headers": (("Auto-Submitted", "auto-replied"),)}, "reply_filed"),
        ({"headers": (("X-Triage-Letter", "verification_no"),)}, "reply_to_own"),
        ({"sender": "no-reply@donvi.example"}, "reply_to_robot"),
        ({"return_path": ""}, "reply_to_null_sender"),
        ({"sender": ""}, "reply_to_suspicious"),
    ],
)
def test_no_machine_and_no_nobody_is_answered(change: dict[str, object], why: str) -> None:
    decision = decided(asks(**change), Facts(asked_code=NOT_MINE))
    assert isinstance(decision.reply, NoReply), decision.reply
    assert decision.reply.why.code == why


def test_who_forges_our_address_or_a_lookalike_gets_no_answer() -> None:
    for sender in ("hotrocntt@vst.gov.vn", "hotcrocntt@vst.gov.vn", "hotrocntt@vst-gov-vn.example"):
        decision = decided(asks(sender=sender), Facts(asked_code=MINE))
        assert isinstance(decision.reply, NoReply), sender
    assert isinstance(decided(asks(sender="hotrocntt@vst-gov-vn.example")).outcome, HoldForReview)


def test_a_second_delivery_of_a_question_is_not_answered_again() -> None:
    decision = decided(asks(), Facts(acted_mail_id=3, asked_code=MINE))
    assert decision.outcome == MarkDuplicate(3)
    assert isinstance(decision.reply, NoReply)


def test_who_asks_and_tells_of_a_caller_reports_him() -> None:
    text = (
        f"Có người gọi, xưng là cán bộ hỗ trợ, đọc mã {CODE} rồi bảo tôi đọc mã OTP. Mã này có thật không, "
        "có phải của chúng tôi không?"
    )
    decision = decided(asks("Hỏi về mã", text), Facts(asked_code=NOT_MINE))
    assert decision.kind is Kind.IMPERSONATION_REPORT
    assert decision.outcome == OpenTicket("security")
    assert letter(decision) == "impersonation_thanks"


@pytest.mark.parametrize(("ours", "foreign"), [(None, False), (True, False), (False, True)])
def test_a_bounce_is_foreign_only_where_the_outbox_was_asked(ours: bool | None, foreign: bool) -> None:  # noqa: FBT001 - a table
    mail = a_mail(
        "Undelivered Mail", "x", sender="mailer-daemon@mx.example", headers=(("X-Failed-Recipients", "a"),)
    )
    decision = decided(mail, Facts(our_letter=ours))
    assert decision.kind is Kind.BOUNCE
    assert ("foreign_bounce" in {reason.code for reason in decision.reasons}) == foreign


def test_facts_of_a_question_are_kept_and_given_back() -> None:
    for asked in (MINE, NOT_MINE):
        facts = Facts(asked_code=asked, verifications_last_hour=2, our_letter=False)
        assert Facts.from_json(facts.as_json()) == facts


def test_facts_that_were_stored_before_questions_were_answered_are_still_read() -> None:
    stored = NO_FACTS.as_json()
    for name in ("asked_code", "verifications_last_hour", "our_letter"):
        del stored[name]
    assert Facts.from_json(stored) == NO_FACTS


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Lỗi ký số", "Lỗi ký số"),
        ("Gọi 0912 345 678 để mở khóa", "Gọi … để mở khóa"),
        ("Gọi +84 (912) 345-678", "Gọi …"),
        ("Viết cho a@kho-la.example", "Viết cho …"),
        ("Xem http://kho-la.example/x", "Xem …"),
        ("Lỗi 500 ngày 16/11/2026, chứng từ 0000457", "Lỗi 500 ngày 16/11/2026, chứng từ 0000457"),
    ],
)
def test_a_body_quotes_no_number_to_call_and_no_address(subject: str, shown: str) -> None:
    assert quoted_subject(subject) == shown


def test_the_values_of_a_letter_tell_nothing_of_a_code_of_others() -> None:
    rules, decision = shipped(), decided(asks())
    leaking = replace(NOT_MINE, opened_at=MOMENT, subject="Bí mật", queue="0010", status=TicketStatus.NEW)
    case = LetterCase(
        "",
        "XACMINH",
        decision.subject,
        decision.route,
        (),
        MOMENT,
        None,
        asked=leaking,
        asked_treasury="KBNN X",
    )
    values = letter_values(case, rules.office, rules.calendar.zone)
    told = {name: value for name, value in values.items() if name.startswith("asked")}
    assert told == {
        "asked": CODE,
        "asked_issued": False,
        "asked_opened": None,
        "asked_subject": None,
        "asked_treasury": None,
        "asked_open": False,
    }
