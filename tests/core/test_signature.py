import pytest
from hypothesis import given, strategies as st

from triage.core.signature import signature_of

BLOCK = "Trần Thị Lụa\nKế toán - Trường THCS Hoa Mai\nĐT: 0900 000 001\nĐịa chỉ: số 1, phường Mẫu"


@pytest.mark.parametrize(
    "above",
    [
        "Trân trọng,",
        "Trân trọng cảm ơn!",
        "Xin trân trọng cảm ơn.",
        "Em xin chân thành cảm ơn anh chị.",
        "Xin cảm ơn!",
        "Best regards,",
        "Người lập",
        "--",
        "-- ",
        "",
    ],
)
def test_the_block_below_the_last_greeting_is_the_signature(above: str) -> None:
    assert signature_of(f"Không ký được hồ sơ.\n\n{above}\n{BLOCK}\n") == BLOCK


def test_the_line_of_an_app_below_it_is_left_out() -> None:
    assert signature_of(f"Không ký được.\n\nTrân trọng,\n{BLOCK}\n\nGửi từ iPhone của tôi") == BLOCK


def test_a_name_alone_below_a_greeting_is_a_signature() -> None:
    assert signature_of("Không ký được.\nTrân trọng,\nLụa") == "Lụa"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Không ký được hồ sơ.",
        "Không ký được.\n\nNhờ gọi lại số 0900 000 001 gặp kế toán trường Hoa Mai.",
        "Không ký được.\nXin cảm ơn!",
        "Trần Thị Lụa, kế toán, ĐT 0900 000 001",
        "Bước 1: mở phần mềm\nBước 2: ký\n\nMáy báo lỗi 0x80090016\nphòng kế toán",
        "Trân trọng,\n" + "một đoạn văn dài " * 20,
    ],
)
def test_what_is_not_certain_is_no_signature(text: str) -> None:
    assert signature_of(text) == ""


@given(st.text(max_size=400))
def test_a_signature_is_the_end_of_the_text(text: str) -> None:
    lines = [line.strip() for line in text.split("\n")]
    assert all(line in lines for line in signature_of(text).split("\n")) or not signature_of(text)
