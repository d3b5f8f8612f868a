import base64
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings, strategies as st
from support.rawmail import HEAD, multipart, part, raw_mail

from triage.core.attached import Opener
from triage.core.identity import mail_key
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail

TEXT = "Kính gửi Đội hỗ trợ, đơn vị em không ký số được."


def text_of(body: bytes, content: str) -> str:
    return read_mail(raw_mail(body, content=content.encode())).text


def subject_of(raw: bytes) -> str:
    return read_mail(b"Subject: " + raw + b"\r\n\r\n").subject


def test_a_plain_mail_is_read_whole() -> None:
    mail = read_mail(raw_mail(TEXT.encode(), content=b"Content-Type: text/plain; charset=utf-8"))
    assert mail.sender.as_json() == {"name": "Nguyễn Thị Men", "address": "ketoan@hoamai.example"}
    assert mail.subject == "[0010#DVC] Lỗi ký số"
    assert mail.date == datetime(2022, 1, 10, 8, 40, tzinfo=timezone(timedelta(hours=7)))
    assert mail.message_id == "<mot@hoamai.example>"
    assert (mail.text, mail.html, mail.attachments, mail.defects) == (TEXT, "", (), ())
    assert mail.content_type == "text/plain"
    assert mail.header("subject") == mail.subject


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("windows-1252", "cp1258"),
        ("windows-1258", "cp1258"),
        ("x-cp1258", "cp1258"),
        ("no-such-charset", "utf-8"),
        ("no-such-charset", "cp1258"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("utf-16le", "utf-16le"),
        ("base64", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_vietnamese_text_is_found_in_any_charset_and_is_nfc(charset: str, codec: str) -> None:
    # windows-1258 has no precomposed letters with tones
    text = "Kính gửi đội hỗ trợ" if codec != "cp1258" else "Ki\u0301nh gư\u0309i đô\u0323i hô\u0303 trơ\u0323"
    assert (
        text_of(text.encode(codec), f'Content-Type: text/plain; charset="{charset}"') == "Kính gửi đội hỗ trợ"
    )


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("gb2312", "gb18030", "国库支付"),
        ("x-gbk", "gb18030", "国库支付鎔"),
        ("ks_c_5601-1987", "cp949", "전자서명"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("iso-2022-jp", "iso2022_jp", "電子署名"),
        ("iso-8859-1", "latin-1", "così però"),
        ("windows-1252", "cp1252", "Größe – naïve"),
        ("koi8-r", "koi8-r", "Казначейство"),
    ],
)
def test_other_languages_keep_their_charset(charset: str, codec: str, text: str) -> None:
    assert text_of(text.encode(codec), f"Content-Type: text/plain; charset={charset}") == text


def test_a_text_with_one_spoilt_byte_stays_utf8_and_the_loss_is_told() -> None:
    mail = read_mail(raw_mail(TEXT.encode() + b"\xff", content=b"Content-Type: text/plain; charset=utf-8"))
    assert mail.text == TEXT + "\ufffd"
    assert any("1 characters lost" in defect for defect in mail.defects)


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?L=E1=BB=97i?= =?utf-8?q?_k=C3=BD?=", "Lỗi ký"),
        (b"=?utf-8?B?TOG7?= =?utf-8?B?l2k=?=", "Lỗi"),
        (b"=?UTF-8?Q?M=C3=A3_?=\r\n =?utf-8?q?PIN?=", "Mã PIN"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8*vi?q?L=E1=BB=97i?=", "Lỗi"),
        (b"=?utf-8?q?L=E1=BB=97i k=C3=BD?=", "Lỗi ký"),
        (b"=?us-ascii?q?L=E1=BB=97i?=", "Lỗi"),
        (b"=?no-such?q?L=E1=BB=97i?=", "Lỗi"),
        (b"=?windows-1258?q?Ki=ECnh?=", "Kính"),
        (b"=?utf-8?q?unfinished", "unfinished"),
        (b"=?utf-8?q?unfinished and more", "=?utf-8?q?unfinished and more"),
        ("Lỗi ký số".encode(), "Lỗi ký số"),
        ("Lô\u0303i ky\u0301".encode("cp1258"), "Lỗi ký"),
        ("Lo\u0302\u0303i".encode(), "Lỗi"),
        (b"=?utf-8?q?x=0D=0ABcc:_evil=40attacker.example?=", "x Bcc: evil@attacker.example"),
        (b"=?utf-8?b?TOG7l2k?=", "Lỗi"),
    ],
)
def test_a_subject_is_decoded(raw: bytes, subject: str) -> None:
    assert subject_of(raw) == subject


