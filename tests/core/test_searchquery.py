"""What is typed into the search box is read whole: words, phrases, conditions, and what means nothing."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from triage.core.searchquery import ME, MOST_TERMS, NOBODY, SearchQuery, Where, read_query


def words(query: SearchQuery) -> list[str]:
    return [" ".join(word.plain for word in term.words) for term in query.terms]


def test_words_are_folded_and_their_tones_kept() -> None:
    query = read_query("Lỗi ĐĂNG nhap")
    assert words(query) == ["loi", "dang", "nhap"]
    assert [term.words[0].toned for term in query.terms] == ["lỗi", "đăng", ""]


@pytest.mark.parametrize("typed", ['"mã lỗi"', "“mã lỗi”", '"mã lỗi', "mã-lỗi", "mã.lỗi"])
def test_quoted_and_joined_words_are_one_term(typed: str) -> None:
    assert words(read_query(typed)) == ["ma loi"]


def test_a_minus_before_a_term_excludes_it() -> None:
    query = read_query('lỗi -"đã xử lý" -from:robot')
    assert [(term.excluded, term.where) for term in query.terms] == [
        (False, Where.ANYWHERE),
        (True, Where.ANYWHERE),
        (True, Where.SENDER),
    ]


def test_terms_that_must_not_be_there_say_nothing_by_themselves() -> None:
    query = read_query("-spam status:new")
    assert (query.terms, query.misread, query.statuses) == ((), ("-spam",), ("new",))


@pytest.mark.parametrize(
    ("typed", "part", "value"),
    [
        ("queue:0010", "queues", ("0010",)),
        ("hàng:0010 kho-bạc:3110", "queues", ("0010", "3110")),
        ("hàng:an-toàn", "queues", ("security",)),
        ("status:new", "statuses", ("new",)),
        ('trạng-thái:"Đang xử lý"', "statuses", ("in_progress",)),
        ("status:in-progress", "statuses", ("in_progress",)),
        ("trangthai:da_dong", "statuses", ("closed",)),
        ("category:leaked-credentials", "categories", ("leaked_credentials",)),
        ("loại:login", "categories", ("login",)),
        ("assignee:me", "assignees", (ME,)),
        ("người-xử-lý:tôi", "assignees", (ME,)),
        ("assignee:nobody", "assignees", (NOBODY,)),
        ("assignee:Lan.NT", "assignees", ("lan.nt",)),
        ("before:01/11/2026", "before", date(2026, 11, 1)),
        ("trước:2026-11-01", "before", date(2026, 11, 1)),
        ("sau:1-11-2026", "after", date(2026, 11, 1)),
        ("has:attachment", "has_files", True),
        ("có:đính-kèm", "has_files", True),
        ("là:quá-hạn", "overdue", True),
    ],
)
def test_conditions_are_read_in_both_languages(typed: str, part: str, value: object) -> None:
    query = read_query(typed)
    assert getattr(query, part) == value
    assert query.misread == ()
    assert query.terms == ()


@pytest.mark.parametrize(
    "typed",
    [
        "before:31/02/2026",
        "after:hôm-qua",
        "status:tốt",
        "has:x",
        "is:late",
        "-status:new",
        "queue:&",
        "from:@",
    ],
)
def test_what_means_nothing_is_told_and_asks_nothing(typed: str) -> None:
    query = read_query(typed)
    assert query.misread == (typed,)
    assert query.is_empty


@pytest.mark.parametrize("typed", ["", " ", '"', '""', "-", ":", "*", "& | !", "…"])
def test_signs_alone_ask_nothing_and_need_no_complaint(typed: str) -> None:
    assert read_query(typed) == SearchQuery()


def test_a_colon_that_is_no_condition_belongs_to_the_words() -> None:
    assert words(read_query("10:30 từ: an")) == ["10 30", "tu", "an"]


@pytest.mark.parametrize("typed", ["SD261116-000001", " sd261116-1 ", "SD 261116 – 000001"])
def test_a_code_alone_is_a_code(typed: str) -> None:
    assert str(read_query(typed).code) == "SD261116-000001"


def test_a_code_among_words_is_a_phrase() -> None:
    query = read_query("SD261116-000001 lỗi")
    assert query.code is None
    assert words(query) == ["sd261116 000001", "loi"]


def test_no_question_grows_without_bounds() -> None:
    assert len(read_query("a " * 400).terms) == MOST_TERMS
    assert read_query('"' + "a " * 100 + '"').terms == ()


@given(st.text(max_size=600))
def test_any_text_is_read_and_gives_words_of_letters_and_digits_alone(typed: str) -> None:
    for term in read_query(typed).terms:
        for word in term.words:
            assert word.plain.isalnum()
            assert word.toned == "" or word.toned.isalnum()
