import re

from hypothesis import given, strategies as st

from triage.core.text import fold
from triage.core.words import PhraseBook, phrase, toned, words


def found(entries: list[str], text: str) -> list[str]:
    book = PhraseBook((entry, entry) for entry in entries)
    return [meaning for _, _, _, meaning in book.find(words(text, 1000))]


def test_both_ways_to_place_a_tone_are_one_word() -> None:
    assert toned("hoà") == toned("Hòa")
    assert toned("hoà") != toned("hóa")


def test_hoi_and_nga_are_one_tone() -> None:
    assert toned("đổi") == toned("đỗi")
    assert toned("đổi") != toned("đòi")


def test_a_phrase_is_found_without_its_tones_and_in_any_case() -> None:
    assert found(["không đăng nhập được"], "Em KHONG dang nhap duoc ạ") == ["không đăng nhập được"]


def test_a_phrase_stands_on_whole_words() -> None:
    assert found(["ký số"], "chữ ký sống") == []


def test_a_gap_takes_up_to_four_words_and_no_more() -> None:
    assert found(["lộ … mật khẩu"], "bị lộ hết cả bốn mật khẩu") == ["lộ … mật khẩu"]
    assert found(["lộ … mật khẩu"], "lộ một hai ba bốn năm mật khẩu") == []


def test_a_gap_takes_no_word_at_all_as_well() -> None:
    assert found(["lộ … mật khẩu"], "lộ mật khẩu") == ["lộ … mật khẩu"]


def test_a_single_word_needs_its_tones_or_none() -> None:
    assert found(["chậm"], "trang rất chậm") == ["chậm"]
    assert found(["chậm"], "trang rat cham") == ["chậm"]
    assert found(["chậm"], "chấm công") == []


def test_a_text_without_words_is_no_phrase() -> None:
    assert phrase(" … - ") is None
    assert found(["…"], "… … …") == []


def test_tones_of_a_match_can_be_asked_for() -> None:
    demand = phrase("đòi mật khẩu")
    assert demand is not None
    assert demand.is_spelled(words("Đòi mật khẩu", 9))
    assert demand.is_spelled(words("doi mat khau", 9))
    assert not demand.is_spelled(words("đổi mật khẩu", 9))


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_and_any_phrase_are_bearable(text: str, entries: list[str]) -> None:
    for start, end, _, meaning in PhraseBook((e, e) for e in entries).find(words(text, 100)):
        assert 0 <= start < end
        assert meaning in entries


@given(st.text(alphabet="abcđáàảãạ …", min_size=1, max_size=30))
def test_a_phrase_is_found_in_itself(text: str) -> None:
    read = phrase(text)
    if read is not None:
        assert found([text], text.replace("…", " ")) != []


@given(st.text(), st.integers(min_value=1, max_value=5))
def test_words_are_given_with_their_places_and_no_more_of_them_than_asked_for(text: str, most: int) -> None:
    found = words(text, most)
    wanted = [match.span() for match in re.finditer(r"\w+", text)][:most]
    assert [(word.start, word.end) for word in found] == wanted
    assert [(word.folded, word.toned) for word in found] == [
        (fold(text[start:end]), toned(text[start:end])) for start, end in wanted
    ]
