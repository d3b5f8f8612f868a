"""UTF-8 that some program took for windows-1252 and stored as such: ``gá»­i`` for ``gửi``.

Undone a line at a time, where every letter beyond ASCII of the line takes part and enough of them do: no
language writes such sequences by itself.
"""

import re

from triage.core.latepattern import late_pattern
from triage.core.syllables import is_syllable

MOST_ROUNDS = 2
"""How often one text may have been misread; each reading doubles its letters."""

FEWEST = 2
"""Misread letters of two bytes that prove it in one line; of three bytes one is enough."""

_WINDOWS_HIGH = bytes(range(0x80, 0xA0)).decode("cp1252", "replace")
_BYTE = {
    **{ord(char): byte for byte, char in enumerate(_WINDOWS_HIGH, 0x80) if char != "\ufffd"},
    **{byte: byte for byte in range(0x80, 0x100)},
}
_NEXT = "".join(re.escape(chr(code)) for code, byte in _BYTE.items() if byte < 0xC0)  # noqa: PLR2004 - RFC 3629 §3
_LONG = f"[\xe1\xe2][{_NEXT}][{_NEXT}]|\xf0[{_NEXT}][{_NEXT}][{_NEXT}]"
# the second byte of "à" is a no-break space, which programs turn into a plain one
_ANY = late_pattern(f"(?P<long>{_LONG})|[\xc2-\xdf][{_NEXT}]|\xc3 ")
_MISREAD = late_pattern(f"[\xc2-\xdf\xe1\xe2\xf0][{_NEXT}]")
_WORD = late_pattern("[^ \t\n]+")
_AROUND = ".,;:!?()[]\"'"
_OTHER = late_pattern("[^\x00-\x7f]")


def undo_mojibake(text: str) -> str:
    """Give the text with every misread line as it was meant; all else stays as it is."""
    for _ in range(MOST_ROUNDS):
        if not _MISREAD.search(text):
            break
        repaired = "\n".join(map(_repaired_line, text.split("\n")))
        if repaired == text:
            break
        text = repaired
    return text


def _repaired_line(line: str) -> str:
    if line.isascii() or not _MISREAD.search(line):
        return line
    found = list(_ANY.finditer(line))
    long = sum(one["long"] is not None for one in found)
    short = sum(not one[0].endswith(" ") for one in found) - long
    if not long and (short < FEWEST or len(found) > short):
        return line
    if _OTHER.search(_ANY.sub("", line)):
        return _WORD.sub(_repaired_word, line)
    return _undone(line) or line


def _repaired_word(match: re.Match[str]) -> str:
    """Put one word right in a line of which other letters are good, where it becomes a syllable."""
    word = match[0]
    if not re.search(_LONG, word):
        return word
    undone = _undone(word)
    return undone if undone and is_syllable(undone.strip(_AROUND)) else word


def _undone(text: str) -> str | None:
    if _OTHER.search(_ANY.sub("", text)):
        return None
    try:
        return _ANY.sub(_letter, text)
    except UnicodeDecodeError:
        return None


def _letter(match: re.Match[str]) -> str:
    text = match[0].replace(" ", "\xa0")
    return bytes(_BYTE[ord(char)] for char in text).decode("utf-8")
