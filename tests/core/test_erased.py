import pytest
from hypothesis import given, strategies as st

from triage.core.erased import (
    NEUTRAL_LETTER,
    NEUTRAL_MAIL,
    NEUTRAL_TEXT,
    address_mark,
    mentions,
    neutral_document,
    without_address,
)
from triage.core.parse import read_mail

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.just("an@xa.example")
    | st.just("Hỏi An@Xa.example"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["note", "to", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_address_is_left_in_any_json(data: object) -> None:
    for own in (True, False):
        assert (
            "an@xa.example"
            not in str(without_address(data, "an@xa.example", address_mark(1), own=own)).lower()
        )


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("na@xa.example", "#"),
        ("NA@Xa.example", "#"),
        ("anna@xa.example", "anna@xa.example"),
        ("x.na@xa.example, na@xa.example", "x.na@xa.example, #"),
        ("le-na@xa.example", "le-na@xa.example"),
        ("a+na@xa.example", "a+na@xa.example"),
        ("na@xa.example.vn", "na@xa.example.vn"),
        ("na@xa.example-vn.example", "na@xa.example-vn.example"),
        ("Hỏi <na@xa.example>.", "Hỏi <#>."),
        ("Hỏi na@xa.example. Rồi mailto:na@xa.example", "Hỏi #. Rồi mailto:#"),
        ("...na@xa.example-", "...#-"),
    ],
)
def test_only_the_address_itself_goes(written: str, left: str) -> None:
    assert without_address({"cc": [written]}, "na@xa.example", "#", own=False) == {"cc": [left]}
    assert mentions({"cc": [written]}, "na@xa.example") == ({} if written == left else {"cc.0": written})


def test_the_name_beside_an_address_belongs_to_it() -> None:
    people = [
        {"name": "Na", "address": "na@xa.example", "date": "Mon", "attached": False},
        {"name": "Anna", "address": "anna@xa.example"},
    ]
    assert mentions({"x": people}, "na@xa.example") == {"x.0.name": "Na", "x.0.address": "na@xa.example"}
    first, second = without_address(people, "na@xa.example", "#", own=False)
    assert (first["name"], first["address"], first["date"]) == (NEUTRAL_TEXT, "#", "Mon")
    assert second == people[1]


def test_a_sentence_that_names_him_goes_whole() -> None:
    reasons = [
        {"code": "a", "text": "do Na <na@xa.example> viết", "text_en": "by Na <na@xa.example>"},
        {"code": "b", "text": "do Anna <anna@xa.example> viết", "text_en": "by Anna"},
    ]
    assert without_address(reasons, "na@xa.example", "#", own=False) == [
        {"code": "a", "text": NEUTRAL_TEXT, "text_en": NEUTRAL_TEXT},
        reasons[1],
    ]


def test_a_reduced_decision_keeps_codes_and_no_words() -> None:
    reduced = neutral_document(
        {
            "kind": "request",
            "category": "login",
            "route": {"queue": "0010", "treasury_name": "KBNN Hà Nội", "how": "subject"},
            "sender": {
                "verdict": "ordinary",
                "weights": 3,
                "findings": [{"check": "X", "severity": "low", "evidence": "An"}],
            },
            "reasons": [{"code": "a", "text": "An nói", "text_en": "An said"}],
            "contact": {"name": "An"},
        }
    )
    assert "An" not in str(reduced)
    assert reduced["category"] == "login"
    assert reduced["reasons"] == [{"code": "a", "text": NEUTRAL_TEXT, "text_en": "(erased)"}]


def test_what_stands_in_for_a_mail_can_be_read() -> None:
    assert "erased" in read_mail(NEUTRAL_MAIL).text
    assert "erased" in read_mail(NEUTRAL_LETTER).text
