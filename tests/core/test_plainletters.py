"""Which texts are plain: every letter of Vietnamese is, and nothing that needs cleaning or shows nothing."""

import sys
import unicodedata

import pytest

from triage.core.aligned import aligned
from triage.core.plainletters import LETTERS, is_plain
from triage.core.text import clean, fold, without_unseen

TONES = "\u0300\u0301\u0303\u0309\u0323"
VOWELS = "aăâeêioôơuưy"


def test_every_letter_of_vietnamese_is_plain_with_every_tone_in_either_case() -> None:
    letters = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + [
        "đ",
        *VOWELS,
    ]
    missing = [one for letter in letters for one in (letter, letter.upper()) if not is_plain(one)]
    assert missing == []


def test_no_letter_stands_twice_so_that_each_has_a_byte_of_its_own() -> None:
    assert len(set(LETTERS)) == len(LETTERS) < 256


def test_plain_are_those_letters_and_no_other_character() -> None:
    plain = {code for code in range(sys.maxunicode + 1) if is_plain(f"a{chr(code)}a")}
    assert plain == set(map(ord, LETTERS))


def test_plain_letters_are_whole_in_nfc_and_all_of_them_show_and_fold_to_one() -> None:
    assert unicodedata.normalize("NFC", LETTERS) == LETTERS
    assert {unicodedata.category(one) for one in LETTERS} & {"Cf", "Cs", "Co", "Cn", "Mn", "Me"} == set()
    assert [one for one in LETTERS if len(fold(f"é{one}")) != len("é") + 1] == []


@pytest.mark.parametrize(
    "odd", ["\0", "\x7f", "\x85", "\u200b", "\u0301", "\ud800", "\ufffe", "…", "и", "中"]
)
def test_one_other_character_makes_a_text_one_that_is_read_with_care(odd: str) -> None:
    assert not is_plain(f"Kính gửi {odd} quý cơ quan")


def test_plain_texts_come_back_as_they_are_from_cleaning_and_are_folded_in_place() -> None:
    text = f"{LETTERS}\nKính gửi bộ phận hỗ trợ,\r\n\tĐỀ NGHỊ giúp đơn vị: “lỗi 403” – không ký được."
    assert clean(text) == text
    assert without_unseen(text) == text
    folded = aligned(text)
    assert folded.flat == fold(text)
    assert [folded.place(at) for at in range(len(text))] == list(range(len(text)))
