import pytest
from hypothesis import given, strategies as st
from support.rawmail import multipart, part

from triage.core.decision import Form, Kind, SubjectReading
from triage.core.kind import KindReading, classify
from triage.core.parse import read_mail
from triage.core.tickets import find_codes

OURS = frozenset({"hotrocntt@vst.gov.vn"})
CODE = "SD220106-000457"


def reading(subject: str) -> SubjectReading:
    """Read of a subject what kinds depend on: a tag, a ticket code, words beside them."""
    codes = find_codes(subject)
    form = Form.EXACT if "#DVC]" in subject else Form.NONE
    bare = subject.replace("[0010#DVC]", "").replace(CODE, "").strip(" .")
    return SubjectReading(None, None, None, form, str(codes[0]) if codes else None, (), bare, ())


def kind_of(
    subject: str, text: str = "", *, sender: str = "a@hoamai.example", headers: str = ""
) -> KindReading:
    head = f"From: {sender}\r\nSubject: {subject}\r\n{headers}"
    raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    return classify(read_mail(raw.encode()), reading(subject), OURS)


ASKS = "Đơn vị em không đăng nhập được dịch vụ công, nhờ hỗ trợ."


@pytest.mark.parametrize(
    ("subject", "text", "headers"),
    [
        ("[0010#DVC] Lỗi đăng nhập", ASKS, ""),
        ("[0010#DVC] Lỗi đăng nhập", "", ""),
        ("", ASKS, ""),
        ("Lỗi", ASKS, "X-Auto-Response-Suppress: All\r\n"),
        ("Lỗi", ASKS, "Auto-Submitted: no\r\n"),
        ("[0010#DVC] Lỗi", ASKS, "List-Unsubscribe: <mailto:x@y.example>\r\n"),
        ("[0010#DVC] Lỗi", ASKS, "Precedence: bulk\r\n"),
        ("Không gửi được hồ sơ", "Hệ thống báo không gửi được hồ sơ, mã lỗi 5.1.1, xin xem giúp.", ""),
        ("Email không gửi được mã OTP", "Chủ tài khoản không nhận được thư, hộp thư không tồn tại?", ""),
        ("Hệ thống tự động trả lời sai", "Mong anh chị xem lại nội dung thư tự động.", ""),
        (
            "Kế toán vắng mặt: xin ủy quyền ký",
            "Kế toán trưởng đang nghỉ phép, xin hướng dẫn ủy quyền ký số.",
            "",
        ),
        ("Re: Lỗi đăng nhập", ASKS, ""),
        ("Thư trả lời tự động, chưa ai xử lý", "Em nhận được thư trả lời tự động mà chưa ai gọi lại.", ""),
        ("Automatic reply but no help", "We only got an automatic reply. Please help us.", ""),
        ("Out of office signer", "How do we sign when the chief accountant is out of office?", ""),
        ("Vắng mặt kế toán trưởng", "Kế toán trưởng đang nghỉ phép, nhờ hướng dẫn ủy quyền ký.", ""),
        ("Ngoài văn phòng không vào được", ASKS, "X-Auto-Response-Suppress: DR, OOF\r\n"),
        ("[0010#DVC] Vắng mặt: xin đổi người ký", ASKS, ""),
        ("Hỏi", "Đây là thư trả lời tự động của ai? Kế toán vắng mặt vẫn nhận được.", ""),
        ("Cảnh báo", "Đơn vị đã đọc cảnh báo lừa đảo của Kho bạc và phổ biến cho cán bộ.", ""),
        ("Thông tin", "Xin hướng dẫn cách nhận biết cuộc gọi mạo danh.", ""),
    ],
)
def test_a_person_who_asks_sends_a_request(subject: str, text: str, headers: str) -> None:
    assert kind_of(subject, text, headers=headers).kind is Kind.REQUEST


@pytest.mark.parametrize("headers", ["", "X-Triage-Letter: receipt\r\n"])
def test_a_mail_from_our_address_is_our_own_and_the_reason_tells_whether_it_is_marked(headers: str) -> None:
    found = kind_of("Đã tiếp nhận", ASKS, sender="Hỗ trợ <HoTroCNTT@vst.gov.vn>", headers=headers)
    assert found.kind is Kind.OWN
    assert found.reasons[0].code == ("kind.own_letter" if headers else "kind.own_address")


