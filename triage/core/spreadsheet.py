"""Cells of a CSV file that a spreadsheet takes for nothing but text."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings that a spreadsheet would take for a formula, those of full width too (OWASP, CSV injection)."""


def harmless(cell: str) -> str:
    """Give a cell with an apostrophe in front where it would be taken for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_written(cell: str) -> str:
    """Give back what ``harmless`` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
