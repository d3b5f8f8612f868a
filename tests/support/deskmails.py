"""Mails for the pages of the desk: with secrets, with files, by an impostor."""

import base64
import re

from support.pdfs import NOTHING, pdf
from support.rawmail import part
from support.viewing import html_mail, png

IMPOSTOR = "Hỗ trợ Kho bạc Nhà nước <hotro@kbnn-hotro-cntt.com>"
BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP để nâng cấp hệ thống. Liên hệ Zalo 0999 888 777."

_BASE64 = "Content-Transfer-Encoding: base64"


def screen(name: str = "man-hinh.png") -> bytes:
    """Write a part that is a screenshot."""
    headers = (_BASE64, f"Content-Disposition: attachment; filename={name}")
    return part(f"image/png; name={name}", base64.b64encode(png(80, 60)), *headers)


def paper(name: str = "cong-van.pdf", action: str = NOTHING) -> bytes:
    """Write a part that is a PDF; ``action`` is what it does when it is opened."""
    headers = (_BASE64, f"Content-Disposition: attachment; filename={name}")
    return part(f"application/pdf; name={name}", base64.b64encode(pdf("Cong van", action)), *headers)


def page(name: str = "trang.html") -> bytes:
    """Write a part that a browser would run."""
    return part(
        f"text/html; name={name}", b"<script>x</script>", f"Content-Disposition: attachment; filename={name}"
    )


def with_files(
    *files: bytes, html: str = "<p>Xin chào</p>", text: str = "Hệ thống báo lỗi khi chúng tôi ký."
) -> bytes:
    """Write a mail of a unit of Hà Nội with files."""
    return html_mail(html, *files, text=text)


HOSTILE = "\"'><img src=x onerror=x><script>x</script>{{ 7*7 }}\u202e"


def hostile(words: str = HOSTILE) -> bytes:
    """Write a mail with hostile words in every field that a page shows."""
    word = f"=?utf-8?b?{base64.b64encode(words.encode()).decode()}?="
    file = part(
        f'image/png; name="{word}"',
        base64.b64encode(png(80, 60)),
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{word}"',
    )
    odd = part("x-y/<script>; name=a", b"x", "Content-Disposition: attachment")
    raw = html_mail(
        words, file, odd, text=f"Lỗi {words}\n\nTrân trọng\n{words}\nTrường {words}\nĐT: 0912345678"
    )
    raw = re.sub(rb"From: [^\r]+", f'From: {word} <"<b>x</b>"@hoamai.example>'.encode(), raw, count=1)
    raw = re.sub(
        rb"To: [^\r]+", f"To: {word} <hotrocntt@vst.gov.vn>, {word} <a@b.example>".encode(), raw, count=1
    )
    return re.sub(rb"Subject: [^\r]+", f"Subject: [0010#DVC] {word}".encode(), raw, count=1)
