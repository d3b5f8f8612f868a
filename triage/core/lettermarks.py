"""Two names one above the other, with the letters in which they differ."""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST = 320
"""Characters of a name that are compared; no address has more (RFC 5321, 4.5.3.1)."""

_ENCODED = "xn--"


@dataclass(frozen=True, slots=True)
class Span:
    """Some letters of a name, and whether they differ from the other one's."""

    text: str
    differs: bool


def compare(official: str, imitated: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Cut two names into what they share and what they do not."""
    one, other = official[:LONGEST], imitated[:LONGEST]
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    first = tuple(Span(one[a:b], sort != "equal") for sort, a, b, _, _ in steps if a < b)
    second = tuple(Span(other[a:b], sort != "equal") for sort, _, _, a, b in steps if a < b)
    return first, second


def decoded(name: str) -> str:
    """Give a host or an address as a reader sees it: labels in Punycode (RFC 3492) as their letters."""
    local, at, host = name.rpartition("@")
    return local + at + ".".join(_label(one) for one in host.split("."))


def spelled(letters: str) -> str:
    """Name letters one by one, so that a screen reader tells them apart: what is not ASCII by its number."""
    return " ".join(
        char if char.isascii() else f"{char} (U+{ord(char):04X} {unicodedata.name(char, '')})".rstrip()
        for char in letters
    )


def _label(label: str) -> str:
    if not label.lower().startswith(_ENCODED):
        return label
    try:
        return label[len(_ENCODED) :].encode("ascii").decode("punycode")
    except ValueError:
        return label
