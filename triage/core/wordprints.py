"""The wording of a text as a short print, so that two texts can be compared without being kept.

A print holds the smallest hashes of the runs of four words of a text (Broder, "On the resemblance and
containment of documents", 1997). Numbers, addresses and hosts are left out of the words first: an impostor
changes them from mail to mail and keeps his sentences.
"""

import re
from hashlib import blake2b

from triage.core.text import fold, head_and_tail

MAX_TEXT = 20_000
"""Characters of a text that are read, the last quarter from its end."""

RUN = 4
"""Words of one run: Vietnamese writes syllables apart, so that four are about two words."""

SIZE = 128
"""Hashes of a print; a text of fewer runs is compared exactly."""

FEWEST = 12
"""Runs below which a text has no print: greetings and thanks are everybody's."""

KEYS = 8
"""Smallest hashes by which prints are looked up: texts alike enough miss each other once in 1,500."""

ALIKE = 0.6
"""Share of common runs from which on two texts count as one wording."""

Print = tuple[int, ...]

_CHANGES = re.compile(r"\S*(?:@|://|\bwww\.|\[\.\]|\w\.\w)\S*|\d+")
_WORD = re.compile(r"[^\W_]+")


def print_of(text: str) -> Print:
    """Give the print of a text, its hashes in order; empty where the text is too short to tell anything."""
    runs = _runs(text)
    if len(runs) < FEWEST:
        return ()
    return tuple(sorted({_hash(run) for run in runs})[:SIZE])


def resemblance(one: Print, other: Print) -> float:
    """Give the share of runs that two texts have in common, from 0 to 1, as their prints tell it."""
    if not one or not other:
        return 0.0
    both = frozenset(one) & frozenset(other)
    smallest = sorted(frozenset(one) | frozenset(other))[:SIZE]
    return sum(value in both for value in smallest) / len(smallest)


def keys_of(print_: Print) -> Print:
    """Give the hashes by which a print is found among others."""
    return print_[:KEYS]


def _runs(text: str) -> frozenset[str]:
    plain = _CHANGES.sub(" ", fold(head_and_tail(text, MAX_TEXT)))
    words = _WORD.findall(plain)
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _hash(run: str) -> int:
    return int.from_bytes(blake2b(run.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big")
