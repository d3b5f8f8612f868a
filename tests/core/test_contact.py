"""Who wrote and how to reach him is read from labels, signatures, sentences and the header."""

import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_mail, shipped

from triage.core.contact import contact_of
from triage.core.contactcard import Contact
from triage.core.mail import Address
from triage.core.persons import job_in, person_in
from triage.core.phones import Phone, PhoneSort, find_phones
from triage.core.unitnames import unit_of_line


def read(text: str, sender: str = "", whole: str = "") -> Contact:
    mail = a_mail("Nhờ hỗ trợ", whole or text, new_text=text, senders=(Address(sender, "kt@donvi.example"),))
    return contact_of(mail, shipped().office, shipped().treasuries)


SIGNED = """Em không ký được hồ sơ.

Trân trọng,
Nguyễn Thị Mẫu
Kế toán trưởng
Trường Mầm non Hoa Mai
Mã ĐVQHNS: 1012345
ĐT: 0912 345 678 - 0293 3870 123 máy lẻ 12
Email: mau@hoamai.example
KBNN Hậu Giang"""


def test_a_whole_signature_is_read() -> None:
    assert read(SIGNED).as_json() == {
        "name": "Nguyễn Thị Mẫu",
        "unit": "Trường Mầm non Hoa Mai",
        "budget_code": "1012345",
        "phones": ["0912345678", "02933870123"],
        "extensions": {"02933870123": "12"},
        "treasury": "KBNN Hậu Giang (nay thuộc Cần Thơ)",
        "job": "kế toán trưởng",
        "addresses": ["mau@hoamai.example"],
    }


@pytest.mark.parametrize(
    ("text", "number", "sort"),
    [
        ("0912345678", "0912345678", "mobile"),
        ("0912 345 678", "0912345678", "mobile"),
        ("0912.345.678", "0912345678", "mobile"),
        ("0912-345-678", "0912345678", "mobile"),
        ("+84 912 345 678", "0912345678", "mobile"),
        ("(+84) 912345678", "0912345678", "mobile"),
        ("+84 (0) 912 345 678", "0912345678", "mobile"),
        ("0084912345678", "0912345678", "mobile"),
        ("84912345678", "0912345678", "mobile"),
        ("SĐT:0912345678.", "0912345678", "mobile"),
        ("Di động: 0387 654 321", "0387654321", "mobile"),
        ("ĐTDĐ 0708 123 456", "0708123456", "mobile"),
        ("zalo 0562.345.678", "0562345678", "mobile"),
        ("liên hệ 0163 123 4567", "0331234567", "mobile"),
        ("01234567890", "0834567890", "mobile"),
        ("0199 234 5678", "0592345678", "mobile"),
        ("024 3826 1234", "02438261234", "landline"),
        ("(024) 3826 1234", "02438261234", "landline"),
        ("0293.3870.123", "02933870123", "landline"),
        ("+84 28 3829 1234", "02838291234", "landline"),
        ("０９１２３４５６７８", "0912345678", "mobile"),
        ("15/03/2026 0912345678", "0912345678", "mobile"),
    ],
)
def test_a_phone_is_made_national_digits_from_0(text: str, number: str, sort: str) -> None:
    assert find_phones(text) == (Phone(number, PhoneSort(sort)),)


