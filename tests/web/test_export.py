"""A list taken out as a CSV file."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_many, open_one
from support.office import open_office
from support.workbooks import sheets_of

from triage.web.export import AT_ONCE


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    url = f"sqlite:///{tmp_path / 'triage.sqlite'}"
    with open_office(url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Trần Thu")
        yield server


def opened(desk: DeskServer, number: int, **values: object) -> None:
    with desk.office.database.write() as connection:
        open_one(connection, number, **values)


def rows(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_file_holds_every_ticket_of_the_list_and_no_other(desk: DeskServer) -> None:
    open_many(desk.office, AT_ONCE + 20)
    opened(desk, 9001, queue="0060")
    answer = desk.let_in("lan").get("/queues/0010.csv")
    told, *found = rows(answer.text)
    assert told[0] == "Mã phiếu"
    assert len({row[0] for row in found}) == len(found) == AT_ONCE + 20
    assert {row[1] for row in found} == {"0010"}
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="phieu-0010.csv"')
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_file_keeps_to_the_conditions_of_the_address(desk: DeskServer) -> None:
    opened(desk, 1, status="waiting")
    opened(desk, 2)
    browser = desk.let_in("lan")
    assert [row[0] for row in rows(browser.get("/tickets.csv?status=waiting").text)[1:]] == [
        "SD261116-000001"
    ]
    page = browser.get("/tickets?status=waiting").text
    assert 'href="/tickets.csv?status=waiting"' in page


def test_no_cell_is_a_formula(desk: DeskServer) -> None:
    opened(desk, 1, subject="=cmd|'/c calc'!A1", requester_name="@SUM(1)", unit_name="+1\n=2")
    [row] = rows(desk.let_in("lan").get("/tickets.csv").text)[1:]
    assert "'=cmd|'/c calc'!A1" in row
    assert "'@SUM(1)" in row
    assert not [cell for cell in row if cell.startswith(("=", "@", "+", "-"))]


def test_a_coordinator_takes_out_what_he_sees_alone(desk: DeskServer) -> None:
    opened(desk, 1, queue="0010", subject="Của Hà Nội")
    opened(desk, 2, queue="3110", subject="Của Hậu Giang")
    browser = desk.let_in("thu")
    for path in ("/tickets.csv", "/tickets.csv?queue=0010&queue=3110", "/queues/3110.csv"):
        assert "Của Hà Nội" not in browser.get(path).text
    assert "Của Hậu Giang" in browser.get("/queues/3110.csv").text
    assert browser.get("/queues/0010.csv").status_code == 404


def test_taking_out_asks_for_the_password_again(desk: DeskServer) -> None:
    opened(desk, 1)
    browser = desk.let_in("lan")
    desk.office.clock.forward(minutes=15)
    assert "SD261116-000001" not in browser.get("/tickets.csv").text


def test_a_workbook_holds_the_very_rows_of_the_file_and_no_formula(desk: DeskServer) -> None:
    open_many(desk.office, AT_ONCE + 20)
    opened(desk, 9001, subject="=1+1", unit_name="@SUM(1)", queue="0060")
    browser = desk.let_in("lan")
    for path in ("/queues/0010", "/tickets?status=new", "/tickets?status=closed"):
        place, mark, query = path.partition("?")
        told = rows(browser.get(f"{place}.csv{mark}{query}").text)
        answer = browser.get(f"{place}.xlsx{mark}{query}")
        plain = [[cell.removeprefix("'") for cell in row] for row in told]
        assert sheets_of(answer.content) == {"Phiếu": plain}
    assert 'href="/tickets.xlsx?status=new"' in browser.get("/tickets?status=new").text


def test_a_coordinator_gets_a_workbook_of_his_own_queues_alone(desk: DeskServer) -> None:
    opened(desk, 1)
    opened(desk, 2, queue="3110")
    [rows_of] = sheets_of(desk.let_in("thu").get("/tickets.xlsx").content).values()
    assert [row[0] for row in rows_of[1:]] == ["SD261116-000002"]
