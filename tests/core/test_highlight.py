"""The line under a hit shows the words that were asked for, as they were written."""

from hypothesis import given, strategies as st

from triage.core.highlight import LINE, Piece, marked, telling_line, wanted_by
from triage.core.searchquery import read_query
from triage.core.searchwords import searchable


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


def line(typed: str, *texts: str) -> str:
    return shown(telling_line(texts, wanted_by(read_query(typed))))


def test_words_are_marked_as_they_were_written() -> None:
    assert line("doi chieu", "Số liệu ĐỐI  CHIẾU\nkhông khớp") == "Số liệu [ĐỐI] [CHIẾU] không khớp"


def test_a_word_is_marked_whole_or_not_at_all() -> None:
    assert line("ma", "mang mã má") == "mang [mã] [má]"


def test_what_must_not_be_there_is_not_marked() -> None:
    assert line("lỗi -mã", "mã lỗi") == "mã [lỗi]"


def test_the_line_is_taken_where_most_of_the_words_stand() -> None:
    text = "lỗi " + "xa " * 100 + "mã lỗi 403 khi ký " + "gần " * 100
    found = line("mã lỗi ký", text)
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "[mã] [lỗi] 403 khi [ký]" in found


def test_tones_that_were_typed_choose_the_line() -> None:
    assert "[mã] thứ hai" in line("mã", "má thứ nhất " + "xa " * 100 + "mã thứ hai")


def test_a_later_text_is_shown_where_the_first_says_nothing() -> None:
    assert line("unc", "Gửi kèm.", "UNC_thang_8.pdf") == "[UNC]_thang_8.pdf"


def test_the_beginning_is_shown_where_nothing_is_marked() -> None:
    assert line("status:new", "", "Kính gửi Đội hỗ trợ") == "Kính gửi Đội hỗ trợ"
    assert line("x") == ""


def test_a_subject_is_shown_whole() -> None:
    assert shown(marked("Lỗi " * 80, wanted_by(read_query("loi")))).count("[Lỗi]") == 80


@given(st.text(max_size=500), st.text(max_size=20))
def test_a_line_says_nothing_but_what_the_text_says(text: str, typed: str) -> None:
    whole = " ".join(searchable(text).split())
    pieces = telling_line([searchable(text)], wanted_by(read_query(typed)))
    told = "".join(piece.text for piece in pieces)
    assert told.removeprefix("… ").removesuffix(" …") in whole or whole in told
    assert len(told) <= LINE + 4
