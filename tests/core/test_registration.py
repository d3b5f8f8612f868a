"""The registration form of connecting units is found where it is filled in, and only there."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from triage.adapters.rulefiles import load_rulebook
from triage.core.mail import Attachment
from triage.core.parse import read_mail
from triage.core.registration import find_registration
from triage.core.units import Registration
from triage.core.wordtext import plain_text, word_text

DIRECTORY = load_rulebook(Path(__file__).parents[2] / "rules").treasuries
FORM = """\
THÔNG BÁO CỦA KHÁCH HÀNG VỀ VIỆC ĐĂNG KÝ
SỬ DỤNG ỨNG DỤNG, DỊCH VỤ
Kính gửi: KBNN Hà Nội
Tên khách hàng/ĐVQHNS: Công ty Kết Nối
Mã ĐVQHNS (nếu có): .....
Tên phần mềm kết nối tới ứng dụng, dịch vụ: SoftKT
"""


def docx(text: str) -> bytes:
    body = "".join(
        f"<w:p><w:r><w:t xml:space='preserve'>{line}</w:t></w:r></w:p>" for line in text.splitlines()
    )
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    return packed.getvalue()


def found(text: str, *files: tuple[str, bytes]) -> Registration | None:
    parts: list[tuple[Attachment, Callable[[], bytes]]] = [
        (
            Attachment(name, "application/octet-stream", len(data), inline=False, content_id="", part=at),
            lambda data=data: data,
        )
        for at, (name, data) in enumerate(files)
    ]
    return find_registration(replace(read_mail(b""), text=text, new_text=text), DIRECTORY, parts)


def test_a_filled_form_in_the_text_is_read() -> None:
    form = found(FORM)
    assert form is not None
    assert (form.name, form.code, form.software, form.treasury) == ("Công ty Kết Nối", "", "SoftKT", "0010")


@pytest.mark.parametrize(("name", "pack"), [("mau.docx", docx), ("mau.txt", str.encode)])
def test_a_filled_form_in_a_file_is_read(name: str, pack: Callable[[str], bytes]) -> None:
    form = found("Kính gửi thông báo đăng ký sử dụng ứng dụng.", (name, pack(FORM)))
    assert form is not None
    assert (form.software, form.found_in) == ("SoftKT", name)


@pytest.mark.parametrize("name", ["Thong_bao-dang_ky_ket_noi.docx", "Mẫu_đăng_ký_935.docx"])
def test_a_file_whose_name_speaks_of_the_form_is_read(name: str) -> None:
    form = found("Kính gửi quý cơ quan.", (name, docx(FORM)))
    assert form is not None
    assert form.found_in == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tôi muốn đăng ký sử dụng ứng dụng của Kho bạc thì làm thế nào?",
        FORM.replace("Công ty Kết Nối", "....."),
        FORM.replace("SoftKT", "……"),
        FORM.replace("ĐĂNG KÝ", "HỦY"),
    ],
)
def test_an_empty_form_or_talk_about_it_is_none(text: str) -> None:
    assert found(text) is None


def test_a_file_is_left_alone_where_the_mail_does_not_speak_of_the_form() -> None:
    assert found("Gửi công văn.", ("mau.docx", docx(FORM))) is None


def test_a_document_that_swells_is_cut() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:t>a</w:t>" * 2_000_000)
    assert len(word_text(packed.getvalue())) < 1_000_000


@settings(deadline=None)
@given(st.binary(max_size=2000) | st.binary(max_size=200).map(lambda more: docx("một")[:-20] + more))
def test_no_file_raises(data: bytes) -> None:
    assert isinstance(plain_text("x.docx", data), str)
    assert isinstance(plain_text("x.txt", data), str)


@given(st.text(max_size=500))
def test_no_text_raises(text: str) -> None:
    form = found(f"đăng ký sử dụng ứng dụng\nTên khách hàng: {text}\nTên phần mềm kết nối: {text}")
    assert form is None or form.name
