import struct
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from support.archives import (
    gzip_bomb,
    gzipped,
    overlapping_zip,
    rar4,
    rar5,
    sevenzip,
    tarred,
    zip_by_hand,
    zipped,
)
from support.contents import NAMES, rules

from triage.core.attachments import MAX_ATTACHMENTS, attachment_findings
from triage.core.decision import Severity
from triage.core.filetypes import detect
from triage.core.mail import Attachment
from triage.core.zipnames import unpack, zip_entries

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + struct.pack("<H", 9) + bytes(480)
MSI = _COMPOUND + bytes(80) + bytes.fromhex("84100c00") + bytes(44)
"""The beginning of a Windows installer."""

GRAVE = {Severity.MEDIUM, Severity.HIGH}


def part(
    name: str, data: bytes = b"", kind: str = "application/octet-stream"
) -> tuple[Attachment, Callable[[], bytes]]:
    return Attachment(name, kind, len(data), inline=False, content_id="", part=1), lambda: data


def judged(*parts: tuple[Attachment, Callable[[], bytes]], text: str = "") -> dict[str, Severity]:
    return {finding.check: finding.severity for finding in attachment_findings(parts, text, NAMES, rules())}


def archive(**files: bytes) -> bytes:
    return zipped(files)


def locked(data: bytes) -> bytes:
    """Set the flag of encryption in every entry, as a packer with a password does."""
    central, local = (
        data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01"),
        b"PK\x01\x02\x14\x03\x14\x00",
    )
    return central.replace(local + b"\x00", local + b"\x01")


@pytest.mark.parametrize(
    ("name", "check", "severity"),
    [
        ("caidat.exe", "ATTACH_EXECUTABLE", Severity.MEDIUM),
        ("hoadon.PDF.Exe", "ATTACH_DOUBLE_EXTENSION", Severity.HIGH),
        ("congvan.docx .js", "ATTACH_DOUBLE_EXTENSION", Severity.HIGH),
        ("tep.lnk. ", "ATTACH_EXECUTABLE", Severity.MEDIUM),
        ("ungdung.apk", "ATTACH_EXECUTABLE", Severity.MEDIUM),
        ("congvan\u202efdp.exe", "ATTACH_RTL_NAME", Severity.HIGH),
        ("anh\u202egpj.png", "ATTACH_RTL_NAME", Severity.MEDIUM),
        # what is written to disk ends in .js
        ("hoadon.js\u200b", "ATTACH_EXECUTABLE", Severity.MEDIUM),
        ("hoadon.pdf.j\u200bs", "ATTACH_DOUBLE_EXTENSION", Severity.HIGH),
        ("hoadon.js\x01", "ATTACH_EXECUTABLE", Severity.MEDIUM),
        ("hoadon.js ~-", "ATTACH_EXECUTABLE", Severity.MEDIUM),
        ("dia.iso", "ATTACH_DISK_IMAGE", Severity.MEDIUM),
        ("bangke.xlsm", "ATTACH_MACRO", Severity.LOW),
    ],
)
def test_a_name_tells_what_a_file_does(name: str, check: str, severity: Severity) -> None:
    assert judged(part(name))[check] is severity


@pytest.mark.parametrize(
    "name",
    [
        "phieu.pdf",
        "bang ke 16a1.xlsx",
        "v1.2 huong dan.docx",
        "loi.png",
        "so.lieu.2026.xml",
        "khong_duoi",
        "",
        "...",
    ],
)
def test_an_honest_name_tells_nothing(name: str) -> None:
    assert judged(part(name, b"text")) == {}


