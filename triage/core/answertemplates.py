"""Ready answers of rules/answers: texts with gaps, which are filled once and never read again."""

import re
from collections.abc import Iterable, Mapping
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


def gaps(text: str) -> tuple[str, ...]:
    """Give the names that stand in the gaps of a text, each once."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the gaps in one pass: what a value holds is text, also where it looks like a gap."""
    return _GAP.sub(lambda gap: values.get(gap[1], ""), text).strip()


def offered(templates: Iterable[AnswerTemplate], category: str, queue: str) -> tuple[AnswerTemplate, ...]:
    """Put the templates that were made for a category or a queue before the others, both by title."""
    return tuple(
        sorted(
            templates,
            key=lambda one: (not (category in one.categories or queue in one.queues), one.title.lower()),
        )
    )
