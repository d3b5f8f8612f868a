"""Cells of a CSV file that a spreadsheet takes for nothing but text."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet would take for a formula."""


def harmless(cell: str) -> str:
    """Give a cell with an apostrophe in front where it would be taken for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_written(cell: str) -> str:
    """Give back what ``harmless`` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