def test_a_header_that_is_folded_loses_no_space() -> None:
    assert subject_of(b"[0010#DVC] Khong\r\n\tvao duoc\r\n trang") == "[0010#DVC] Khong\tvao duoc trang"


def test_plain_text_is_preferred_and_the_html_kept() -> None:
    mail = read_mail(
        multipart("alternative", part("text/plain", b"chu"), part("text/html", b"<p>chu <b>dam</b></p>"))
    )
    assert (mail.text, mail.html, mail.attachments) == ("chu", "<p>chu <b>dam</b></p>", ())


@pytest.mark.parametrize("stub", [b"", b" \r\n", b"Your mail program does not support HTML messages."])
def test_a_plain_text_that_says_nothing_gives_way_to_the_html(stub: bytes) -> None:
    mail = read_mail(
        multipart("alternative", part("text/plain", stub), part("text/html", b"<p>noi dung</p>"))
    )
    assert mail.text == "noi dung"


def test_texts_of_a_mixed_mail_stand_in_order() -> None:
    mail = read_mail(
        multipart(
            "mixed",
            part("text/plain", b"mot"),
            part("application/pdf", b"%PDF", 'Content-Disposition: attachment; filename="a.pdf"'),
            part("text/html", b"<p>hai</p>"),
        )
    )
    assert mail.text == "mot\n\nhai"
    assert [(item.name, item.type, item.size) for item in mail.attachments] == [
        ("a.pdf", "application/pdf", 4)
    ]


def test_an_image_of_the_html_is_inline() -> None:
    mail = read_mail(
        multipart(
            "related",
            part("text/html", b'<p>anh <img src="cid:1@x"></p>'),
            part("image/png", b"iVBO", "Content-ID: <1@x>", "Content-Transfer-Encoding: base64"),
        )
    )
    assert [(item.inline, item.content_id, item.size) for item in mail.attachments] == [(True, "1@x", 3)]


def test_a_text_file_is_an_attachment_beside_the_text() -> None:
    mail = read_mail(
        multipart("mixed", part("text/plain", b"thu"), part('text/plain; name="nhat-ky.txt"', b"dong 1"))
    )
    assert mail.text == "thu"
    assert [item.name for item in mail.attachments] == ["nhat-ky.txt"]


def test_an_attached_mail_speaks_where_the_mail_itself_is_silent() -> None:
    inner = raw_mail(b"noi dung ben trong")
    silent = read_mail(multipart("mixed", part("text/plain", b"\r\n"), part("message/rfc822", inner)))
    assert silent.text.startswith("---------- Thư đính kèm")
    assert "Chủ đề: [0010#DVC] Lỗi ký số" in silent.text
    assert silent.text.endswith("noi dung ben trong")
    assert (silent.borrowed, silent.own_text) == (True, "")
    assert "noi dung ben trong" in silent.new_text
    speaking = read_mail(multipart("mixed", part("text/plain", b"xem kem"), part("message/rfc822", inner)))
    assert (speaking.text, speaking.own_text, speaking.borrowed) == ("xem kem", "xem kem", False)
    assert [item.type for item in speaking.attachments] == ["message/rfc822"]


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (["Content-Disposition: attachment; filename*=utf-8''L%E1%BB%97i.pdf"], "Lỗi.pdf"),
        (
            [
                "Content-Disposition: attachment;",
                " filename*0*=utf-8''L%E1%BB%97; filename*1*=i%20k; filename*2=y.pdf",
            ],
            "Lỗi ky.pdf",
        ),
        (['Content-Disposition: attachment; filename="=?utf-8?b?TOG7l2kucGRm?="'], "Lỗi.pdf"),
        (["Content-Disposition: attachment; filename=Lỗi ký số.pdf"], "Lỗi ký số.pdf"),
        (['Content-Disposition: attachment; filename="a\\"b.pdf"'], 'a"b.pdf'),
        (['Content-Disposition: attachment; filename="C:\\temp\\a.pdf"'], "C:\\temp\\a.pdf"),
        (['Content-Disposition: attachment; filename="unclosed.pdf'], "unclosed.pdf"),
        (["Content-Disposition: attachment; filename=''"], "''"),
        (["Content-Disposition: attachment"], ""),
    ],
)
def test_an_attachment_keeps_its_name(headers: list[str], name: str) -> None:
    mail = read_mail(multipart("mixed", part("text/plain", b"x"), part("application/pdf", b"y", *headers)))
    assert [item.name for item in mail.attachments] == [name]