@pytest.mark.parametrize(
    ("subject", "text", "sender", "headers"),
    [
        ("Thư không gửi được: Hộp thư đầy", "552 5.2.2 mailbox full", "postmaster@truong.example", ""),
        ("Không gửi được thư", "", "x@truong.example", "Return-Path: <>\r\n"),
        ("Undelivered Mail Returned to Sender", "did not reach", "MAILER-DAEMON@mx.example", ""),
        ("Mail", "user unknown", "mailer-daemon@mx.example", ""),
        ("Delivery failure", "550 no such user", "Postmaster <postmaster@mx.example>", ""),
        ("Anything", "", "x@mx.example", "X-Failed-Recipients: a@b.example\r\n"),
        ("Returned mail", "x", "x@mx.example", "Return-Path: <MAILER-DAEMON>\r\n"),
        ("Mail", "Could not be delivered to: <a@b.example>", "no-reply@mx.example", "Return-Path: <>\r\n"),
        ("Mail", "Không thể chuyển thư đến <a@b.example>", "no-reply@mx.example", "Return-Path: <>\r\n"),
        ("Delivery Status", "The following addresses had problems", "", ""),
    ],
)
def test_a_report_of_failed_delivery_is_a_bounce(subject: str, text: str, sender: str, headers: str) -> None:
    assert kind_of(subject, text, sender=sender, headers=headers).kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [
        ("delivery-status", Kind.BOUNCE),
        ("disposition-notification", Kind.AUTO_REPLY),
        ("feedback-report", Kind.AUTO_REPLY),
    ],
)
def test_a_report_is_told_by_its_type(parameters: str, kind: Kind) -> None:
    raw = multipart("report", part("text/plain", b"x"))
    raw = raw.replace(b"multipart/report;", f"multipart/report; report-type={parameters};".encode())
    assert classify(read_mail(raw), reading(""), OURS).kind is kind


def test_a_bounce_that_somebody_attaches_to_a_request_is_no_bounce() -> None:
    inner = multipart("report", part("message/delivery-status", b"Action: failed"), boundary="b2")
    raw = multipart("mixed", part("text/plain; charset=utf-8", ASKS.encode()), part("message/rfc822", inner))
    assert classify(read_mail(raw), reading("Lỗi"), OURS).kind is Kind.REQUEST


REPORT = part("message/delivery-status", b"Reporting-MTA: dns; mx.example\r\n\r\nAction: failed")


def with_report(shape: str, head: str) -> bytes:
    raw = multipart(shape, part("text/plain; charset=utf-8", ASKS.encode()), REPORT)
    return head.encode() + raw.partition(b"\r\n")[2]


@pytest.mark.parametrize("subject", ["Lỗi", "[0010#DVC] Lỗi", f"Re: {CODE}"])
@pytest.mark.parametrize("shape", ["mixed", "report"])
def test_a_delivery_report_in_a_persons_mail_makes_no_bounce_of_a_mail_about_our_matter(
    subject: str, shape: str
) -> None:
    head = "Return-Path: <ketoan@hoamai.example>\r\nFrom: ketoan@hoamai.example\r\n"
    found = classify(read_mail(with_report(shape, head)), reading(subject), OURS).kind
    # A whole report without any tag or code is believed, whoever sends it.
    assert (found is Kind.BOUNCE) == (shape == "report" and subject == "Lỗi")


@pytest.mark.parametrize("subject", ["Không gửi được", "[0010#DVC] Lỗi", f"Re: {CODE}"])
@pytest.mark.parametrize("shape", ["mixed", "report"])
@pytest.mark.parametrize(
    "head",
    [
        "Return-Path: <>\r\nFrom: x@mx.example\r\n",
        "From: MAILER-DAEMON@mx.example\r\n",
        "Return-Path: <MAILER-DAEMON>\r\nFrom: x@mx.example\r\n",
        "From: Mail Delivery System <x@mx.example>\r\n",
    ],
)
def test_a_delivery_report_of_a_mail_system_is_a_bounce_even_with_our_code(
    subject: str, shape: str, head: str
) -> None:
    assert classify(read_mail(with_report(shape, head)), reading(subject), OURS).kind is Kind.BOUNCE


