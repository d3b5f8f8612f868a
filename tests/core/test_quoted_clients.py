"""New text as each mail program quotes it: client × language × reply or forward, in text and in HTML."""

import re

import pytest
from hypothesis import given, strategies as st
from support.quoted_html import HTML_FORWARDS, HTML_REPLIES, NEW_HTML, QuotedHtml
from support.quoted_mails import FORWARDS, OLD, REPLIES, UNIT, UNIT_AT, US, US_AT, Quoted
from support.rawmail import multipart, part, raw_mail

from triage.core.html_quotes import marked_text, unmarked
from triage.core.html_text import text_of_html
from triage.core.mail import Mail
from triage.core.parse import read_mail
from triage.core.quoting import new_text

NEW = "Em đã thử lại, vẫn lỗi ạ."
ANSWERS = "Trường Hoa Mai.\nKhông ký được từ sáng nay."


def mail_of(html: str, *, text: str | None = None, subject: str = "Re: Loi") -> Mail:
    if text is None:
        raw = raw_mail(html.encode(), content=b"Content-Type: text/html; charset=utf-8")
    else:
        plain = part("text/plain; charset=utf-8", text.encode())
        raw = multipart("alternative", plain, part("text/html; charset=utf-8", html.encode()))
    return read_mail(re.sub(rb"Subject: .*\r\n", f"Subject: {subject}\r\n".encode(), raw, count=1))


def test_there_are_more_than_a_hundred_and_twenty_forms() -> None:
    # each HTML reply is read twice: alone, and beside a text that lost its lines
    assert len(REPLIES) + len(FORWARDS) + 2 * len(HTML_REPLIES) + len(HTML_FORWARDS) > 120
    for forms in (REPLIES, FORWARDS, HTML_REPLIES, HTML_FORWARDS):
        assert len({form.client for form in forms}) == len(forms)


@pytest.mark.parametrize("form", REPLIES, ids=lambda form: form.client)
def test_the_answer_alone_is_new(form: Quoted) -> None:
    assert new_text(form.text(NEW, US, US_AT), "Re: Lỗi đăng nhập") == NEW


@pytest.mark.parametrize("form", REPLIES, ids=lambda form: form.client)
def test_an_answer_of_two_paragraphs_is_kept_whole(form: Quoted) -> None:
    said = f"Kính gửi anh chị,\nliên hệ: ke.toan@hoamai.example\n\n{NEW}"
    assert new_text(form.text(said, US, US_AT), "TL: Lỗi đăng nhập") == said


@pytest.mark.parametrize("form", REPLIES, ids=lambda form: form.client)
def test_the_text_is_kept_where_nothing_was_added(form: Quoted) -> None:
    text = form.text("", US, US_AT)
    assert new_text(text, "Re: Lỗi") == text.strip()


@pytest.mark.parametrize("form", FORWARDS, ids=lambda form: form.client)
@pytest.mark.parametrize("subject", ["Fwd: Lỗi ký số", "Chuyển tiếp: Lỗi ký số", "TL: FW: Lỗi ký số"])
def test_a_forward_is_never_cut(form: Quoted, subject: str) -> None:
    kept = new_text(form.text("Nhờ anh chị xử lý.", UNIT, UNIT_AT), subject)
    assert "Nhờ anh chị xử lý." in kept
    assert OLD in kept
    assert UNIT_AT in kept


@pytest.mark.parametrize("form", HTML_REPLIES, ids=lambda form: form.client)
def test_the_marks_of_html_cut_where_the_text_comes_from_it(form: QuotedHtml) -> None:
    assert mail_of(form.filled(NEW_HTML, US, US_AT)).new_text == NEW


@pytest.mark.parametrize("form", HTML_REPLIES, ids=lambda form: form.client)
def test_the_marks_of_html_cut_a_text_that_lost_its_lines(form: QuotedHtml) -> None:
    html = form.filled(NEW_HTML, US, US_AT)
    flat = " ".join(text_of_html(html, []).split())
    mail = mail_of(html, text=flat)
    assert mail.text == flat
    assert mail.new_text == NEW


@pytest.mark.parametrize("form", HTML_FORWARDS, ids=lambda form: form.client)
def test_a_forward_in_html_is_never_cut(form: QuotedHtml) -> None:
    mail = mail_of(form.filled("<p>Nhờ anh chị xử lý.</p>", UNIT, UNIT_AT), subject="Fwd: Loi ky so")
    assert "Nhờ anh chị xử lý." in mail.new_text
    assert OLD in mail.new_text


@pytest.mark.parametrize(
    "form",
    [form for form in HTML_FORWARDS if form.client in {"gmail", "apple", "thunderbird", "yahoo"}],
    ids=lambda form: form.client,
)
def test_a_forward_that_says_so_is_kept_whatever_the_subject(form: QuotedHtml) -> None:
    assert OLD in mail_of(form.filled("<p>Xem giúp.</p>", UNIT, UNIT_AT), subject="Loi ky so").new_text


def test_the_marks_of_html_do_not_cut_what_the_text_does_not_begin_with() -> None:
    html = HTML_REPLIES[0].filled("<p>Một câu hoàn toàn khác.</p>", US, US_AT)
    text = f"{NEW}\n\nNội dung không giống bản HTML."
    assert mail_of(html, text=text).new_text == text


def test_pasted_text_in_a_quoting_block_without_date_or_address_is_kept() -> None:
    html = '<p>Máy báo:</p><blockquote type="cite">Không tìm thấy chứng thư</blockquote><p>Nhờ xem.</p>'
    assert "Không tìm thấy chứng thư" in mail_of(html).new_text


