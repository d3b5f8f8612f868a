"""Vietnamese text made comparable: clean, folded, cut into words."""

import re
import unicodedata
from functools import lru_cache

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_D_WITH_STROKE = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})


def clean(text: str) -> str:
    """Give the text in NFC without control characters (line ends and tabs stay) and lone surrogates.

    windows-1258 and Apple clients write tones as combining marks; NFC makes them one with the rest.
    """
    if text.isascii() and not _CONTROLS.search(text):
        return text
    return _CONTROLS.sub("", unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text)))


def without_unseen(text: str) -> str:
    """Drop characters that show nothing: zero-width spaces, joiners, direction marks, soft hyphens."""
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    """Make one line of any text: every run of white space becomes one space."""
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE))
    return "".join(char for char in apart if not unicodedata.combining(char)).lower().translate(_D_WITH_STROKE)


def fold(text: str) -> str:
    """Give the text without tones and marks, ``đ`` as ``d``, full-width letters narrow, lower case.

    Folding lets words collide (mã/mà, ký/kỳ): match phrases of two words or more on it. The number of
    characters may change, so positions in folded text say nothing about the original.
    """
    return _fold_short(text) if len(text) <= 256 else _fold(text)
