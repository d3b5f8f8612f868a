import pytest
from hypothesis import given, settings, strategies as st

from triage.core.alternatives import MOST_SHOWN, only_shown

DEMAND = "Đề nghị đơn vị gửi mật khẩu về địa chỉ này"


@pytest.mark.parametrize(
    ("shown", "plain", "news"),
    [
        (f"Xin chào\n{DEMAND}", "Xin chào", DEMAND),
        (DEMAND, DEMAND, ""),
        ("Xem tại đây và gửi lại cho tôi", "Xem tại đây <https://a.example> và gửi lại cho tôi", ""),
        (DEMAND, "này chỉ địa về khẩu mật gửi vị đơn nghị đề", DEMAND),
        ("Hủy đăng ký nhận", "Xin chào", ""),
        (DEMAND, "", ""),
        ("", "Xin chào", ""),
    ],
)
def test_only_what_the_plain_text_keeps_back_is_given(shown: str, plain: str, news: str) -> None:
    assert only_shown(shown, plain) == news


def test_padding_hides_nothing() -> None:
    padded = "Xin chào anh chị em.\n" * MOST_SHOWN + DEMAND
    assert DEMAND in only_shown(padded, "Xin chào")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_a_text_holds_all_of_itself(text: str) -> None:
    assert only_shown(text, text) == ""
