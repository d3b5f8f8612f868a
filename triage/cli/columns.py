"""How the columns of a table share the width of a terminal.

Codes, numbers, states and times are never cut. Texts are cut with an ellipsis or go on in the next line, and
where even that is not enough, the columns that say least are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

GAP = 2
"""Cells between two columns."""

CUT = frozenset({"from", "to", "subject", "assignee", "name", "input"})
"""Texts of which the beginning is enough; they end in an ellipsis."""

FOLDED = frozenset(
    {"answer of the mail server", "details", "value", "result", "error", "before", "after", "why", "who"}
)
"""Texts that are worth reading whole; they go on in the next line."""

LEAST = 8
"""Cells that a text keeps at least."""

LEFT_OUT_FIRST = ("category", "tries", "kind", "sender", "next try", "sent", "due", "received", "name")
"""What leaves a table that is too wide, in this order."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are drawn: name, width, whether on one line, what happens to longer texts.

    ``places`` are their places in a row, ``left_out`` the names of those that found no room.
    """

    columns: tuple[tuple[str, int, bool, Literal["fold", "ellipsis"]], ...]
    places: tuple[int, ...]
    left_out: tuple[str, ...]


def lay_out(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Layout:
    """Choose the columns that fit a width and share it out."""
    wanted = [
        max(cell_len(text) for text in (name, *(row[place] for row in rows)))
        for place, name in enumerate(names)
    ]
    places, left_out = list(range(len(names))), []
    droppable = [names.index(name) for name in LEFT_OUT_FIRST if name in names]
    while _least(names, wanted, places) > width and droppable:
        gone = droppable.pop(0)
        places.remove(gone)
        left_out.append(names[gone])
    given = _share(names, wanted, places, width)
    columns = tuple(
        (names[place], given[place], names[place] not in FOLDED, _overflow(names[place])) for place in places
    )
    return Layout(columns, tuple(places), tuple(left_out))


def _overflow(name: str) -> Literal["fold", "ellipsis"]:
    return "fold" if name in FOLDED else "ellipsis"


def _gives_way(name: str) -> bool:
    return name in CUT or name in FOLDED


def _least(names: Sequence[str], wanted: Sequence[int], places: Sequence[int]) -> int:
    """Give the width below which something would be cut that must not be."""
    widths = (min(wanted[place], LEAST) if _gives_way(names[place]) else wanted[place] for place in places)
    return sum(widths) + GAP * len(places)


def _share(names: Sequence[str], wanted: Sequence[int], places: Sequence[int], width: int) -> dict[int, int]:
    """Give every column its width: short texts get what they want, longer ones an equal share of the rest."""
    given = {place: wanted[place] for place in places if not _gives_way(names[place])}
    room = width - GAP * len(places) - sum(given.values())
    texts = sorted((place for place in places if place not in given), key=lambda place: wanted[place])
    for number, place in enumerate(texts):
        share = max(room // (len(texts) - number), LEAST)
        given[place] = min(wanted[place], share)
        room -= given[place]
    return given
