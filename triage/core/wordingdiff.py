"""What impostors wrote, the commonest wording first, and in which words the others differ from it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from triage.core.lettermarks import Span

MOST_VARIANTS = 4
MOST_TEXTS = 200
MOST_WORDS = 300
"""Words of one text that are compared and shown."""

_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording: its text in spans, those that differ from the first marked, and how many mails have it."""

    spans: tuple[Span, ...]
    mails: int


def variants(texts: Iterable[str]) -> tuple[Variant, ...]:
    """Give the commonest wordings, the first of them whole and the others against it."""
    counted = Counter(tuple(_words(text)) for text in list(texts)[:MOST_TEXTS] if text.strip())
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_VARIANTS]
    if not ranked:
        return ()
    first = ranked[0][0]
    return tuple(Variant(_against(first, words), count) for words, count in ranked)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.strip())[:MOST_WORDS]


def _against(first: tuple[str, ...], words: tuple[str, ...]) -> tuple[Span, ...]:
    if first == words:
        return (Span("".join(words), differs=False),)
    steps = SequenceMatcher(None, first, words, autojunk=False).get_opcodes()
    return tuple(Span("".join(words[a:b]), sort != "equal") for sort, _, _, a, b in steps if a < b)
