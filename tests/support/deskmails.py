"""Mails for the pages of the desk: with secrets, with files, by an impostor."""

import base64

from support.pdfs import pdf
from support.rawmail import part
from support.viewing import html_mail, png

IMPOSTOR = "Hỗ trợ Kho bạc Nhà nước <hotro@kbnn-hotro-cntt.com>"
BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP để nâng cấp hệ thống. Liên hệ Zalo 0999 888 777."

_BASE64 = "Content-Transfer-Encoding: base64"


def screen(name: str = "man-hinh.png") -> bytes:
    """Write a part that is a screenshot."""
    headers = (_BASE64, f"Content-Disposition: attachment; filename={name}")
    return part(f"image/png; name={name}", base64.b64encode(png(80, 60)), *headers)


def paper(name: str = "cong-van.pdf", words: str = "Cong van") -> bytes:
    """Write a part that is a PDF."""
    headers = (_BASE64, f"Content-Disposition: attachment; filename={name}")
    return part(f"application/pdf; name={name}", base64.b64encode(pdf(words)), *headers)


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
