"""Lines of the CSV files that the desk gives out: for spreadsheets, and never a formula in them."""

import csv
from collections.abc import Sequence
from io import StringIO

from triage.core.spreadsheet import harmless
from triage.core.text import one_line

BOM = "\ufeff"
"""A spreadsheet reads UTF-8 only behind it."""


def csv_line(cells: Sequence[str]) -> str:
    """Give one line with its end; what a spreadsheet would take for a formula is text in it."""
    buffer = StringIO()
    csv.writer(buffer).writerow([harmless(one_line(cell)) for cell in cells])
    return buffer.getvalue()
