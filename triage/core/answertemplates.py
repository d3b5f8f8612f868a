"""Ready answers of rules/answers: texts with gaps, which are filled once and never read again."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

FIELDS = ("code", "requester_name", "unit_name", "due", "my_name")
"""What may stand in a gap, ``{{ code }}``."""

_GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class AnswerTemplate:
    """One ready answer; ``categories`` and ``queues`` are where it is offered before others."""

    name: str
    title: str
    text: str
    categories: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()


_DUE = "due"
_BREAK = re.compile(r"(?<=[.!?…])[ \t]+|\n+")


def gaps(text: str) -> tuple[str, ...]:
    """Give the names that stand in the gaps of a text, each once."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the gaps in one pass: what a value holds is text, also where it looks like a gap.

    Where there is no time to promise, the sentences that would tell it are left out.
    """
    said = text if values.get(_DUE) else _without_promises(text)
    return _GAP.sub(lambda gap: values.get(gap[1], ""), said).strip()


def _without_promises(text: str) -> str:
    """Leave out the sentences with the deadline; where they were whole lines, the lines go too."""
    said = ""
    for sentence in _sentences(text):
        if _DUE not in gaps(sentence):
            said += sentence
        elif breaks := _breaks_behind(sentence):
            said = said.rstrip(" ")
            said += "\n" * (breaks - _breaks_behind(said))
    return said


def _breaks_behind(text: str) -> int:
    return len(text) - len(text.rstrip("\n"))


def _sentences(text: str) -> Iterator[str]:
    """Part a text into sentences, each with the space behind it; what goes on in small letters is one."""
    start = 0
    for found in _BREAK.finditer(text):
        end = found.end()
        if not text[end : end + 1].islower():
            yield text[start:end]
            start = end
    yield text[start:]


def offered(templates: Iterable[AnswerTemplate], category: str, queue: str) -> tuple[AnswerTemplate, ...]:
    """Put the templates that were made for a category or a queue before the others, both by title."""
    return tuple(
        sorted(
            templates,
            key=lambda one: (not (category in one.categories or queue in one.queues), one.title.lower()),
        )
    )
