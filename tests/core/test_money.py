"""Money that a mail wants, told from money that it speaks of."""

import pytest
from support.contents import rules

from triage.core.money import account_changed, payment_wanted
from triage.core.phrases import Sentence, sentences


def read(text: str) -> tuple[tuple[Sentence, ...], dict[int, frozenset[str]]]:
    own = sentences(text)
    found = rules().lexicon.find
    return own, {at: frozenset(hit.group for hit in found(one)) for at, one in enumerate(own)}


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị đơn vị nộp phí duy trì ngay hôm nay.",
        "Em mua giúp anh mười thẻ cào. Đừng nói với ai.",
        "Chuyển khoản lệ phí vào số dưới đây. Quá hạn sẽ bị khóa.",
    ],
)
def test_money_with_haste_secrecy_or_a_threat_is_wanted(text: str) -> None:
    assert payment_wanted(*read(text))


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị đơn vị nộp phí duy trì.",
        "Công ty chưa nhận được tiền chuyển khoản, đề nghị kiểm tra gấp.",
        "Chuyển khoản sai thì xử lý ra sao? Gấp ạ.",
        "Em chuyển khoản bị lỗi, gấp ạ.",
        "Đề nghị Kho bạc chuyển tiền cho nhà cung cấp theo UNC số 9 ngay hôm nay.",
        "",
    ],
)
def test_money_that_is_only_spoken_of_is_not(text: str) -> None:
    assert payment_wanted(*read(text)) is None


def test_a_pressing_subject_counts_for_the_text() -> None:
    own, topics = read("Em ứng trước giúp anh hai mươi triệu.")
    assert payment_wanted(own, topics) is None
    assert payment_wanted(own, topics, urgent=True)


def test_the_sentence_that_changes_the_account_is_given() -> None:
    found = account_changed(*read("Kính gửi phòng kế toán. Đề nghị chuyển tiền vào tài khoản mới 123456."))
    assert found
    assert found.written == "Đề nghị chuyển tiền vào tài khoản mới 123456."


def test_a_question_about_another_account_changes_none() -> None:
    assert account_changed(*read("Muốn chuyển tiền vào tài khoản mới thì làm thế nào?")) is None
