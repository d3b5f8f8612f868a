import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_mail, shipped

from triage.core.decision import SECURITY, UNROUTED, Form, How, Part, Route, SubjectReading
from triage.core.facts import NO_FACTS
from triage.core.letters import (
    NO_SUBJECT,
    SUBJECT_LENGTH,
    LetterCase,
    headline,
    in_words,
    letter_values,
    reason_for_no_treasury,
    spelled_out,
    without_frame,
)
from triage.core.routing import find_route
from triage.core.rules import Office
from triage.core.subject import read_subject

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = Office("Đội hỗ trợ", "hotro@kho-bac.example", frozenset(), frozenset(), "02400000000", ())
NOWHERE = Route(UNROUTED, None, How.NONE, ())


def reading(
    tag: str | None = None, treasury: str | None = None, candidates: tuple[str, ...] = ()
) -> SubjectReading:
    return SubjectReading(tag, treasury, None, Form.NONE, None, candidates, "", ())


def a_case(route: Route, subject: SubjectReading | None = None, due_at: datetime | None = None) -> LetterCase:
    return LetterCase(
        code="SD261120-000001",
        subject="Re: Lỗi",
        reading=subject or reading(),
        route=route,
        missing=(Part.SCREENSHOT, Part.CONTACT),
        received_at=datetime(2026, 11, 20, 2, 5, tzinfo=UTC),
        due_at=due_at,
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), "17 giờ 00 phút ngày 23/11/2026 (thứ Hai)"),
        (datetime(2026, 11, 21, 17, 30, tzinfo=UTC), "00 giờ 30 phút ngày 22/11/2026 (Chủ nhật)"),
        (datetime(2026, 2, 28, 1, 5, tzinfo=UTC), "08 giờ 05 phút ngày 28/02/2026 (thứ Bảy)"),
        (datetime(2027, 1, 1, 3, 0, tzinfo=ZONE), "03 giờ 00 phút ngày 01/01/2027 (thứ Sáu)"),
    ],
)
def test_a_moment_is_written_as_an_office_writes_it(moment: datetime, words: str) -> None:
    assert in_words(moment, ZONE) == words


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("[0010#DVC] Không ký được hồ sơ", "[0010#DVC] Không ký được hồ sơ"),
        ("Re: RE: Fwd: TL: Trả lời: Chuyển tiếp: Lỗi", "Lỗi"),
        ("Re[2]: Lỗi", "Lỗi"),
        ("Re: [SD211208-123456] [0010#DVC] Lỗi", "[0010#DVC] Lỗi"),
        ("Re: [SD211208-123456] Re: Lỗi", "Lỗi"),
        ("Hỏi về (sd211208-123456), SD211208-000001 gấp", "Hỏi về , gấp"),
        ("Lỗi  ký\tsố\r\n Bcc: x", "Lỗi ký số Bcc: x"),
        ("Lỗi\u202e đảo\u200b chữ", "Lỗi đảo chữ"),
        ("Lo\u0302\u0303i", "Lỗi"),
        ("Quảng cáo: Re: không phải tiền tố", "Quảng cáo: Re: không phải tiền tố"),
        ("Tỷ lệ 1/2 và 24/7, tệp báo.cáo v1.2", "Tỷ lệ 1/2 và 24/7, tệp báo.cáo v1.2"),
        ("", NO_SUBJECT),
        ("Re: ", NO_SUBJECT),
        ("[SD211208-123456]", NO_SUBJECT),
        ("… --- !!!", NO_SUBJECT),
    ],
)
def test_a_headline_repeats_what_is_good_of_a_subject(subject: str, expected: str) -> None:
    assert headline(subject) == expected


@pytest.mark.parametrize(
    "link",
    [
        "http://xau.example/a",
        "HTTPS://xau.example",
        "hxxp://xau.example",
        "www.xau.example",
        "xau.example/dang-nhap",
        "xau.example:8080/x",
        "mailto:ai@xau.example",
        "tel:0900000000",
        "javascript:alert(1)",
        "x:\\\\xau.example",
        "h\u200bttp://xau.example",
    ],
)
def test_a_headline_never_carries_a_link_on(link: str) -> None:
    shown = headline(f"Xác nhận tại {link} ngay")
    assert shown == "Xác nhận tại … ngay"
    assert headline(link) == NO_SUBJECT


