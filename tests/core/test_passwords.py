"""Which passwords may be chosen (ASVS 5.0, 6.2.1 to 6.2.12)."""

import unicodedata

import pytest

from triage.core.passwords import Weakness, is_common, normal, weakness

GOOD = (
    "trời xanh mây trắng nắng vàng",
    "bốn con mèo ngủ trên mái",
    "chiếc xe đạp màu tím than",
    "kqvzrm-hwtbxp",
    "correct horse battery staple",
    "một hai ba bốn năm con vịt",
    "x" + "trâu vàng ăn cỏ non" + " " * 90,
)
COMMON = (
    "password1234",
    "P@ssw0rd2026!",
    "Matkhau@123456",
    "mật khẩu 123456",
    "Khobac@2026",
    "khobacnhanuoc",
    "KBNN@123456789",
    "123456789012",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "qwertyuiop123",
    "1qaz2wsx3edc4rfv",
    "iloveyou1995",
    "anhyeuem2008",
    "vietnamvodich",
    "nguyen01011990",
    "Hanoi@01012020",
    "dichvucong2026",
    "dvc-hotrocntt",
    "admin@123456",
    "zxcvbnm,./123",
    "111111222222",
    "____________",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_may_be_made_of_anything(password: str) -> None:
    assert weakness(password, "lan") is None


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert is_common(password)


def test_the_length_counts_in_letters_as_they_are_seen() -> None:
    assert weakness("mười một chữ"[:11], "lan") is Weakness.SHORT
    assert weakness("kqvzrm hwtbx", "lan") is None
    decomposed = unicodedata.normalize("NFD", "ừ" * 11)
    assert len(decomposed) > 12
    assert weakness(decomposed, "lan") is Weakness.SHORT


def test_128_letters_are_taken_whole_and_129_are_refused() -> None:
    words = f"bò nâu nhảy qua rào tre {'…' * 104}"
    assert len(words) == 128
    assert weakness(words, "lan") is None
    assert weakness(words + "!", "lan") is Weakness.LONG


def test_the_login_must_not_stand_in_the_password() -> None:
    assert weakness("tôi là ThuHang ở làng", "thuhang") is Weakness.LOGIN


def test_both_spellings_of_a_vietnamese_letter_are_one_password() -> None:
    words = "trời xanh mây trắng"
    assert normal(unicodedata.normalize("NFD", words)) == normal(unicodedata.normalize("NFC", words))
