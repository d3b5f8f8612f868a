"""The English of the desk is whole: every sentence has one, none is left over, no gap is lost."""

import re
from collections import Counter

from support.catalogue import GAPS, catalogue, entries, path_of, used

HELD = entries(catalogue("en"))


def test_every_sentence_has_its_translation() -> None:
    lacking = {sentence: file for sentence, file in used().items() if not all(HELD.get(sentence, ("",)))}
    assert lacking == {}, f"run tests/support/catalogue.py, then write their English in {path_of('en')}"


def test_no_translation_is_left_of_what_is_said_no_more() -> None:
    assert HELD.keys() - used().keys() == set(), f"take them out of {path_of('en')}"


def test_a_translation_has_the_gaps_of_its_sentence() -> None:
    assert {
        sentence: told
        for sentence, told in HELD.items()
        if any(set(GAPS.findall(one)) != set(GAPS.findall(sentence[-1])) for one in told)
    } == {}


def test_no_sentence_holds_a_percent_sign_that_is_no_gap() -> None:
    # templates fill gaps in every sentence, with or without any, and modules only where there are some
    assert [
        one for entry in HELD.items() for told in entry for one in told if re.search(r"%(?!\(\w+\)s)", one)
    ] == []


def test_no_sentence_stands_twice() -> None:
    lines = path_of("en").read_text(encoding="utf-8").splitlines()
    counted = Counter(line for line in lines if line.startswith("msgid ") and line != 'msgid ""')
    assert [line for line, number in counted.items() if number > 1] == []