def test_bytes_of_a_part_are_those_that_were_attached() -> None:
    data = bytes(range(256)) * 7
    raw = multipart(
        "mixed",
        part("text/plain", b"x"),
        part(
            "application/octet-stream; name=a.bin",
            base64.encodebytes(data),
            "Content-Transfer-Encoding: base64",
        ),
    )
    mail = read_mail(raw)
    assert mail.attachments[0].size == len(data)
    assert [(one, provide()) for one, provide in parts_of(mail, raw)] == [(mail.attachments[0], data)]


@pytest.mark.parametrize("number", [-1, 3, 10_000])
def test_there_are_no_bytes_of_a_part_that_does_not_exist(number: int) -> None:
    raw = multipart("mixed", part("text/plain", b"x"))
    attachment = read_mail(multipart("mixed", part("image/png", b"x"))).attachments[0]
    assert Opener(raw).bytes_of(replace(attachment, part=number)) == b""


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\r\n"])
def test_any_line_end_will_do(line_end: bytes) -> None:
    raw = multipart("mixed", part("text/plain", b"x"), part("image/png", b"y")).replace(b"\r\n", line_end)
    mail = read_mail(raw)
    assert (mail.subject, mail.text.strip(), len(mail.attachments)) == ("[0010#DVC] Lỗi ký số", "x", 1)


def test_a_mailbox_line_before_the_headers_is_passed_over() -> None:
    assert (
        read_mail(b"From ketoan Mon Jan 10 08:40:00 2022\n" + raw_mail(b"x")).subject
        == "[0010#DVC] Lỗi ký số"
    )


def test_flowed_lines_are_joined() -> None:
    assert text_of(b"mot \r\nhai\r\n\r\n> ba \r\n> bon", "Content-Type: text/plain; format=flowed") == (
        "mot hai\n\n> ba bon"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Mon, 10 Jan 2022 08:40:00 +0700", "2022-01-10T08:40:00+07:00"),
        (b"Mon, 10 Jan 2022 08:40:00 -0000", "2022-01-10T08:40:00+00:00"),
        (b"2022-01-10T08:40:00+07:00", "2022-01-10T08:40:00+07:00"),
        (b"10 Jan 22 08:40 GMT", "2022-01-10T08:40:00+00:00"),
        (b"hom qua", None),
        (b"Mon, 99 Jan 2022 08:40:00 +0700", None),
        (b"Mon, 10 Jan 2022 08:40:00 +9999", None),
        (b"Mon, 10 Jan 99999999999999999999 08:40:00 +0700", None),
    ],
)
def test_a_date_is_aware_or_none(value: bytes, expected: str | None) -> None:
    date = read_mail(b"Date: " + value + b"\r\n\r\n").date
    assert (date.isoformat() if date else None) == expected


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (b"<a@b> <c@d>", ("<a@b>", "<c@d>")),
        (b"<a@b>\r\n\t<c@d> <a@b>", ("<a@b>", "<c@d>")),
        (b"<a@b\r\n c>", ("<a@bc>",)),
        (b"a@b", ("<a@b>",)),
        (b"none", ()),
        (b"<>", ()),
    ],
)
def test_message_ids_are_read(value: bytes, ids: tuple[str, ...]) -> None:
    assert read_mail(b"References: " + value + b"\r\n\r\n").references == ids


@pytest.mark.parametrize(
    ("header", "expected"), [(b"Return-Path: <>\r\n", ""), (b"Return-Path: <a@b>\r\n", "a@b"), (b"", None)]
)
def test_a_null_return_path_differs_from_none(header: bytes, expected: str | None) -> None:
    assert read_mail(header + raw_mail()).return_path == expected


def deep(levels: int) -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (n, n) for n in range(levels)
    )
    return b"Subject: x\r\n" + opening + b"\r\ntext"


