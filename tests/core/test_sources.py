import re

import pytest
from support.quoted_html import HTML_FORWARDS, QuotedHtml
from support.quoted_mails import FORWARDS, REPLIES, UNIT, UNIT_AT, US, US_AT, Quoted
from support.rawmail import multipart, part, raw_mail

from triage.core.mailcards import Source
from triage.core.parse import parts_of, read_mail
from triage.core.sources import source_of

ONE_LINE = {"yahoo-en"}
"""Forms that run the whole head together: the sender can be told, the rest cannot."""


def read(raw: bytes, subject: str) -> Source | None:
    raw = re.sub(rb"Subject: .*\r\n", f"Subject: {subject}\r\n".encode(), raw, count=1)
    mail = read_mail(raw)
    return source_of(mail, parts_of(mail, raw))


def of_text(text: str, subject: str = "Fwd: Loi ky so") -> Source | None:
    return read(raw_mail(text.encode(), content=b"Content-Type: text/plain; charset=utf-8"), subject)


@pytest.mark.parametrize("form", FORWARDS, ids=lambda form: form.client)
def test_the_author_of_a_forwarded_mail_is_told(form: Quoted) -> None:
    source = of_text(form.text("Nhờ anh chị xử lý.", UNIT, UNIT_AT))
    assert source is not None
    assert (source.name, source.address, source.attached) == (UNIT, UNIT_AT, False)
    if form.client not in ONE_LINE:
        assert source.subject == "Lỗi ký số"
        assert "20" in source.date


@pytest.mark.parametrize("form", HTML_FORWARDS, ids=lambda form: form.client)
def test_the_author_of_a_mail_forwarded_in_html_is_told(form: QuotedHtml) -> None:
    html = form.filled("<p>Nhờ anh chị xử lý.</p>", UNIT, UNIT_AT)
    source = read(raw_mail(html.encode(), content=b"Content-Type: text/html; charset=utf-8"), "Fwd: Loi")
    assert source is not None
    assert (source.name, source.address, source.subject) == (UNIT, UNIT_AT, "Lỗi ký số")


@pytest.mark.parametrize("form", REPLIES, ids=lambda form: form.client)
def test_an_answer_has_no_source(form: Quoted) -> None:
    assert of_text(form.text("Vẫn lỗi.", US, US_AT), "Re: Loi") is None


def head(name: str, address: str, subject: str) -> str:
    return f"Từ: {name} <{address}>\nĐã gửi: 20/12/2021 9:15\nĐến: Văn thư\nChủ đề: {subject}\n\n"


def test_a_chain_of_forwards_is_followed_to_its_end() -> None:
    text = (
        "Kính chuyển.\n\n"
        + head("Văn thư", "vanthu@co-quan.example", "FW: Lỗi")
        + "Chuyển phòng CNTT.\n\n"
        + head("Phòng Tài chính", "tc@co-quan.example", "Chuyển tiếp: Lỗi")
        + "Xem giúp.\n\n"
        + head(UNIT, UNIT_AT, "Lỗi ký số")
        + "Không ký được."
    )
    source = of_text(text)
    assert source is not None
    assert (source.address, source.subject, source.date) == (UNIT_AT, "Lỗi ký số", "20/12/2021 9:15")


def test_the_history_of_the_forwarded_mail_is_no_link_of_the_chain() -> None:
    text = (
        "Kính chuyển.\n\n"
        + head(UNIT, UNIT_AT, "RE: Lỗi")
        + "Vẫn lỗi.\n\n"
        + head(US, US_AT, "Lỗi")
        + "Mời thử lại."
    )
    source = of_text(text)
    assert source is not None
    assert source.address == UNIT_AT


def test_an_attached_mail_and_the_forward_inside_it_are_read() -> None:
    inner = raw_mail(b"x", extra=b"To: vanthu@co-quan.example")
    attached = part("message/rfc822", inner)
    source = read(multipart("mixed", part("text/plain", b"xem"), attached), "Loi")
    assert source is not None
    assert (source.address, source.attached) == ("ketoan@hoamai.example", True)
    assert source.date == "2022-01-10T08:40:00+07:00"
    chain = FORWARDS[0].text("", "Trạm Y tế", "tram@xa.example").encode()
    inner = raw_mail(chain, content=b"Content-Type: text/plain; charset=utf-8")
    source = read(multipart("mixed", part("text/plain", b"xem"), part("message/rfc822", inner)), "Loi")
    assert source is not None
    assert source.address == "tram@xa.example"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Không ký được.", "Loi"),
        ("Không ký được.", "Fwd: Loi"),
        (head(UNIT, UNIT_AT, "Lỗi"), "Loi"),
        ("---------- Forwarded message ---------\nkhông có gì", "Fwd: Loi"),
    ],
)
def test_no_forward_no_source(text: str, subject: str) -> None:
    assert of_text(text, subject) is None
