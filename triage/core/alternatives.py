"""What the HTML of a mail says and its plain text keeps back (RFC 2046 5.1.4 wants both to say the same).

Programs show the HTML; the plain text is what is read first here. Pairs of words are compared, not words: a
plain text that only lists the words of the other hides nothing.
"""

import re
from itertools import pairwise

from triage.core.text import fold, head_and_tail

MOST_SHOWN = 40_000
"""Characters of the HTML's text that are compared, a quarter of them from its end."""

MOST_PLAIN = 200_000
"""Characters of the plain text that they are looked for in; more than of the HTML, which repeats it."""

_FEWEST_WORDS = 5
"""Words of a line that says something; shorter ones are labels and buttons."""

_WORDS = re.compile(r"\w+")


def only_shown(shown: str, plain: str) -> str:
    """Give the lines that the HTML shows and the plain text does not hold; empty where the two agree."""
    if not plain.strip():
        return ""
    searched = head_and_tail(plain, MOST_PLAIN)
    same = {line.strip() for line in searched.split("\n")}
    lines = [line.strip() for line in head_and_tail(shown, MOST_SHOWN).split("\n")]
    others = [line for line in lines if line not in same]
    if not others:
        return ""
    told = _pairs(searched)
    return "\n".join(line for line in others if _is_news(line, told))


def _is_news(line: str, told: frozenset[tuple[str, str]]) -> bool:
    pairs = list(pairwise(_WORDS.findall(fold(line))))
    return len(pairs) + 1 >= _FEWEST_WORDS and 2 * sum(pair in told for pair in pairs) < len(pairs)


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(_WORDS.findall(fold(text))))
