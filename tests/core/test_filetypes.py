import struct

import pytest
from hypothesis import given, strategies as st
from support.archives import gzipped, rar4, rar5, sevenzip, tarred, zipped
from support.pictures import bmp, gif, jpeg, png, webp
from support.winmail import package

from triage.core.filekinds import KINDS
from triage.core.filetypes import claimed, contradiction, detect, ending_of, undecided

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNED = bytes.fromhex("308006092a864886f70d010702a0803080020101310b300906052b0e03021a0500")
DETACHED = SIGNED + bytes.fromhex("3080" + "06092a864886f70d010701" + "0000")
OPAQUE = SIGNED + bytes.fromhex("3080" + "06092a864886f70d010701" + "a080")
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<HoSo xmlns="urn:ho-so"/>'
XADES = XML[:-2] + b'><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></HoSo>'
MAIL = (
    b"Received: by mx.hoacuc.example\r\nFrom: a@hoacuc.example\r\nTo: b@hoacuc.example\r\nSubject: x\r\n\r\n"
)


def compound(class_start: str = "00000000", stream: str = "") -> bytes:
    """Write the beginning of a compound file whose root has a class, and the name of a stream."""
    head = OLE + bytes(22) + struct.pack("<H", 9) + bytes(16) + struct.pack("<L", 0)
    root = bytes(80) + bytes.fromhex(class_start) + bytes(44)
    return head.ljust(512, b"\0") + root + stream.encode("utf-16-le") + b"\0\0"


