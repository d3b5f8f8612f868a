import pytest
from hypothesis import given, strategies as st

from triage.core.belonging import takes_part
from triage.core.onespelling import one_spelling, spellings

LETTERS = "ketoan@thuế.example"
ENCODED = "ketoan@xn--thu-9jz.example"


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        (LETTERS, LETTERS),
        (ENCODED, LETTERS),
        ("KeToan@XN--THU-9JZ.Example", LETTERS),
        ("ketoan@THUẾ.example", LETTERS),
        ("ketoan@thue\u0302\u0301.example", LETTERS),
        ("ketoan@mail.xn--thu-9jz.example", "ketoan@mail.thuế.example"),
        ("ketoan@hoamai.example", "ketoan@hoamai.example"),
        ("ketoan", "ketoan"),
        ("", ""),
        # a local part is nobody's domain
        ("xn--thu-9jz@hoamai.example", "xn--thu-9jz@hoamai.example"),
        # what no domain can be stays as it is: unseen characters, plain letters in disguise
        ("a@xn--hoamai-.example", "a@xn--hoamai-.example"),
        ("a@xn--hoamai-3n0c.example", "a@xn--hoamai-3n0c.example"),
        ("a@xn--.example", "a@xn--.example"),
        ("a@xn--é.example", "a@xn--é.example"),
        ("a@ｈoamai.example", "a@ｈoamai.example"),
        ("a@hoa。mai.example", "a@hoa。mai.example"),
    ],
)
def test_a_domain_in_letters_and_in_punycode_has_one_spelling(written: str, spelling: str) -> None:
    assert one_spelling(written) == spelling


def test_every_form_in_which_an_address_may_be_stored_is_known() -> None:
    assert set(spellings(LETTERS)) == set(spellings(ENCODED)) == {LETTERS, ENCODED}
    assert spellings("ketoan@hoamai.example") == ("ketoan@hoamai.example",)


@given(st.text(max_size=60) | st.from_regex(r"a@xn--[a-z0-9-]{0,20}\.example", fullmatch=True))
def test_any_text_has_a_spelling_that_is_its_own(written: str) -> None:
    once = one_spelling(written)
    assert one_spelling(once) == once
    assert once in spellings(written)


PARTIES = [
    (LETTERS, ENCODED, True),
    (ENCODED, LETTERS, True),
    (LETTERS, "sep@xn--thu-9jz.example", True),
    (ENCODED, "sep@thuế.example", True),
    (ENCODED, "sep@THUẾ.example", True),
    # a Cyrillic е, another tone, plain letters, what decodes to unseen characters, and the domain above
    (LETTERS, "ketoan@thuе.example", False),
    (LETTERS, "ketoan@xn--thu-tdd.example", False),
    (LETTERS, "ketoan@thuê.example", False),
    (LETTERS, "ketoan@thue.example", False),
    ("ketoan@hoamai.example", "ketoan@xn--hoamai-3n0c.example", False),
    ("ketoan@hoamai.example", "ketoan@ｈoamai.example", False),
    (LETTERS, "ketoan@mail.xn--thu-9jz.example", False),
]


@pytest.mark.parametrize(("party", "sender", "same"), PARTIES)
def test_a_party_is_one_under_both_spellings_and_who_looks_alike_is_none(
    party: str,
    sender: str,
    same: bool,  # noqa: FBT001 - a column
) -> None:
    assert takes_part(sender, frozenset({party})) is same


def test_a_domain_of_many_is_one_in_punycode_too() -> None:
    assert not takes_part("xa-nay@xn--thu-9jz.gov.vn", {"xa-kia@thuế.gov.vn"})
    assert not takes_part("a@erased.invalid", {"a@erased.invalid"})
