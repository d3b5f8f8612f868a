"""Text brought to the letters that a reader sees: marks off, lookalike letters Latin, marks off again."""

import re
import unicodedata
from functools import lru_cache

from triage.core.plainletters import is_plain
from triage.core.spelling.letters import LOOKALIKES
from triage.core.text import fold

_TO_LATIN = str.maketrans({letter: latin for latin, letters in LOOKALIKES for letter in letters})
_DOTS = dict.fromkeys(map(ord, "。．｡·․‧∙⋅•･・٠۔"), ".")
_DASHES = dict.fromkeys((0x2212, 0x30FC, 0x02D7, 0x2043, 0x2796, 0x4E00), "-")
_SEPARATORS = {**_DOTS, **_DASHES}
_LATIN_ONLY = re.compile("[ -~\u00c0-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]*")
"""Letters that every Vietnamese name is written with: nothing unseen among them."""
_CAPITALS = str.maketrans("ΗΝΥΜΖΡΓ", "hnymzpr")
"""Greek capitals that look otherwise than their small letters."""
_SHAPES = str.maketrans("0135789", "olestbg")


def without_format(text: str) -> str:
    """Drop characters that show nothing: Unicode category Cf, variation selectors, fillers, controls."""
    if text.isascii():
        return text if text.isprintable() else "".join(char for char in text if char.isprintable())
    return text if _LATIN_ONLY.fullmatch(text) else "".join(char for char in text if not _shows_nothing(char))


def _shows_nothing(char: str) -> bool:
    kind = unicodedata.category(char)
    return (
        kind in {"Cf", "Cc", "Cs"}
        or char in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
        or "\ufe00" <= char <= "\ufe0f"
    )


def separators(text: str) -> str:
    """Give every kind of full stop as ``.`` and every kind of dash as ``-``."""
    if text.isascii() or _LATIN_ONLY.fullmatch(text):
        return text
    text = text.translate(_SEPARATORS)
    return "".join("-" if unicodedata.category(char) == "Pd" else char for char in text)


def without_marks(text: str) -> str:
    """Give compatibility letters plain, without tones and marks, lower case; ``đ`` becomes ``d``."""
    if text.isascii():
        return text.lower()
    if is_plain(text):
        return fold(text)
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in apart.translate(_CAPITALS) if not unicodedata.combining(char)).lower()
    return plain.replace("đ", "d").replace("ı", "i")


@lru_cache(maxsize=8192)
def skeleton(text: str) -> str:
    """Give the text as a reader sees it; marks go first, or stacked ones hide the letter below.

    Some compatibility letters (U+0387, U+207B) show their dot or dash only once they are plain.
    """
    if text.isascii():
        return text.lower()
    plain = separators(without_marks(separators(without_format(text))))
    return without_marks(plain.translate(_TO_LATIN))


def shapes(text: str) -> str:
    """Give digits and pairs as the letters that they look like: ``0`` o, ``1`` l, ``rn`` m, ``vv`` w."""
    return text.translate(_SHAPES).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def plain_word(word: str) -> str:
    """Give a word with its digits as letters, where letters outnumber them: "h0tr0" but not "kt2026"."""
    letters, digits = sum(map(str.isalpha, word)), sum(map(str.isdigit, word))
    return shapes(word) if letters > digits > 0 else word
