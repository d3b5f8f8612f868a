"""Names set against each other: what differs is marked, what is encoded is shown as a reader sees it."""

import pytest

from triage.core.lettermarks import LONGEST, Span, compare, decoded, spelled


def marked(spans: tuple[Span, ...]) -> str:
    return "".join(f"[{span.text}]" if span.differs else span.text for span in spans)


@pytest.mark.parametrize(
    ("official", "imitated", "there", "here"),
    [
        ("a@vst.gov.vn", "a@vst-gov.vn", "a@vst[.]gov.vn", "a@vst[-]gov.vn"),
        ("vst.gov.vn", "vsst.gov.vn", "vst.gov.vn", "v[s]st.gov.vn"),
        ("kbnn", "kbnn", "kbnn", "kbnn"),
        ("vst", "\u0475st", "[v]st", "[\u0475]st"),
        ("", "x", "", "[x]"),
    ],
)
def test_what_differs_is_marked_on_both_sides(official: str, imitated: str, there: str, here: str) -> None:
    first, second = compare(official, imitated)
    assert (marked(first), marked(second)) == (there, here)


def test_a_name_without_end_is_cut() -> None:
    first, second = compare("a" * 5000, "b" * 5000)
    assert sum(len(span.text) for span in (*first, *second)) == 2 * LONGEST


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a@xn--bcher-kva.gov.vn", "a@bücher.gov.vn"),
        ("xn--.vn", ".vn"),
        ("xn--9999999999.vn", "xn--9999999999.vn"),
        ("plain.vn", "plain.vn"),
        ("", ""),
    ],
)
def test_punycode_is_shown_as_letters_and_rubbish_as_it_is(name: str, shown: str) -> None:
    assert decoded(name) == shown


def test_strange_letters_are_named_by_number() -> None:
    assert spelled("-ѵ") == "- ѵ (U+0475 CYRILLIC SMALL LETTER IZHITSA)"
