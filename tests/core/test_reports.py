"""Reports of impostors: the reporter is believed and thanked, the mail inside judged, its traces kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from support.rulebook import a_file, a_mail, shipped

from triage.core.decide import decide
from triage.core.decision import (
    AppendToTicket,
    Decision,
    HoldForReview,
    Kind,
    NoReply,
    OpenTicket,
    PlannedReply,
    Severity,
    Verdict,
)
from triage.core.document import document
from triage.core.facts import NO_FACTS, Facts, TicketFact
from triage.core.originals import find_originals
from triage.core.parse import parts_of, read_mail
from triage.core.tickets import TicketStatus

ROOT = Path(__file__).parents[2]
MOMENT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
IMPOSTOR = "Hỗ trợ Kho bạc <hotrocntt@vst-gov-vn.example>"
FORWARDED = f"""Anh chị xem giúp thư này.

---------- Forwarded message ---------
Từ: {IMPOSTOR}
Date: Th 4, 11 thg 11, 2026 vào lúc 20:14
Subject: Gia hạn chứng thư số
To: <ketoan@donvi.example>

Gọi 0900 000 999 để được gia hạn."""

OUTLOOK = """Xem giúp.

-----Original Message-----
From: Kho bac [mailto:hotrocntt.kbnn@gmail.com]
Sent: Monday, November 16, 2026
To: ketoan@donvi.example
Subject: Gia hạn