@pytest.mark.parametrize(
    "text",
    [
        "MST 0312345678",
        "mã số thuế: 0351234567",
        "STK 0912345678",
        "số tài khoản 0912345678 ngân hàng",
        "CCCD 001085001234",
        "CMND 012345678",
        "mã ĐVQHNS 1012345",
        "1.500.000.000 đồng",
        "SD211208-123456",
        "hóa đơn số 0912345678",
        "mã giao dịch 0912345678",
        "0500000000",
        "0012345678",
        "9523.3.1012345",
        "ngày 01.01.2026",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert find_phones(text) == ()


def test_an_extension_stays_with_its_number() -> None:
    for text in ("024 3826 1234 máy lẻ 105", "024 3826 1234 ext 105", "02438261234 (nội bộ: 105)"):
        assert find_phones(text) == (Phone("02438261234", PhoneSort.LANDLINE, "105"),)


def test_our_own_switchboard_is_nobodys_contact() -> None:
    contact = read("Em gọi 02462764300 máy lẻ 88617 không được, gọi (024) 6276 4300 cũng không")
    assert contact.phones == ()
    assert not contact.is_enough


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Người liên hệ: Trần Văn Mẫu - SĐT: 0912345678", "Trần Văn Mẫu"),
        ("Họ và tên: Lê Thị Hoa Mẫu", "Lê Thị Hoa Mẫu"),
        ("Họ tên: Phạm Mẫu, kế toán", "Phạm Mẫu"),
        ("Liên hệ: chị Hà 0912.345.678", "Hà"),
        ("Lỗi ký số. Người gửi: Đỗ Văn Thử", "Đỗ Văn Thử"),
        ("Cán bộ liên hệ: Bà Vũ Thị Mẫu (kế toán)", "Vũ Thị Mẫu"),
        ("ho ten: Nguyen Van Mau", "Nguyen Van Mau"),
        ("Không ký được.\n\nTrân trọng,\nNguyễn Văn Thử\n0912345678", "Nguyễn Văn Thử"),
        ("Không ký được.\n--\nHoàng Thị Mẫu | Kế toán", "Hoàng Thị Mẫu"),
        ("Không ký được", ""),
    ],
)
def test_a_name_stands_behind_a_label_or_in_the_signature(text: str, name: str) -> None:
    assert read(text).name == name


def test_the_header_names_the_writer_where_the_text_does_not() -> None:
    assert read("Không ký được", "Nguyễn Thị Mẫu").name == "Nguyễn Thị Mẫu"
    assert read("Không ký được", "Trường Mầm non Hoa Sen").name == ""
    assert read("Không ký được", "Trường Mầm non Hoa Sen").unit == "Trường Mầm non Hoa Sen"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Đơn vị: UBND xã Hoa Sen, mã QHNS 1054321", "UBND xã Hoa Sen"),
        ("Tên đơn vị: Trung tâm Y tế huyện Mẫu", "Trung tâm Y tế huyện Mẫu"),
        ("Cơ quan: Chi cục Thú y; ĐT 0912345678", "Chi cục Thú y"),
        ("em là kế toán trường mầm non Hoa Sen, không ký được", "trường mầm non Hoa Sen"),
        ("em la ke toan truong mam non hoa sen, ko ky dc", "truong mam non hoa sen"),
        ("Lỗi.\n\nTrân trọng,\nUBND phường Mẫu\n0912345678", "UBND phường Mẫu"),
        ("Không ký được hồ sơ của trường em", ""),
        (
            "Lỗi.\n\nTrân trọng,\nBan Quản lý dự án Cao tốc ven biển, 0900 000 143",
            "Ban Quản lý dự án Cao tốc ven biển",
        ),
        ("Đơn vị: Trường THCS số 1 (0900.000.143) - ĐT: 0900 000 144", "Trường THCS số 1"),
        ("Đơn vị: Trạm Khuyến nông Mẫu, Hà Nam. Tân, 0900 000 144", "Trạm Khuyến nông Mẫu, Hà Nam"),
        ("Đơn vị: Trường Mầm non Mẫu, TP. Huế, 0900 000 144", "Trường Mầm non Mẫu, TP. Huế"),
        ("Đơn vị: Trạm Y tế xã Mẫu, +84 900 000 143", "Trạm Y tế xã Mẫu"),
        (
            "Lỗi.\n\nTrân trọng,\nDoãn Thị Hà - Trường Tiểu học Hòa Cá, Quảng Trị\n0900000143",
            "Trường Tiểu học Hòa Cá, Quảng Trị",
        ),
        ("Đơn vị: Đoàn Thị Hà, kế toán trưởng, Phòng Tổng hợp Sở Mẫu", "Phòng Tổng hợp Sở Mẫu"),
        ("Đơn vị: Nguyễn Văn Mẫu – Ủy ban nhân dân xã Mẫu", "Ủy ban nhân dân xã Mẫu"),
        ("Đơn vị: Đoàn Thanh niên - Ban Tổ chức Tỉnh ủy", "Đoàn Thanh niên - Ban Tổ chức Tỉnh ủy"),
        ("Đơn vị: Viện Kiểm Sát - Phòng Một", "Viện Kiểm Sát - Phòng Một"),
        ("Đơn vị: Trường Mầm non Hoa Mai - Phường Mẫu", "Trường Mầm non Hoa Mai - Phường Mẫu"),
        ("Đơn vị: Nguyễn Văn Mẫu - Hà Nội", "Nguyễn Văn Mẫu - Hà Nội"),
        ("Đơn vị: Kho lưu trữ 1018", "Kho lưu trữ 1018"),
    ],
)
def test_a_unit_is_labelled_signed_or_told(text: str, unit: str) -> None:
    assert read(text).unit == unit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mã ĐVQHNS: 1012345", "1012345"),
        ("mã QHNS 1012345", "1012345"),
        ("MSĐVQHNS: 1012345", "1012345"),
        ("Mã số ĐVQHNS 1012345", "1012345"),
        ("mã đơn vị: 1012345", "1012345"),
        ("ma dvqhns la 1012345", "1012345"),
        ("mã quan hệ ngân sách: 1012345", "1012345"),
        ("Mã đơn vị có quan hệ với ngân sách: 1012345", "1012345"),
        ("đơn vị 1012345 không đăng nhập được", "1012345"),
        ("Mã dự án: 7654321", "7654321"),
        ("số tiền 1012345 đồng", ""),
        ("0912345678", ""),
        ("Mã ĐVQHNS: 10123456", ""),
    ],
)
def test_the_code_of_a_budget_unit_has_seven_digits_and_a_label(text: str, code: str) -> None:
    assert read(text).budget_code == code


