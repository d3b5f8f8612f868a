"""Text with soft line breaks (RFC 3676)."""

import pytest
from hypothesis import given, strategies as st

from triage.core.flowed import unflow


@pytest.mark.parametrize(
    ("folded", "joined"),
    [
        ("Kính gửi \nđội hỗ trợ", "Kính gửi đội hỗ trợ"),
        ("một\nhai", "một\nhai"),
        ("một \n\nhai", "một \n\nhai"),
        ("> hỏi \n> tiếp\nđáp", "> hỏi tiếp\nđáp"),
        ("> hỏi \n>> cũ hơn \n>> nữa", "> hỏi \n>> cũ hơn nữa"),
        (">> a \n> b", ">> a \n> b"),
        # the signature line ends in a space and does not flow
        ("chào \n-- \nHạ", "chào \n-- \nHạ"),
        ("> -- \n> Hạ", "> -- \n> Hạ"),
        # a space before "From", ">" and spaces is stuffed in
        (" From đây", "From đây"),
        (" > không trích", "> không trích"),
        ("  thụt", " thụt"),
        ("", ""),
    ],
)
def test_soft_breaks_are_joined_and_hard_ones_stay(folded: str, joined: str) -> None:
    assert unflow(folded, delete_space=False) == joined


@pytest.mark.parametrize(
    ("folded", "joined"),
    [
        ("hotrocntt@ \nvst.gov.vn", "hotrocntt@vst.gov.vn"),
        ("hai  \ntừ", "hai từ"),
        ("> trích \n> dở", "> tríchdở"),
        ("-- \nHạ", "-- \nHạ"),
    ],
)
def test_spaces_that_the_folding_added_go_with_it(folded: str, joined: str) -> None:
    assert unflow(folded, delete_space=True) == joined


@given(st.text(st.sampled_from("> a-\n"), max_size=60), st.booleans())
def test_no_letter_is_lost(folded: str, delete_space: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
    assert unflow(folded, delete_space=delete_space).count("a") == folded.count("a")
