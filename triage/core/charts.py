"""Bars and columns as an SVG image: parts in colours that a legend names.

An image says nothing that the table beneath it does not say too. Everything that is written in it is escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 480
"""Units of the image, which are pixels where nothing scales it; on a phone it is still to be read."""

LONGEST_NAME = 52
"""Characters of a name that stand in one line."""

_TOP, _ROW, _BAR = 32, 44, 14
_ROOM = WIDTH - 56
"""Of a bar; the rest is for its number."""

_STYLE = (
    "text{font:15px system-ui,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;fill:#1a1e26}"
    ".p0{fill:#1d7a46}.p1{fill:#c23b2e}.p2{fill:#8b93a1}"
    "@media(prefers-color-scheme:dark){text{fill:#e7eaf0}.p0{fill:#4fb67c}.p1{fill:#f0776b}.p2{fill:#77808f}}"
)
_LEGEND_STEP = 150

COLUMNS_HEIGHT = 220
"""The height of an image of columns, however many there are."""

_FLOOR, _FLIGHT = 192, 136
"""Where columns stand, and how high the highest rises."""

_MOST_NAMES = 8
"""Names that have room below columns; of more columns every n-th is named."""

_NAME = 48
"""The room of the name of a column: a day and its month."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name and its parts, none below zero, in the order of the legend."""

    name: str
    parts: tuple[int, int, int]


def height_of(bars: int) -> int:
    """Give the height of an image of so many bars."""
    return _TOP + _ROW * bars


def draw(bars: Sequence[Bar], legend: tuple[str, str, str]) -> str:
    """Draw bars, one below the other; the longest takes the whole width."""
    longest = max((sum(bar.parts) for bar in bars), default=0) or 1
    high = height_of(len(bars))
    drawn = "".join(_bar(bar, _TOP + _ROW * place, longest) for place, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" '
        f'height="{high}"><style>{_STYLE}</style>{_legend(legend)}{drawn}</svg>'
    )


def draw_columns(bars: Sequence[Bar], legend: tuple[str, str, str]) -> str:
    """Draw columns side by side, as days are; the highest one is told by its number."""
    highest = max((sum(bar.parts) for bar in bars), default=0)
    step = WIDTH / max(len(bars), 1)
    named = -(-len(bars) // _MOST_NAMES) or 1
    drawn = "".join(
        _column(bar, place * step, step, highest or 1, is_named=place % named == 0)
        for place, bar in enumerate(bars)
    )
    top = next((place for place, bar in enumerate(bars) if sum(bar.parts) == highest), 0)
    told = (
        f'<text x="{min(max(top * step + step / 2, 12), WIDTH - 12):.1f}" y="{_FLOOR - _FLIGHT - 5}" '
        f'text-anchor="middle">{highest}</text>'
        if highest
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {COLUMNS_HEIGHT}" width="{WIDTH}" '
        f'height="{COLUMNS_HEIGHT}"><style>{_STYLE}</style>{_legend(legend)}{drawn}{told}'
        f'<rect class="p2" x="0" y="{_FLOOR}" width="{WIDTH}" height="1"/></svg>'
    )


def _column(bar: Bar, left: float, step: float, highest: int, *, is_named: bool) -> str:
    at, drawn = float(_FLOOR), ""
    for number, part in enumerate(bar.parts):
        high = _FLIGHT * part / highest
        at -= high
        if part:
            drawn += (
                f'<rect class="p{number}" x="{left + step * 0.12:.1f}" y="{at:.1f}" '
                f'width="{step * 0.76:.1f}" height="{high:.1f}"/>'
            )
    return drawn + _name_below(bar.name, left) if is_named else drawn


def _name_below(name: str, left: float) -> str:
    """Write the name of a column from its left on; near the edge it ends there, so that nothing is cut."""
    at = f'x="{left:.1f}"' if left + _NAME <= WIDTH else f'x="{WIDTH}" text-anchor="end"'
    return f'<text {at} y="{_FLOOR + 20}">{escape(name)}</text>'


def _legend(names: tuple[str, str, str]) -> str:
    return "".join(
        f'<rect class="p{number}" x="{_LEGEND_STEP * number}" y="4" width="12" height="12"/>'
        f'<text x="{_LEGEND_STEP * number + 18}" y="15">{escape(name)}</text>'
        for number, name in enumerate(names)
    )


def _bar(bar: Bar, top: int, longest: int) -> str:
    at, drawn = 0.0, ""
    for number, part in enumerate(bar.parts):
        wide = _ROOM * part / longest
        if part:
            drawn += (
                f'<rect class="p{number}" x="{at:.1f}" y="{top + 20}" width="{wide:.1f}" height="{_BAR}"/>'
            )
        at += wide
    name = bar.name if len(bar.name) <= LONGEST_NAME else f"{bar.name[: LONGEST_NAME - 1]}…"
    return (
        f'<text x="0" y="{top + 14}">{escape(name)}</text>{drawn}'
        f'<text x="{at + 6:.1f}" y="{top + 32}">{sum(bar.parts)}</text>'
    )
