"""Text in a Vietnamese charset from before Unicode, known by its content alone.

A charset is believed where the words that it changes turn into Vietnamese syllables nearly without
exception, several different ones, in lines whose other words fit too, and better than under any other
charset. Whatever is short of that stays as it is: good French or German must never become Vietnamese.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from triage.core.latepattern import late_pattern
from triage.core.syllables import is_syllable
from triage.core.text import clean
from triage.core.vietcharsets import from_windows, windows_reading

MOST_CHARACTERS = 20_000
MOST_WORDS = 600
"""Of the lines with letters beyond ASCII, how much is looked at; more proves nothing new."""

FITS_CHANGED = 0.85
FITS_ALL = 0.6
"""Shares that must be syllables: of the words that a charset changes, and of all words around them."""

FEWEST_CHANGED = 0.2
"""The share of words with marks in a Vietnamese text is over a half."""

ENOUGH = 4
"""Different syllables that prove a charset; fewer do where the Windows reading makes no sense."""

FEWEST_WORDS = 2

_CHARSETS = ("cp1258", "tcvn3", "tcvn5712", "vni", "viscii", "vps")
_FONTS = ("tcvn3", "vni")

_TAG = late_pattern(r"<[^<>]*>")
_WORD = late_pattern("[A-Za-z\x80-\x9f\xa1-\U0010ffff]+")
_LETTERS = late_pattern(r"[^\W\d_]+")
_LATIN = late_pattern("[\x80-\xff\u0152-\u0192\u2030\u2039\u203a\u2122]")
_ALREADY_UNICODE = late_pattern("[\u1ea0-\u1ef9ĂăĐđĨĩŨũƠơƯư\u0300-\u036f]")

_SENSELESS = (
    # a symbol inside a word, or before its letters, as no language writes it
    late_pattern("[A-Za-zÀ-ÖØ-öø-ÿ][¡-¥§¨©ª«¬\xad®µ¶¸¹»¼½¾×÷][A-Za-zÀ-ÖØ-öø-ÿ]|[¨¬\xad®§¦][A-Za-z]"),
    # a capital beyond ASCII in the middle of small letters
    late_pattern("[a-z][À-ÖØ-Þ]|[A-Z][À-ÖØ-Þ][a-z]"),
    # two vowels of which the second bears the marks of the first, as the VNI fonts write
    late_pattern(
        "[aA][øØûÛáÁâÂäÄåÅàÀãÃêÊõÕ]|[eE][áÁâÂäÄåÅàÀãÃøØûÛõÕ]|[oO][âÂäÄáÁàÀåÅãÃøØûÛ]|[ôÔöÖ][øØûÛïÏùÙõÕôÔ]"
    ),
    late_pattern("[uU][ûÛøØùÙõÕöÖ]|[yY][øØùÙûÛõÕ]|[ñÑ][ôÔöÖ]"),
    # control characters, where other charsets have letters
    late_pattern("[\x80-\x9f]"),
)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a charset fits: words that it changes, how many of those it makes syllables, how many unlike.

    ``already`` counts those of the changed words that are syllables in the Windows reading too, ``senseless``
    those that no language has there; ``plain`` the words that it leaves alone.
    """

    changed: int
    good: int
    different: int
    already: int
    plain: int
    plain_good: int
    senseless: int

    @property
    def convinces(self) -> bool:
        """Whether this may be believed without anything declared."""
        words = self.changed + self.plain
        if 2 * self.already >= self.changed + (self.senseless > 0):
            # Vietnamese without letters of its own is good as it stands
            return False
        if self.good < max(FITS_CHANGED * self.changed, FEWEST_CHANGED * words, 1):
            return False
        if self.good + self.plain_good < FITS_ALL * words:
            return False
        if self.different >= ENOUGH:
            return True
        flawless = self.good + self.plain_good == words
        return self.senseless > 0 and self.good == self.changed and (self.different > 1 or flawless)

    @property
    def weight(self) -> int:
        """What one charset is preferred to another by."""
        return (
            self.good + self.plain_good - 2 * (self.changed - self.good) - 2 * (self.plain - self.plain_good)
        )


def guess_charset(data: bytes) -> str | None:
    """Name the charset of bytes that are neither ASCII nor UTF-8: ``cp1258``, an older one, or None."""
    lines = windows_reading(data).split("\n")
    return _best(_sample(line for line in lines if not line.isascii()), _CHARSETS)


