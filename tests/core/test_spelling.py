"""Letters, keyboards, slips and words, apart from whose names they spell."""

import re
import sys

import pytest
from hypothesis import given, strategies as st

from triage.core.spelling.folds import shapes, skeleton
from triage.core.spelling.initials import initial_spellings
from triage.core.spelling.segment import lexicon_of, segment
from triage.core.spelling.telex import keyed
from triage.core.spelling.trie import any_of
from triage.core.spelling.typos import likely_slip, moved_or_doubled, slips

WORD = st.text("abcd", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Kho bạc Nhà nước", "kho bac nha nuoc"),
        ("𝗸𝗵𝗼𝗯𝗮𝗰", "khobac"),
        ("ｖｓｔ．ｇｏｖ", "vst.gov"),
        ("kЬnn", "kbnn"),
        ("hotrocnτt", "hotrocntt"),
        ("vst‐gov", "vst-gov"),
        ("vst·gov", "vst.gov"),
        ("vst\u0387gov", "vst.gov"),
        ("vst\u207bgov", "vst-gov"),
        ("đội", "doi"),
        ("dịchvụcông", "dichvucong"),
        ("hotro\u200bcntt", "hotrocntt"),
        ("ΚΒΝΝ", "kbnn"),
    ],
)
def test_text_is_seen_as_a_reader_sees_it(text: str, seen: str) -> None:
    assert skeleton(text) == seen


@given(st.text(max_size=40))
def test_what_is_seen_is_seen_the_same_again(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


def test_no_letter_is_seen_otherwise_when_it_is_looked_at_again() -> None:
    every = (chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF)
    assert [one for one in every if skeleton(skeleton(one)) != skeleton(one)] == []


def test_digits_and_pairs_are_read_as_letters() -> None:
    assert shapes("v5t.g0v.vn") == "vst.gov.vn"
    assert shapes("cornrnent") == "comment"


@pytest.mark.parametrize(
    ("phrase", "typed"),
    [
        ("kho bạc", "khobacj"),
        ("kho bạc", "khobajc"),
        ("kho bạc", "khoba5c"),
        ("kho bạc", "khobac"),
        ("kho bạc nhà nước", "khobacjnhafnuwowcs"),
        ("kho bạc nhà nước", "khoba5cnha2nu7o71c"),
        ("hỗ trợ cntt", "hoxtrowjcntt"),
        ("hỗ trợ cntt", "ho64tro75cntt"),
        ("bộ tài chính", "bootaifchinhs"),
    ],
)
def test_phrases_are_known_as_keyboards_leave_them(phrase: str, typed: str) -> None:
    assert re.fullmatch(keyed(phrase), typed)


def test_a_keyed_phrase_is_not_any_other_word() -> None:
    assert not re.fullmatch(keyed("kho bạc"), "khobanc")


def test_syllables_may_be_cut_to_their_first_letters() -> None:
    spelt = initial_spellings("kho bac nha nuoc")
    assert {"kbnhanuoc", "khobnn", "khobacnn"} <= spelt
    assert not {"kbnn", "khobacnhanuoc"} & spelt


@pytest.mark.parametrize(
    ("word", "likely"), [("kbbn", True), ("kbrn", True), ("kbn", True), ("kban", False), ("kxnn", False)]
)
def test_short_names_take_only_slips_that_hands_and_eyes_make(word: str, *, likely: bool) -> None:
    assert likely_slip(word, "kbnn") is likely


def test_a_moved_letter_and_a_doubled_key_are_one_act() -> None:
    assert moved_or_doubled("khbaoc", "khobac")
    assert moved_or_doubled("khxxac", "khobac")
    assert not moved_or_doubled("khoxay", "khobac")


@given(WORD, WORD)
def test_slips_are_counted_alike_both_ways(one: str, other: str) -> None:
    assert slips(one, other, 6) == slips(other, one, 6)


LEXICON = lexicon_of(
    {
        "vst": ("short", "vst"),
        "hotro": ("context", ""),
        "dichvucong": ("strong", "x"),
        "dichvucongnghe": ("benign", ""),
    },
    (),
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("vsthotro", ["short", "context"]),
        ("kyivstar", ["", "short", ""]),
        ("dichvucongnghe", ["benign"]),
        ("dichvucong24", ["strong", "digits"]),
    ],
)
def test_a_label_is_cut_into_words(text: str, kinds: list[str]) -> None:
    assert [token.kind for token in segment(text, frozenset(), LEXICON)] == kinds


def test_a_short_word_does_not_reach_over_a_hyphen() -> None:
    assert [token.kind for token in segment("avstore", frozenset({2}), LEXICON)] == [""]


@given(st.text("vsthoradicung0123", max_size=40), st.frozensets(st.integers(0, 40)))
def test_cutting_loses_no_letter(text: str, cuts: frozenset[int]) -> None:
    tokens = segment(text, cuts, LEXICON)
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)


@given(st.frozensets(WORD, min_size=1), st.text("abcd", max_size=12))
def test_one_pattern_finds_what_any_of_its_words_would(words: frozenset[str], text: str) -> None:
    assert bool(re.search(any_of(words), text)) == any(word in text for word in words)


@given(
    st.lists(st.text("abk-", min_size=2, max_size=4), max_size=8, unique=True),
    st.text("abk-", min_size=1, max_size=10),
)
def test_every_known_word_is_found_where_it_begins_the_shortest_first(known: list[str], text: str) -> None:
    lexicon = lexicon_of(dict.fromkeys(known, ("vn", "")), ())
    for start in range(len(text)):
        found = [text[start:end] for end, *_ in lexicon.at(text, start, frozenset())]
        assert set(found) == {word for word in known if text.startswith(word, start)}
        assert found == sorted(found, key=len)
