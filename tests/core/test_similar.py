"""Likeness of complaints: what tells of one error is alike, whatever stands around it; nothing else is."""

from itertools import combinations

import pytest
from support.surge_texts import ERRORS, ORDINARY, Said

from triage.core.similar import (
    PLACES,
    is_alike,
    is_same,
    likeness,
    shared_phrase,
    shared_words,
    signature_of_terms,
    terms_of,
)

MESSAGE = "hệ thống báo lỗi “Không kết nối được máy chủ ký số (SIGN-5032)” khi ký hồ sơ"
SUBJECT = "Không ký được"


def signed(said: Said) -> bytes:
    return signature_of_terms(terms_of(*said))


SAME = {name: [signed(one) for one in texts] for name, texts in ERRORS.items()}
OTHERS = [signed(one) for texts in ORDINARY.values() for one in texts]


@pytest.mark.parametrize(
    "around",
    [
        "Kính gửi Đội hỗ trợ,\n{}.\nTrân trọng,\nTrần Thị Bích\nTrường THPT Số 9\nĐT: 0900 000 123",
        "Chào anh chị! {}. Em cảm ơn ạ.\n--\nLê Văn Mẫu - Kế toán\nTrạm Y tế phường 4, 0900.000.124",
        "{}, từ 8h30 ngày 16/11/2026, mã ĐVQHNS 1234567, số tiền 12.500.000 đồng.",
        "{}. Phiếu SD261116-000123, thư bich@mot.example, xem https://anh.example/loi.png",
        "{}.\n\nĐược gửi từ iPhone của tôi",
    ],
    ids=["letter", "chat", "numbers", "codes", "phone"],
)
def test_what_differs_from_unit_to_unit_does_not_count(around: str) -> None:
    bare = signature_of_terms(terms_of(SUBJECT, MESSAGE))
    assert likeness(bare, signature_of_terms(terms_of(SUBJECT, around.format(MESSAGE)))) > 0.7


@pytest.mark.parametrize(
    "written",
    [
        MESSAGE.upper(),
        "he thong bao loi “Khong ket noi duoc may chu ky so (SIGN-5032)” khi ky ho so",
        "hệ thống báo lỗi “Ko kết nối đc máy chủ ký số (SIGN 5032)” khi ký hs",
    ],
    ids=["capitals", "no tones", "short forms"],
)
def test_spelling_does_not_count(written: str) -> None:
    assert (
        likeness(signature_of_terms(terms_of("", MESSAGE)), signature_of_terms(terms_of("", written))) > 0.7
    )


def test_an_error_code_counts_and_the_number_of_a_paper_does_not() -> None:
    assert "ora-12541" in terms_of("", "Gửi hồ sơ báo lỗi ORA-12541: TNS:no listener")
    assert "503" in terms_of("", "Trang báo lỗi 503 từ sáng")
    assert (
        not {"qd-1234", "1234"}
        & terms_of("", "Theo quyết định QD-1234 của trường, xin đổi chủ tài khoản").keys()
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hệ thống báo lỗi SYS-1074, không lưu được bảng kê.", "Lỗi sys 1074 nhờ xem giúp"),
        (
            "Gửi hồ sơ báo lỗi 0x80070005 rồi thoát.",
            "Cài lại phần mềm ký thì hiện mã 0x80070005, từ chối quyền",
        ),
        ("Trang báo ERR_CONNECTION_REFUSED từ sáng.", "Chrome hiện lỗi err_connection_refused, đã đổi mạng"),
    ],
)
def test_who_names_the_same_code_tells_of_the_same_error_in_whatever_words(one: str, other: str) -> None:
    signatures = [signature_of_terms(terms_of("", text)) for text in (one, other)]
    assert is_alike(*signatures)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Báo lỗi nam 2026 khi khóa sổ kế toán", "Loi nam 2026: chữ ký duyệt mờ không bấm"),
        ("Lỗi ở Windows 2019 khi cài plugin ký", "Hiện lỗi trên windows 2019, in ra ô vuông"),
        ("Báo lỗi SYS-1074 khi lưu bảng kê lương", "Báo lỗi SYS-1075 khi in ủy nhiệm chi"),
        ("Báo lỗi tk 3713 khi hạch toán lương", "Loi so du tk 3713 không đối chiếu được"),
        ("Chứng thư hết hạn, xin gia hạn thiết bị", "Biểu B01 sai công thức tổng cộng nguồn vốn"),
        (
            "Màn hình hiện lỗi TAB-1296: máy chủ ký số không phản hồi",
            "Màn hình hiện lỗi ERR-1333: máy chủ ký số không phản hồi",
        ),
    ],
    ids=["year", "program", "another number", "account", "no code", "two codes in the same words"],
)
def test_numbers_that_name_no_error_make_nothing_alike(one: str, other: str) -> None:
    assert not is_alike(signature_of_terms(terms_of("", one)), signature_of_terms(terms_of("", other)))


