"""Workbooks: text is text whatever it looks like, and what is too long for one sheet goes on in another."""

import asyncio
from typing import Any

import pytest
from fastapi.responses import StreamingResponse
from support.workbooks import sheets_of

from triage.core.spreadsheet import FORMULA
from triage.web import sheets
from triage.web.sheets import SheetPart, xlsx_file


def content(answer: StreamingResponse) -> bytes:
    sent: list[bytes] = []

    async def receive() -> dict[str, str]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message.get("body", b""))

    asyncio.run(answer({"type": "http"}, receive, send))  # type: ignore[arg-type]
    return b"".join(sent)


def book(*parts: SheetPart) -> dict[str, list[list[Any]]]:
    return sheets_of(content(xlsx_file("a.xlsx", parts)))


@pytest.mark.parametrize(
    "cell",
    [*(f"{one}1+1" for one in FORMULA), '=HYPERLINK("http://x.example")', "{=1}", "http://x.example", "007"],
)
def test_whatever_looks_like_more_is_text(cell: str) -> None:
    found = book(SheetPart("Phiếu", ["Tiêu đề"], [[cell]]))
    assert found == {"Phiếu": [["Tiêu đề"], [" ".join(cell.split())]]}


def test_numbers_are_numbers_and_nothing_is_an_empty_cell() -> None:
    assert book(SheetPart("Số", ["a", "b", "c"], [[3, None, 0.5]])) == {"Số": [["a", "b", "c"], [3.0, 0.5]]}


def test_what_no_xml_holds_is_left_out_and_tones_stay() -> None:
    found = book(SheetPart("x", ["a"], [["Kế\x00 to\ud800án\uffff"], ["<&>\"'"], ["_x0041_"]]))
    assert found["x"][1:3] == [["Kế toán"], ["<&>\"'"]]


def test_the_longest_cell_is_cut_where_programs_end() -> None:
    [[_head], [cell]] = book(SheetPart("x", ["a"], [["ạ" * 40_000]]))["x"]
    assert len(cell) == 32_767


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    found = book(SheetPart("Phiếu", ["Mã"], ([str(number)] for number in range(7))))
    assert {name: [row[0] for row in rows[1:]] for name, rows in found.items()} == {
        "Phiếu": ["0", "1", "2"],
        "Phiếu 2": ["3", "4", "5"],
        "Phiếu 3": ["6"],
    }


def test_a_sheet_has_a_name_that_programs_take() -> None:
    found = book(
        SheetPart("Kho bạc [x]: a/b*c?", [], []), SheetPart("'" * 3, [], []), SheetPart("d" * 40, [], [])
    )
    assert list(found) == ["Kho bạc  x   a b c", "1", "d" * 31]
