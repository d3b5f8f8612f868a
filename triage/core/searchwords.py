"""The words that a text is found by: without tones, and beside them as they were written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.core.text import clean, fold, without_unseen

LONGEST_WORD = 60
"""Characters by which a word is known: what is longer is no word but a block of code."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word at the places ``start`` to ``end`` (exclusive) of a text.

    ``plain`` is the word without tones, ``toned`` how it was written in lower case where that says more, else
    empty. Both hold letters and digits alone, so neither can be taken for the language of an index.
    """

    plain: str
    toned: str
    start: int
    end: int


def searchable(text: str) -> str:
    """Give a text as it is kept for searching: composed, without what cannot be seen."""
    return without_unseen(clean(text))


def words_of(text: str) -> Iterator[Word]:
    """Give the words of a text that ``searchable`` has made, in their order."""
    for match in _WORD.finditer(text):
        written = match.group()
        lower = written.lower()
        if written.isascii():  # most numbers, codes and addresses
            yield Word(lower[:LONGEST_WORD], "", match.start(), match.end())
            continue
        for plain in _WORD.findall(fold(written)):
            toned = lower if lower != plain and lower.isalnum() else ""
            yield Word(plain[:LONGEST_WORD], toned[:LONGEST_WORD], match.start(), match.end())
