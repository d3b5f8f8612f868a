"""Mails of careless programs: what a person would read of them is read, and the repair is told."""

import base64
import quopri

import pytest
from support.rawmail import multipart, part, raw_mail

from triage.core.mail import Mail
from triage.core.originals import find_originals
from triage.core.parse import parts_of, read_mail

WORDS = "Không ký số được trên dịch vụ công từ sáng nay ạ."
UTF8 = b"Content-Type: text/plain; charset=utf-8"
PDF = b"Content-Type: application/pdf; name=phieu.pdf\r\n\r\n%PDF-1.4"
TEXT = part("text/plain; charset=utf-8", WORDS.encode())
HTML = part("text/html; charset=utf-8", f"<p>{WORDS}</p>".encode())
IN_BASE64 = base64.encodebytes(WORDS.encode() * 3)
IN_QUOTED = quopri.encodestring(WORDS.encode())
PAGE = f"<html><head><style>p {{color: red}}</style></head><body><p>{WORDS}</p></body></html>".encode()


def told(mail: Mail) -> set[str]:
    return {defect.partition(":")[0] for defect in mail.defects}


def beside(before: str, behind: str) -> bytes:
    body = f"{before}\r\n--b1\r\n".encode() + PDF + f"\r\n--b1--\r\n{behind}\r\n".encode()
    return raw_mail(body, content=b"Content-Type: multipart/mixed; charset=utf-8; boundary=b1")


@pytest.mark.parametrize(
    ("raw", "text", "code"),
    [
        (raw_mail(IN_BASE64, content=UTF8), WORDS * 3, "undeclared-encoding"),
        (raw_mail(IN_QUOTED, content=UTF8), WORDS, "undeclared-encoding"),
        (
            raw_mail(IN_QUOTED, content=UTF8, extra=b"Content-Transfer-Encoding: quoted-printeable"),
            WORDS,
            "odd-encoding",
        ),
        (
            raw_mail(IN_BASE64, content=UTF8, extra=b"Content-Transfer-Encoding: base64;"),
            WORDS * 3,
            "odd-encoding",
        ),
        (
            raw_mail(
                b'<p class=3D"a">M=\r\n=E1=BB=99t</p><p class=3D"b">hai</p>',
                content=b"Content-Type: text/html; charset=utf-8",
            ),
            "Một\n\nhai",
            "undeclared-encoding",
        ),
        (
            raw_mail(f"<bold>{WORDS}</bold>".encode(), content=b"Content-Type: text/enriched; charset=utf-8"),
            WORDS,
            "",
        ),
        (raw_mail(PAGE, content=UTF8), WORDS, "html-as-plain"),
        (raw_mail(PAGE), WORDS, "html-as-plain"),
        (raw_mail(PAGE, content=b"Content-Type: html; charset=utf-8"), WORDS, "bad-content-type"),
        (
            raw_mail(WORDS.encode(), content=b"Content-Type: plain/text; charset=utf-8"),
            WORDS,
            "bad-content-type",
        ),
        (raw_mail(WORDS.encode(), content=UTF8, extra=b"Content-Disposition: attachment"), WORDS, ""),
        (
            raw_mail(
                base64.b64encode(b"abc" * 20) + b"!Q",
                content=UTF8,
                extra=b"Content-Transfer-Encoding: base64",
            ),
            "abc" * 20,
            "damaged-encoding",
        ),
        (
            raw_mail(b"100=% a=\r\nb", content=UTF8, extra=b"Content-Transfer-Encoding: quoted-printable"),
            "100=% ab",
            "damaged-encoding",
        ),
        (beside(WORDS, ""), WORDS, "text-beside-parts"),
        (beside("This is a multi-part message in MIME format.", WORDS), WORDS, "text-beside-parts"),
        (beside("This is a MIME-encapsulated message.", ""), "", ""),
        (
            raw_mail(
                b"--b1\r\n" + TEXT + b"\r\n--b1--\r\n",
                content=UTF8 + b"\r\nContent-Type: multipart/mixed; boundary=b1",
            ),
            WORDS,
            "repeated-header",
        ),
    ],
)
def test_the_text_is_found_and_the_repair_told(raw: bytes, text: str, code: str) -> None:
    mail = read_mail(raw)
    assert mail.text.strip() == text
    assert told(mail) == ({code} if code else set()) or code in told(mail)


@pytest.mark.parametrize(
    "text",
    [
        "aaaa" * 20,
        "4f6b3c2d1e0f9a8b" * 4,
        "Mở https://a.example/?x=3D=3D&y=C3=B4 nhé",
        "=?utf-8?Q?L=E1=BB=97i_k=C3=BD_s=E1=BB=91_=C4=91=C6=B0=E1=BB=A3c?=",
        "a < b, b <html",
    ],
)
def test_a_text_that_only_looks_encoded_stays(text: str) -> None:
    mail = read_mail(raw_mail(text.encode(), content=UTF8))
    assert (mail.text, mail.defects) == (text, ())


def test_a_multipart_may_have_the_boundary_of_the_one_around_it() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=b1\r\n\r\n--b1\r\n%b\r\n--b1\r\n%b\r\n--b1--" % (
        TEXT,
        HTML,
    )
    mail = read_mail(multipart("mixed", inner, PDF))
    assert (mail.text, [item.name for item in mail.attachments]) == (WORDS, ["phieu.pdf"])
    assert "wrong-boundary" in told(mail)