def test_jobs_are_told_in_their_usual_spelling() -> None:
    assert job_in(["Nguyễn Thị Mẫu", "KTT"]) == "kế toán trưởng"
    assert job_in(["PHÓ HIỆU TRƯỞNG"]) == "phó hiệu trưởng"
    assert job_in(["ke toan vien"]) == "kế toán viên"
    assert job_in(["Xin chào"]) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Kính gửi Kho bạc",
        "Mã ĐVQHNS: 1012345",
        "Trường Mầm non",
        "Xã Trực Ninh, Nam Định",
        "không ký được",
        "",
    ],
)
def test_what_is_no_name_is_none(line: str) -> None:
    assert person_in(line) == ""


@pytest.mark.parametrize("line", ["Trường em không ký được hồ sơ", "Phòng em bị lỗi", "", "Kế toán"])
def test_a_sentence_is_no_unit(line: str) -> None:
    assert unit_of_line(line) == ""


def test_a_phone_or_a_name_at_a_unit_is_enough() -> None:
    assert read("ĐT 0912345678").is_enough
    assert read("Người liên hệ: Trần Văn Mẫu\nĐơn vị: UBND xã Mẫu").is_enough
    assert not read("Người liên hệ: Trần Văn Mẫu").is_enough
    assert not read("Đơn vị: UBND xã Mẫu").is_enough


def test_numbers_below_the_new_text_count_only_where_it_names_none() -> None:
    whole = "Cảm ơn\n\nChuyển tiếp\nĐT 0912345678\n> 0987654321"
    assert [phone.number for phone in read("Cảm ơn", whole=whole).phones] == ["0912345678"]


@given(st.text(max_size=600), st.text(max_size=60))
def test_any_text_has_a_contact(text: str, sender: str) -> None:
    contact = read(text, sender)
    assert all(phone.number.isdigit() and phone.number[0] == "0" for phone in contact.phones)


@given(
    st.lists(
        st.sampled_from(["ĐT: ", "0912", " 345", ".678", "-", "84", "+", "(0)", "\n", "Mã ĐVQHNS ", "1"])
    )
)
def test_any_order_of_digits_is_read(pieces: list[str]) -> None:
    read("".join(pieces))
