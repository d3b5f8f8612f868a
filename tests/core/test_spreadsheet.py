"""Cells that a spreadsheet takes for nothing but text."""

import pytest

from triage.core.spreadsheet import as_written, harmless


@pytest.mark.parametrize(
    "cell", ["=1+1", "+84912345678", "-2", "@SUM(A1)", "\t=1", "\n=1", "＝1", "＋1", "－1", "＠A"]
)
def test_what_begins_like_a_formula_is_text_and_can_be_read_back(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert as_written(harmless(cell)) == cell


@pytest.mark.parametrize("cell", ["", "KBNN Hà Nội", "'", "a=b", "'quoted"])
def test_anything_else_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == as_written(cell) == cell