def test_a_delimiter_may_stand_right_behind_a_text() -> None:
    body = b"--phan-1\r\n%b--phan-1\r\n%b--phan-1--" % (TEXT, PDF)
    raw = raw_mail(body, content=b"Content-Type: multipart/mixed; boundary=phan-1")
    mail = read_mail(raw)
    assert (mail.text, [item.name for item in mail.attachments]) == (WORDS, ["phieu.pdf"])
    assert [provide() for _, provide in parts_of(mail, raw)] == [b"%PDF-1.4"]
    assert told(mail) == {"delimiter-in-line"}


def test_a_delimiter_with_more_dashes_is_another() -> None:
    text = f"{WORDS}\r\nxem --phan-1 nhé\r\n---phan-1"
    raw = raw_mail(
        f"--phan-1\r\n\r\n{text}\r\n--phan-1--".encode(),
        content=b"Content-Type: multipart/mixed; boundary=phan-1",
    )
    assert read_mail(raw).text == text.replace("\r\n", "\n")


def test_parts_behind_the_end_of_a_mail_are_told_of() -> None:
    mail = read_mail(multipart("mixed", TEXT) + b"--b1\r\n" + PDF + b"\r\n--b1--\r\n")
    assert (mail.text, mail.attachments) == (WORDS, ())
    assert told(mail) == {"parts-behind-end"}


@pytest.mark.parametrize("kind", ["message/global", "message/partial; number=1; total=2; id=x"])
def test_a_mail_in_a_mail_speaks_under_any_name(kind: str) -> None:
    inside = f"From: B <b@hoamai.example>\r\nSubject: Gốc\r\n\r\n{WORDS}".encode()
    raw = multipart("mixed", part(kind, inside))
    mail = read_mail(raw)
    assert WORDS in mail.text
    assert mail.borrowed
    senders = [original.sender.address for original in find_originals(mail, parts_of(mail, raw))]
    assert senders == ["b@hoamai.example"]


@pytest.mark.parametrize("charset", ["koi8-r", "iso-8859-2", "ibm437", "macintosh", "windows-1250", "cp-850"])
def test_utf8_is_known_under_the_name_of_any_charset_of_single_bytes(charset: str) -> None:
    mail = read_mail(
        raw_mail(WORDS.encode(), content=f"Content-Type: text/plain; charset={charset}".encode())
    )
    assert mail.text == WORDS
    assert told(mail) == {"other-charset"}


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("windows-874", "cp874", "สวัสดี"),
        ("TIS-620", "cp874", "เขต"),
        ("cp-850", "cp850", "é"),
        ("koi8-r", "koi8-r", "Привет"),
        ("iso-8859-2", "iso-8859-2", "Źródło"),
        ("windows-1251", "cp1251", "«Договор»"),
    ],
)
def test_what_is_truly_in_such_a_charset_is_read_by_it(charset: str, codec: str, text: str) -> None:
    raw = raw_mail(text.encode(codec), content=f"Content-Type: text/plain; charset={charset}".encode())
    assert (read_mail(raw).text, read_mail(raw).defects) == (text, ())


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"[0010#DVC] =?utf-8?Q?L=E1=BB=97i_k=C3=BD", "[0010#DVC] Lỗi ký"),
        (b"=?utf-8?B?TOG7l2kga8O9?", "Lỗi ký"),
        (b"=?utf-8?B?TOG7l2kg?= =?utf-8?B?a8O9", "Lỗi ký"),
    ],
)
def test_a_subject_that_was_cut_off_is_decoded(value: bytes, subject: str) -> None:
    mail = read_mail(b"Subject: " + value + b"\r\n\r\nx")
    assert mail.subject == subject
    assert "open-word" in told(mail)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"A" <"a@hoamai.example">', [("A", "a@hoamai.example")]),
        ("A [mailto:a@hoamai.example]", [("", "a@hoamai.example")]),
        ("a@hoamai.example b@hoamai.example", [("", "a@hoamai.example"), ("", "b@hoamai.example")]),
        ('"a b"@hoamai.example', [("", '"a b"@hoamai.example')]),
    ],
)
def test_addresses_are_found_in_marks_and_blanks_that_do_not_belong(
    value: str, found: list[tuple[str, str]]
) -> None:
    senders = read_mail(f"From: {value}\r\n\r\nx".encode()).senders
    assert [(sender.name, sender.address) for sender in senders] == found


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'From: "A" <"a@hoamai.example">\r\n\r\nx', "odd-address"),
        (b"From: A <mailto:a@hoamai.example>\r\n\r\nx", "odd-address"),
        (b"From: a@hoamai.example b@hoamai.example\r\n\r\nx", "odd-address"),
        (b"Subject: =?utf-8?Q?L=E1=BB=97i k=C3=BD?=\r\n\r\nx", "odd-word"),
        (b"Subject: =?utf-8?B?TOG7\r\n l2kga8O9?=\r\n\r\nx", "odd-word"),
        (b"Date: 2026-02-02T09:00:00+07:00\r\n\r\nx", "odd-date"),
        (b"Subject: x\r\r\nTo: a@hoamai.example\r\r\n\r\r\nx", "extra-cr"),
    ],
)
def test_a_repair_of_the_headers_is_told(raw: bytes, code: str) -> None:
    assert told(read_mail(raw)) == {code}


def test_a_name_may_be_cut_inside_an_escape() -> None:
    head = "Content-Disposition: attachment; filename*0*=utf-8''phi%E1%B; filename*1*=A%BFu.pdf"
    mail = read_mail(multipart("mixed", TEXT, part("application/pdf", b"%PDF-1.4", head)))
    assert [item.name for item in mail.attachments] == ["phiếu.pdf"]
