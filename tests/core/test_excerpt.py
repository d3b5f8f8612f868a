"""What a list shows of a mail's text."""

import pytest

from triage.core.excerpt import LONGEST, excerpt


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Kính gửi Kho bạc Nhà nước,\n\nKhông ký được hồ sơ.\nBáo lỗi 502.",
            "Không ký được hồ sơ. Báo lỗi 502.",
        ),
        ("Chào anh chị\n-----\nHệ thống treo", "Hệ thống treo"),
        ("Kính gửi anh", "Kính gửi anh"),
        ("", ""),
        ("\n \n", ""),
        ("Kính gửi: phòng, " + "x" * 300, ("Kính gửi: phòng, " + "x" * 300)[:LONGEST]),
    ],
)
def test_an_excerpt_is_the_first_line_that_tells_something(text: str, told: str) -> None:
    assert excerpt(text) == told
