"""Names as Vietnamese keyboards leave them: Telex and VNI keys that were never turned into marks."""

import re
import unicodedata

_SHAPE_KEYS = {
    "\u0302": "{0}?6?",  # circumflex: aa, ee, oo; VNI 6
    "\u031b": "w?7?",  # horn: ow, uw; VNI 7
    "\u0306": "w?8?",  # breve: aw; VNI 8
}
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = "aeiouy"
_TONE_KEY = "[sfrxj1-5]?"
_DRAWN_LIKE = {
    "a": "[a4@]",
    "b": "[b8]",
    "e": "[e3]",
    "g": "[g9q]",
    "i": "[i1l]",
    "o": "[o0]",
    "s": "[s5]",
    "t": "[t7]",
}


def keyed(phrase: str) -> str:
    """Give a pattern for the phrase without blanks: plain, keyed in Telex or VNI, or with drawn digits.

    The phrase carries its marks ("kho bạc"); a tone key may stand after its vowel or at the end of its
    syllable, shape keys may be missing, as people stop half way.
    """
    return "".join(_syllable(syllable) for syllable in phrase.lower().split())


def _syllable(syllable: str) -> str:
    letters = _letters(syllable)
    vowels = [index for index, (base, _) in enumerate(letters) if base in _VOWELS]
    if not vowels:
        return "".join(_drawn(base) for base, _ in letters)
    parts = []
    for index, (base, mark) in enumerate(letters):
        parts.append(_drawn(base))
        shape = _shape_key(base, mark)
        if index in vowels:
            parts.append(_TONE_KEY + shape + (_TONE_KEY if shape else ""))
        else:
            parts.append(shape)
    if vowels[-1] != len(letters) - 1:
        parts.append(f"w?{_TONE_KEY}" if _has_horn(letters) else _TONE_KEY)
    return "".join(parts)


def _letters(syllable: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for char in unicodedata.normalize("NFD", syllable):
        if char in _TONES:
            continue
        if unicodedata.combining(char):
            found[-1] = (found[-1][0], char)
        else:
            found.append((char, ""))
    return found


def _shape_key(base: str, mark: str) -> str:
    if base == "đ":
        return "d?9?"
    return _SHAPE_KEYS.get(mark, "").format(base)


def _drawn(base: str) -> str:
    plain = "d" if base == "đ" else base
    return _DRAWN_LIKE.get(plain, re.escape(plain))


def _has_horn(letters: list[tuple[str, str]]) -> bool:
    return any(mark == "\u031b" for _, mark in letters)
