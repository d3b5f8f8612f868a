import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from support.archives import zipped
from support.pictures import jpeg, png
from support.rawmail import multipart, part, raw_mail
from support.winmail import BODY, HTML_BODY, PACKED_BODY, Packed, data, package, packed_rtf, text

from triage.core.originals import find_originals
from triage.core.parse import parts_of, read_mail

TNEF = 'application/ms-tnef; name="winmail.dat"'
TEXT = part("text/plain; charset=utf-8", "Nhờ anh chị xem giúp lỗi ký số.".encode())
FORWARDED = (
    b"From: =?utf-8?b?S+G6vyB0b8Ohbg==?= <ketoan@hoacuc.example>\r\nTo: b@hoacuc.example\r\n"
    b"Subject: =?utf-8?b?TOG7l2k=?=\r\nDate: Mon, 10 Jan 2022 08:40:00 +0700\r\n\r\nnoi dung\r\n"
)


def encoded(content: str, body: bytes, *headers: str) -> bytes:
    return part(content, base64.encodebytes(body), "Content-Transfer-Encoding: base64", *headers)


def attached(*parts: bytes) -> bytes:
    return multipart("mixed", TEXT, *parts)


def test_the_files_of_a_winmail_dat_stand_in_its_place() -> None:
    files = Packed("Bảng kê.pdf", b"%PDF-1.7"), Packed("lỗi.png", png(800, 600), "image/png")
    raw = attached(encoded(TNEF, package(*files)), encoded('image/png; name="b.png"', png(5, 5)))
    mail = read_mail(raw)
    assert [(one.name, one.type, one.detected, one.pixels, one.container) for one in mail.attachments] == [
        ("Bảng kê.pdf", "application/octet-stream", "pdf", (0, 0), "winmail.dat"),
        ("lỗi.png", "image/png", "png", (800, 600), "winmail.dat"),
        ("b.png", "image/png", "png", (5, 5), ""),
    ]
    assert [provide() for _, provide in parts_of(mail, raw)] == [b"%PDF-1.7", png(800, 600), png(5, 5)]
    assert mail.attachments[0].as_json()["from_archive"] == "winmail.dat"
    assert mail.defects == ()


@pytest.mark.parametrize(
    ("properties", "wanted", "html"),
    [
        ((text(BODY, "Không ký số được"),), "Không ký số được", ""),
        ((data(PACKED_BODY, packed_rtf(rb"{\rtf1 Kh\u244?ng k\u253?}")),), "Không ký", ""),
        ((data(HTML_BODY, "<p>Không ký được</p>".encode()),), "Không ký được", "<p>Không ký được</p>"),
    ],
)
def test_the_text_of_a_winmail_dat_is_that_of_a_mail_without_another(
    properties: tuple[bytes, ...], wanted: str, html: str
) -> None:
    package_part = encoded(TNEF, package(properties=properties))
    mail = read_mail(multipart("mixed", package_part))
    assert (mail.text, mail.new_text, mail.html, mail.attachments) == (wanted, wanted, html, ())
    assert read_mail(attached(package_part)).text == "Nhờ anh chị xem giúp lỗi ký số."
    assert read_mail(attached(package_part)).html == ""


def test_a_winmail_dat_is_known_by_its_content() -> None:
    raw = attached(encoded('application/octet-stream; name="tep.bin"', package(Packed("a.pdf", b"%PDF-1"))))
    assert [one.name for one in read_mail(raw).attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    ("body", "told"), [(b"khong phai", ["winmail-unreadable"]), (package()[:30], ["winmail-damaged"])]
)
def test_a_broken_winmail_dat_stays_a_file_and_is_told(body: bytes, told: list[str]) -> None:
    mail = read_mail(attached(encoded(TNEF, body)))
    assert [(one.name, one.size) for one in mail.attachments] == [("winmail.dat", len(body))]
    assert [defect.partition(":")[0] for defect in mail.defects] == told


@pytest.mark.parametrize(
    "content", ["message/rfc822", "application/octet-stream", 'application/octet-stream; name="thu.eml"']
)
def test_an_attached_mail_tells_subject_and_sender_and_is_read_as_one(content: str) -> None:
    raw = attached(part(content, FORWARDED, "Content-Disposition: attachment"))
    mail = read_mail(raw)
    assert [(one.detected, one.about) for one in mail.attachments] == [
        ("eml", "Lỗi — Kế toán <ketoan@hoacuc.example>")
    ]
    found = find_originals(mail, parts_of(mail, raw))
    assert [(one.sender.address, one.attached) for one in found] == [("ketoan@hoacuc.example", True)]


def test_few_headers_make_a_mail_only_of_what_says_so() -> None:
    raw = attached(
        part("message/rfc822", b"Subject: x\r\n\r\ny"),
        part('text/plain; name="a.txt"', b"Subject: x\r\n\r\ny"),
    )
    assert [(one.detected, one.about) for one in read_mail(raw).attachments] == [("eml", "x"), ("txt", "")]


def test_an_invitation_is_a_file_with_a_line() -> None:
    calendar = (
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Hop\r\nDTSTART:20261116T020000Z\r\n"
    )
    mail = read_mail(multipart("alternative", TEXT, part("text/calendar; method=REQUEST", calendar)))
    assert [(one.type, one.detected, one.about) for one in mail.attachments] == [
        ("text/calendar", "ics", "mời họp — Hop — 09:00 16/11/2026")
    ]


def test_the_size_of_a_picture_is_read_behind_its_camera_data() -> None:
    mail = read_mail(attached(encoded('image/jpeg; name="IMG_1.HEIC"', jpeg(4032, 3024, exif=40_000))))
    assert [(one.detected, one.pixels) for one in mail.attachments] == [("jpeg", (4032, 3024))]


def test_equal_small_pictures_have_the_same_digest() -> None:
    pictures = (png(20, 20), png(20, 20), png(20, 21))
    mail = read_mail(attached(*(encoded("image/png", picture) for picture in pictures)))
    digests = [one.digest for one in mail.attachments]
    assert digests[0] == digests[1] != digests[2]


def test_a_document_is_told_from_an_archive_even_where_its_beginning_does_not() -> None:
    document = zipped({"anh.bin": bytes(range(256)) * 2_000, "word/document.xml": b""}, stored=True)
    kinds = [one.detected for one in read_mail(attached(encoded("application/zip", document))).attachments]
    assert kinds == ["docx"]


def test_bytes_of_what_is_not_there_are_none() -> None:
    raw = attached(encoded(TNEF, package(Packed("a.pdf", b"%PDF"))))
    mail = read_mail(raw)
    gone = replace(
        mail, attachments=(replace(mail.attachments[0], inner=7), replace(mail.attachments[0], part=99))
    )
    assert [provide() for _, provide in parts_of(gone, raw)] == [b"", b""]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=50), st.integers(0, 700))
def test_any_damage_of_a_winmail_dat_is_survived(noise: bytes, at: int) -> None:
    whole = package(Packed("Bảng kê.pdf", b"%PDF"), properties=(text(BODY, "x"), data(HTML_BODY, b"<p>y")))
    raw = raw_mail(whole[:at] + noise + whole[at:], content=b"Content-Type: application/ms-tnef")
    mail = read_mail(raw)
    assert all(len(provide()) == one.size for one, provide in parts_of(mail, raw))
