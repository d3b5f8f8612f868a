"""What is stored or printed of a mail holds none of its secrets, wherever in the mail they stand."""

import base64
import json
from datetime import UTC, datetime

import pytest
from support.archives import zipped
from support.rawmail import multipart, part, raw_mail
from support.rulebook import shipped

from triage.core.decide import decide
from triage.core.document import document, explanation
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.core.registration import find_registration
from triage.core.veil import masked, veil_of

SECRET = "Zx9@kPq7w"
WORDS = part("text/plain; charset=utf-8", "Đơn vị em không ký được.".encode())
FORM = f"""Mẫu đăng ký kết nối phần mềm (935/QĐ-KBNN)
Tên khách hàng: Trường A, mật khẩu: {SECRET}
Mã ĐVQHNS: 1012345
Địa chỉ: mk: {SECRET}
Tên phần mềm kết nối: pass: {SECRET}
"""


def archive(*names: str) -> bytes:
    data = base64.encodebytes(zipped(dict.fromkeys(names, b"MZ\0")))
    return part("application/zip; name=ho-so.zip", data, "Content-Transfer-Encoding: base64")


MAILS = {
    "a program in an archive": multipart("mixed", WORDS, archive(f"mật khẩu: {SECRET}.exe")),
    "a program in disguise": multipart("mixed", WORDS, archive(f"mật khẩu: {SECRET}.txt")),
    "a folder in an archive": multipart("mixed", WORDS, archive(f"pass: {SECRET}/caidat.exe")),
    "a type that makes no sense": raw_mail(b"x", content=f"Content-Type: pass: {SECRET}".encode()),
    "a charset": raw_mail(b"\xe1", content=f'Content-Type: text/plain; charset="pass: {SECRET}"'.encode()),
    "a form": raw_mail(FORM.encode(), content=b"Content-Type: text/plain; charset=utf-8"),
}


@pytest.mark.parametrize("where", MAILS)
def test_a_secret_stands_in_nothing_that_is_told(where: str) -> None:
    raw = MAILS[where]
    mail = read_mail(raw)
    parts = parts_of(mail, raw)
    decision = decide(mail, NO_FACTS, shipped(), datetime(2026, 11, 12, tzinfo=UTC), parts)
    printed = json.dumps(masked(explanation("", mail, decision, parts)), ensure_ascii=False)
    stored = json.dumps(veil_of(mail).over(document(decision)), ensure_ascii=False)
    assert SECRET not in printed
    assert SECRET not in stored
    assert "•" in printed


def test_a_form_holds_no_secret_and_all_else() -> None:
    form = find_registration(read_mail(MAILS["a form"]), shipped().treasuries)
    assert form is not None
    assert SECRET not in str(form)
    assert (form.name[:8], form.code) == ("Trường A", "1012345")
