"""The registration form of connecting units is found where it is filled in, and only there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from support.papers import TYPES, docx, odt, pdf, xlsx

from triage.adapters.rulefiles import load_rulebook
from triage.core.mail import Attachment
from triage.core.parse import read_mail
from triage.core.registration import find_registration
from triage.core.units import Registration

DIRECTORY = load_rulebook(Path(__file__).parents[2] / "rules").treasuries
NAMES = {docx: "docx", odt: "odt", xlsx: "xlsx", pdf: "pdf", str.encode: "txt"}
FORM = """\
THÔNG BÁO CỦA KHÁCH HÀNG VỀ VIỆC ĐĂNG KÝ
SỬ DỤNG ỨNG DỤNG, DỊCH VỤ
Kính gửi: KBNN Hà Nội
Tên khách hàng/ĐVQHNS: Công ty Kết Nối
Mã ĐVQHNS (nếu có): .....
Tên phần mềm kết nối tới ứng dụng, dịch vụ: SoftKT
"""


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


@pytest.mark.parametrize("ending", TYPES)
def test_a_filled_form_in_a_file_is_read(ending: str) -> None:
    name = f"mau{ending.upper()}"
    form = found("Kính gửi thông báo đăng ký sử dụng ứng dụng.", (name, TYPES[ending](FORM)))
    assert form is not None
    assert (form.software, form.found_in) == ("SoftKT", name)


@pytest.mark.parametrize("pack", [docx, odt, xlsx, pdf, str.encode])
@pytest.mark.parametrize("colon", [":", " :", ""])
def test_a_value_may_stand_in_the_cell_behind_its_label(colon: str, pack: Callable[[str], bytes]) -> None:
    rows = (("1", "Tên đơn vị", "Công ty Kết Nối: chi nhánh 2"), ("2.", "Mã ĐVQHNS", "1234567", "nếu có"))
    table = "\n".join("\t".join((at, label + colon, *rest)) for at, label, *rest in rows)
    form = found("Đăng ký kết nối", ("mau." + NAMES[pack], pack(f"MẪU ĐĂNG KÝ KẾT NỐI\n{table}")))
    assert form is not None
    assert (form.name, form.code) == ("Công ty Kết Nối: chi nhánh 2", "1234567")


def test_the_head_of_a_table_is_no_value() -> None:
    assert found("ĐĂNG KÝ KẾT NỐI\nTên đơn vị\tMã ĐVQHNS\tĐịa chỉ\nCông ty Kết Nối\t1234567\tSố 1") is None


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


@given(st.text(max_size=500))
def test_no_text_raises(text: str) -> None:
    form = found(f"đăng ký sử dụng ứng dụng\nTên khách hàng: {text}\nTên phần mềm kết nối: {text}")
    assert form is None or form.name
