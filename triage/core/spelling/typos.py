"""Slips of the finger and of the eye, counted by optimal string alignment and scaled by length."""

from functools import cache
from typing import Protocol

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LOOKS = frozenset(
    map(
        frozenset,
        (
            "mn",
            "nr",
            "uv",
            "il",
            "gq",
            "gy",
            "ce",
            "co",
            "bd",
            "bh",
            "vw",
            "kx",
            "hn",
            "ij",
            "o0",
            "l1",
            "i1",
            "s5",
            "t7",
            "b8",
            "sz",
        ),
    )
)


class Distance(Protocol):
    """Counts the edits between two words; above ``score_cutoff`` any greater number will do."""

    def __call__(self, one: str, other: str, /, *, score_cutoff: int) -> int:
        """Count them."""
        ...


@cache
def distance() -> Distance:
    """Give the optimal string alignment of the library, loaded when two words are first compared."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - 48 modules, and few names are near to one of ours

    return OSA.distance


def slips(word: str, name: str, most: int) -> int | None:
    """Count the slips that lead from the name to the word; None where there are more than ``most``."""
    if abs(len(word) - len(name)) > most:
        return None
    found = distance()(word, name, score_cutoff=most)
    return found if found <= most else None


def _beside() -> frozenset[frozenset[str]]:
    pairs = set()
    for row, keys in enumerate(_ROWS):
        for column, key in enumerate(keys):
            if column:
                pairs.add(frozenset((key, keys[column - 1])))
            if row + 1 < len(_ROWS):
                below = _ROWS[row + 1]
                pairs.update(
                    frozenset((key, below[at])) for at in (column - 1, column) if 0 <= at < len(below)
                )
    return frozenset(pairs)


_BESIDE = _beside()


def likely_slip(word: str, name: str) -> bool:
    """Tell whether the word is the name with one slip that hands or eyes really make.

    A doubled or dropped double letter, two letters swapped, a neighbouring key, a letter drawn alike. Meant
    for names so short that any single edit would meet half of all other names.
    """
    if slips(word, name, 1) != 1:
        return False
    if len(word) == len(name):
        wrong = [(a, b) for a, b in zip(word, name, strict=True) if a != b]
        return len(wrong) == 2 or frozenset(wrong[0]) in _BESIDE | _LOOKS  # noqa: PLR2004 -- two letters swapped
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    at = next((i for i, char in enumerate(shorter) if char != longer[i]), len(shorter))
    return longer[at] in longer[max(0, at - 1) : at] + longer[at + 1 : at + 2]


def moved_or_doubled(word: str, name: str) -> bool:
    """Tell whether two slips are one act: a letter moved, or two letters struck as one key twice."""
    if sorted(word) == sorted(name):
        return True
    for at in range(len(word) - 1):
        if word[at] != word[at + 1]:
            continue
        head, tail = word[:at], word[at + 2 :]
        if len(head) + len(tail) >= len(name) - 2 and name.startswith(head) and name.endswith(tail):
            return True
    return False
