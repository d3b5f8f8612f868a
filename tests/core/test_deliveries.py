"""What a bounce says: whose mailbox, why, for good or for now; and which mail came back."""

import pytest
from hypothesis import given, strategies as st
from support.rawmail import multipart, part

from triage.core.bounces import find_bounce
from triage.core.deliveries import read_delivery
from triage.core.mailcards import Delivery
from triage.core.parse import parts_of, read_mail
from triage.core.returned import returned_mail

OURS = frozenset({"hotrocntt@vst.gov.vn"})
RETURNED = (
    "From: hotrocntt@vst.gov.vn\r\nTo: ketoan@hoamai.example\r\nSubject: Tra loi\r\n"
    "Message-ID: <triage.1@vst.gov.vn>\r\n"
)


def read(raw: bytes) -> Delivery:
    mail = read_mail(raw)
    return read_delivery(mail, parts_of(mail, raw), OURS)


def plain(text: str, subject: str = "Undelivered Mail", sender: str = "MAILER-DAEMON@mx.example") -> bytes:
    head = f"Return-Path: <>\r\nFrom: {sender}\r\nTo: hotrocntt@vst.gov.vn\r\nSubject: {subject}\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()


def report(*recipients: str) -> bytes:
    status = "Reporting-MTA: dns; mx.example\r\n\r\n" + "\r\n\r\n".join(recipients)
    return multipart(
        "report",
        part("text/plain", b"see below"),
        part("message/delivery-status", status.encode()),
        part("text/rfc822-headers", RETURNED.encode()),
    )


FULL = (
    "Final-Recipient: rfc822; ketoan@hoamai.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    "Diagnostic-Code: smtp; 552 5.2.2\r\n mailbox full"
)


def test_a_report_says_who_why_and_of_which_letter() -> None:
    found = read(report(FULL))
    assert found == Delivery(
        "ketoan@hoamai.example", "5.2.2", True, "552 5.2.2 mailbox full", "<triage.1@vst.gov.vn>"
    )
    assert found.as_json()["permanent"] is True


@pytest.mark.parametrize(
    ("fields", "recipient", "status", "permanent"),
    [
        (
            "Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: 5.1.1",
            "a@b.example",
            "5.1.1",
            True,
        ),
        (
            "Final-Recipient: rfc822;a@b.example\r\nAction: delayed\r\nStatus: 4.4.7",
            "a@b.example",
            "4.4.7",
            False,
        ),
        (
            "Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: 4.4.7",
            "a@b.example",
            "4.4.7",
            False,
        ),
        (
            (
                "Original-Recipient: rfc822;alias@b.example\r\nFinal-Recipient: rfc822;a@b.example\r\n"
                "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown"
            ),
            "alias@b.example",
            "5.1.1",
            True,
        ),
        (
            (
                "Final-Recipient: rfc822;ok@b.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
                "Final-Recipient: rfc822;bad@b.example\r\nAction: failed\r\nStatus: 5.7.1"
            ),
            "bad@b.example",
            "5.7.1",
            True,
        ),
        (
            "Final-Recipient: utf-8; kế.toán@b.example\r\nAction: failed\r\nStatus: 5.6.7",
            "kế.toán@b.example",
            "5.6.7",
            True,
        ),
    ],
)
def test_the_recipient_that_failed_is_the_one_told(
    fields: str, recipient: str, status: str, *, permanent: bool
) -> None:
    found = read(report(fields))
    assert (found.recipient, found.status, found.permanent) == (recipient, status, permanent)


TEXTS = {
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver "
        "your message.\n\n"
        "<ketoan@hoamai.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n" + RETURNED,
        ("5.1.1", True),
    ),
    "exim": (
        (
            "This message was created automatically by mail delivery software.\n\n  ketoan@hoamai.example\n"
            "    host mx.hoamai.example: 452 mailbox full\n"
        ),
        ("4.2.2", False),
    ),
    "exchange": (
        (
            "Your message did not reach some or all of the intended recipients.\n\n"
            "The following recipient(s) could not be reached:\n\n      ketoan@hoamai.example on "
            "20/12/2021 9:15\n"
            "            The e-mail account does not exist at the organization this message was sent to.\n"
            "            <mx.example #5.1.1>\n"
        ),
        ("5.1.1", True),
    ),
    "postfix": (
        (
            "This is the mail system at host mx.example.\n\n<ketoan@hoamai.example>: host "
            "mx.hoamai.example said: 550 "
            "5.1.1 User unknown (in reply to RCPT TO command)\n"
        ),
        ("5.1.1", True),
    ),
    "delay": (
        (
            "This is a warning message only. You do not need to resend your message.\n\n"
            "Delivery to ketoan@hoamai.example has been delayed. Will keep trying until message is "
            "5 days old.\n"
        ),
        ("4.4.7", False),
    ),
    "gateway, full": (
        "Thư của bạn không gửi được tới địa chỉ: ketoan@hoamai.example\nLý do: Hộp thư người nhận đã đầy.\n",
        ("5.2.2", True),
    ),
    "gateway, unknown": (
        "Hệ thống không thể gửi thư.\nNgười nhận: <ketoan@hoamai.example>\nLý do: địa chỉ không tồn tại.\n",
        ("5.1.1", True),
    ),
    "gateway, later": (
        "Thư gửi tới ketoan@hoamai.example tạm thời chưa chuyển được. Hệ thống sẽ tiếp tục thử lại.\n",
        ("4.4.7", False),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_servers_that_write_no_report_are_read_by_their_words(name: str) -> None:
    text, wanted = TEXTS[name]
    found = read(plain(text))
    assert found.recipient == "ketoan@hoamai.example"
    assert (found.status, found.permanent) == wanted


def test_a_returned_mail_inside_the_text_is_found() -> None:
    found = read(plain(TEXTS["qmail"][0]))
    assert found.letter == "<triage.1@vst.gov.vn>"
    assert returned_mail((), read_mail(plain("nothing of the kind"))) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Không gửi được thư", TEXTS["gateway, full"][0]),
        (
            "Undelivered Mail Returned to Sender",
            "Em gửi mail thì bị báo như dưới:\n> 550 5.1.1 User unknown\nNhờ xem.",
        ),
        ("Lỗi 5.1.1 khi nhận OTP", "Máy chủ báo 550 5.1.1 user unknown, nhờ anh chị kiểm tra."),
    ],
)
def test_a_person_who_quotes_a_bounce_sends_none(subject: str, text: str) -> None:
    raw = plain(text, subject, sender="Lụa <ketoan@hoamai.example>").replace(
        b"<>", b"<ketoan@hoamai.example>"
    )
    assert find_bounce(read_mail(raw)) is None


def test_our_own_address_is_never_the_one_that_failed() -> None:
    assert read(plain("To: hotrocntt@vst.gov.vn\n<hotrocntt@vst.gov.vn>:\nuser unknown")).recipient == ""


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    mail = read_mail(b"Subject: Undelivered\r\n\r\n" + data)
    found = read_delivery(mail, (), OURS)
    assert found.status[:1] in {"4", "5"}
