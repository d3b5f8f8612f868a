from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from support.contents import judged, mail

from triage.core.contentevidence import MAX_FINDINGS
from triage.core.decision import Finding, Severity
from triage.core.mail import Address, Attachment, Mail

GRAVE = {Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL}


def findings(told: Mail) -> dict[str, Severity]:
    return {finding.check: finding.severity for finding in judged(told)}


def grave(told: Mail) -> set[str]:
    return {check for check, severity in findings(told).items() if severity in GRAVE}


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Quý đơn vị vui lòng cung cấp mật khẩu DVC.", "PASSWORD_REQUEST"),
        ("Quý đơn vị vui lòng đọc mã PIN của thủ trưởng.", "PIN_REQUEST"),
        ("Bạn hãy gửi mã OTP vừa nhận được.", "OTP_REQUEST"),
        ("Anh/chị mở UltraViewer rồi gửi ID.", "REMOTE_ACCESS_REQUEST"),
        ("Quý khách vui lòng điền số thẻ ngân hàng.", "CARD_REQUEST"),
        ("Mời các đơn vị đăng nhập bằng tài khoản Dịch vụ công.", "LOGIN_REQUEST"),
        ("Vui lòng quét mã QR trong ảnh.", "QR_REQUEST"),
        ("Từ nay gửi yêu cầu về hotrocntt.kbnn@webmail.example.", "BODY_LOOKALIKE_ADDRESS"),
        ("Tổng đài mới của KBNN: 0888 000 333.", "PHONE_NOT_OFFICIAL"),
        ("Vui lòng gọi hotline 0888.000.333 để được hỗ trợ.", "PHONE_NOT_OFFICIAL"),
        ("Đồng chí gửi số Zalo cho tôi. Không trao đổi với người khác.", "PRESSURE"),
        ("Xác thực ngay tại https://bit.ly/3xYz trong hôm nay.", "PRESSURE"),
        ("Có khoản phí chưa nộp, thanh toán phí ngay trong hôm nay.", "PRESSURE"),
        ("Xem tại https://vst-gov.vn/x", "LINK_LOOKALIKE"),
        ("Đề nghị chuyển tiền vào tài khoản mới 12345678 gấp trong sáng nay.", "PRESSURE"),
        ("Our bank details have changed. Please pay today and do not call.", "PRESSURE"),
        ("Cậu chuyển khoản giúp tôi 30 triệu cho đối tác. Đừng nói với ai.", "PRESSURE"),
        ("Bấm vào đây để xác minh, nếu không sẽ bị khóa.", "PRESSURE"),
        ("Các đơn vị vào nhóm Zalo mới, không liên hệ tổng đài nữa.", "PRESSURE"),
        ("Số tổng đài hỗ trợ mới là 1900 222 333.", "PHONE_NOT_OFFICIAL"),
    ],
)
def test_evidence_is_found_and_weighs(text: str, check: str) -> None:
    assert check in grave(mail(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Đề nghị quý đơn vị bấm vào liên kết sau.", "Thư yêu cầu bấm vào liên kết; "),
        ("Quý đơn vị vui lòng cung cấp mật khẩu DVC.", "Thư yêu cầu cung cấp mật khẩu; "),
    ],
)
def test_what_is_asked_for_is_told_as_a_sentence_says_it(text: str, told: str) -> None:
    assert any(found.why.startswith(told) for found in judged(mail(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Kính gửi Đội hỗ trợ CNTT KBNN,\nEm không nhận được mã OTP, nhờ kiểm tra. Điện thoại: 0900 000 111.",
        "Em gọi tổng đài 02462764300 máy lẻ 88617 không được.",
        "Em gọi hotline VNPT 1800 1260 thì họ bảo hỏi kho bạc.",
        "Theo văn bản, em gửi về hotcrocntt@vst.gov.vn nhưng bị trả lại.",
        "Email của đơn vị: ketoan@hoacuc.example, dự phòng hoacuc@webmail.example.",
        "Hồ sơ gấp, đề nghị xử lý ngay trong hôm nay giúp đơn vị.",
        "Nộp lệ phí 200.000đ trên Dịch vụ công bị lỗi, đề nghị xử lý.",
        "Tài khoản ktt01, mật khẩu: Abc@12345, nhờ xem giúp.",
        "Đề nghị thanh toán vào tài khoản 3713.0.1012345 của đơn vị trước 30/6.",
        "Ảnh lỗi ở https://drive.google.com/file/d/1abc/view",
        "Công ty em chưa nhận được tiền chuyển khoản, đề nghị kiểm tra gấp trong hôm nay.",
        "Đơn vị hoàn tạm ứng thì chuyển tiền vào tài khoản nào ạ? Gấp vì cuối ngày khóa sổ.",
        "Đơn vị đã nộp lệ phí hai lần, đề nghị xử lý ngay.",
        "Đề nghị chuyển số dư sang số tài khoản mới của đơn vị, tài khoản cũ đã tất toán.",
        "Hệ thống báo hồ sơ sẽ bị hủy mà em không ký được, nhờ kiểm tra giúp em.",
        "I could not open the page today. This message is confidential.",
        "",
    ],
)
def test_an_honest_mail_carries_no_weight(text: str) -> None:
    assert grave(mail(text)) == set()


REPORT = (
    "Có người tự xưng cán bộ Kho bạc gửi cho em link https://vst-gov.vn/x và nêu địa chỉ "
    "hotrocntt.kbnn@webmail.example."
)


def test_who_reports_an_impostor_is_not_condemned_for_what_he_quotes() -> None:
    seen = findings(mail(REPORT))
    assert {"LINK_LOOKALIKE", "BODY_LOOKALIKE_ADDRESS"} <= set(seen)
    assert grave(mail(REPORT)) == set()


def test_a_warning_does_not_excuse_the_senders_own_demand() -> None:
    text = REPORT + " Quý đơn vị hãy bấm vào đây và nhập mật khẩu."
    assert grave(mail(text)) >= {
        "LINK_LOOKALIKE",
        "PASSWORD_REQUEST",
    }


def test_a_warning_to_everybody_excuses_no_false_link() -> None:
    text = "Cảnh báo: các đối tượng lừa đảo đang hoạt động mạnh. Xem chi tiết tại https://vst-gov.vn/canh-bao"
    assert grave(mail(text)) == {"LINK_LOOKALIKE"}


def test_a_forwarded_fake_weighs_little() -> None:
    told = mail(
        "Em nhận được thư này, nhờ kiểm tra.\n\n---------- Forwarded message ----------\n"
        "From: x@vst-gov.vn\n\n"
        "Đề nghị đơn vị cung cấp mật khẩu tại https://vst-gov.vn/x"
    )
    assert grave(told) == set()
    assert {"PASSWORD_REQUEST", "LINK_LOOKALIKE"} <= set(findings(told))


def test_quoted_history_weighs_little() -> None:
    own = "Dạ em đã làm theo, cảm ơn."
    whole = own + "\n> https://vst-gov.vn/x"
    assert grave(mail(own, whole=whole, answers=("<0@vst.gov.vn>",))) == set()
    assert grave(mail(own, whole=whole, subject="Re: Hỏi")) == set()


DEMAND = "Đề nghị đơn vị gửi mật khẩu và mã OTP về địa chỉ này."
GREETING = "Kính gửi Quý đơn vị,"
HIDING_PLACES = [
    f"{GREETING}\n> {DEMAND}",
    f"{GREETING}\n\nVào 09:00, A <a@b.example> đã viết:\n> {DEMAND}",
    f"{GREETING}\n--- Original Message ---\nFrom: <a@b.example>\nSent: 1/2/2026\nTo: <c@d.example>\n{DEMAND}",
    f"{GREETING}\n-- \n{DEMAND}",
]


@pytest.mark.parametrize("whole", HIDING_PLACES)
def test_a_demand_in_words_that_answer_nothing_is_the_senders_own(whole: str) -> None:
    assert {"PASSWORD_REQUEST", "OTP_REQUEST"} <= grave(mail(GREETING, whole=whole))


@pytest.mark.parametrize("whole", HIDING_PLACES)
def test_the_same_words_in_an_answer_or_a_forward_are_told_and_weigh_little(whole: str) -> None:
    for told in (
        mail(GREETING, whole=whole, answers=("<0@vst.gov.vn>",)),
        mail(GREETING, whole=whole, subject="Fwd: Hỏi"),
    ):
        assert grave(told) == set()
        assert "PASSWORD_REQUEST" in findings(told)


@pytest.mark.parametrize(
    "own",
    [
        "Thư này có phải lừa không anh chị?",
        "Anh chị xem giúp thư này ạ.",
        "Đơn vị em nhận được email như dưới, nhờ kiểm tra.",
        "Có người tự xưng cán bộ Kho bạc gửi cho em.",
    ],
)
def test_who_has_us_look_at_a_mail_is_not_condemned_for_it(own: str) -> None:
    assert grave(mail(own, whole=f"{own}\n> {DEMAND}")) == set()


def test_one_sentence_on_fraud_disarms_no_demand() -> None:
    bait = "Đề nghị đơn vị bấm vào đây, nhập mật khẩu và mã OTP, cài UltraViewer."
    for warning in ("Hiện nay có nhiều đối tượng lừa đảo.", "Cảnh báo lừa đảo.", "Có kẻ gian mạo danh."):
        assert {"PASSWORD_REQUEST", "OTP_REQUEST"} <= grave(mail(f"{warning} {bait}"))


def test_a_demand_that_only_the_html_holds_is_found() -> None:
    told = mail("Em bị lỗi đăng nhập", html=f"<p>Xin chào</p><p>{DEMAND}</p>")
    assert {"PASSWORD_REQUEST", "OTP_REQUEST"} <= grave(told)
    assert findings(told)["ALTERNATIVES_DIFFER"] is Severity.LOW


def test_what_an_answer_quotes_in_its_html_alone_is_not_its_senders() -> None:
    html = f'<p>Em cảm ơn.</p><blockquote type="cite">{DEMAND}</blockquote>'
    assert findings(mail("Em cảm ơn.", html=html, answers=("<0@vst.gov.vn>",))) == {}


@pytest.mark.parametrize("padded", ["{pad}{text}", "{text}{pad}", "{pad}{text}\nTrân trọng."])
def test_padding_hides_no_demand(padded: str) -> None:
    for pad in ("Xin chào các anh chị. " * 20_000, "a\n" * 60_000):
        assert "PASSWORD_REQUEST" in grave(mail(padded.format(pad=pad, text=f"\n{DEMAND}\n")))


@pytest.mark.parametrize(
    "name",
    [
        "Tổng đài 02462764300",
        "024.6276.4300",
        "+84 24 6276 4300",
        "Gọi (024) 62764300",
        "０２４６２７６４３００",
    ],
)
def test_our_number_in_a_foreign_name_is_a_spoof(name: str) -> None:
    told = replace(mail("Em chào anh chị."), senders=(Address(name, "a@webmail.example"),))
    assert findings(told) == {"DISPLAY_NAME_SPOOF": Severity.HIGH}
    ours = replace(told, senders=(Address(name, "hotrocntt@vst.gov.vn"),))
    assert findings(ours) == {}


def test_a_secret_given_away_is_told_without_its_value() -> None:
    found = judged(mail("Mật khẩu: Abc@12345"))
    (told,) = [finding for finding in found if finding.check == "SECRET_DISCLOSED_BY_SENDER"]
    assert told.severity is Severity.INFO
    assert "Abc@12345" not in told.evidence + told.why + told.why_en


@pytest.mark.parametrize(
    ("issued", "told"),
    [(None, False), ({"SD260102-000001": True}, False), ({"SD260102-000001": False}, True), ({}, True)],
)
def test_a_ticket_code_that_was_never_given_to_the_sender_is_told(
    issued: dict[str, bool] | None,
    told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    found = judged(mail("Theo mã SD260102-000001."), issued)
    assert ("FAKE_TICKET" in {finding.check for finding in found}) is told
    assert not any(finding.severity in GRAVE for finding in found)


def test_a_false_ticket_with_a_request_to_click_weighs() -> None:
    found = judged(mail("Theo mã SD260102-000001, vui lòng bấm vào đây."), {})
    assert "PRESSURE" in {finding.check for finding in found}


def test_attachments_are_judged_with_the_rest() -> None:
    part = Attachment("congvan.pdf.exe", "application/pdf", 3, inline=False, content_id="", part=1)
    found = judged(mail("Gửi công văn."), parts=[(part, bytes)])
    assert "ATTACH_DOUBLE_EXTENSION" in {finding.check for finding in found}


def test_a_flood_of_links_gives_a_bounded_answer_that_keeps_the_gravest() -> None:
    text = " ".join(f"https://n{number}.vst-gov.vn/" for number in range(200)) + " https://bit.ly/abc khẩn"
    found = judged(mail(text))
    assert len(found) == MAX_FINDINGS
    assert {finding.severity for finding in found} == {Severity.HIGH}


def test_every_finding_is_told_in_both_languages() -> None:
    text = (
        "Kính gửi quý đơn vị, đề nghị cung cấp mật khẩu, mã PIN, mã OTP ngay. Tổng đài mới 0888 000 333. "
        "Xem https://vst-gov.vn, https://bit.ly/abc. "
        "Thư: hotcrocntt@vst.gov.vn, hotrocntt.kbnn@webmail.example."
        "\nĐội hỗ trợ CNTT KBNN"
    )
    found = judged(mail(text))
    assert len(found) > 6
    assert all(
        isinstance(finding, Finding) and finding.why.endswith((".", "…", ")")) and finding.why_en
        for finding in found
    )


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=80))
def test_any_mail_is_judged(text: str, html: str, subject: str) -> None:
    found = judged(mail(text, html=html, subject=subject))
    assert len(found) <= MAX_FINDINGS
