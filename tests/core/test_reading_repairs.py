"""What is wrong with a mail is repaired as its writer meant it, and told under a code that stays."""

import base64
import binascii

import pytest
from support.rawmail import multipart, part, raw_mail

from triage.core.defects import Defect
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def codes(mail: Mail) -> set[str]:
    return {defect.partition(":")[0] for defect in mail.defects}


def names(mail: Mail) -> list[str]:
    return [item.name for item in mail.attachments]


def uuencoded(name: str, data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 %b\n%b`\nend\n" % (name.encode(), b"".join(lines))


def test_every_code_is_said_once_and_has_a_sentence() -> None:
    values = [code.value for code in Defect]
    assert len(set(values)) == len(values)
    assert all(value == value.lower() and " " not in value for value in values)


@pytest.mark.parametrize(
    ("headers", "name", "code"),
    [
        (['Content-Disposition: attachment filename="phieu.pdf"'], "phieu.pdf", "no-semicolon"),
        (['Content-Disposition: filename="phieu.pdf"'], "phieu.pdf", "no-semicolon"),
        (["Content-Disposition: attachment; filename=phieu.pdf size=3"], "phieu.pdf", "no-semicolon"),
        (['Content-Disposition: attachment; filename="phieu.pdf; size=3'], "phieu.pdf", "unclosed-parameter"),
        (["Content-Disposition: attachment; filename='phieu.pdf'"], "phieu.pdf", "odd-file-name"),
        (["Content-Disposition: attachment; filename=“phieu.pdf”"], "phieu.pdf", "odd-file-name"),
        (
            ["Content-Disposition: attachment; filename=\"utf-8''phi%E1%BA%BFu.pdf\""],
            "phiếu.pdf",
            "odd-file-name",
        ),
        (
            ["Content-Disposition: attachment; filename*0=utf-8''phi%E1%BA; filename*1=%BFu.pdf"],
            "phiếu.pdf",
            "",
        ),
        (['Content-Disposition: attachment; filename*=utf-8"phi%E1%BA%BFu.pdf"'], "phiếu.pdf", ""),
        (["Content-Disposition: attachment; ", 'filename="phieu.pdf"'], "phieu.pdf", "fold-not-indented"),
    ],
)
def test_the_name_of_a_file_is_found(headers: list[str], name: str, code: str) -> None:
    mail = read_mail(multipart("mixed", part("text/plain", b"x"), part("application/pdf", b"y", *headers)))
    assert names(mail) == [name]
    assert not code or code in codes(mail)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('application/pdf name="phieu.pdf"', "application/pdf"),
        ('"application/pdf"; name="phieu.pdf"', "application/pdf"),
        ("application / pdf; name=phieu.pdf", "application/pdf"),
        ("pdf; name=phieu.pdf", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_is_found(content: str, kind: str) -> None:
    mail = read_mail(multipart("mixed", part("text/plain", b"x"), part(content, b"y")))
    assert [(item.name, item.type) for item in mail.attachments] == [("phieu.pdf", kind)]


@pytest.mark.parametrize(
    "content",
    [
        b'Content-Type: multipart/mixed\r\n\tboundary="b1"',
        b"Content-Type: multipart/mixed charset=utf-8 boundary=b1",
        b"Content-Type: multipart; boundary=b1",
        b"Content-Type: multipart/*; boundary=b1",
        b"Content-Type: multipart/mixed; boundary=other",
        b"Content-Type: multipart/mixed",
    ],
)
def test_a_multipart_is_taken_apart_however_it_names_its_boundary(content: bytes) -> None:
    body = multipart("mixed", part("text/plain", b"thu"), part("image/png; name=a.png", b"y"))
    mail = read_mail(raw_mail(body.partition(b"\r\n\r\n")[2], content=content))
    assert (mail.text, names(mail)) == ("thu", ["a.png"])


def test_a_multipart_inside_a_mail_may_hide_its_boundary_too() -> None:
    inner = (
        b"--c\r\nContent-Type: text/plain\r\n\r\nthu\r\n--c\r\nContent-Type: image/png\r\n\r\ny\r\n--c--\r\n"
    )
    raw = multipart("mixed", part("multipart/related; boundary=other", inner), part("image/gif", b"z"))
    mail = read_mail(raw)
    assert mail.text == "thu"
    assert [item.type for item in mail.attachments] == ["image/png", "image/gif"]
    assert "wrong-boundary" in codes(mail)
    assert [provide() for _, provide in parts_of(mail, raw)] == [b"y", b"z"]


def test_a_multipart_that_is_encoded_as_a_whole_is_decoded() -> None:
    body = b"--b\r\nContent-Type: text/plain\r\n\r\nthu\r\n--b--\r\n"
    content = b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64"
    mail = read_mail(raw_mail(base64.encodebytes(body), content=content))
    assert mail.text == "thu"
    assert "encoded-multipart" in codes(mail)


def test_the_end_of_a_multipart_may_stand_on_its_last_line() -> None:
    content = b"Content-Type: multipart/mixed; boundary=b"
    mail = read_mail(raw_mail(b"--b\r\nContent-Type: text/plain\r\n\r\nthu--b--\r\n", content=content))
    assert mail.text == "thu"


def test_a_delimiter_parts_a_text_though_the_outer_boundary_came_before_the_end() -> None:
    raw = raw_mail(
        content=b"Content-Type: multipart/mixed; boundary=a",
        body=b"--a\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\nM\xe1\xbb\x99t\r\n"
        b"--a\r\n\r\nHai\r\n--ab\r\nContent-Type: text/plain\r\n\r\nBa\r\n--ab is quoted\r\n--a--\r\n",
    )
    mail = read_mail(raw)
    assert mail.text == "Một\n\nHai\n\nBa\n--ab is quoted"
    assert "wrong-boundary" in codes(mail)


def test_words_declared_as_a_report_for_programs_are_read() -> None:
    words = part("message/delivery-status", b"Hop thu da day.")
    report = part("message/delivery-status", b"Reporting-MTA: dns; mx.hoasen.example")
    mail = read_mail(multipart("report; report-type=delivery-status", words, report))
    assert mail.text == "Hop thu da day."
    assert [one.type for one in mail.attachments] == ["message/delivery-status"] * 2


def test_a_file_in_the_text_becomes_an_attachment_and_leaves_the_text() -> None:
    body = b"Gui kem anh:\n" + uuencoded("loi ky.png", PICTURE) + b"Tran trong\n" + uuencoded("a.bin", b"xyz")
    raw = raw_mail(body)
    mail = read_mail(raw)
    assert mail.text == "Gui kem anh:\nTran trong"
    assert [(item.name, item.size) for item in mail.attachments] == [
        ("loi ky.png", len(PICTURE)),
        ("a.bin", 3),
    ]
    assert [provide() for _, provide in parts_of(mail, raw)] == [PICTURE, b"xyz"]
    assert codes(mail) == {"uuencoded"}


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 files\nso we said, and so we did\nend",
        "begin 644 files\nM123",
        "we begin 644 x\nend",
        "begin\nend",
    ],
)
def test_words_that_only_look_like_a_file_stay_in_the_text(text: str) -> None:
    mail = read_mail(raw_mail(text.encode()))
    assert (mail.text, mail.attachments) == (text, ())


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        (
            "base64",
            b"Em khong ky so duoc, xin ho tro som giup em",
            "Em khong ky so duoc, xin ho tro som giup em",
        ),
        ("base64", base64.b64encode(b"Em khong ky so duoc") + b" quang cao", "Em khong ky so duoc"),
        ('"base64"', base64.b64encode(b"Em khong ky so duoc"), "Em khong ky so duoc"),
        ("base64; x=y", base64.b64encode(b"Em khong ky so duoc"), "Em khong ky so duoc"),
        ("quoted printable", b"k=C3=BD =\r\nso", "ký so"),
        ("8-bit", "ký số".encode(), "ký số"),
        ("text/html", "ký số".encode(), "ký số"),
    ],
)
def test_a_text_is_read_whatever_its_encoding_is_called(encoding: str, body: bytes, text: str) -> None:
    content = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding.encode()
    assert read_mail(raw_mail(body, content=content)).text == text


def test_a_picture_declared_as_text_stays_a_file() -> None:
    mail = read_mail(multipart("mixed", part("text/plain", b"thu"), part("text/plain", PICTURE)))
    assert mail.text == "thu"
    assert [item.size for item in mail.attachments] == [len(PICTURE)]
    assert "binary-text" in codes(mail)


def test_a_text_of_an_odd_kind_is_a_file_and_speaks_where_nothing_else_does() -> None:
    odd = part("text/x-nhat-ky", b"dong 1")
    beside = read_mail(multipart("mixed", part("text/plain", b"thu"), odd))
    assert (beside.text, [item.type for item in beside.attachments]) == ("thu", ["text/x-nhat-ky"])
    alone = read_mail(multipart("mixed", odd))
    assert (alone.text, [item.type for item in alone.attachments]) == ("dong 1", ["text/x-nhat-ky"])


def test_one_of_two_alternatives_is_the_text() -> None:
    rich = part("text/enriched", b"<bold>thu</bold>")
    assert read_mail(multipart("alternative", part("text/plain", b"thu"), rich)).text == "thu"


def test_a_plain_text_that_says_more_than_that_there_is_html_is_kept() -> None:
    plain = (
        b"Don vi khong ky so duoc tu sang nay.\r\nIf you see this, your program does not support HTML.\r\n"
    )
    mail = read_mail(multipart("alternative", part("text/plain", plain), part("text/html", b"<p>khac</p>")))
    assert mail.text.startswith("Don vi khong ky so duoc")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?Q?C=C3=B3_=C4=91=C6=B0=E1=BB=A3c_kh=C3=B4ng?_G=E1=BA=A5p?=", "Có được không? Gấp"),
        (b"=?utf-8?q?L=E1=BB=97i_k=\r\n =C3=BD?=", "Lỗi ký"),
        (b"=?utf-8?q?dang do =?utf-8?q?L=E1=BB=97i?=", "=?utf-8?q?dang do Lỗi"),
        (b"=?utf-8?b?TOG7?= =?utf-8?b?l2k=?=", "Lỗi"),
        (b"=?utf-8?q?L=E1=BB?= =?utf-8?b?l2k=?=", "Lỗi"),
    ],
)
def test_broken_encoded_words_are_read_as_far_as_they_go(raw: bytes, subject: str) -> None:
    assert read_mail(b"Subject: " + raw + b"\r\n\r\n").subject == subject


@pytest.mark.parametrize(
    ("value", "expected", "code"),
    [
        ("Sen <<sen@hoasen.example>>", [("Sen", "sen@hoasen.example")], ""),
        ("Sen [sen@hoasen.example]", [("Sen", "sen@hoasen.example")], ""),
        ("sen@hoasen.example>", [("", "sen@hoasen.example")], ""),
        ("Sen <sen@hoasen.example> phong ke toan", [("Sen", "sen@hoasen.example")], "words-behind-address"),
        (
            "Sen <sen@hoasen.example, mai@hoamai.example>",
            [("Sen", "sen@hoasen.example"), ("", "mai@hoamai.example")],
            "list-in-brackets",
        ),
        ('sen@hoasen.example ("Sen")', [("Sen", "sen@hoasen.example")], ""),
        ("Ke toan; Sen <sen@hoasen.example>", [("Ke toan, Sen", "sen@hoasen.example")], "unquoted-comma"),
        (
            "Phong: a@x.example, B <b@x.example>; c@x.example",
            [("", "a@x.example"), ("B", "b@x.example"), ("", "c@x.example")],
            "",
        ),
        ("Sen <sen@đơnvị.example>", [("Sen", "sen@đơnvị.example")], ""),
        (
            "Sen <sen@hoasen.example> <evil@x.example>",
            [("Sen", "sen@hoasen.example"), ("", "evil@x.example")],
            "",
        ),
    ],
)
def test_a_sender_is_found(value: str, expected: list[tuple[str, str]], code: str) -> None:
    mail = read_mail(f"From: {value}\r\n\r\n".encode())
    assert [(one.name, one.address) for one in mail.senders] == expected
    assert not code or code in codes(mail)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        # cut in a letter: in UTF-8, in both encodings, in three, in a charset of two bytes, in a name
        (b"Subject: =?utf-8?b?TOG7?= =?utf-8?b?l2k=?=", ["cut-word"]),
        (b"Subject: =?utf-8?q?L=E1=BB?= =?utf-8?b?l2k=?=", ["cut-word"]),
        (b"Subject: =?utf-8?q?L=E1?= =?utf-8?q?=BB?= =?utf-8?q?=97i?=", ["cut-word"]),
        (b"Subject: =?gb2312?q?=B5?= =?gb2312?q?=E7=CA=FD?=", ["cut-word"]),
        (b"To: =?utf-8?q?L=E1=BB?= =?utf-8?q?=A5a?= <a@x.example>", ["cut-word"]),
        (b"Subject: =?us-ascii?q?L=E1=BB?= =?us-ascii?q?=97i?=", ["cut-word", "other-charset"]),
        # whole letters in each word, or nothing behind the cut to join
        (b"Subject: =?utf-8?q?L=E1=BB=97i?= =?utf-8?q?_k=C3=BD?=", []),
        (b"Subject: =?utf-8?q?L=E1=BB=97?= =?iso-8859-1?q?i?=", []),
        (b"Subject: =?iso-8859-1?q?caf=E9?= =?iso-8859-1?q?=E9?=", ["other-charset"]),
        # commas
        ("To: Lụa, Trần <a@x.example>".encode(), ["unquoted-comma"]),
        ("To: b@x.example, Lụa, Trần <a@x.example>".encode(), ["unquoted-comma"]),
        (b"From: =?utf-8?q?L=E1=BB=A5a?=, =?utf-8?q?Tr=E1=BA=A7n?= <a@x.example>", ["unquoted-comma"]),
        ('To: "Lụa, Trần" <a@x.example>'.encode(), []),
        (b"To: =?utf-8?Q?L=E1=BB=A5a,_Tr=E1=BA=A7n?= <a@x.example>", []),
        ("To: b@x.example, Trần Lụa <a@x.example>, c@x.example".encode(), []),
        ("To: Tổ kế toán: Lụa <a@x.example>, b@x.example;".encode(), []),
        ("To: , Lụa <a@x.example>,".encode(), []),
        # raw bytes
        ("Subject: Lỗi ký số".encode(), []),
        ("From: Trần Lụa <a@x.example>".encode(), []),
        ("Subject: L\u00f4\u0303i đăng nh\u00e2\u0323p".encode("cp1258", "ignore"), ["guessed-header"]),
        ("From: Tr\u00e2\u0300n Lu\u0323a <a@x.example>".encode("cp1258", "ignore"), ["guessed-header"]),
        ("To: Café <a@x.example>".encode("cp1252"), ["guessed-header"]),
        (b"Subject: \x81\x8d caf\xe9", ["lost-bytes"]),
    ],
)
def test_a_repair_of_a_header_is_told_and_what_needs_none_is_not(header: bytes, told: list[str]) -> None:
    assert codes(read_mail(header + b"\r\n\r\nthu")) == set(told)


@pytest.mark.parametrize(
    ("name", "charset"), [("From", "windows-1258"), ("Subject", "windows-1258"), ("To", "windows-1258")]
)
def test_a_header_read_by_guess_is_named_with_the_charset_that_was_guessed(name: str, charset: str) -> None:
    raw = f"{name}: Đ\u00f4\u0323i h\u00f4\u0303 tr\u01a1\u0323 <a@x.example>\r\n\r\n".encode("cp1258")
    told = f"guessed-header: {name} is in a charset that it does not declare, and was read as {charset}"
    assert read_mail(raw).defects == (told,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 10 Jan 2022 08:40:00 GMT+0700", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 2022 08:40:00 +07:00", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 2022 08:40:00 ICT", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 2022 08:40:00 +0700 (ICT)", "2022-01-10T08:40:00+07:00"),
        ("Mon Jan 10 08:40:00 ICT 2022", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 2022 08:40:60 +0700", "2022-01-10T08:40:59+07:00"),
        ("Mon, 10 Jan 2022 08:40:00 PM +0700", "2022-01-10T20:40:00+07:00"),
        ("Mon, 10 Jan 2022 12:40 AM", "2022-01-10T00:40:00+00:00"),
        ("(ngay) Mon, 10 Jan 2022 (gio) 08:40:00 +0700", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 122 08:40:00 +0700", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 2022 08:40:00.123 +0700", "2022-01-10T08:40:00+07:00"),
        ("Mon , 10 Jan 2022 08:40:00 +0700", "2022-01-10T08:40:00+07:00"),
        ("Mon, 10 Jan 2022 08:40:00 +0700;", "2022-01-10T08:40:00+07:00"),
    ],
)
def test_a_date_is_read_with_its_zone(value: str, expected: str) -> None:
    date = read_mail(f"Date: {value}\r\n\r\n".encode()).date
    assert date is not None
    assert date.isoformat() == expected


def test_a_header_that_stands_there_twice_is_told() -> None:
    mail = read_mail(raw_mail(b"x", extra=b"From: evil@x.example\r\nMessage-ID: <hai@x.example>"))
    assert codes(mail) == {"repeated-header"}
    assert mail.message_id == "<mot@hoamai.example>"
    assert [one.address for one in mail.senders] == ["ketoan@hoamai.example", "evil@x.example"]


@pytest.mark.parametrize(
    "first",
    [
        b" From: sen@hoasen.example",
        b"From  : sen@hoasen.example",
        b"250 OK queued\r\nFrom: sen@hoasen.example",
        b"From sen@hoasen.example Mon Jan 10 08:40:00 2022\r\nFrom: sen@hoasen.example",
    ],
)
def test_headers_begin_where_they_begin(first: bytes) -> None:
    mail = read_mail(first + b"\r\nSubject: mot\r\n\r\nthu")
    assert (mail.sender.address, mail.subject, mail.text) == ("sen@hoasen.example", "mot", "thu")


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("iso-2022-jp", "cp932", "電子署名エラー"),
        ("iso-2022-jp", "euc_jp", "電子署名"),
    ],
)
def test_charsets_of_one_language_are_tried_for_one_another(declared: str, codec: str, text: str) -> None:
    content = f"Content-Type: text/plain; charset={declared}".encode()
    mail = read_mail(raw_mail(text.encode(codec), content=content))
    assert mail.text == text
    assert "other-charset" in codes(mail)


def test_a_byte_order_mark_is_no_part_of_a_text() -> None:
    content = b"Content-Type: text/plain; charset=utf-8"
    assert read_mail(raw_mail(b"\xef\xbb\xbfthu", content=content)).text == "thu"
