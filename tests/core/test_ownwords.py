import pytest

from triage.core.ownwords import own_words, without_spans


@pytest.mark.parametrize(
    ("text", "own", "carried"),
    [
        ("Xin chào", "Xin chào", ""),
        ("Lời tôi\n> lời họ", "Lời tôi", "> lời họ"),
        ("Lời tôi\n----- Thư gốc -----\nLời họ", "Lời tôi", "----- Thư gốc -----\nLời họ"),
        ("Lời tôi\n--------\nVẫn lời tôi", "Lời tôi\n--------\nVẫn lời tôi", ""),
        ("Lời tôi\nBegin forwarded message:\nLời họ", "Lời tôi", "Begin forwarded message:\nLời họ"),
        ("Người gửi: Kế toán Hoa", "Người gửi: Kế toán Hoa", ""),
        (
            "Lời tôi\nTừ: a@b.example\nNgày: 1/2/2026\nTới: c@d.example\nLời họ",
            "Lời tôi",
            "Từ: a@b.example\nNgày: 1/2/2026\nTới: c@d.example\nLời họ",
        ),
        ("> chỉ có lời họ", "> chỉ có lời họ", ""),
        ("--\n----- Thư gốc -----\nLời họ", "--\n----- Thư gốc -----\nLời họ", ""),
    ],
)
def test_what_is_passed_on_is_parted_from_what_is_said(text: str, own: str, carried: str) -> None:
    words = own_words(text)
    assert (words.own, words.carried) == (own, carried)


def test_what_stands_between_quotation_marks_is_passed_on() -> None:
    words = without_spans("Máy báo “Vui lòng nhập mã PIN để tiếp tục” rồi tắt.")
    assert "nhập mã PIN" not in words.own
    assert words.carried == "Vui lòng nhập mã PIN để tiếp tục"
