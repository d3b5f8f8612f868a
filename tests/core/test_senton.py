"""A few covering words and the mail attached to them are one request."""

from datetime import UTC, datetime

import pytest
from support.pictures import png
from support.rawmail import multipart, part, raw_mail
from support.rulebook import shipped

from triage.core.decide import decide
from triage.core.decision import Decision
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail

ASKED = "Em không đăng nhập được, hệ thống báo lỗi 500. Mong hỗ trợ, điện thoại 0900 000 204".encode()
SCREEN = part('image/png; name="loi.png"', png(1280, 720))


def decided(raw: bytes) -> Decision:
    mail = read_mail(raw)
    return decide(mail, NO_FACTS, shipped(), datetime(2026, 11, 12, tzinfo=UTC), parts_of(mail, raw))


def sent_on(words: str, *inside: bytes) -> bytes:
    inner = multipart("mixed", part("text/plain; charset=utf-8", ASKED), *inside, boundary="trong")
    return multipart(
        "mixed",
        part("text/plain; charset=utf-8", words.encode()),
        part("message/rfc822", inner),
        boundary="ngoai",
    )


@pytest.mark.parametrize("words", ["", "Kính chuyển.", "Kính gửi anh chị, nhờ xem giúp thư đính kèm ạ."])
def test_what_stands_in_the_mail_that_is_sent_on_is_not_asked_for(words: str) -> None:
    decision = decided(sent_on(words, SCREEN))
    assert decision.missing == ()
    assert [phone.number for phone in decision.contact.phones] == ["0900000204"]


def test_what_stands_in_neither_is_asked_for() -> None:
    assert [one.value for one in decided(sent_on("Kính chuyển.")).missing] == ["screenshot"]


def test_who_says_something_himself_is_read_himself() -> None:
    own = "Đơn vị em không tạo được chứng từ chi lương tháng này, gửi kèm thư cũ để tham khảo."
    decision = decided(sent_on(own, SCREEN))
    assert [one.value for one in decision.missing] == ["screenshot", "contact"]


def test_an_attached_mail_of_a_returned_letter_is_no_request() -> None:
    returned = multipart(
        "report; report-type=delivery-status",
        part("text/plain", b"Delivery failed"),
        part("message/delivery-status", b"Reporting-MTA: dns; mx.example\r\n\r\nAction: failed\r\n"),
        part("message/rfc822", raw_mail(ASKED)),
    )
    decision = decided(returned)
    assert decision.kind.value == "bounce"
    assert decision.contact.phones == ()