@pytest.mark.parametrize(
    ("name", "data", "check", "severity"),
    [
        ("congvan.pdf", b"MZ\x90\x00", "ATTACH_DISGUISED", Severity.HIGH),
        ("bangke.zip", archive(**{"a/caidat.exe": b"x"}), "ATTACH_EXECUTABLE", Severity.MEDIUM),
        (
            "bangke.zip",
            archive(**{"a.zip": archive(**{"b.pdf.scr": b"x"})}),
            "ATTACH_DOUBLE_EXTENSION",
            Severity.HIGH,
        ),
        (
            "bangke.xlsx",
            archive(**{"[Content_Types].xml": b"", "xl/vbaProject.bin": b""}),
            "ATTACH_MACRO",
            Severity.MEDIUM,
        ),
        (
            "bangke.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le") + b"\x00\x00",
            "ATTACH_MACRO",
            Severity.LOW,
        ),
        ("bangke.zip", locked(archive(**{"a.pdf": b"x"})), "ATTACH_ENCRYPTED", Severity.LOW),
        ("trang.html", b"<p>loi</p>", "ATTACH_HTML", Severity.LOW),
        (
            "trang.html",
            b"<meta http-equiv=refresh content='0;url=https://x.example/'>",
            "ATTACH_HTML_REDIRECT",
            Severity.MEDIUM,
        ),
        ("trang.html", b"<script>location='x'</script>", "ATTACH_HTML_REDIRECT", Severity.MEDIUM),
        (
            "trang.html",
            b"<form action=https://x.example/><input type=password></form>",
            "ATTACH_HTML_FORM",
            Severity.HIGH,
        ),
        (
            "trang.html",
            b"<form action=https://x.example/><input name=pin></form>",
            "ATTACH_HTML_FORM",
            Severity.HIGH,
        ),
        ("trang.htm", b"<a href=https://vst-gov.vn/>vao</a>", "LINK_LOOKALIKE", Severity.HIGH),
    ],
)
def test_content_tells_what_a_name_hides(name: str, data: bytes, check: str, severity: Severity) -> None:
    assert judged(part(name, data))[check] is severity


def test_a_saved_page_of_ours_is_no_trap() -> None:
    page = b"<form action=https://dvc.vst.gov.vn/login><input type=password></form>"
    assert not GRAVE & set(judged(part("loi.html", page)).values())


@pytest.mark.parametrize(
    "data", [locked(archive(**{"a.pdf": b"x"})), b"7z\xbc\xaf\x27\x1c" + b"0" * 20, b"Rar!\x1a\x07\x00"]
)
def test_a_locked_archive_with_its_password_in_the_mail_weighs(data: bytes) -> None:
    assert (
        judged(part("tep.zip", data), text="Mật khẩu giải nén: 1234")["ATTACH_ENCRYPTED"] is Severity.MEDIUM
    )


def test_ordinary_documents_are_left_alone() -> None:
    document = archive(**{"[Content_Types].xml": b"", "word/document.xml": b""})
    assert judged(part("don.docx", document), part("ds.zip", archive(**{"a.pdf": b"", "b.xlsx": b""}))) == {}


def test_bytes_are_asked_for_only_where_they_matter() -> None:
    asked: list[str] = []

    def provider(name: str) -> Callable[[], bytes]:
        def provide() -> bytes:
            asked.append(name)
            return b""

        return provide

    parts = [
        (Attachment("anh.png", "image/png", 10, inline=True, content_id="", part=1), provider("anh.png")),
        (
            Attachment("to.zip", "application/zip", 10**9, inline=False, content_id="", part=2),
            provider("to.zip"),
        ),
        (Attachment("a.zip", "application/zip", 10, inline=False, content_id="", part=3), provider("a.zip")),
        *(
            (
                Attachment(f"{number}.zip", "application/zip", 1, inline=False, content_id="", part=number),
                provider("late"),
            )
            for number in range(MAX_ATTACHMENTS)
        ),
    ]
    attachment_findings(parts, "", NAMES, rules())
    assert asked[0] == "a.zip"
    assert len(asked) == MAX_ATTACHMENTS - 2


def test_the_directory_of_an_archive_is_read_without_unpacking() -> None:
    data = archive(**{"thư mục/tệp.txt": b"noi dung", "b.txt": b"x" * 100_000})
    entries = zip_entries(b"loader" * 10 + data)
    assert [entry.name for entry in zip_entries(data)] == ["thư mục/tệp.txt", "b.txt"]
    assert [entry.name for entry in entries] == ["thư mục/tệp.txt", "b.txt"]
    assert unpack(b"loader" * 10 + data, entries[0]) == b"noi dung"
    assert unpack(data, zip_entries(data)[0]) == b"noi dung"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_damage_is_survived(noise: bytes, at: int) -> None:
    data = archive(**{"a.zip": archive(**{"b.exe": b"x" * 50})})
    broken = data[:at] + noise + data[at + len(noise) :]
    for entry in zip_entries(broken):
        unpack(broken, entry)
    attachment_findings(
        [part("a.zip", broken), part("a.html", noise), part(noise.decode("latin-1"), noise)],
        "",
        NAMES,
        rules(),
    )


