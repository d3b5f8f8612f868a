"""What language a mail is in."""

import pytest
from hypothesis import given, strategies as st
from support.vietnamese import OTHERS, SENTENCES

from triage.core.language import Language, language_of
from triage.core.syllables import is_syllable
from triage.core.text import fold


def test_vietnamese_is_known_with_and_without_tones() -> None:
    assert {language_of(one) for one in SENTENCES} == {Language.VI}
    assert {language_of(one.upper()) for one in SENTENCES} == {Language.VI}
    toneless = [one for one in SENTENCES if language_of(fold(one)) is not Language.VI_TONELESS]
    assert toneless == []


def test_no_other_language_is_taken_for_it() -> None:
    found = {one: language_of(one) for one in OTHERS}
    wrong = {one: what for one, what in found.items() if what in {Language.VI, Language.VI_TONELESS}}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Dear support, we cannot log in to the system. Please reset the password of our user.", Language.EN),
        ("Hi, the server returns error 500 when we send a dossier, could you have a look?", Language.EN),
        ("Please help: nút ký số does not work when I press it, and the page says lỗi 500", Language.VI),
        ("Nous avons reçu votre dossier et le traiterons bientôt.", Language.OTHER),
        ("Привет, это письмо о пароле и сертификате.", Language.OTHER),
        ("ko vao dc trang dang nhap, nho ho tro giup em", Language.VI_TONELESS),
        ("Lỗi", Language.VI),
        ("Ok", Language.NONE),
        ("", Language.NONE),
        ("0243 123 4567 https://hoamai.example/trang?x=1 ketoan@hoamai.example", Language.NONE),
    ],
)
def test_a_text_is_told(text: str, language: Language) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "khuỷu",
        "quyết",
        "quốc",
        "gìn",
        "giữa",
        "giếng",
        "Đắk",
        "uỷ",
        "ủy",
        "hoà",
        "hòa",
        "thuở",
        "tuýp",
        "oằn",
        "xoong",
        "ghế",
        "kẻ",
        "NGƯỜI",
        "ừ",
        "y",
    ],
)
def test_a_syllable_is_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "résumé",
        "cafộ",
        "naïve",
        "gúmbo",
        "strên",
        "ngế",
        "cến",
        "kà",
        "nhhà",
        "cầ̃",
        "tậpp",
        "quư",
        "zô",
        "fộ",
        "khácờ",
        "các̀",
        "wư",
        "ñôn",
        "ǹa",
        "môn\u0323g",
    ],
)
def test_what_is_no_syllable_is_known(word: str) -> None:
    assert not is_syllable(word)


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text) in set(Language)
