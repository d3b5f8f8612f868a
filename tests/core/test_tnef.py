import struct
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from support.winmail import (
    BODY,
    BODY_CODEPAGE,
    HTML_BODY,
    PACKED_BODY,
    SENDER,
    SUBJECT,
    Packed,
    attribute,
    count,
    data,
    named,
    package,
    packed_rtf,
    text,
)

from triage.core.mapi import read_properties
from triage.core.tnef import DEEPEST, MOST_FILES, Tnef, read_tnef

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpora" / "mimekit" / "tnef"


def read(raw: bytes) -> Tnef:
    found = read_tnef(raw, [])
    assert found is not None
    return found


def files(raw: bytes) -> list[tuple[str, str, bytes]]:
    return [(file.name, file.type, raw[file.start : file.end]) for file in read(raw).files]


def defects(raw: bytes) -> list[str]:
    told: list[str] = []
    read_tnef(raw, told)
    return [defect.partition(":")[0] for defect in told]


def test_long_names_win_over_short_ones() -> None:
    raw = package(
        Packed("Bảng kê chứng từ ký số tháng 11.xlsx", b"PK", "application/vnd.ms-excel"),
        Packed("ảnh lỗi.png", b"\x89PNG", "image/png", wide=False),
        Packed("", b"y", title="CONGVAN.PDF"),
        Packed("muon.pdf", b"%PDF", late=True),
    )
    assert files(raw) == [
        ("Bảng kê chứng từ ký số tháng 11.xlsx", "application/vnd.ms-excel", b"PK"),
        ("ảnh lỗi.png", "image/png", b"\x89PNG"),
        ("CONGVAN.PDF", "application/octet-stream", b"y"),
        ("muon.pdf", "application/octet-stream", b"%PDF"),
    ]


def test_a_content_id_ties_a_picture_to_the_html() -> None:
    raw = package(Packed("a.png", content_id="<1@x>"), properties=(data(HTML_BODY, b'<img src="cid:1@x">'),))
    assert read(raw).files[0].content_id == "1@x"
    assert read(raw).html == '<img src="cid:1@x">'


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ((text(BODY, "Lỗi ký số\r\nGấp"),), "Lỗi ký số\nGấp"),
        ((text(BODY, "Lỗi đăng nhập", wide=False),), "Lỗi đăng nhập"),
        (
            (data(PACKED_BODY, packed_rtf(rb"{\rtf1\ansi\ansicpg1258 L\u7895?i k\u253? s\u7889?\par}")),),
            "Lỗi ký số",
        ),
        ((named("Ten rieng", b"x"), text(BODY, "sau thuộc tính có tên")), "sau thuộc tính có tên"),
    ],
)
def test_the_text_comes_in_several_forms(properties: tuple[bytes, ...], wanted: str) -> None:
    assert read(package(properties=properties)).text == wanted


def test_html_is_read_in_the_code_page_of_the_mail() -> None:
    html = "<p>Kính gửi</p>"
    raw = package(properties=(count(BODY_CODEPAGE, 65001), data(HTML_BODY, html.encode())))
    assert read(raw).html == html
    assert read(raw).text == ""


def test_subject_and_sender_are_told() -> None:
    found = read(package(properties=(text(SUBJECT, "Lỗi ký số"), text(SENDER, "Kế toán"))))
    assert (found.subject, found.sender) == ("Lỗi ký số", "Kế toán")


def nested(depth: int) -> bytes:
    raw = package(Packed("trong.pdf", b"%PDF"), properties=(text(SUBJECT, "Thư trong"),))
    for _ in range(depth):
        raw = package(Packed("", raw, title="", is_mail=True), properties=(text(SUBJECT, "Thư ngoài"),))
    return raw


def test_a_mail_in_the_package_is_a_file_and_so_are_its_files() -> None:
    raw = nested(1)
    assert [(file.name, file.type, file.about) for file in read(raw).files] == [
        ("Thư trong", "application/ms-tnef", "Thư trong"),
        ("trong.pdf", "application/octet-stream", ""),
    ]
    assert files(raw)[1][2] == b"%PDF"


def test_nesting_ends_at_a_limit() -> None:
    assert [file.name for file in read(nested(DEEPEST)).files][-1] == "trong.pdf"
    assert [file.name for file in read(nested(DEEPEST + 2)).files][-1] != "trong.pdf"
    assert defects(nested(DEEPEST + 2)) == ["winmail-too-deep"]


@pytest.mark.parametrize("wide", [True, False])
def test_an_endless_name_is_cut_and_a_text_is_not(wide: bool) -> None:  # noqa: FBT001 - a parameter
    raw = package(Packed("x" * 100_000, wide=wide), properties=(text(BODY, "y" * 100_000, wide=wide),))
    assert 500 <= len(read(raw).files[0].name) <= 2_000
    assert read(raw).text == "y" * 100_000


def test_too_many_files_are_cut_and_told() -> None:
    raw = package(*(Packed(f"{number}.txt") for number in range(MOST_FILES + 5)))
    assert len(read(raw).files) == MOST_FILES
    assert defects(raw) == ["winmail-too-many"]


def test_a_broken_package_gives_what_could_be_read() -> None:
    raw = package(Packed("a.pdf", b"%PDF"), Packed("b.pdf", b"%PDF" * 100))
    assert [name for name, _, _ in files(raw[:-300])] == ["a.pdf", "UNTITL~1.DAT"]
    assert defects(raw[:-300]) == ["winmail-damaged"]
    assert read_tnef(b"PK\x03\x04", []) is None


def test_lengths_that_lie_reach_nothing_outside() -> None:
    raw = package() + struct.pack("<BLL", 2, 0x69002, 2**32 - 1) + b"x"
    assert read(raw).files == ()
    huge = attribute(1, 0x69003, struct.pack("<LHHL", 2**32 - 1, 0x101F, 0x1000, 2**32 - 1) + bytes(400))
    assert read(package() + huge).text == ""


def test_values_without_a_byte_are_not_as_many_as_claimed() -> None:
    # 12 bytes claim four thousand million values of nothing, which a mail could do ten thousand times
    nothing = struct.pack("<LHHL", 1, 0x1001, 0x3001, 2**32 - 1)
    assert len(list(read_properties(nothing, 0, len(nothing)))) == 1


@pytest.mark.skipif(not CORPUS.exists(), reason="the collection of mails is not here")
def test_every_package_of_a_collection_has_the_files_that_it_lists() -> None:
    seen = 0
    for path in sorted(CORPUS.glob("*.tnef")):
        found = read(path.read_bytes())
        names = {file.name.replace("_", " ") for file in found.files}
        names |= {"body.html"} if found.html else set()
        names |= {"body.rtf"} if found.rtf else set()
        wanted = {
            line.replace("_", " ") for line in path.with_suffix(".list").read_text().splitlines() if line
        }
        assert wanted <= names, path.name
        seen += 1
    assert seen == 19


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 900), st.booleans())
def test_any_damage_is_survived(noise: bytes, at: int, instead: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
    raw = package(
        Packed("Bảng kê.xlsx", b"PK"),
        Packed("", nested(1), is_mail=True),
        properties=(text(SUBJECT, "x"), named("y", b"z"), data(PACKED_BODY, packed_rtf(rb"{\rtf1 x}"))),
    )
    broken = raw[:at] + noise + raw[at + (len(noise) if instead else 0) :]
    found = read_tnef(broken, [])
    for file in found.files if found else ():
        assert 0 <= file.start <= file.end <= len(broken)
    assert found is None or isinstance(found.text, str)