Gọi cho tôi."""


def decided_file(path: Path) -> Decision:
    raw = path.read_bytes()
    mail = read_mail(raw)
    return decide(mail, NO_FACTS, shipped(), MOMENT, parts_of(mail, raw))


def decided(subject: str, text: str, facts: Facts = NO_FACTS, **changes: object) -> Decision:
    return decide(a_mail(subject, text, **changes), facts, shipped(), MOMENT)


def told(decision: Decision) -> list[tuple[str, str]]:
    return [(one.check, one.evidence) for one in decision.sender.findings if one.check.startswith("REPORTED")]


def is_thanked(decision: Decision) -> bool:
    return isinstance(decision.reply, PlannedReply) and decision.reply.letter == "impersonation_thanks"


@pytest.mark.parametrize(
    ("path", "reported"),
    [
        ("tests/corpus/042-bao-mao-danh-kem-thu-gia.eml", ["hotrocntt@vst-gov-vn.example"]),
        ("tests/corpus/055-bao-mao-danh-dinh-kem-thu-goc.eml", ["hotrocntt@vst-gov-vn.example"]),
        ("triage/demo/mailbox/020-bao-mao-danh-zalo.eml", []),
        ("triage/demo/mailbox/041-xac-minh-ma-cua-nguoi-khac.eml", []),
        ("triage/demo/mailbox/064-the-mau-va-ma-phieu-gia.eml", []),
    ],
)
def test_a_report_goes_to_security_and_its_reporter_is_thanked(path: str, reported: list[str]) -> None:
    decision = decided_file(ROOT / path)
    assert decision.kind is Kind.IMPERSONATION_REPORT
    assert decision.outcome == OpenTicket("security")
    assert decision.category == "impersonation"
    assert decision.sender.verdict is Verdict.ORDINARY
    assert is_thanked(decision)
    assert told(decision) == [("REPORTED_IMPOSTOR", address) for address in reported]
    assert all(
        one.severity is Severity.INFO for one in decision.sender.findings if one.check.startswith("REPORTED")
    )


@pytest.mark.parametrize(
    "path",
    [
        "tests/corpus/046-chuyen-tiep-nguyen-thu.eml",
        "tests/corpus/043-quen-mat-khau-khong-phai-lo.eml",
        "triage/demo/mailbox/018-trich-dia-chi-in-nham.eml",
        "triage/demo/mailbox/026-chuyen-tiep-thunderbird.eml",
        "triage/demo/mailbox/053-khoan-chi-bat-thuong.eml",
        "triage/demo/mailbox/056-fwd-ct-gmail.eml",
    ],
)
def test_what_reports_no_impostor_stays_a_request(path: str) -> None:
    decision = decided_file(ROOT / path)
    assert decision.kind is Kind.REQUEST
    assert decision.indicators is None
    assert not told(decision)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Xin hỏi",
            "Hôm qua có số lạ 0900 000 999 gọi cho kế toán, bảo là bên hỗ trợ dịch vụ công, xin mã OTP.",
        ),
        (
            "Nhờ KB",
            "Bên em nhận được tin nhắn Zalo xưng là cán bộ KBNN đề nghị cài UltraViewer. Nhờ xác nhận giúp.",
        ),
        ("Call", "Someone called our office pretending to be treasury support and asked for our PIN."),
        ("Thư lạ", FORWARDED),
        (
            "Fwd: Gia hạn",
            OUTLOOK,
        ),
    ],
)
def test_an_impostor_is_reported_in_many_ways(subject: str, text: str) -> None:
    decision = decided(subject, text)
    assert decision.kind is Kind.IMPERSONATION_REPORT
    assert decision.outcome == OpenTicket("security")
    assert is_thanked(decision)


def test_a_unit_that_answers_an_impostor_and_lets_us_read_it_is_warned() -> None:
    history = f"Vào 16/11/2026 09:00, {IMPOSTOR} đã viết:\n> Gọi cho tôi."
    decision = decided("Re: Gia hạn", f"Đơn vị sẽ làm.\n\n{history}", new_text="Đơn vị sẽ làm.")
    assert told(decision) == [("REPORTED_IMPOSTOR", "hotrocntt@vst-gov-vn.example")]
    assert is_thanked(decision)


def test_a_report_on_the_ticket_of_a_request_gets_a_ticket_of_its_own() -> None:
    def ticket(queue: str) -> TicketFact:
        return TicketFact(
            7, "SD261116-000001", queue, TicketStatus.NEW, frozenset({"ketoan@donvi.example"}), None
        )

    text = "Có người tự xưng cán bộ kho bạc gọi số 0900 000 999 đọc mã này và bảo cho truy cập máy tính."
    apart = decided("Re: [SD261116-000001] Lỗi", text, Facts(ticket=ticket("0010")))
    assert (apart.kind, apart.outcome) == (Kind.IMPERSONATION_REPORT, OpenTicket("security"))
    joined = decided("Re: [SD261116-000001] Lỗi", text, Facts(ticket=ticket("security")))
    assert isinstance(joined.outcome, AppendToTicket)


def test_what_can_be_looked_up_is_collected_and_the_reporter_is_left_out() -> None:
    decision = decided_file(ROOT / "tests/corpus/055-bao-mao-danh-dinh-kem-thu-goc.eml")
    assert decision.indicators
    assert decision.indicators.as_json() == {
        "phones": ["0900000999", "0900000998"],
        "zalo": ["0900000998"],
        "addresses": ["hotrocntt@vst-gov-vn.example"],
        "hosts": [],
        "accounts": ["0123456789012"],
    }
    assert document(decision)["indicators"] == decision.indicators.as_json()
    assert "0900000206" not in str(decision.indicators)


def test_our_own_names_and_numbers_are_no_indicators() -> None:
    text = (
        "Có người mạo danh cán bộ Kho bạc gọi cho tôi từ số 0900 000 999, bảo viết tới hotro@kho-la.example "
        "và mở kho-la.com. Tổng đài 02462764300, thư hotrocntt@vst.gov.vn, trang vst.gov.vn.\n"
        "Bình, Trường A, binh@donvi.example, ĐT 0900 000 111"
    )
    decision = decided("Báo cáo", text)
    assert decision.indicators
    assert decision.indicators.as_json() == {
        "phones": ["0900000999"],
        "zalo": [],
        "addresses": ["hotro@kho-la.example"],
        "hosts": ["kho-la.com"],
        "accounts": [],
    }


def test_a_mail_that_is_none_of_a_report_has_no_indicators_in_its_document() -> None:
    assert document(decided("[0010#DVC] Lỗi", "Không đăng nhập được. 0900 000 999"))["indicators"] is None


def test_an_impostor_who_plays_the_reporter_is_held_and_not_thanked() -> None:
    decision = decided("Cảnh báo", FORWARDED, sender="hotrocntt@vst-gov-vn.example")
    assert isinstance(decision.outcome, HoldForReview)
    assert isinstance(decision.reply, NoReply)


def test_a_mail_of_ours_that_is_shown_to_us_makes_no_impostor() -> None:
    text = (
        "Nhờ xem giúp thư này.\n\n-----Original Message-----\nFrom: Hỗ trợ <hotrocntt@vst.gov.vn>\n"
        "Sent: 16/11/2026\nTo: a@b.example\nSubject: x\n\nĐã nhận."
    )
    assert decided("Fwd: x", text).kind is Kind.REQUEST
    doubted = decided("Fwd: x", "Em nghi thư dưới đây mạo danh Kho bạc, em nhận được email hôm qua.\n" + text)
    assert doubted.kind is Kind.IMPERSONATION_REPORT
    assert told(doubted) == [("REPORTED_OWN_ADDRESS", "hotrocntt@vst.gov.vn")]


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("From: Kho bạc <a@x.example>", "Kho bạc", "a@x.example"),
        ('From: "Kho bạc" <a@x.example>', "Kho bạc", "a@x.example"),
        ("*From:* Kho bạc [mailto:a@x.example]", "Kho bạc", "a@x.example"),
        ("> Từ: a@x.example", "", "a@x.example"),
        ("Người gửi: Kho bạc (a@x.example)", "Kho bạc", "a@x.example"),
        ("From: mailto:a@x.example", "", "a@x.example"),
    ],
)
def test_the_sender_of_a_forwarded_mail_is_read_as_programs_print_him(
    line: str, name: str, address: str
) -> None:
    text = f"Xem.\n\n{line}\nSent: 16/11/2026 09:00\nTo: b@y.example\nSubject: x\n\nz"
    [original] = find_originals(a_mail("Fwd", text))
    assert (original.sender.name, original.sender.address) == (name, address)


def test_a_line_that_begins_like_a_header_is_no_mail() -> None:
    assert find_originals(a_mail("x", "Từ: ngày 1/11 đơn vị a@x.example không gửi được.\nNhờ hỗ trợ.")) == ()


@settings(max_examples=200, deadline=None)
@given(text=st.text(), raw=st.binary(max_size=400))
def test_any_text_and_any_attachment_can_be_read(text: str, raw: bytes) -> None:
    attached = a_file("goc.eml", "message/rfc822")
    for original in find_originals(
        a_mail("Fwd", f"From: {text}\nTo: {text}\n{text}"), [(attached, lambda: raw)]
    ):
        assert original.sender.address
