from pathlib import Path

import pytest

from triage.core.defects import Defect
from triage.core.parse import read_mail
from triage.web.defectwords import in_english, in_vietnamese

MAILS = sorted((Path(__file__).parents[1] / "broken").glob("*.eml"))
OTHER = "Lỗi định dạng khác"


@pytest.mark.parametrize(
    ("defect", "words"),
    [
        ("no-date: Date is no date", "Ngày gửi không đọc được."),
        ("cut-word: x", "Một từ mã hóa bị cắt giữa một chữ; đã ghép với từ tiếp theo."),
        (
            "guessed-header: x",
            "Một dòng tiêu đề không khai báo bảng mã; đã đọc theo bảng mã phỏng đoán.",
        ),
        (
            "unquoted-comma: x",
            "Một tên có dấu phẩy nhưng không đặt trong ngoặc kép; đã ghép lại thành một tên.",
        ),
        ("lost-bytes", "Một số ký tự không giải mã được, đã thay bằng ký tự khác."),
        ("a-new-code: a new one", "Lỗi định dạng khác: a new one."),
        ("a new one", "Lỗi định dạng khác: a new one."),
    ],
)
def test_a_defect_is_told_in_vietnamese(defect: str, words: str) -> None:
    assert in_vietnamese(defect) == words


@pytest.mark.parametrize("defect", Defect)
def test_every_defect_has_its_sentence(defect: Defect) -> None:
    assert not in_vietnamese(f"{defect}: x").startswith(OTHER)


def test_broken_mails_are_told_of_without_english() -> None:
    defects = {defect for mail in MAILS for defect in read_mail(mail.read_bytes()).defects}
    assert len(defects) > 10
    assert not [defect for defect in defects if in_vietnamese(defect).startswith(OTHER)]


@pytest.mark.parametrize(
    ("defect", "words"),
    [
        ("no-date: Date is no date", "Date is no date."),
        ("no-end: it has no end", "It has no end."),
        ("odd", "Odd."),
    ],
)
def test_a_defect_is_told_in_english_too(defect: str, words: str) -> None:
    assert in_english(defect) == words
