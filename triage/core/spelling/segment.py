"""A label cut into known words, so that a name counts only where it stands as a word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LONGEST_TEXT = 200
_KNOWN, _PATTERN, _DIGITS, _LETTER = 10, 11, 5, 14
"""Costs: a known word, one that a pattern finds, a run of digits, a letter that belongs to no word."""
_CROSSES_HYPHENS = 5
"""Shorter words may not reach over a hyphen: "a-v-store" holds no "vst"."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a label: its text, its kind (empty: unknown letters), the name that it spells."""

    text: str
    kind: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Known words with kind and key, and patterns of names by first letter.

    ``lengths`` are those of the words that begin with two letters, the shortest first; no word is one letter.
    """

    words: Mapping[str, tuple[str, str]]
    patterns: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
    lengths: Mapping[str, tuple[int, ...]]

    def at(self, text: str, start: int, cuts: frozenset[int]) -> Iterator[tuple[int, int, str, str]]:
        """Give end, cost, kind and key of everything known that begins at ``start``."""
        for length in self.lengths.get(text[start : start + 2], ()):
            end = start + length
            known = self.words.get(text[start:end]) if end <= len(text) else None
            if known and _may_span(start, end, cuts):
                yield end, _KNOWN, *known
        for key, pattern in self.patterns.get(text[start], ()):
            match = pattern.match(text, start)
            if match:
                yield match.end(), _PATTERN, "strong", key


def lexicon_of(words: Mapping[str, tuple[str, str]], patterns: tuple[tuple[str, str], ...]) -> Lexicon:
    """Build a lexicon; ``patterns`` pair a name with how it may be spelt, opening with a plain letter."""
    by_letter: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for key, spelt in patterns:
        by_letter.setdefault(key[0], []).append((key, re.compile(spelt)))
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[:2], set()).add(len(word))
    return Lexicon(
        words,
        {letter: tuple(found) for letter, found in by_letter.items()},
        {head: tuple(sorted(found)) for head, found in lengths.items()},
    )


def segment(text: str, cuts: frozenset[int], lexicon: Lexicon) -> tuple[Token, ...]:
    """Cut text into the cheapest row of known words, digit runs and unknown letters.

    ``cuts`` are places where hyphens stood. Text beyond ``LONGEST_TEXT`` is not read.
    """
    text = text[:LONGEST_TEXT]
    size = len(text)
    best = [0] + [10**9] * size
    step = [(0, "", "")] * (size + 1)
    for start in range(size):
        so_far = best[start]
        if so_far + _LETTER < best[start + 1]:
            best[start + 1], step[start + 1] = so_far + _LETTER, (start, "", "")
        if text[start].isdigit():
            end = _end_of_digits(text, start)
            if so_far + _DIGITS < best[end]:
                best[end], step[end] = so_far + _DIGITS, (start, "digits", "")
        for end, cost, kind, key in lexicon.at(text, start, cuts):
            if so_far + cost < best[end]:
                best[end], step[end] = so_far + cost, (start, kind, key)
    return _walk_back(text, step)


def _end_of_digits(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end].isdigit():
        end += 1
    return end


def _may_span(start: int, end: int, cuts: frozenset[int]) -> bool:
    return end - start >= _CROSSES_HYPHENS or not any(start < cut < end for cut in cuts)


def _walk_back(text: str, step: list[tuple[int, str, str]]) -> tuple[Token, ...]:
    tokens: list[Token] = []
    end = len(text)
    while end:
        start, kind, key = step[end]
        if not kind and tokens and not tokens[-1].kind:
            last = tokens.pop()
            tokens.append(Token(text[start : last.end], "", "", start, last.end))
        else:
            tokens.append(Token(text[start:end], kind, key, start, end))
        end = start
    return tuple(reversed(tokens))