@given(st.text())
def test_a_headline_is_one_bounded_line_and_stays_what_it_is(subject: str) -> None:
    shown = headline(subject)
    assert 0 < len(shown) <= SUBJECT_LENGTH
    assert shown == " ".join(shown.split())
    assert "://" not in shown


@pytest.mark.parametrize(
    "subject",
    ["x" * 65_000, "x." * 30_000, ":/" * 30_000, "Re: " * 16_000, "[SD" * 20_000, " \u200b" * 30_000],
)
def test_a_headline_of_a_hostile_subject_is_soon_made(subject: str) -> None:
    # fifty of these end within the time limit of the suite only if none is read in quadratic time
    assert all(len(headline(subject)) <= SUBJECT_LENGTH for _ in range(50))


def test_a_long_headline_is_cut_with_a_sign() -> None:
    shown = headline("Lỗi " * 200)
    assert len(shown) <= SUBJECT_LENGTH
    assert shown.endswith("Lỗi…")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (reading(), "chưa ghi số hiệu Kho bạc$"),
        (reading("[SHKB#DVC]"), "để nguyên chữ SHKB"),
        (reading("[9999#DVC]", "9999"), "số hiệu 9999"),
        (reading("[0010#DVC]", None, ("0010", "3110")), r"\(0010, 3110\)"),
        (reading("[x]", "<b>9</b>"), "chưa ghi số hiệu"),
    ],
)
def test_the_reason_names_what_the_subject_lacks(subject: SubjectReading, words: str) -> None:

    assert re.search(words, reason_for_no_treasury(subject, NOWHERE))


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("[00101#DVC] lỗi ký số", "số hiệu ghi trong tiêu đề thư chưa đúng mẫu gồm bốn chữ số"),
        ("00101#DVC lỗi ký số", "số hiệu ghi trong tiêu đề thư chưa đúng mẫu gồm bốn chữ số"),
        ("[10#DVC] lỗi ký số", "số hiệu ghi trong tiêu đề thư chưa đúng mẫu gồm bốn chữ số"),
        ("0413 DVC lỗi ký số", "tiêu đề thư chưa ghi số hiệu Kho bạc theo đúng mẫu"),
        (
            "[0413#DVC] KBNN Cần Thơ",
            "số hiệu 0413 ghi trong tiêu đề thư chưa có trong danh mục của chúng tôi",
        ),
        ("KBNN Cần Thơ: lỗi ký số", "chúng tôi cần xác định bộ phận phụ trách của Kho bạc Nhà nước Cần Thơ"),
        ("[KBNN Cần Thơ#DVC] lỗi", "chúng tôi cần xác định bộ phận phụ trách của Kho bạc Nhà nước Cần Thơ"),
        ("[00101#DVC] KBNN Cần Thơ", "chúng tôi cần xác định bộ phận phụ trách của Kho bạc Nhà nước Cần Thơ"),
        ("Lỗi ký số 2026", "tiêu đề thư chưa ghi số hiệu Kho bạc"),
    ],
)
def test_the_reason_is_true_of_what_was_really_written(subject: str, words: str) -> None:
    rules = shipped()
    mail = a_mail(subject, "Token không nhận trên máy mới.")
    read = read_subject(subject, rules.treasuries)
    assert reason_for_no_treasury(read, find_route(mail, read, NO_FACTS, rules)) == words


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (None, None),
        ("KBNN Hà Nội", "Kho bạc Nhà nước Hà Nội"),
        ("KBNN Hậu Giang (nay thuộc Cần Thơ)", "Kho bạc Nhà nước Hậu Giang (nay thuộc Cần Thơ)"),
        ("KBNN TP Hồ Chí Minh", "Kho bạc Nhà nước Thành phố Hồ Chí Minh"),
        ("Kho bạc Nhà nước (trung ương)", "Kho bạc Nhà nước (trung ương)"),
    ],
)
def test_a_letter_spells_the_name_of_a_treasury_out(name: str | None, written: str | None) -> None:
    assert spelled_out(name) == written
    route = Route("0010", name, How.SUBJECT, ())
    assert letter_values(a_case(route), OFFICE, ZONE)["treasury_name"] == written


