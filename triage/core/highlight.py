"""The line of a message that shows why it was found, with the words that were asked for marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.core.searchquery import SearchQuery
from triage.core.searchwords import Word, words_of
from triage.core.text import one_line

LINE = 180
"""Characters of a line."""

_BEFORE = 40
"""Characters that stand before the first marked word."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line; ``marked`` where it is a word that was asked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words that are marked: without tones, and those of them that were typed with tones."""

    plain: frozenset[str]
    toned: frozenset[str]

    def weight(self, word: Word) -> int:
        """Say how well a word fits that has the right letters: by these alone, or by its tones too."""
        return 2 if word.toned in self.toned else 1


def wanted_by(query: SearchQuery) -> Wanted:
    """Give the words that a question asks for."""
    words = [word for term in query.wanted for word in term.words]
    return Wanted(
        frozenset(word.plain for word in words), frozenset(word.toned for word in words if word.toned)
    )


def marked(text: str, wanted: Wanted) -> tuple[Piece, ...]:
    """Give a short text whole, as one line, with its words marked."""
    line = one_line(text)
    return _cut(line, _found(line, wanted), 0, len(line))


def telling_line(texts: Iterable[str], wanted: Wanted) -> tuple[Piece, ...]:
    """Give the line that holds most of what was asked for; else the beginning of the first text."""
    lines = [line for text in texts if (line := one_line(text))]
    best, where, start = 0, lines[0] if lines else "", 0
    marks: Sequence[tuple[Word, int]] = ()
    for line in lines:
        found = _found(line, wanted)
        weight, begin = _best_window(found)
        if weight > best:
            best, where, start, marks = weight, line, begin, found
    begin = _word_start(where, max(0, start - _BEFORE)) if start > _BEFORE else 0
    end = min(len(where), begin + LINE)
    pieces = _cut(where, marks, begin, end)
    before = (Piece("… "),) if begin else ()
    after = (Piece(" …"),) if end < len(where) else ()
    return (*before, *pieces, *after)


def _found(line: str, wanted: Wanted) -> list[tuple[Word, int]]:
    return [(word, wanted.weight(word)) for word in words_of(line, among=wanted.plain)]


def _best_window(found: Sequence[tuple[Word, int]]) -> tuple[int, int]:
    """Give the weight of the stretch that holds most different words, and where it begins."""
    best, begin = 0, 0
    for place, (first, _) in enumerate(found):
        here: dict[str, int] = {}
        for word, weight in found[place : place + LINE // 2]:
            if word.end > first.start + LINE - _BEFORE:
                break
            here[word.plain] = max(weight, here.get(word.plain, 0))
        if sum(here.values()) > best:
            best, begin = sum(here.values()), first.start
    return best, begin


def _word_start(line: str, place: int) -> int:
    """Give the beginning of the first word from a place on."""
    blank = line.find(" ", place)
    return blank + 1 if 0 <= blank - place < _BEFORE else place


def _cut(line: str, found: Sequence[tuple[Word, int]], begin: int, end: int) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = begin
    for word, _ in found:
        if word.start < at or word.end > end:
            continue
        pieces += (Piece(line[at : word.start]), Piece(line[word.start : word.end], marked=True))
        at = word.end
    return tuple(piece for piece in (*pieces, Piece(line[at:end])) if piece.text)
