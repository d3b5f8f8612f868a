"""Who says that he is treasury staff, and who only speaks of it."""

import pytest
from hypothesis import given, settings, strategies as st
from support.contents import rules

from triage.core.demands import SentenceReading
from triage.core.introductions import introduces_staff
from triage.core.phrases import sentences
from triage.core.text import fold


def introduced(text: str) -> bool:
    lexicon = rules().lexicon
    return any(introduces_staff(SentenceReading(one, lexicon.find(one))) for one in sentences(text))


STAFF = (
    "Em bên Kho bạc đây ạ.",
    "Em là cán bộ hỗ trợ bên Kho bạc.",
    "Tôi là chuyên viên KBNN.",
    "Anh là Sơn, cán bộ kiểm soát chi.",
    "Chào chị, bên em là đội hỗ trợ của dịch vụ công.",
    "We write to you; I am from the technical support.",
)


@pytest.mark.parametrize("text", STAFF)
def test_a_writer_who_calls_himself_staff_is_heard(text: str) -> None:
    assert introduced(text)


@pytest.mark.parametrize("text", STAFF)
def test_he_is_heard_without_tones_too(text: str) -> None:
    assert introduced(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "Em là kế toán giao dịch bên Kho bạc Ba Đình.",
        "Có người tự xưng là cán bộ hỗ trợ gọi cho em.",
        "Em nhờ đội hỗ trợ xem giúp.",
        "Kính gửi Đội hỗ trợ CNTT KBNN.",
        "Em không gọi được cho kỹ thuật viên.",
        "Hôm qua chị Hoa bên Kho bạc có bảo gửi thư này.",
        "",
    ],
)
def test_who_only_speaks_of_staff_is_not(text: str) -> None:
    assert not introduced(text)


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert introduced(text) in {True, False}