def test_a_case_becomes_values() -> None:
    route = Route("0010", "Kho bạc Nhà nước Hà Nội", How.SUBJECT, ())
    values = letter_values(a_case(route, due_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC)), OFFICE, ZONE)
    assert values == {
        "code": "SD261120-000001",
        "subject": "Lỗi",
        "treasury_name": "Kho bạc Nhà nước Hà Nội",
        "queue": "0010",
        "to_security": False,
        "due": "17 giờ 00 phút ngày 23/11/2026 (thứ Hai)",
        "received_at": "09 giờ 05 phút ngày 20/11/2026 (thứ Sáu)",
        "missing": ("screenshot", "contact"),
        "tag": None,
        "advised_tag": None,
        "reason": "tiêu đề thư chưa ghi số hiệu Kho bạc",
        "known_treasury": None,
        "advice": None,
        "gave_away": None,
        "to_change": None,
        "not_again": None,
        "remote_session": False,
        "asked": None,
        "asked_issued": False,
        "asked_opened": None,
        "asked_subject": None,
        "asked_treasury": None,
        "asked_open": False,
        "locked": False,
        "office": OFFICE,
    }


@pytest.mark.parametrize(
    ("queue", "how", "tag"),
    [
        ("0010", How.SENDER_HISTORY, "[0010#DVC]"),
        ("0010", How.SENDER_DOMAIN, "[0010#DVC]"),
        ("0010", How.BODY, "[0010#DVC]"),
        ("0010", How.SUBJECT, None),
        ("0010", How.THREAD, None),
        (SECURITY, How.BODY, None),
        (UNROUTED, How.NONE, None),
    ],
)
def test_a_unit_whose_treasury_was_guessed_learns_the_tag(queue: str, how: How, tag: str | None) -> None:
    assert letter_values(a_case(Route(queue, None, how, ())), OFFICE, ZONE)["advised_tag"] == tag


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[0010#DVC]", "[0010#DVC]"),
        ("［ 3110 & DVC ］".replace("［", "[").replace("］", "]"), "[ 3110 & DVC ]"),
        ("[0010#DVC http://xau.example]", None),
        ("[" + "0" * 60 + "]", None),
        ("[0010\u202e#DVC]", "[0010#DVC]"),
        ('["><script>]', None),
    ],
)
def test_a_tag_is_shown_only_where_it_looks_like_one(written: str, shown: str | None) -> None:
    route = Route(UNROUTED, None, How.NONE, ())
    assert letter_values(a_case(route, reading(written)), OFFICE, ZONE)["tag"] == shown


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Kính gửi Quý đơn vị,\n\nXin cài lại.\n\nTrân trọng,", "Xin cài lại."),
        ("kính gửi quý đơn vị\r\nXin cài lại.\r\nTrân trọng cảm ơn./.", "Xin cài lại."),
        ("Xin cài lại.\n\nXin trân trọng cảm ơn!", "Xin cài lại."),
        ("Kính gửi chị Hạnh,\n\nXin cài lại.", "Kính gửi chị Hạnh,\n\nXin cài lại."),
        ("Kính gửi Quý đơn vị Hoa Mai,\n\nXin cài lại.", "Kính gửi Quý đơn vị Hoa Mai,\n\nXin cài lại."),
        ("Xin cài lại.\n\nTrân trọng,\nNguyễn Thị Lan", "Xin cài lại.\n\nTrân trọng,\nNguyễn Thị Lan"),
        ("Chúng tôi trân trọng cảm ơn", "Chúng tôi trân trọng cảm ơn"),
        ("Kính gửi Quý đơn vị,", "Kính gửi Quý đơn vị,"),
    ],
)
def test_an_answer_greets_once(written: str, sent: str) -> None:
    assert without_frame(written) == sent
