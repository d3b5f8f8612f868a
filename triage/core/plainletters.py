"""Texts of nothing but the letters of Vietnamese, of ASCII and of common marks: nearly all that people write.

They are told from all others, and folded, within C: each of their characters is a byte of a charset made for
the purpose, as windows-1258 would be if it held every letter with its tone.
"""

import codecs
import unicodedata
from collections.abc import Callable

_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = "aăâeêioôơuưy"
_SMALL = "đ" + "".join(
    whole
    for vowel in _VOWELS
    for tone in _TONES
    if not (whole := unicodedata.normalize("NFC", vowel + tone)).isascii()
)
_ASCII = "\t\n\r" + "".join(map(chr, range(0x20, 0x7F)))
_MARKS = "\u00a0“”„‘’–—•·«»°±×→"

LETTERS = _ASCII + _SMALL + _SMALL.upper() + _MARKS
"""All of them. Each shows something, is whole in NFC, and folds to one character."""

_MOST = 256
_UNDEFINED = "\ufffe"
"""What the standard library takes for a byte without a character."""

_CHARSET = codecs.charmap_build(f"\0{LETTERS}".ljust(_MOST, _UNDEFINED))
"""The byte nought comes first, as charmap_build wants it to: a text that holds it is none of these."""


def is_plain(text: str) -> bool:
    """Say whether a text holds no other characters: then it is clean, in NFC, and nothing in it is unseen."""
    return _encoded(text) is not None


def folder(fold: Callable[[str], str]) -> Callable[[str], str | None]:
    """Make a function that folds such texts as ``fold`` folds each character, and gives None for others."""
    table = f"\0{''.join(map(fold, LETTERS))}".ljust(_MOST, _UNDEFINED)

    def folded(text: str) -> str | None:
        encoded = _encoded(text)
        return None if encoded is None else codecs.charmap_decode(encoded, "strict", table)[0]

    return folded


def _encoded(text: str) -> bytes | None:
    try:
        encoded = codecs.charmap_encode(text, "strict", _CHARSET)[0]
    except UnicodeEncodeError:
        return None
    return None if b"\0" in encoded else encoded
