import pytest
from hypothesis import given, settings, strategies as st

from triage.core.indicators import find_indicators, normal_phone, phones_in


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("0900 000 111", "0900000111"),
        ("0900.000.111", "0900000111"),
        ("+84 900 000 111", "0900000111"),
        ("(+84) 900-000-111", "0900000111"),
        ("0084900000111", "0900000111"),
        ("O900 000 111", "0900000111"),
        ("024 6276 4300", "02462764300"),
        ("(024) 62764300", "02462764300"),
        ("1900 1234", "19001234"),
        ("1800.1260", "18001260"),
    ],
)
def test_numbers_are_brought_to_one_form(written: str, normal: str) -> None:
    assert normal_phone(written) == normal
    assert phones_in(f"gọi {written} nhé") == (normal,)


@pytest.mark.parametrize(
    "text",
    [
        "mã ĐVQHNS 1098765",
        "SD260102-000001",
        "01/02/2026",
        "15.000.000đ",
        "000000000001",
        "0100 000 000",
        "DVC-2022-0000457",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert phones_in(text) == ()


def test_a_report_gives_its_indicators_and_leaves_ours_out() -> None:
    text = (
        "Số 0888 000 333 gọi, Zalo: 0977-000-444, link hxxps://vst-gov[.]vn/x và https://kbnn-dvc.com/a, "
        "thư Hotro@Fake.example. "
        "Chuyển vào STK 0123456789012 ngân hàng X. "
        "Tổng đài thật 02462764300, hotrocntt@vst.gov.vn. zalo.me/0977000444"
    )
    found = find_indicators(text, frozenset({"02462764300", "hotrocntt@vst.gov.vn"}))
    assert found.phones == ("0888000333", "0977000444")
    assert found.zalo == ("0977000444",)
    assert found.addresses == ("hotro@fake.example",)
    assert found.hosts == ("vst-gov.vn", "kbnn-dvc.com", "zalo.me")
    assert found.accounts == ("0123456789012",)
    assert found.as_json()["accounts"] == ["0123456789012"]


def test_words_without_indicators_give_none() -> None:
    assert not any(find_indicators("Xin chào, em cảm ơn.").as_json().values())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="0123456789 .-+()@zalo:/", max_size=200))
def test_any_text_is_searched(text: str) -> None:
    for number in find_indicators(text).phones:
        assert number.isdigit()
