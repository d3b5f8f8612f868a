"""Phrases of the rules found in sentences: whole words, tones compared only where folding would mislead."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from triage.core.spelledout import joined_letters
from triage.core.text import clean, fold, head_and_tail, one_line, without_unseen

MAX_TEXT = 40_000
"""Characters of one text that are read for meaning, the last quarter from its end."""

MAX_SENTENCE = 80
"""Words of one sentence; a longer one is cut, so that no rule reaches across a whole page."""

MAX_SHOWN = 160
"""Characters of a sentence that are kept to be shown."""

_EXACT = frozenset({"no_verb"})
"""Groups whose phrases are compared with their tones, however long: "kết nối gửi" holds no "nơi gửi"."""

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SENTENCE_END = re.compile(r"(?<=[.!?…;])(?<![\s:,;(]\d\.)\s+")
"""The dot of a number in a list ("gửi: 1. Tên đăng nhập 2. Mật khẩu") ends nothing."""
_BULLET = re.compile(r"^\s*(?:[-–—*+•·●▪►>]|\d{1,2}[.)])\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: as written, and as words in lower case, with and without tones.

    ``starts`` holds the positions where a clause begins: the first word and each one after a mark.
    """

    written: str
    words: tuple[str, ...]
    folded: tuple[str, ...]
    starts: frozenset[int]

    def __hash__(self) -> int:
        """Hash the text alone, whose hash Python remembers: several checks look up the same sentence."""
        return hash(self.written)

    @property
    def marked(self) -> bool:
        """Whether the writer used tones at all; many write without."""
        return self.words != self.folded


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of ``group`` at the words ``start`` to ``end`` (exclusive) of a sentence."""

    group: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Named groups of phrases, ready to be found in one pass over a sentence.

    ``_lengths`` holds by first word how long the phrases are that begin with it, the longest first: one look
    for each length finds what stands there, however many phrases begin with that word.
    """

    _lengths: Mapping[str, tuple[int, ...]] = field(repr=False)
    _phrases: Mapping[tuple[str, ...], tuple["_Phrase", ...]] = field(repr=False)

    @lru_cache(maxsize=256)  # noqa: B019 - many checks read the same mail, and lexicons live as long as the program
    def find(self, sentence: Sentence) -> tuple[Hit, ...]:
        """Give every phrase in the sentence, in order; of one group only the longest at each position."""
        hits: list[Hit] = []
        for start, word in enumerate(sentence.folded):
            seen: set[str] = set()
            for length in self._lengths.get(word, ()):
                end = start + length
                if end > len(sentence.folded):
                    continue
                for phrase in self._phrases.get(sentence.folded[start:end], ()):
                    if phrase.group not in seen and phrase.is_spelled(sentence, start):
                        seen.add(phrase.group)
                        hits.append(Hit(phrase.group, start, end))
        return tuple(hits)


@dataclass(frozen=True, slots=True)
class _Phrase:
    group: str
    words: tuple[str, ...]

    def is_spelled(self, sentence: Sentence, start: int) -> bool:
        if not sentence.marked or (len(self.words) > 1 and self.group not in _EXACT):
            return True
        return sentence.words[start : start + len(self.words)] == self.words


def lexicon(groups: Mapping[str, Iterable[str]]) -> Lexicon:
    """Build a lexicon; a phrase of one word is compared with its tones where a sentence has any (mã, mà)."""
    lengths: dict[str, set[int]] = {}
    phrases: dict[tuple[str, ...], list[_Phrase]] = {}
    for group, texts in groups.items():
        for text in texts:
            words = _words(text)
            if words:
                folded = tuple(fold(word) for word in words)
                lengths.setdefault(folded[0], set()).add(len(folded))
                phrases.setdefault(folded, []).append(_Phrase(group, words))
    return Lexicon(
        {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()},
        {words: tuple(found) for words, found in phrases.items()},
    )


@lru_cache(maxsize=16)
def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a text into sentences; a line that the mail program broke is joined again."""
    whole = joined_letters(head_and_tail(without_unseen(clean(text)), MAX_TEXT))
    return tuple(
        sentence
        for paragraph in _paragraphs(whole)
        for part in _SENTENCE_END.split(paragraph)
        for sentence in _read(part)
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(token for token in _TOKEN.findall(clean(text).lower()) if token[0].isalnum())


def _paragraphs(text: str) -> list[str]:
    """Join lines that belong together: before a lower-case letter, or in a list after a colon."""
    paragraphs: list[str] = []
    previous = ""
    in_list = False
    for line in text.splitlines():
        bullet = _BULLET.match(line)
        stripped = line[bullet.end() :].strip() if bullet else line.strip()
        in_list = bool(stripped) and (previous.endswith(":") or (in_list and bullet is not None))
        if not stripped:
            previous = previous if previous.endswith(":") else ""
            continue
        if previous and (in_list or previous.endswith(("(", "-")) or (stripped[0].islower() and not bullet)):
            paragraphs[-1] += (", " if in_list else " ") + stripped
        else:
            paragraphs.append(stripped)
        previous = stripped
    return paragraphs


@lru_cache(maxsize=256)
def _read(part: str) -> tuple[Sentence, ...]:
    """Read what stands between two sentence ends; many checks read the same mail."""
    words: list[str] = []
    starts: set[int] = {0}
    found: list[Sentence] = []
    begin = 0
    for match in _TOKEN.finditer(part):
        token = match.group()
        if not token[0].isalnum():
            starts.add(len(words))
            continue
        if len(words) == MAX_SENTENCE:
            found.append(_sentence(part[begin : match.start()], words, starts))
            words, starts, begin = [], {0}, match.start()
        words.append(token.lower())
    if words:
        found.append(_sentence(part[begin:], words, starts))
    return tuple(found)


def _sentence(part: str, words: list[str], starts: set[int]) -> Sentence:
    written = one_line(part[: 2 * MAX_SHOWN])
    shown = written if len(written) <= MAX_SHOWN else written[: MAX_SHOWN - 1] + "…"
    return Sentence(shown, tuple(words), tuple(fold(word) for word in words), frozenset(starts))