def may_be_vietnamese(data: bytes, text: str) -> bool:
    """Say whether a text decoded from these bytes, too short to prove anything, is better Vietnamese.

    All its words with marks must be syllables, most others too, and the Windows reading must be none.
    """
    words = _sample(line for line in text.split("\n") if not line.isascii())
    marked = [word for word in words if not word.isascii()]
    if not marked or not all(map(_reads, marked)) or max(map(len, marked)) < FEWEST_WORDS:
        return False
    if sum(map(_reads, words)) < FITS_ALL * len(words):
        return False
    shown = _sample(line for line in windows_reading(data).split("\n") if not line.isascii())
    return not all(_reads(word) for word in shown if not word.isascii())


def guess_font(text: str) -> str | None:
    """Name the font encoding (``tcvn3`` or ``vni``) that a Unicode text was typed in, or None."""
    return _best(_sample(line for line in text.split("\n") if _may_be_typed(line)), _FONTS)


def converted(text: str, font: str) -> str:
    """Convert the lines of a text that the font explains; every other line stays as it is."""
    return "\n".join(_line(line, font) for line in text.split("\n"))


def _may_be_typed(line: str) -> bool:
    """Say whether a font may explain a line: not where it holds letters that only Unicode has."""
    return not line.isascii() and bool(_LATIN.search(line)) and not _ALREADY_UNICODE.search(line)


def _line(line: str, font: str) -> str:
    if not _may_be_typed(line):
        return line
    fit = _fit(_sample((line,)), font)
    fits = 2 * fit.good >= fit.changed and 2 * (fit.good + fit.plain_good) >= fit.changed + fit.plain
    return from_windows(line, font) if fits and 2 * fit.already < fit.changed + (fit.senseless > 0) else line


def _sample(lines: Iterable[str]) -> list[str]:
    """Take words from lines until there are enough: neither addresses nor abbreviations."""
    words: list[str] = []
    left = MOST_CHARACTERS
    for line in lines:
        part = line[:left]
        left -= len(part)
        for piece in _TAG.sub(" ", part).split():
            if "@" not in piece and "://" not in piece and not piece.startswith("www."):
                words += (word for word in _WORD.findall(piece) if not _is_abbreviation(word))
        if left <= 0 or len(words) >= MOST_WORDS:
            break
    return words[:MOST_WORDS]


def _is_abbreviation(word: str) -> bool:
    return len(word) > 1 and word.isascii() and word.isupper()


def _best(words: list[str], charsets: tuple[str, ...]) -> str | None:
    """Choose the charset that fits best; None where none convinces or two that differ fit alike."""
    if len(words) < FEWEST_WORDS or all(word.isascii() for word in words):
        return None
    fits = {charset: _fit(words, charset) for charset in charsets}
    ranked = sorted(charsets, key=lambda charset: -fits[charset].weight)
    first, second = ranked[0], ranked[1]
    if not fits[first].convinces:
        return None
    alike = fits[first].weight == fits[second].weight and _read(words, first) != _read(words, second)
    return None if alike else first


def _read(words: list[str], charset: str) -> list[str]:
    return [from_windows(word, charset) for word in words]


def _fit(words: list[str], charset: str) -> _Fit:
    changed = good = plain = plain_good = senseless = already = 0
    different: set[str] = set()
    for word in words:
        tried = word if word.isascii() else clean(from_windows(word, charset))
        if not _LETTERS.search(tried):
            continue
        fits = _reads(tried)
        if tried == word:
            plain += 1
            plain_good += fits
            continue
        changed += 1
        good += fits
        shown = _reads(word)
        already += shown
        senseless += not shown and any(pattern.search(word) for pattern in _SENSELESS)
        if fits and len(tried) > 1:
            different.add(tried.lower())
    return _Fit(changed, good, len(different), already, plain, plain_good, senseless)


def _reads(word: str) -> bool:
    """Say whether a word is a syllable, or several with signs between them."""
    parts = _LETTERS.findall(word)
    return bool(parts) and all(is_syllable(part) and _is_cased(part) for part in parts)


def _is_cased(word: str) -> bool:
    """Say whether capitals stand where people put them."""
    return word[1:].islower() or word.isupper() or len(word) == 1
