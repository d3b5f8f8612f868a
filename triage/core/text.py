"""Vietnamese text made comparable: clean, folded, cut into words."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from triage.core.plainletters import folder, is_plain

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_MARKS_RUN = re.compile(r"[^\w\s\x00-\u02ff]{31,}")
_D_WITH_STROKE = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})

SHORT = 256
"""Texts up to this length come again and again (names, subjects), so their folding is remembered."""

MIDDLING = 40_000
"""Texts up to this length are remembered while their mail is decided; a longer one would fill memory."""

MOST_MARKS = 30
"""Marks on one letter, as in the stream-safe text format (UAX #15): ordering more of them is quadratic."""


def clean(text: str) -> str:
    """Give the text in NFC without control characters (line ends and tabs stay) and lone surrogates.

    windows-1258 and Apple clients write tones as combining marks; NFC makes them one with the rest.
    """
    if is_plain(text):
        return text
    if text.isprintable():  # most names and subjects: no line end, no control character, no surrogate
        return _composed(text)
    # a control character between a letter and its mark must not keep them apart
    return _composed(_CONTROLS.sub("", _SURROGATES.sub("\ufffd", text)))


def _composed(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS_RUN.sub(_without_surplus_marks, text))


def _without_surplus_marks(match: re.Match[str]) -> str:
    run = match.group()
    kept: list[str] = []
    start = marks = 0
    for at, char in enumerate(run):
        if unicodedata.combining(char):
            marks += 1
            if marks == MOST_MARKS + 1:  # pieces, not characters: those of a long run fill memory
                kept.append(run[start:at])
        else:
            start = at if marks > MOST_MARKS else start
            marks = 0
    if marks <= MOST_MARKS:
        kept.append(run[start:])
    return "".join(kept)


def without_unseen(text: str) -> str:
    """Drop characters that show nothing: zero-width spaces, joiners, direction marks, soft hyphens."""
    return text if is_plain(text) else _UNSEEN.sub("", text)


def head_and_tail(text: str, most: int) -> str:
    """Give at most so many characters of a text, a quarter of them from its end: padding hides neither."""
    if len(text) <= most:
        return text
    tail = most // 4
    return f"{text[: most - tail]}\n{text[-tail:]}"


def one_line(text: str) -> str:
    """Make one line of any text: every run of white space becomes one space."""
    return " ".join(text.split())


_Texts = ParamSpec("_Texts")
_Found = TypeVar("_Found")


def remembered(few: int) -> Callable[[Callable[_Texts, _Found]], Callable[_Texts, _Found]]:
    """Let a function of texts remember its last answers: several checks ask for the same texts of one mail.

    What is longer than MIDDLING is worked out anew: it would fill memory.
    """

    def remember(function: Callable[_Texts, _Found]) -> Callable[_Texts, _Found]:
        known = lru_cache(maxsize=few)(function)

        @wraps(function)
        def found(*texts: _Texts.args, **more: _Texts.kwargs) -> _Found:
            short = not more and sum(map(len, texts)) <= MIDDLING  # type: ignore[arg-type] # all of them are str
            return known(*texts) if short else function(*texts, **more)

        return found

    return remember


class _Foldings(dict[int, str]):
    """What each character folds to, worked out when it is first met.

    Folding is a matter of single characters, since all marks are dropped and their order with them.
    Greek capital sigma is σ even at the end of a word.
    """

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if code <= _LAST_REMEMBERED:
            self[code] = folded
        return folded


_LAST_REMEMBERED = 0xFFFF
"""The end of the first plane of Unicode: nobody shall fill our memory with characters beyond it."""

_FOLDINGS = _Foldings()


def _folded(char: str) -> str:
    apart = unicodedata.normalize("NFKD", char.translate(_D_WITH_STROKE))
    plain = "".join(part for part in apart if not unicodedata.combining(part))
    return plain.lower().translate(_D_WITH_STROKE)


_fold_plain = folder(_folded)


@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    return _fold(text)


@lru_cache(maxsize=32)
def _fold_again(text: str) -> str:
    """Fold a text of middling length: a dozen checks ask for the same few texts of one mail."""
    return _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = _fold_plain(text)
    return text.translate(_FOLDINGS) if plain is None else plain


def fold(text: str) -> str:
    """Give the text without tones and marks, ``đ`` as ``d``, full-width letters narrow, lower case.

    Folding lets words collide (mã/mà, ký/kỳ): match phrases of two words or more on it. The number of
    characters may change, so positions in folded text say nothing about the original.
    """
    if len(text) <= SHORT:
        return _fold_short(text)
    return _fold_again(text) if len(text) <= MIDDLING else _fold(text)
