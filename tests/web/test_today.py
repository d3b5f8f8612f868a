"""The mails of the day that name no treasury: what waits, since when, and who sees to them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_one
from support.office import MONDAY, open_office, request
from support.queries import asked_of

from triage.service import desk as acts

MOST_QUERIES = 19  # one of them for the bar above every page


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    url = f"sqlite:///{tmp_path / 'triage.sqlite'}"
    with open_office(url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("minh", "agent", display_name="Trần Quang Minh")
        server.person("thu", "coordinator", "3110")
        yield server


def came(desk: DeskServer, *numbers: int) -> None:
    office = desk.office
    for number in numbers:
        sender = f"Kế toán <ketoan@la{number}.example>"
        office.store(request(f"Không vào được hệ thống {number}", number=number, sender=sender))
    office.process()


def test_it_opens_on_what_is_left_and_what_came_and_tells_how_the_day_stands(desk: DeskServer) -> None:
    with desk.office.database.write() as connection:
        open_one(connection, 900, queue="unrouted", opened_at=MONDAY - timedelta(days=3), assignee="minh")
        open_one(connection, 901, queue="0010")
    came(desk, 1, 2, 3, 4)
    office = desk.office
    rules = office.means.rules
    acts.reroute(office.database, office.clock, rules, "SD261116-000001", "3110", why="x", actor="lan")
    acts.close(office.database, office.clock, "SD261116-000002", note="", actor="lan")
    page = desk.let_in("lan").get("/today").text
    assert "Nhận hôm nay: 4; còn chờ: 2; đã xếp cho kho bạc: 1; đã đóng: 1." in page
    older, fresh = page.split("Còn lại từ hôm trước (1)")[1].split("Nhận hôm nay (2)")
    assert "SD261116-000900" in older
    assert "Trần Quang Minh" in older
    assert "SD261116-000003" in fresh
    assert "SD261116-000004" in fresh
    assert "SD261116-000901" not in page
    assert 'href="/today" aria-current="page"' in page


def test_somebody_has_the_duty_of_the_day_and_the_next_day_nobody_has(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    assert "Hôm nay chưa có người trực." in lan.get("/today").text
    fields = {"form_token": lan.form_token, "key": "key-duty-1", "to": "minh"}
    page = lan.client.post("/today/duty", data=fields, follow_redirects=True).text
    assert "Người trực hôm nay: Trần Quang Minh." in page
    desk.office.clock.forward(days=1)
    assert "Hôm nay chưa có người trực." in desk.let_in("minh").get("/today").text


def test_only_who_works_on_tickets_has_the_duty(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    for name in ("thu", "nobody"):
        fields = {"form_token": lan.form_token, "key": "key-duty-2", "to": name}
        assert lan.client.post("/today/duty", data=fields).status_code == 409


def test_nothing_waiting_is_told(desk: DeskServer) -> None:
    assert "Không còn thư nào chờ định tuyến." in desk.let_in("lan").get("/today").text


def test_the_page_asks_the_database_equally_often_for_few_and_for_many(desk: DeskServer) -> None:
    lan, counts = desk.let_in("lan"), []
    for count in (1, 30):
        with desk.office.database.write() as connection:
            for number in range(count):
                open_one(connection, 100 * count + number, queue="unrouted")
        with asked_of(desk.office) as said:
            assert lan.get("/today").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1] <= MOST_QUERIES
