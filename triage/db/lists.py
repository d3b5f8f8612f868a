"""Long lists of values in statements, cut into such as a driver takes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value", int, str)

MOST_IN_LIST = 500
"""How many values one IN (…) holds; far below every driver's limit."""


def in_lists(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Give values a list at a time, in their order."""
    rest = iter(values)
    while some := list(islice(rest, MOST_IN_LIST)):
        yield some


def in_order(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Give values a list at a time, each once and ascending."""
    return in_lists(sorted(set(values)))
