"""The further tables of a report: what each counts, and for whom."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.manytickets import open_one
from support.office import MONDAY, open_office, request
from support.oneticket import CODE

from triage.db import history, people as rows
from triage.service import desk as acts, handover
from triage.service.campaigns import keep_up
from triage.service.errands import Errand

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Lê Minh Thu")
        server.person("ha", "coordinator", "0010", display_name="Phạm Thu Hà")
        yield server


def grid(browser: Browser, name: str, address: str = "/reports") -> dict[str, tuple[str, ...]]:
    """Give the rows of a table of the report by their names; none where it is not there."""
    found = re.search(rf"<caption>{name}</caption>(.*?)</table>", browser.get(address).text, re.DOTALL)
    listed = re.findall(
        r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', found[1] if found else "", re.DOTALL
    )
    return {row: tuple(re.findall(r">([^<>]*)</td>", cells)) for row, cells in listed}


def closed(desk: DeskServer, number: int, *told: tuple[str, datetime], **values: Any) -> None:
    """Open a ticket that is closed as solved, with such lines in its history."""
    plain = {"status": "closed", "outcome": "solved", "answered_at": MONDAY, "closed_at": MONDAY + HOUR}
    with desk.office.database.write() as connection:
        one = open_one(connection, number, **{**plain, **values})
        for verb, at in told:
            history.add_event(connection, one, at, verb, actor="lan")


def test_first_contact_is_one_answer_after_which_nothing_was_opened_again_soon(desk: DeskServer) -> None:
    answer = ("answered", MONDAY)
    closed(desk, 1, answer)
    closed(desk, 2, answer, ("answered", MONDAY + HOUR))
    closed(desk, 3, answer, ("recalled", MONDAY), ("answered", MONDAY + HOUR))
    closed(desk, 4, answer, ("reopened", MONDAY + 7 * DAY))
    closed(desk, 5, answer, ("reopened", MONDAY + 7 * DAY + HOUR))
    closed(desk, 6, answer, outcome="spam")
    closed(desk, 7, answer, queue="3110")
    name = "Giải quyết ngay lần trả lời đầu"
    assert grid(desk.let_in("lan"), name) == {"Đã giải quyết hoặc hướng dẫn": ("6", "4", "67%")}
    assert grid(desk.let_in("thu"), name) == {"Đã giải quyết hoặc hướng dẫn": ("1", "1", "100%")}


def test_incomplete_requests_are_counted_by_part_and_when_the_unit_completes_them(desk: DeskServer) -> None:
    office = desk.office
    full = "Đơn vị không đăng nhập được từ sáng nay, báo sai mật khẩu. Điện thoại: 0900 000 001."
    office.store(request(text="Kính gửi Đội hỗ trợ, đơn vị không đăng nhập được từ sáng nay."))
    office.process()
    name, lan = "Yêu cầu chưa đủ thông tin", desk.let_in("lan")
    before = grid(lan, name)
    assert before["Thiếu họ tên, số điện thoại"] == ("1", "100%", "0")
    with office.database.read() as connection:
        lacks = connection.exec_driver_sql("SELECT missing, lacking FROM tickets").one()
    assert "contact" in lacks[0]
    assert lacks[0] == lacks[1]
    office.store(request(f"Re: {CODE}", number=2, text=full))
    office.process()
    with office.database.read() as connection:
        missing, lacking = connection.exec_driver_sql("SELECT missing, lacking FROM tickets").one()
    assert missing == lacks[0]
    assert "contact" not in lacking.split(",")


def test_loads_are_told_to_who_oversees_alone(desk: DeskServer) -> None:
    office = desk.office
    with office.database.write() as connection:
        for number in (1, 2, 3):
            open_one(connection, number)
    for number in (1, 2):
        acts.assign(office.database, office.clock, f"SD261116-{number:06}", "lan", actor="lan")
    acts.close(office.database, office.clock, "SD261116-000001", note="", actor="lan")
    name = "Khối lượng của từng người"
    assert grid(desk.let_in("lan"), name) == {"Nguyễn Thị Lan": ("1", "2", "0", "1")}
    assert grid(desk.let_in("ha"), name) == {}
    assert grid(desk.let_in("lan"), name, "/reports?queue=3110") == {}


def test_both_sides_are_told_with_working_time_and_reasons(desk: DeskServer) -> None:
    office = desk.office
    office.store(request())
    office.process()
    with office.database.read() as connection:
        lan, ha = rows.find(connection, "lan"), rows.find(connection, "ha")
    assert lan is not None
    assert ha is not None
    office.clock.forward(hours=1)
    errand = Errand(lan, CODE, "key-give", "x")
    handover.hand_over(office.database, office.clock, errand, office.means.rules, "0010", note="x")
    sides = grid(desk.let_in("lan"), "Trung ương và kho bạc")
    assert sides["Kho bạc"][:4] == ("1", "1", "0", "0")
    assert sides["Trung ương, trước khi giao"][4] == "1 giờ"
    office.clock.forward(days=1)
    errand = Errand(ha, CODE, "key-back", "x")
    handover.hand_back(office.database, office.clock, errand, "needs_centre", why="Cần mở khóa.")
    browser = desk.let_in("ha")
    sides = grid(browser, "Trung ương và kho bạc")
    assert sides["Kho bạc"] == ("0", "1", "0", "1", "1 ngày làm việc", "1 ngày làm việc")
    reasons = grid(browser, "Lý do trả về trung ương")
    assert reasons == {"Cần trung ương xử lý trên hệ thống": ("1",)}
    assert grid(desk.let_in("thu"), "Trung ương và kho bạc") == {}


def test_impostors_are_counted_by_week(desk: DeskServer) -> None:
    with desk.office.database.write() as connection:
        held = open_one(connection, 1, status="held", verdict="impersonation", opened_at=MONDAY)
        history.add_event(connection, held, MONDAY, "opened", status="held", queue="security")
        history.add_event(connection, held, MONDAY + HOUR, "confirmed_impostor", actor="lan")
        open_one(connection, 2, category="impersonation", opened_at=MONDAY - DAY)
        hand = open_one(connection, 3)
        history.add_event(connection, hand, MONDAY - DAY, "held", actor="lan")
    assert grid(desk.let_in("lan"), "Thư mạo danh theo tuần") == {
        "09/11": ("1", "1", "0"),
        "16/11": ("1", "0", "1"),
    }


def test_campaigns_are_told_with_their_mails_of_the_month(desk: DeskServer) -> None:
    said = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321. Tổng đài 02462764300."
    for number in (1, 2):
        sender = f"Hỗ trợ Kho bạc <h{number}@kbnn-hotro.example>"
        desk.office.store(request("[0010#DVC] Thông báo", number=number, sender=sender, text=said))
        desk.office.process()
    keep_up(desk.office.database, desk.office.means)
    name = "Chiến dịch mạo danh"
    assert grid(desk.let_in("lan"), name) == {"CD1": ("2", "16/11", "16/11")}
    assert grid(desk.let_in("lan"), name, "/reports?month=2026-10") == {}
    assert grid(desk.let_in("thu"), name) == {}