HOSTILE = {
    "blanks in a parameter": (
        raw_mail(content=b"Content-Type: text/plain; a=b" + b" " * 100_000 + b"x"),
        "Content-Type is too long",
    ),
    "encoded words without end": (
        b"Subject: " + b"=?utf-8?q?" * 20_000 + b"?=\r\n\r\n",
        "Subject is too long",
    ),
    "files without end": (
        raw_mail(b"begin 644 x\r\n" * 300_000),
        "text is too long",
    ),
    "lists in brackets": (b"To: <" + b"a@b," * 10_000 + b">\r\n\r\n", "one pair of brackets"),
    "boundaries to be guessed": (
        raw_mail(
            b"--c\r\nContent-Type: multipart/mixed\r\n\r\n--d\r\n" * 3_000,
            content=b"Content-Type: multipart/mixed",
        ),
        "parts were",
    ),
    "nested": (deep(3_000), "nested deeper"),
    "parts": (
        raw_mail(b"--b\r\n\r\nx\r\n" * 20_000, content=b"Content-Type: multipart/mixed; boundary=b"),
        "parts were",
    ),
    "delimiters": (
        raw_mail(b"--c\r\n" * 250_000, content=b"Content-Type: multipart/mixed; boundary=b"),
        "not parted",
    ),
    "parameters": (raw_mail(content=b"Content-Type: text/plain" + b"; a=b" * 5_000), "parameters"),
    "headers": (b"X-A: b\r\n" * 20_000 + b"\r\nx", "header block"),
    "one long header": (b"Subject: " + b"a" * 300_000 + b"\r\n\r\nx", "too long"),
    "words": (b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\r\n\r\nx", "encoded words"),
    "comments": (b"From: " + b"(" * 50_000 + b"\r\n\r\nx", "comments nested"),
    "quotes": (b'From: "' + b'\\"' * 30_000 + b"\r\n\r\nx", "not closed"),
    "brackets": (b"To: " + b"<" * 60_000 + b"\r\n\r\nx", "not closed"),
    "addresses": (b"To: " + b"a@b," * 10_000 + b"\r\n\r\nx", "addresses"),
    "long text": (raw_mail(b"a\r\n" * 1_000_000), "text is too long"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_beyond_a_limit_is_read_as_far_as_it_goes_and_says_so(name: str) -> None:
    raw, said = HOSTILE[name]
    assert any(said in defect for defect in read_mail(raw).defects)


def test_marks_piled_on_one_letter_are_cut() -> None:
    piled = "a" + "\u0315\u0300" * 100_000
    mail = read_mail(raw_mail(piled.encode(), content=b"Content-Type: text/plain; charset=utf-8"))
    assert len(mail.text) < 100


def check(raw: bytes) -> Mail:
    mail = read_mail(raw)
    texts = [mail.subject, mail.text, mail.new_text, mail.html, *mail.defects]
    texts += [text for pair in mail.headers for text in pair]
    texts += [text for item in mail.senders + mail.to for text in (item.name, item.address)]
    for text in texts:
        text.encode("utf-8")
        assert "\x00" not in text
    assert mail.date is None or mail.date.utcoffset() is not None
    taken = parts_of(mail, raw)
    assert tuple(attachment for attachment, _ in taken) == mail.attachments
    assert [len(provide()) for _, provide in taken] == [one.size for one in mail.attachments]
    assert len(mail_key(mail, raw)) == 64
    return mail


@given(st.binary(max_size=2_000))
def test_any_bytes_make_a_mail(raw: bytes) -> None:
    check(raw)


@given(st.binary(max_size=300), st.binary(max_size=600))
def test_any_headers_and_body_make_a_mail(headers: bytes, body: bytes) -> None:
    check(HEAD + b"Content-Type: " + headers + b"\r\n\r\n" + body)


SEED = multipart(
    "mixed",
    part("text/plain; charset=windows-1258; format=flowed", "đơn vị ".encode()),
    part('text/html; charset="utf-8"', b"<table><tr><td>a<td>b</table><ol start=x><li>c"),
    part(
        "image/png",
        b"aGVsbG8=",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: inline; filename*0=a",
    ),
    part("message/rfc822", raw_mail(b"ben trong")),
)
FRAGMENTS = [
    b"\r\n",
    b"\n\n",
    b"--b1",
    b"--b1--",
    b"=?utf-8?b?",
    b"?=",
    b'"',
    b"<",
    b">",
    b"(",
    b";",
    b"=",
    b"\x00",
    b"\xff",
]


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SEED)), st.integers(0, 40), st.sampled_from(FRAGMENTS) | st.binary(max_size=9)
        ),
        max_size=12,
    )
)
def test_a_mutated_mail_is_still_a_mail(edits: list[tuple[int, int, bytes]]) -> None:
    raw = SEED
    for at, cut, put in edits:
        raw = raw[:at] + put + raw[at + cut :]
    check(raw)
