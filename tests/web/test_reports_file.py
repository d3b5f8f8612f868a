"""The sheet of a month as a file: what the page says, and nothing that a spreadsheet would run."""

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_one
from support.office import MONDAY, open_office
from support.workbooks import sheets_of


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110")
        with office.database.write() as connection:
            for number, queue in enumerate(("0010", "0010", "3110"), 1):
                values = {"queue": queue, "opened_at": MONDAY - timedelta(days=1), "due_at": MONDAY}
                open_one(connection, number, **values, answered_at=MONDAY - timedelta(hours=1))
        yield server


def rows(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_file_of_a_month_says_what_its_page_says(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    assert 'href="/reports.csv?month=2026-11"' in browser.get("/reports").text
    answer = browser.get("/reports.csv?month=2026-11")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="bao-cao-2026-11.csv"')
    head, *found = rows(answer.text)
    assert head == ["Bảng", "Dòng", "Phiếu", "Đúng hạn", "Trễ hạn", "Tỷ lệ đúng hạn"]
    assert found[:2] == [
        ["Toàn bộ", "Tháng này", "3", "3", "0", "100%"],
        ["Toàn bộ", "Tháng trước", "0", "0", "0", ""],
    ]
    assert ["Kho bạc", "KBNN Hà Nội", "2", "2", "0", "100%"] in found
    times = [
        row
        for row in found
        if "Đã trả lời: một nửa trong vòng (phút)" in row or row[0].startswith("Thời gian")
    ]
    assert times[0][1:4] == ["Kho bạc", "Đã trả lời", "Đã trả lời: một nửa trong vòng (phút)"]
    assert times[1] == ["Thời gian xử lý, tính theo giờ làm việc", "Toàn bộ", "3", "30", "30", "0", "", ""]
    assert [row[1:3] for row in times[2:]] == [
        ["KBNN Hà Nội", "2"],
        ["KBNN Hậu Giang (nay thuộc Cần Thơ)", "1"],
    ]


def test_a_coordinator_gets_the_numbers_of_his_own_queues_alone(desk: DeskServer) -> None:
    _head, total, *others = rows(desk.let_in("thu").get("/reports.csv?month=2026-11").text)
    assert total[2] == "1"
    assert "KBNN Hà Nội" not in {row[1] for row in others}


def test_each_table_has_a_chart_of_what_this_person_sees(desk: DeskServer) -> None:
    agent, coordinator = desk.let_in("lan"), desk.let_in("thu")
    page = agent.get("/reports?month=2026-11").text
    charts = re.findall(r'<img class="chart" src="([^"]+)"', page)
    assert [one.partition("?")[0] for one in charts] == [
        f"/reports/{name}.svg" for name in ("region", "treasury", "category", "outcome", "day")
    ]
    for address in charts:
        answer = agent.get(html.unescape(address))
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "Đúng hạn" in answer.text
    assert "KBNN Hà Nội" in agent.get(charts[1]).text
    assert "KBNN Hà Nội" not in coordinator.get(charts[1]).text
    assert agent.get("/reports/people.svg").status_code == 422


def test_the_workbook_of_a_month_says_what_its_page_says_and_of_the_filter_alone(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    assert 'href="/reports.xlsx?month=2026-11&amp;queue=0010"' in browser.get("/reports?queue=0010").text
    answer = browser.get("/reports.xlsx?month=2026-11&queue=0010")
    assert 'filename="bao-cao-2026-11-0010.xlsx"' in answer.headers["Content-Disposition"]
    found = sheets_of(answer.content)
    assert list(found)[:5] == ["Toàn bộ", "Kho bạc", "Loại yêu cầu", "Kết quả", "Ngày"]
    assert found["Toàn bộ"][1] == ["Tháng này", 2, 2, 0, 100]
    assert found["Kho bạc"][1:] == [["KBNN Hà Nội", 2, 2, 0, 100]]
    times = next(rows for name, rows in found.items() if name.startswith("Thời gian xử lý"))
    assert times[1][:4] == ["Toàn bộ", 2, 30, 30]


def test_a_coordinator_gets_a_workbook_of_his_own_queues_alone(desk: DeskServer) -> None:
    found = sheets_of(desk.let_in("thu").get("/reports.xlsx?month=2026-11&queue=0010").content)
    assert found["Toàn bộ"][1][1] == 1
