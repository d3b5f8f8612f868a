"""Like cases are found by their words; unlike ones are not, measured over a set of mails and matters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.core.nearest import Nearness, nearest

Case = tuple[str, str, str]
"""Category, matter and words; the matter ``lone`` is nobody else's."""

LINES = (Path(__file__).parent / "nearest.tsv").read_text("utf-8").splitlines()
CASES: tuple[Case, ...] = tuple(
    (category, matter, f"{subject}\n{text}")
    for category, matter, subject, text in (line.split("\t") for line in LINES)
)

NEW = (
    ("locked", "Mở khóa giúp", "Kế toán gõ nhầm mật khẩu mấy lần, giờ tài khoản bị khóa không vào được."),
    ("otp", "Không có OTP", "Điện thoại không nhận được mã OTP khi đăng nhập, đã bấm gửi lại."),
    ("session", "Hết phiên", "Đang làm hồ sơ là báo hết phiên làm việc rồi bắt đăng nhập lại."),
    ("pin", "Khóa PIN", "Em nhập sai mã PIN của USB Token nên bị khóa rồi, mở thế nào ạ?"),
    (
        "driver",
        "Máy không nhận thiết bị",
        "Cắm token vào máy tính mới, cài driver rồi vẫn không nhận thiết bị.",
    ),
    ("size", "Tệp nặng", "Không đính kèm được hợp đồng quét vì vượt dung lượng cho phép."),
)
"""Mails by which nothing was chosen, with the matter that they are about."""

UNLIKE = (
    "Bảng lương tháng này nhập sai hệ số, muốn điều chỉnh thì làm thế nào?",
    "Xin lịch tập huấn cho kế toán các trường trong quý tới.",
    "Đề nghị cung cấp giấy xác nhận số dư tài khoản tiền gửi.",
    "Ok ạ",
    "",
)


def others(case: Case) -> list[Case]:
    return [one for one in CASES if one[0] == case[0] and one is not case]


def shown() -> Iterator[tuple[Case, Case]]:
    """Give each case with each that is shown for it."""
    for case in CASES:
        rest = others(case)
        for near in nearest(case[2], [one[2] for one in rest], 3):
            yield case, rest[near.place]


def test_what_is_shown_is_of_the_same_matter() -> None:
    pairs = list(shown())
    right = sum(asked[1] == found[1] != "lone" for asked, found in pairs)
    assert right / len(pairs) > 0.95


def test_nearly_every_case_that_came_before_is_found() -> None:
    helped = {asked for asked, found in shown() if asked[1] == found[1]}
    assert len(helped) >= 0.95 * sum(one[1] != "lone" for one in CASES)


@pytest.mark.parametrize(("matter", "subject", "text"), NEW, ids=[one[1] for one in NEW])
def test_a_new_mail_finds_its_matter_first(matter: str, subject: str, text: str) -> None:
    found = nearest(f"{subject}\n{text}", [one[2] for one in CASES], 3)
    assert found
    assert CASES[found[0].place][1] == matter


@pytest.mark.parametrize("text", UNLIKE)
def test_nothing_is_found_for_what_is_new(text: str) -> None:
    assert nearest(text, [one[2] for one in CASES], 3) == []


def test_who_types_without_tones_is_understood_and_told_in_his_own_words() -> None:
    [near] = nearest("usb token bi khoa ma pin", ["Mã PIN của USB Token bị khóa."], 3)
    assert near.nearness is Nearness.NEAREST
    assert "usb token" in near.shared


def test_courtesy_is_no_likeness() -> None:
    text = "Kính gửi Kho bạc Nhà nước, đơn vị xin cảm ơn anh chị hỗ trợ."
    assert nearest(text, [text], 3) == []


def test_nothing_is_near_nothing() -> None:
    assert nearest("Mở khóa tài khoản giúp", [], 3) == []
