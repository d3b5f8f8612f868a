"""Options that several commands have."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

Word = TypeVar("Word", bound=StrEnum)

English = Annotated[bool, typer.Option("--english", help="Give the reasons in English.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Known = Annotated[
    bool,
    typer.Option("--known", help="Use what the database knows too: threads, tickets, lists, dealings."),
]
"""Judging needs no database; this option reads it and still writes nothing."""


def one_of(kind: type[Word], noun: str) -> Callable[[str], Word]:
    """Give a parser of an option that takes one of several words; its complaint names them all."""

    def parse(text: str) -> Word:
        try:
            return kind(text.strip().lower().replace("-", "_"))
        except ValueError:
            many = "statuses" if noun == "status" else f"{noun}s"
            raise typer.BadParameter(f"{text!r} is not a {noun}; the {many} are {', '.join(kind)}.") from None

    return parse


def whole_number(least: int = 1, most: int | None = None) -> Callable[[str], int]:
    """Give a parser of a number within bounds."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is not a whole number.") from None
        if number < least or (most is not None and number > most):
            bounds = f"at least {least}" if most is None else f"{least} to {most}"
            raise typer.BadParameter(f"{number} must be {bounds}.")
        return number

    return parse


Limit = Annotated[int, typer.Option(parser=whole_number(), help="Show at most this many.", metavar="NUMBER")]
