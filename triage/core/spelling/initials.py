"""Names of several syllables, each written whole or as its first letter: kbnhanuoc, khobnn, dvcong."""

from itertools import product

SHORTEST = 5
"""A cut shorter than this collides with too many other words."""


def initial_spellings(phrase: str) -> frozenset[str]:
    """Give every spelling of a phrase without marks that cuts some syllables to their first letters.

    The whole phrase is left out, and so is what is shorter than ``SHORTEST``.
    """
    syllables = phrase.split()
    whole = "".join(syllables)
    spelt = {"".join(choice) for choice in product(*((syllable, syllable[0]) for syllable in syllables))}
    return frozenset(word for word in spelt if word != whole and len(word) >= SHORTEST)
