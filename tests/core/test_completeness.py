from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_file, a_mail, shipped

from triage.core.completeness import has_phone_number, missing_parts
from triage.core.decide import decide
from triage.core.decision import Kind, Part
from triage.core.facts import NO_FACTS
from triage.core.mail import Attachment

TOLD = "Đơn vị không đăng nhập được từ sáng nay."


def test_a_good_request_lacks_nothing() -> None:
    mail = a_mail("x", f"{TOLD}\nĐT: 0900 000 001", attachments=(a_file("loi.png"),))
    assert missing_parts(mail) == ()


def test_an_empty_request_lacks_everything_in_the_order_of_the_letter() -> None:
    assert missing_parts(a_mail()) == (Part.DESCRIPTION, Part.SCREENSHOT, Part.CONTACT)


@pytest.mark.parametrize(
    "text",
    [
        TOLD,
        "Khong in duoc phieu giao nhan",
        "Kính chào anh chị, em không đăng nhập được hệ thống",
        "Kính gửi Đội hỗ trợ CNTT. Khi ký số hồ sơ thì máy không nhận token.",
        "Em gửi hồ sơ từ hôm qua chưa được duyệt",
    ],
)
def test_some_words_of_ones_own_are_a_description(text: str) -> None:
    assert Part.DESCRIPTION not in missing_parts(a_mail("x", text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Như tiêu đề ạ",
        "Kính gửi Đội hỗ trợ công nghệ thông tin,\nNhờ anh chị xem giúp em với ạ.\nTrân trọng cảm ơn!",
        "Em gửi file đính kèm ạ",
        "Dear anh chị, nhờ hỗ trợ gấp",
        "0900 000 001",
        "lỗi lỗi lỗi lỗi lỗi lỗi lỗi",
    ],
)
def test_politeness_is_no_description(text: str) -> None:
    assert Part.DESCRIPTION in missing_parts(a_mail("x", text))


@pytest.mark.parametrize(
    "file",
    [
        a_file("loi.png", size=400),
        a_file("anh.JPG", "application/octet-stream"),
        a_file("image001.png", size=60_000, inline=True),
        a_file("", size=60_000, inline=True),
        a_file("phieu.pdf", "application/pdf"),
        a_file("mo ta loi.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        a_file("loi.doc", "application/msword"),
        a_file("quay man hinh.mp4", "video/mp4"),
    ],
)
def test_pictures_and_papers_show_the_error(file: Attachment) -> None:
    assert Part.SCREENSHOT not in missing_parts(a_mail("x", attachments=(file,)))


@pytest.mark.parametrize(
    "file",
    [
        a_file("image001.png", size=3_000, inline=True),
        a_file("Logo KBNN.png", size=60_000, inline=True),
        a_file("gateway.xml", "text/xml"),
        a_file("smime.p7s", "application/pkcs7-signature"),
        a_file("thu.eml", "message/rfc822"),
        a_file("", "application/octet-stream"),
    ],
)
def test_logos_and_data_show_nothing(file: Attachment) -> None:
    assert Part.SCREENSHOT in missing_parts(a_mail("x", attachments=(file,)))


@pytest.mark.parametrize(
    "text",
    [
        "0900000001",
        "0900 000 001",
        "0900.000.001",
        "0900-000-001",
        "+84 900 000 001",
        "+84900000001",
        "(+84) 900 000 001",
        "0084 900 000 001",
        "84900000001",
        "02462764300",
        "(024) 6276 4300",
        "024.62764300",
        "ĐT:0900000001.",
        "SĐT.0900000001",
        "01-06-2022 0900 000 001",
        "０９００ ０００ ００１",
    ],
)
def test_phone_numbers_of_viet_nam(text: str) -> None:
    assert has_phone_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1000001",
        "CCCD 034085012345",
        "000000000001",
        "01-06-2022 10:05",
        "01/06/2022",
        "01.06.2022 08",
        "1.000.000.000",
        "SD220106-000457",
        "0900 000",
        "số tài khoản 3713.0.1234567",
        "GW-TIMEOUT 20220601100512",
    ],
)
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert not has_phone_number(text)


def test_a_number_in_quoted_lines_is_not_the_senders() -> None:
    mail = a_mail("x", "Cảm ơn\n> Tổng đài 02462764300")
    assert Part.CONTACT in missing_parts(mail)


def test_a_number_in_the_signature_counts() -> None:
    mail = a_mail("x", "Cảm ơn\n--\nĐT 0900 000 001", new_text="Cảm ơn")
    assert Part.CONTACT not in missing_parts(mail)


@given(st.text(max_size=300))
def test_any_text_is_bearable(text: str) -> None:
    assert Part.SCREENSHOT in missing_parts(a_mail("x", text))


def test_only_what_a_category_needs_can_be_missing() -> None:
    assert missing_parts(a_mail(), (Part.CONTACT, Part.DESCRIPTION)) == (Part.DESCRIPTION, Part.CONTACT)
    assert missing_parts(a_mail(), ()) == ()


@pytest.mark.parametrize(
    ("subject", "missing"),
    [
        ("Lỗi ký số", {Part.DESCRIPTION, Part.SCREENSHOT, Part.CONTACT}),
        ("Xin tài liệu hướng dẫn", {Part.DESCRIPTION, Part.CONTACT}),
        ("Đối chiếu số dư", {Part.DESCRIPTION, Part.CONTACT}),
        ("Máy bị nhiễm mã độc", {Part.DESCRIPTION, Part.CONTACT}),
        ("Lộ mật khẩu", {Part.CONTACT}),
    ],
)
def test_a_decision_asks_for_what_the_category_needs(subject: str, missing: set[Part]) -> None:
    decision = decide(a_mail(subject), NO_FACTS, shipped(), datetime(2026, 11, 20, tzinfo=UTC))
    assert set(decision.missing) == missing


def test_nobody_who_reports_an_impostor_or_asks_about_a_code_is_asked_for_anything() -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    report = "Đơn vị báo cáo: có người gọi điện tự xưng là cán bộ Kho bạc, yêu cầu cung cấp mật khẩu."
    for mail in (a_mail("Báo cáo", report), a_mail("Xác minh SD260102-000001")):
        decision = decide(mail, NO_FACTS, shipped(), moment)
        assert decision.kind in {Kind.IMPERSONATION_REPORT, Kind.VERIFICATION}
        assert decision.missing == ()