def test_a_report_of_unknown_envelope_is_believed_by_its_form() -> None:
    raw = with_report("report", "From: x@mx.example\r\n")
    assert classify(read_mail(raw), reading(f"Re: {CODE}"), OURS).kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("subject", "text", "headers"),
    [
        ("Lỗi", ASKS, "Auto-Submitted: auto-replied\r\n"),
        ("Lỗi", ASKS, "Auto-Submitted: auto-generated; x=y\r\n"),
        ("Lỗi", ASKS, "X-Autoreply: yes\r\n"),
        ("Lỗi", ASKS, "X-Autorespond: Re\r\n"),
        ("Lỗi", ASKS, "Precedence: auto_reply\r\n"),
        ("Tự động trả lời: Đã tiếp nhận", "", ""),
        ("Trả lời tự động: Đã tiếp nhận", "", ""),
        (f"Thư trả lời tự động: {CODE}", "Hiện tôi nghỉ phép.", "Precedence: bulk\r\n"),
        ("Thông báo vắng mặt", "Tôi đang đi công tác đến hết tuần.", ""),
        ("Automatic reply: x", "", ""),
        ("Out of Office: x", "", ""),
        ("x", "Tôi hiện đang vắng mặt tại cơ quan.", "Return-Path: <>\r\n"),
        ("x", "Tôi hiện đang vắng mặt tại cơ quan.", "Precedence: junk\r\n"),
        (f"Re: {CODE}", "Chào anh. Tôi nghỉ phép đến 10/02.\r\nĐây là thư trả lời tự động.", ""),
        (f"Re: {CODE}", "I am out of the office until Monday. This is an automatic reply.", ""),
        ("Automatische Antwort: x", "", ""),
        ("Abwesenheitsnotiz: x", "", ""),
        ("Автоматический ответ: x", "", ""),
        ("自动回复: x", "", ""),
        ("자동 회신: x", "", ""),
        ("x", ASKS, "Delivered-To: Autoresponder\r\n"),
        ("x", ASKS, "X-POST-MessageClass: 9; Autoresponder\r\n"),
    ],
)
def test_an_automatic_answer_is_recognised(subject: str, text: str, headers: str) -> None:
    assert kind_of(subject, text, headers=headers).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "headers",
    ["List-Id: <tin.example>\r\n", "List-Unsubscribe: <mailto:x@y.example>\r\n", "Precedence: bulk\r\n"],
)
def test_mass_mail_is_list_mail(headers: str) -> None:
    assert kind_of("Bản tin tháng 1", "Kính mời quý đơn vị.", headers=headers).kind is Kind.LIST


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (f"XACMINH {CODE}", ""),
        (f"xac minh {CODE}", ""),
        (f"Xác minh {CODE}", ""),
        (f"Hỏi về mã {CODE}", "Có người gọi đọc mã này, mã này có thật không ạ?"),
        ("Nhờ kiểm tra", f"Mã {CODE} có phải của đơn vị em không ạ?"),
    ],
)
def test_a_question_whether_a_code_is_real_is_a_verification(subject: str, text: str) -> None:
    assert kind_of(subject, text).kind is Kind.VERIFICATION


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (f"Re: {CODE} Lỗi đăng nhập", "Em gửi thêm ảnh."),
        (f"Hỏi tiến độ {CODE}", "Yêu cầu này đã xử lý chưa ạ, có đúng không?"),
        (CODE, ""),
    ],
)
def test_a_code_makes_a_follow_up(subject: str, text: str) -> None:
    assert kind_of(subject, text).kind is Kind.FOLLOW_UP


@pytest.mark.parametrize(
    "subject", ["Re: Lỗi", "RE: Lỗi", "Trả lời: Lỗi", "TL: Lỗi", "[EXTERNAL] Re: Lỗi", "Re[2]: Lỗi"]
)
def test_an_answer_in_a_thread_is_a_follow_up(subject: str) -> None:
    assert kind_of(subject, ASKS, headers="In-Reply-To: <a@b>\r\n").kind is Kind.FOLLOW_UP


def test_a_new_subject_in_an_old_thread_is_a_request() -> None:
    assert kind_of("Lỗi mới", ASKS, headers="References: <a@b>\r\n").kind is Kind.REQUEST


