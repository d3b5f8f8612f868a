"""Ready answers: gaps are filled once, and no time is promised where there is none to promise."""

import pytest

from triage.core.answertemplates import filled

DUE = "17 giờ 00 phút ngày 17/11/2026 (thứ Ba)"


def test_a_gap_is_filled_and_what_fills_it_is_text() -> None:
    text = "Yêu cầu {{ code }} của {{ unit_name }} được trả lời trước {{due}}."
    values = {"code": "SD261116-000001", "unit_name": "{{ code }}", "due": DUE}
    assert filled(text, values) == f"Yêu cầu SD261116-000001 của {{{{ code }}}} được trả lời trước {DUE}."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Đã nhận. Trả lời trước {{ due }}. Xin chờ.", "Đã nhận. Xin chờ."),
        ("Đã nhận.\n\nTrả lời trước {{ due }}. Xin chờ.\n\nLan", "Đã nhận.\n\nXin chờ.\n\nLan"),
        ("Đã nhận.\n\nTrả lời trước {{ due }}.\n\nLan", "Đã nhận.\n\nLan"),
        ("Đã nhận. Trả lời trước {{ due }}.\n\nLan", "Đã nhận.\n\nLan"),
        ("Đã nhận. Chúng tôi sẽ trả lời\ntrước {{ due }}, v.v. cho đủ. Chào.", "Đã nhận. Chào."),
        ("- Mã: {{ code }}\n- Hạn: {{ due }}\n- Người: Lan", "- Mã: SD1\n- Người: Lan"),
        ("Hạn: {{ due }}\nMã: {{ code }}", "Mã: SD1"),
        ("Đã nhận. Hạn: {{ due }}", "Đã nhận."),
        ("Không hẹn giờ. Mã {{ code }}.", "Không hẹn giờ. Mã SD1."),
        ("Trước {{ due }}.", ""),
    ],
)
def test_where_no_time_can_be_promised_the_sentence_with_it_is_left_out(text: str, left: str) -> None:
    assert filled(text, {"code": "SD1", "due": ""}) == left
    assert filled(text, {"code": "SD1", "due": DUE}).count(DUE) == text.count("due")