def test_a_code_alone_is_enough_to_be_compared() -> None:
    assert is_alike(
        signature_of_terms(terms_of("Lỗi SIGN-5032", "Xem ảnh ạ")),
        signature_of_terms(terms_of("", ERRORS["sign_5032"][1].text)),
    )


def test_lines_that_say_who_writes_do_not_count() -> None:
    who = "Đơn vị: {}.\nNgười liên hệ: {}, điện thoại 0900000123.\nĐịa chỉ: {}"
    here = who.format("Bệnh viện đa khoa Ví Dụ 12", "Dương Quốc Khánh", "Phường Mẫu")
    there = who.format("Trung tâm Văn hóa huyện Mẫu", "Ngô Xuân Sơn", "Xã Thí Dụ")
    said = "Không lưu được bảng kê, mất hết dòng đã nhập."
    assert terms_of("", f"{said}\n{here}") == terms_of("", f"{said}\n{there}") == terms_of("", said)


def test_a_signature_from_before_codes_were_kept_is_compared_by_its_words() -> None:
    text = terms_of(SUBJECT, MESSAGE)
    now = signature_of_terms(text)
    before = now[:PLACES] + bytes(range(1, len(now) - PLACES + 1))
    assert likeness(before, now) == 1
    assert not is_alike(before, signature_of_terms(terms_of("", "Báo lỗi ORA-12541 khi gửi hồ sơ")))


def test_two_errors_of_one_message_form_differ_by_what_they_say() -> None:
    one = terms_of("", "Ký báo “Phiên bản plugin không hợp lệ”, đã cài lại")
    other = terms_of("", "Ký báo “Chứng thư bị thu hồi”, đã gia hạn")
    assert not is_alike(signature_of_terms(one), signature_of_terms(other))


@pytest.mark.parametrize("text", ["", "   ", "Kính gửi anh chị,\nTrân trọng,", "0900 000 123", "Xem ảnh ạ"])
def test_who_says_nothing_is_like_nobody(text: str) -> None:
    assert signature_of_terms(terms_of("", text)) == b""
    assert likeness(b"", b"") == 0


def test_nearly_all_pairs_of_one_error_are_alike_and_next_to_no_others() -> None:
    """The measure of docs/adr/0024-surges.md; each bound leaves room for a changed list of words."""
    same = [is_same(*pair) for texts in SAME.values() for pair in combinations(texts, 2)]
    every = [(name, one) for name, texts in SAME.items() for one in texts] + [("", one) for one in OTHERS]
    apart = [
        is_same(one, other)
        for (name, one), (other_name, other) in combinations(every, 2)
        if not name or name != other_name
    ]
    found, false = sum(same), sum(apart)
    assert found / len(same) >= 0.85
    assert found / (found + false) >= 0.85


@pytest.mark.parametrize("name", ERRORS)
def test_of_each_error_three_texts_or_more_are_found_together(name: str) -> None:
    texts = SAME[name]
    assert max(sum(is_alike(one, other) for other in texts) for one in texts) >= 3


def test_no_three_ordinary_complaints_are_alike() -> None:
    assert max(sum(is_alike(one, other) for other in OTHERS) for one in OTHERS) < 3


def test_what_the_texts_share_is_said_in_their_own_words() -> None:
    many = [tuple(one) for one in ERRORS["sign_5032"]]
    assert shared_phrase(many) == "Không kết nối được máy chủ ký số (SIGN-5032)"
    assert shared_words(many, 3) == ("SIGN-5032", "nối", "chủ")
    assert shared_phrase([("Một việc", "Đối chiếu số dư"), ("Việc khác", "Cam kết chi")]) == ""