HIDDEN_WHY = "Tệp nén đặt mật khẩu cả tên tệp bên trong nên không biết chứa gì."


@pytest.mark.parametrize(
    "packer",
    [rar4, rar5, sevenzip, lambda name: gzipped(tarred({name: b"x"})), lambda name: tarred({name: b"x"})],
)
def test_names_in_every_archive_are_judged(packer: Callable[[str], bytes]) -> None:
    assert judged(part("ho-so.bin", packer("cong-van.pdf.exe")))["ATTACH_DOUBLE_EXTENSION"] is Severity.HIGH
    assert judged(part("ho-so.bin", packer("cong-van.pdf"))) == {}


def test_a_program_in_an_archive_is_known_by_its_content() -> None:
    data = archive(**{"cong-van.pdf": b"MZ\x90\0" + bytes(80)})
    found = attachment_findings([part("ho-so.zip", data)], "", NAMES, rules())
    assert [(one.check, one.evidence) for one in found] == [
        ("ATTACH_DISGUISED", "ho-so.zip › cong-van.pdf (exe)")
    ]


@pytest.mark.parametrize("packer", [rar4, rar5, sevenzip])
def test_locked_archives_weigh_with_their_password_in_the_mail(packer: Callable[..., bytes]) -> None:
    told = "Mật khẩu giải nén: 1234"
    for data in (packer("a.pdf", locked=True), packer("a.pdf", hidden=True)):
        assert judged(part("tep.bin", data))["ATTACH_ENCRYPTED"] is Severity.LOW
        assert judged(part("tep.bin", data), text=told)["ATTACH_ENCRYPTED"] is Severity.MEDIUM
    assert judged(part("tep.bin", packer("a.pdf")), text=told) == {}
    (hidden,) = attachment_findings([part("a.rar", packer("a", hidden=True))], "", NAMES, rules())
    assert hidden.why == HIDDEN_WHY


@pytest.mark.parametrize("data", [overlapping_zip(50), gzip_bomb(30)])
def test_a_bomb_weighs(data: bytes) -> None:
    assert judged(part("ho-so.bin", data))["ATTACH_BOMB"] is Severity.MEDIUM


@pytest.mark.parametrize(
    ("name", "kind", "data", "check"),
    [
        ("loi.png", "image/png", b"MZ\x90\0", "ATTACH_DISGUISED"),
        ("cai.doc", "application/msword", MSI, "ATTACH_DISGUISED"),
        (
            "cong-van.pdf",
            "application/pdf",
            b"<html><form action=https://x.example/><input type=password>",
            "ATTACH_HTML_FORM",
        ),
        ("loi.jpg", "image/jpeg", rar5("a.exe"), "ATTACH_EXECUTABLE"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_looked_into(
    name: str, kind: str, data: bytes, check: str
) -> None:
    found = detect(data)
    assert found is not None
    attachment, provide = part(name, data, kind)
    assert check in judged((replace(attachment, detected=found.code), provide))


def test_a_sheet_that_is_a_page_inside_is_left_alone() -> None:
    attachment, provide = part("bang-ke.xls", b"<html><table><tr><td>1", "application/vnd.ms-excel")
    assert judged((replace(attachment, detected="html"), provide)) == {}


@pytest.mark.parametrize("sign", ["[Content_Types].xml", "word/vbaProject.bin"])
def test_the_signs_of_a_document_hide_no_program_in_an_archive(sign: str) -> None:
    hidden = zipped({sign: b"", "caidat.js": b"x=1"})
    assert judged(part("ho-so.zip", hidden))["ATTACH_EXECUTABLE"] is Severity.MEDIUM
    assert "ATTACH_EXECUTABLE" not in judged(part("ho-so.docx", hidden))


def test_an_archive_under_another_name_hides_no_program() -> None:
    inner = zipped({"caidat.js": b"x=1"})
    assert judged(part("ho-so.zip", zipped({"anh.dat": inner})))["ATTACH_EXECUTABLE"] is Severity.MEDIUM


def test_an_archive_of_long_numbers_is_no_bomb() -> None:
    data = zip_by_hand(b"a.pdf", beside=struct.pack("<HHQQ", 1, 16, 1, 1), sizes=b"\xff" * 8)
    assert judged(part("ho-so.zip", data)) == {}
