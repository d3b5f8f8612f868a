"""The words that a text is found by: without tones, and beside them as they were written."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache

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


def words_of(text: str, among: Container[str] | None = None) -> Iterator[Word]:
    """Give the words of a text that ``searchable`` has made, in their order; only those ``among`` some."""
    for match in _WORD.finditer(text):
        written = match.group()
        # A block of code is no word that comes again, and may be as long as a mail.
        forms = _remembered(written) if len(written) <= LONGEST_WORD else _forms(written)
        for plain, toned in forms:
            if among is None or plain in among:
                yield Word(plain, toned, match.start(), match.end())


def forms_in(text: str) -> Iterator[tuple[str, str]]:
    """Give the words of a text that ``searchable`` has made, in their order: without tones, and with them.

    The second form is empty where it says no more. This is what an index needs, which keeps no places.
    """
    for written in _WORD.findall(text):
        yield from _remembered(written) if len(written) <= LONGEST_WORD else _forms(written)


def _forms(written: str) -> tuple[tuple[str, str], ...]:
    """Give each word in what was written as one: without tones, and with them."""
    lower = written.lower()
    if written.isascii():  # most numbers, codes and addresses
        return ((lower[:LONGEST_WORD], ""),)
    folded = _WORD.findall(fold(written))
    return tuple(
        (plain[:LONGEST_WORD], lower[:LONGEST_WORD] if lower != plain and lower.isalnum() else "")
        for plain in folded
    )


_remembered = lru_cache(maxsize=8192)(_forms)
"""A language repeats its words."""