SAMPLES = [
    ("pdf", b"%PDF-1.7\n"),
    ("pdf", b"\xef\xbb\xbf\r\n%PDF-1.4\n\x00"),
    ("png", png(1, 1)),
    ("jpeg", jpeg(1, 1)),
    ("gif", gif(1, 1)),
    ("webp", webp(5, 5)),
    ("bmp", bmp(5, 5)),
    ("tiff", b"II*\0\x08\0\0\0"),
    ("tiff", b"MM\0*\0\0\0\x08"),
    ("heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
    ("mp4", b"\0\0\0\x18ftypisom\0\0\0\0"),
    ("mov", b"\0\0\0\x14ftypqt  \0\0\0\0"),
    ("mp3", b"ID3\x03\0"),
    ("zip", zipped({"bang-ke.pdf": b"x"})),
    ("docx", zipped({"[Content_Types].xml": b"", "word/document.xml": b""})),
    ("zip", zipped({"word/huong dan.txt": b"", "xl/so lieu.csv": b""})),
    ("xlsx", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""})),
    ("pptx", zipped({"ppt/presentation.xml": b""})),
    (
        "odt",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}, stored=True),
    ),
    ("ods", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, stored=True)),
    ("jar", zipped({"META-INF/MANIFEST.MF": b""})),
    ("apk", zipped({"AndroidManifest.xml": b""})),
    ("doc", compound("06090200")),
    ("doc", compound(stream="WordDocument")),
    ("xls", compound(stream="Workbook\0")),
    ("ppt", compound("108d8164")),
    ("msi", compound("84100c00")),
    ("msg", compound("0b0d0200")),
    ("msg", compound(stream="__properties_version1.0") + "WordDocument".encode("utf-16-le")),
    ("rtf", b"{\\rtf1\\ansi x}"),
    ("rar", rar4("a")),
    ("rar", rar5("a")),
    ("7z", sevenzip("a")),
    ("gz", gzipped(b"x")),
    ("tar", tarred({"a": b"x"})),
    ("cab", b"MSCF\0\0\0\0" + bytes(20)),
    ("exe", b"MZ\x90\0" + bytes(100)),
    ("elf", b"\x7fELF\x02\x01"),
    ("lnk", b"L\0\0\0\x01\x14\x02\0"),
    ("sh", b"#!/bin/sh\n"),
    ("html", b"\n<!-- x --><!DOCTYPE html><p>"),
    ("html", b"\xef\xbb\xbf<HTML><body>"),
    ("html", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'),
    ("html", "<html><body>".encode("utf-16")),
    ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ("xml", XML),
    ("xades", XADES),
    ("ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
    ("vcf", b"begin:vcard\r\n"),
    ("eml", MAIL),
    ("eml", b"From a@hoacuc.example Mon Jan 10 08:00:00 2022\n" + MAIL),
    ("tnef", package()),
    ("p7s", DETACHED),
    ("p7m", OPAQUE),
    ("p7m", b"-----BEGIN PKCS7-----\nMII"),
    ("txt", "Lỗi ký số".encode()),
    ("txt", "Lỗi".encode("cp1258", "replace")),
    ("txt", b"MZ la ma vung cua mot so don vi, day la mot tep van ban dai hon sau muoi bon ky tu."),
    ("txt", b"Subject: mot dong\n\nvan ban"),
]


@pytest.mark.parametrize(("code", "data"), SAMPLES)
def test_content_tells_what_a_file_is(code: str, data: bytes) -> None:
    kind = detect(data)
    assert kind is not None
    assert kind.code == code


def test_nothing_is_said_of_bytes_that_nobody_knows() -> None:
    assert detect(b"") is None
    assert detect(b"\x00\x01\x02\x03" * 100) is None


def test_the_beginning_of_a_packed_document_is_enough() -> None:
    whole = zipped({"[Content_Types].xml": b"x" * 100, "word/document.xml": bytes(range(256)) * 400})
    kind = detect(whole[:900])
    assert kind is not None
    assert kind.code == "docx"
    assert not undecided(whole[:900])


@pytest.mark.parametrize("data", [zipped({"a.pdf": b"x"})[:40], compound(), XML])
def test_a_beginning_that_leaves_a_doubt_says_so(data: bytes) -> None:
    assert undecided(data)


@pytest.mark.parametrize(
    ("name", "media_type", "code"),
    [
        ("loi.PNG", "application/octet-stream", "png"),
        ("loi.jpg. ", "image/png", "jpeg"),
        ("khong-duoi", "application/pdf", "pdf"),
        ("bang.ke.xlsx", "", "xlsx"),
        ("", "text/calendar", "ics"),
        ("ho-so.tgz", "application/octet-stream", "gz"),
    ],
)
def test_the_name_claims_before_the_type(name: str, media_type: str, code: str) -> None:
    kind = claimed(name, media_type)
    assert kind is not None
    assert kind.code == code


@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("cong-van.pdf", "application/pdf", "exe"),
        ("loi.png", "image/png", "html"),
        ("ho-so.docx", "", "pdf"),
        ("ghi-chu.txt", "text/plain", "exe"),
        ("ghi-chu.txt", "text/plain", "rar"),
        ("loi.jpg", "image/jpeg", "png"),
    ],
)
def test_a_contradiction_is_told(name: str, media_type: str, content: str) -> None:
    found = contradiction(name, media_type, KINDS[content])
    assert found is not None
    assert found.content.code == content


@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("loi.png", "image/png", "png"),
        ("ho-so.xml", "text/xml", "xades"),
        ("bang-ke.csv", "text/csv", "txt"),
        ("bang-ke.xls", "application/vnd.ms-excel", "xml"),
        ("thu.vien", "application/octet-stream", "exe"),
        ("log.txt", "text/plain", "eml"),
        ("ho-so.tar", "", "gz"),
        ("thiet-bi.dll", "", "exe"),
    ],
)
def test_what_is_true_enough_is_no_contradiction(name: str, media_type: str, content: str) -> None:
    assert contradiction(name, media_type, KINDS[content]) is None
    assert contradiction(name, media_type, None) is None


def test_every_kind_has_both_names_and_a_code_of_its_own() -> None:
    assert all(kind.vi and kind.en and kind.code == code for code, kind in KINDS.items())
    assert len({kind.vi for kind in KINDS.values()}) == len(KINDS)
    assert ending_of("a.b.C ") == "c"


@given(st.sampled_from([data for _, data in SAMPLES]), st.binary(max_size=40), st.integers(0, 600))
def test_any_damage_is_survived(data: bytes, noise: bytes, at: int) -> None:
    broken = data[:at] + noise + data[at + len(noise) :]
    kind = detect(broken)
    undecided(broken)
    contradiction("a.pdf", "application/pdf", kind)