@pytest.mark.parametrize("subject", ["", "[0010#DVC]", ".", "?"])
def test_a_mail_that_says_nothing_is_empty(subject: str) -> None:
    assert kind_of(subject, " \r\n").kind is Kind.EMPTY
    assert kind_of(subject, "\u00a0\r\n\u200b\r\n").kind is Kind.EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "Sáng nay có người gọi điện tự xưng là cán bộ Kho bạc, yêu cầu cung cấp mật khẩu. Xin báo cáo.",
        "Em nhận được thư bên dưới, nghi là giả mạo Kho bạc nên chuyển anh chị xem.",
        "Đơn vị vừa nhận được tin nhắn Zalo mạo danh nhân viên KBNN gửi link lạ.",
        "Xin phản ánh: có đối tượng giả danh bộ phận hỗ trợ CNTT, nhắn tin đòi cài UltraViewer.",
    ],
)
def test_who_reports_an_impostor_is_heard(text: str) -> None:
    assert kind_of("Báo việc lạ", text).kind is Kind.IMPERSONATION_REPORT


def test_the_words_of_a_forwarded_warning_are_not_the_authors() -> None:
    forwarded = (
        "Kính chuyển để biết.\r\n\r\n---------- Forwarded message ---------\r\nFrom: A <a@x.example>\r\n"
        "Date: Mon, 10 Jan 2022\r\nSubject: Cảnh báo\r\n\r\n"
        "Báo cáo có người gọi điện mạo danh cán bộ Kho bạc."
    )
    assert kind_of("Fwd: Cảnh báo", forwarded).kind is Kind.REQUEST


@given(st.text(max_size=200), st.text(max_size=300))
def test_every_mail_has_a_kind_and_a_reason(subject: str, text: str) -> None:
    found = kind_of(
        subject.replace("\n", " ").encode("utf-8", "replace").decode(),
        text.encode("utf-8", "replace").decode(),
    )
    assert found.reasons
    assert all(reason.code and reason.vi and reason.en for reason in found.reasons)


def reported(kind: str, *parts: bytes, subject: str = "x") -> bytes:
    raw = multipart("report", part("text/plain", b"see below"), *parts)
    raw = raw.replace(b"multipart/report;", f"multipart/report; report-type={kind};".encode())
    return raw.replace(
        b"Subject: [0010#DVC] =?utf-8?b?TOG7l2kga8O9IHPhu5E=?=", f"Subject: {subject}".encode()
    )


CALENDAR = (
    b"BEGIN:VCALENDAR\r\nMETHOD:%b\r\nBEGIN:VEVENT\r\nSUMMARY:Hop\r\nDTSTART:20261120T020000Z\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def calendar(method: bytes, subject: str, text: bytes = b"") -> bytes:
    content = f"text/calendar; charset=utf-8; method={method.decode()}"
    raw = multipart("alternative", part("text/plain; charset=utf-8", text), part(content, CALENDAR % method))
    return raw.replace(
        b"Subject: [0010#DVC] =?utf-8?b?TOG7l2kga8O9IHPhu5E=?=", f"Subject: {subject}".encode()
    )


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        (
            reported("disposition-notification", part("message/disposition-notification", b"Disposition: x")),
            Kind.AUTO_REPLY,
            "kind.read_receipt",
        ),
        (
            reported("feedback-report", part("message/feedback-report", b"Feedback-Type: abuse")),
            Kind.AUTO_REPLY,
            "kind.complaint",
        ),
        (
            multipart("mixed", part("message/rfc822", b"Subject: x\r\n\r\nx")).replace(
                b"Subject: [0010#DVC] =?utf-8?b?TOG7l2kga8O9IHPhu5E=?=",
                b"Subject: complaint about message from 192.0.2.1",
            ),
            Kind.AUTO_REPLY,
            "kind.complaint",
        ),
        (calendar(b"REPLY", "Accepted: Hop"), Kind.AUTO_REPLY, "kind.calendar_answer"),
        (calendar(b"REPLY", "Da chap nhan: Hop", b"Da chap nhan."), Kind.AUTO_REPLY, "kind.calendar_answer"),
        (calendar(b"REPLY", "Hop"), Kind.AUTO_REPLY, "kind.calendar_answer"),
        (calendar(b"REPLY", "Hop", ASKS.encode()), Kind.REQUEST, "kind.request"),
        (calendar(b"REQUEST", "Moi hop", ASKS.encode()), Kind.REQUEST, "kind.request"),
        (calendar(b"CANCEL", "Accepted: Hop"), Kind.REQUEST, "kind.request"),
    ],
)
def test_receipts_complaints_and_calendars_are_told_by_their_form(raw: bytes, kind: Kind, code: str) -> None:
    found = classify(read_mail(raw), reading(""), OURS)
    assert (found.kind, found.reasons[0].code) == (kind, code)