def test_answers_between_quoted_lines_are_kept_without_the_lines_in_html() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">Vào Th 2, 20 thg 12, 2021 vào lúc 09:15 A '
        '&lt;a@x.example&gt; đã viết:<br></div><blockquote class="gmail_quote">Đơn vị nào?</blockquote>'
        '<div>Trường Hoa Mai.</div><blockquote class="gmail_quote">Lỗi gì?</blockquote>'
        "<div>Không ký được từ sáng nay.</div></div>"
    )
    kept = [line.strip() for line in mail_of(html).new_text.splitlines() if line.strip()]
    assert kept == ANSWERS.splitlines()


@pytest.mark.parametrize(
    "said", ["Em trả lời ở bên dưới ạ.", "Tôi trả lời bằng chữ màu đỏ.", "See my answers below."]
)
def test_who_says_that_the_answers_stand_below_is_believed(said: str) -> None:
    outlook = next(form for form in REPLIES if form.client == "outlook-vi")
    text = outlook.text(said, US, US_AT) + "Trường Hoa Mai, lỗi ký số."
    assert new_text(text, "RE: Lỗi").endswith("Trường Hoa Mai, lỗi ký số.")


@pytest.mark.parametrize(
    "said",
    [
        "Liên hệ lua@hoamai.example để biết thêm.\nNgày 20/12/2021 đơn vị đã gửi lại.",
        "Gửi từ máy tính khác vẫn lỗi.",
        "Gửi từ điện thoại thì được.",
        "Kế toán trưởng (ke.toan@hoamai.example) viết:",
    ],
)
def test_own_lines_that_resemble_a_head_or_a_footer_are_kept(said: str) -> None:
    assert new_text(said, "Re: Lỗi") == said
    gmail = next(form for form in REPLIES if form.client == "gmail-vi-one-line")
    assert new_text(gmail.text(said, US, US_AT), "Re: Lỗi") == said


FOOTERS = (
    "Gửi từ iPhone của tôi",
    "Được gửi từ iPhone của tôi",
    "Đã gửi từ iPad của tôi",
    "Gửi từ điện thoại thông minh Samsung Galaxy của tôi.",
    "Được gửi từ thiết bị Galaxy của tôi",
    "Được gửi từ điện thoại Samsung Galaxy S21 của tôi",
    "Gửi từ điện thoại Xiaomi của tôi",
    "Đã gửi từ Yahoo Mail trên Android",
    "Đã gửi từ Thư dành cho Windows",
    "Gửi từ Outlook dành cho Android",
    "Gửi từ [Outlook cho iOS](https://aka.ms/o0ukef)",
    "Tải Outlook cho Android <https://aka.ms/AAb9ysg>",
    "Gửi từ Samsung Mobile",
    "Được gửi từ điện thoại thông minh Vsmart",
    "Gửi từ ứng dụng Mail dành cho Windows",
    "Tải xuống Outlook dành cho iOS",
    "Gửi từ Zalo",
    "Sent via BlackBerry",
    "Enviado desde mi iPhone",
    "Sent from my iPhone",
    "Sent from Yahoo Mail for iPhone",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Không có virus.www.avast.com",
    "Virus-free.www.avast.com",
)


@pytest.mark.parametrize("footer", FOOTERS)
def test_the_line_of_an_app_is_no_part_of_the_new_text(footer: str) -> None:
    assert new_text(f"{NEW}\n\n{footer}\n") == NEW
    assert new_text(f"{NEW}\n-- \nLụa\n\n{footer}") == NEW


def test_an_office_signature_stays_in_the_new_text() -> None:
    text = f"{NEW}\n\nTrân trọng,\nTrần Thị Lụa\nKế toán - Trường Hoa Mai\nĐT: 0900 000 001"
    assert new_text(text) == text


def test_a_line_that_the_author_draws_himself_cuts_nothing() -> None:
    drawn = "border:none;border-top:solid #E1E1E1 1.0pt"
    html = f'<p>{NEW}</p><div style="{drawn}"><p>Ngày 02/02/2026: gửi lần hai</p></div><p>Lỗi thứ hai.</p>'
    assert mail_of(html).new_text.endswith("Lỗi thứ hai.")


def test_a_head_that_runs_on_in_the_text_is_cut_at_its_first_letter() -> None:
    lines = (f"From: {US} &lt;{US_AT}&gt;", "Sent: Monday, May 12, 2025", "To: k", "Subject: x")
    head = "<br>".join(lines)
    html = (
        f'<p>{NEW}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>{head}</p></div><p>{OLD}</p>'
    )
    text = f"{NEW} From: {US} <{US_AT}> Sent: Monday, May 12, 2025 To: k Subject: x {OLD}"
    assert mail_of(html, text=text).new_text == NEW


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@given(
    st.lists(st.sampled_from([*(form.html for form in HTML_REPLIES), "<p>x", "<!--", "</blockquote>", "<hr"]))
)
def test_marks_come_off_again(pieces: list[str]) -> None:
    html = "".join(pieces)
    marked = marked_text(html)
    if marked:
        assert words_of(unmarked(marked)) == words_of(text_of_html(html, []))


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["", "Re: x", "Fwd: x"]))
def test_no_html_makes_words_that_the_text_does_not_hold(text: str, more: str, subject: str) -> None:
    html = f'<div>{text}</div><blockquote type="cite">a@b.example 20/12/2021 {more}</blockquote>{more}'
    found = new_text(text, subject, html=html)
    assert {line.strip() for line in found.split("\n")} <= {line.strip() for line in text.split("\n")} or (
        found in text
    )
