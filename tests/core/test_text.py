"""Cleaning and folding: a character folds alike wherever it stands, and hostile runs of marks are cheap."""

import sys
import unicodedata

import pytest
from hypothesis import given, strategies as st

from triage.core.text import SHORT, clean, fold, one_line

STROKES = str.maketrans("đĐðÐ", "dddd")


def folded_slowly(text: str) -> str:
    """Fold a whole text by the definition: take it apart, drop the marks, make it small (sigma by itself)."""
    apart = unicodedata.normalize("NFKD", text.translate(STROKES))
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return "".join(char.lower() for char in plain).translate(STROKES)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Không đăng nhập ĐƯỢC", "khong dang nhap duoc"),
        ("Ho\u0300a, hoà, HÒA", "hoa, hoa, hoa"),
        ("ＤＶＣ ①", "dvc 1"),
        ("ΟΔΟΣ", "οδοσ"),
        ("", ""),
    ],
)
def test_folding_drops_tones_strokes_widths_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_character_folds_as_the_definition_says() -> None:
    wrong = [
        code
        for code in range(sys.maxunicode + 1)
        if fold(f"é{chr(code)}a") != folded_slowly(f"é{chr(code)}a")
    ]
    assert wrong == []


@given(st.text())
def test_any_text_folds_as_the_definition_says(text: str) -> None:
    assert fold(text) == folded_slowly(text)


@given(st.text(), st.text(max_size=2 * SHORT))
def test_what_stands_beside_a_text_does_not_change_its_fold(text: str, other: str) -> None:
    assert fold(text + other) == fold(text) + fold(other)


def test_a_million_marks_on_one_letter_fold_and_clean_like_any_text() -> None:
    marks = "\u0301\u0323" * 500_000
    assert fold(f"a{marks}b") == "ab"
    assert len(clean(f"a{marks}b")) < 40


@given(st.text(st.characters() | st.characters(categories=["Cc", "Cs", "Zs", "Zl"])))
def test_a_cleaned_text_is_composed_and_free_of_controls_and_surrogates(text: str) -> None:
    kept = clean(text)
    assert not [char for char in kept if unicodedata.category(char) == "Cs"]
    assert {char for char in kept if unicodedata.category(char) == "Cc"} <= set("\t\n\r")
    if not any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        assert kept == unicodedata.normalize("NFC", text)


@given(st.text(st.sampled_from(" \t\r\n\x0b\x0c\x1c\x85\xa0\u2028\u3000ab")))
def test_one_line_has_single_spaces_only(text: str) -> None:
    line = one_line(text)
    assert line.split(" ") == (text.split() or [""])
