from hypothesis import given, strategies as st

from triage.core.erased import (
    NEUTRAL_LETTER,
    NEUTRAL_MAIL,
    NEUTRAL_TEXT,
    address_mark,
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
