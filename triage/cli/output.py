"""Tables for a terminal, plain lines for a pipe, JSON for programs."""

import json
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from triage import __version__

if TYPE_CHECKING:
    # Rich is slow to import, and what goes into a pipe does not need it.
    from rich.console import Console

Row = TypeVar("Row")
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def version_line() -> str:
    """Say which program this is, on which Python, for which revision of the database."""
    from triage.db.migrate import newest_revision

    return f"triage {__version__} (Python {platform.python_version()}, database revision {newest_revision()})"


def is_terminal() -> bool:
    """Whether a person looks at our output right now."""
    return sys.stdout.isatty()


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None, *, empty: str = ""
) -> None:
    """Print rows as a table on a terminal, as tab-separated lines under a header elsewhere.

    On a terminal ``empty`` is the sentence that stands where there is no row.
    """
    cells = [[as_text(value) for value in row] for row in rows]
    if not is_terminal():
        for line in (columns, *cells):
            sys.stdout.write("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line) + "\n")
        return
    from rich.console import Console

    draw_table(Console(), columns, cells, title=title, empty=empty)


def print_rows(
    rows: Sequence[Row],
    columns: Sequence[str],
    cells: Callable[[Row], Sequence[object]],
    *,
    json: bool,
    empty: str = "",
) -> None:
    """Print dataclass rows: as JSON objects where somebody asked for it, else as a table of their cells."""
    if json:
        print_json(rows_as_json(rows))
    else:
        print_table(columns, map(cells, rows), empty=empty)


def draw_table(
    console: "Console",
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    title: str | None = None,
    empty: str = "",
) -> None:
    """Draw a table that fits the console; see ``triage.cli.columns`` for what gives way to what."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table
    from rich.text import Text

    from triage.cli.columns import lay_out

    if empty and not cells:
        console.print(Text(empty))
        return
    layout = lay_out(columns, cells, console.width)
    table = Table(
        *(Column(name, width=width, no_wrap=cut, overflow=how) for name, width, cut, how in layout.columns),
        title=title,
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    for line in cells:
        # Text, not str: what a stranger wrote in a subject must not be taken for markup.
        table.add_row(*(Text(line[place]) for place in layout.places))
    console.print(table)
    if layout.left_out:
        console.print(Text(f"A wider terminal also shows: {', '.join(layout.left_out)}.", style="dim"))


def plural(count: int, one: str, many: str = "") -> str:
    """Write a number with its noun: ``1 letter``, ``2 letters``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def print_json(values: Iterable[object]) -> None:
    """Print one JSON object a line."""
    for value in values:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def as_text(value: object, zone: tzinfo = LOCAL) -> str:
    """Write a value as a person reads it; moments in local time, control characters made visible."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%d/%m/%Y %H:%M}"
    return "".join(char if char.isprintable() else " " for char in str(value))


def shorten(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis where something is missing."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def rows_as_json(rows: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """Give dataclass rows as JSON objects."""
    return (asdict(row) for row in rows)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
