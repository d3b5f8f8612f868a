"""Text cut into words, and phrases found in it whatever the tones and the spelling of the writer."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat
from typing import Generic, NamedTuple, TypeVar

from triage.core.text import fold

_WORD = re.compile(r"\w+")
_WORDS_BETWEEN = re.compile(r"(\w+)")
"""Splits a text into what stands between its words and the words, by turns."""

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SAME_TONE = {"\u0309": "\u0303"}
_SYLLABLES = 32
"""Longer words are none of the language: they are not remembered."""

_LONGEST_GAP = 4
"""How many words may stand where a phrase has ``…``."""

GAP = "…"


class Word(NamedTuple):
    """One word: folded for matching, ``toned`` for telling mã from mà, and where it stands in the text.

    A tuple, since thousands of them are made of one mail and a frozen dataclass takes three times as long.
    """

    folded: str
    toned: str
    start: int
    end: int

    def is_written(self, toned: str) -> bool:
        """Say whether this is that word: typed without any mark, or with exactly its tone and marks."""
        return self.toned == toned or (self.toned.isascii() and self.toned == fold(toned))


def toned(word: str) -> str:
    """Give the word in lower case with its tone mark last, so that hoà and hòa are one.

    The tones hỏi and ngã are one as well: half of the country does not tell them apart.
    """
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFD", word.lower())
    tones = "".join(_SAME_TONE.get(char, char) for char in apart if char in _TONES)
    return unicodedata.normalize("NFC", "".join(char for char in apart if char not in _TONES)) + tones


@lru_cache(maxsize=16)
def words(text: str, most: int) -> tuple[Word, ...]:
    """Give the first words of a text, at most so many. Several checks read one text after the other."""
    pieces = _WORDS_BETWEEN.split(text, most)
    forms = list(map(_forms_of, pieces[1::2]))
    if not forms:
        return ()
    folded, spelled = zip(*forms, strict=True)
    ends = list(accumulate(map(len, pieces)))
    # column by column and without the constructor, which is a Python function
    columns = zip(folded, spelled, ends[::2], ends[1::2], strict=False)
    return tuple(map(tuple.__new__, repeat(Word), columns))


def _forms(written: str) -> tuple[str, str]:
    return fold(written), toned(written)


_forms_of_short = lru_cache(maxsize=8192)(_forms)
"""Gives a word folded and toned. Vietnamese has about seven thousand syllables: nearly all are known."""


def _forms_of(written: str) -> tuple[str, str]:
    return _forms_of_short(written) if len(written) <= _SYLLABLES else _forms(written)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another; each part may be some words away from the one before it.

    ``text`` is the phrase as the operator wrote it, ``spelling`` its words with their tones. A single word
    counts only with its own tones or with none, since folded it collides with many others. ``folded`` are the
    words of ``spelling`` without tones. ``weight`` is how much the phrase says: the number of its words.
    """

    text: str
    parts: tuple[tuple[str, ...], ...]
    spelling: frozenset[str]
    folded: frozenset[str]
    weight: int

    def end_at(self, found: tuple[Word, ...], folded: tuple[str, ...], start: int) -> int | None:
        """Give the index after the last word where the phrase begins at ``start``; None where it does not.

        ``folded`` are the words of ``found`` without tones.
        """
        end = start + len(self.parts[0])
        if folded[start:end] != self.parts[0]:
            return None
        if self.weight == 1 and not self.is_spelled(found[start:end]):
            return None
        for part in self.parts[1:]:
            places = range(end, min(end + _LONGEST_GAP + 1, len(folded)))
            at = next((at for at in places if folded[at : at + len(part)] == part), None)
            if at is None:
                return None
            end = at + len(part)
        return end

    def is_spelled(self, matched: tuple[Word, ...]) -> bool:
        """Say whether matched words have the tones of the phrase, or all of them none (đổi is not đòi)."""
        own = [word for word in matched if word.folded in self.folded]
        return all(word.toned in self.spelling for word in own) or all(word.toned.isascii() for word in own)


def phrase(text: str) -> Phrase | None:
    """Read a phrase; ``…`` stands for up to four words. None where the text holds no word."""
    parts = tuple(part for piece in text.split(GAP) if (part := tuple(_WORD.findall(fold(piece)))))
    if not parts:
        return None
    folded, spelling = map(frozenset, zip(*map(_forms_of, _WORD.findall(text)), strict=True))
    return Phrase(text, parts, spelling, folded, weight=sum(map(len, parts)))


Meaning = TypeVar("Meaning")


class PhraseBook(Generic[Meaning]):
    """Phrases with what each of them means, found by the one or two words that they begin with."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        self._by_start: dict[str, dict[str | None, list[tuple[Phrase, Meaning]]]] = {}
        for text, meaning in entries:
            entry = phrase(text)
            if entry:
                first, second = (*entry.parts[0], None)[:2]
                by_second = self._by_start.setdefault(first or "", {})
                by_second.setdefault(second, []).append((entry, meaning))

    def find(self, found: tuple[Word, ...]) -> Iterator[tuple[int, int, Phrase, Meaning]]:
        """Give each phrase in these words: first index, index after the last, phrase, meaning."""
        folded = tuple(word.folded for word in found)
        for start, word in enumerate(folded):
            by_second = self._by_start.get(word)
            if by_second is None:
                continue
            second = folded[start + 1] if start + 1 < len(folded) else None
            for entry, meaning in (*by_second.get(None, ()), *(by_second.get(second, ()) if second else ())):
                end = entry.end_at(found, folded, start)
                if end is not None:
                    yield start, end, entry, meaning
