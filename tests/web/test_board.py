"""The board: how all queues stand, the worst first, and where a coordinator lands instead."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.deskserver import DeskServer, desk_of
from support.manytickets import due, open_many, open_one
from support.office import MONDAY, open_office
from support.queries import asked_of

from triage.db import mails
from triage.ports import FetchedMail
from triage.service import counters

MOST_QUERIES = 16  # one each for the bar of every page, answers not delivered, drafts for approval, incidents


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        yield server


def opened(desk: DeskServer, number: int, **values: object) -> int:
    with desk.office.database.write() as connection:
        return open_one(connection, number, **values)


def figures(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="figure"[^>]*><strong>(\d+)<', page)]


def tiles(page: str) -> list[str]:
    return re.findall(r'class="tile" href="/queues/([^"]+)"', page)


def fill(desk: DeskServer) -> None:
    opened(desk, 1, queue="0010", due_at=due(1), opened_at=MONDAY - timedelta(hours=1))
    opened(desk, 2, queue="0060", due_at=due(-1), opened_at=MONDAY - timedelta(days=3))
    opened(desk, 3, queue="0060", due_at=due(30), verdict="suspicious")
    opened(desk, 4, queue="3110", due_at=due(-1), status="waiting")
    opened(desk, 5, queue="central", due_at=due(200), status="closed")
    opened(desk, 6, queue="unrouted", due_at=due(-1), status="in_progress")


def test_the_board_shows_four_figures_and_the_worst_queue_first(desk: DeskServer) -> None:
    fill(desk)
    browser = desk.let_in("lan")
    for _ in range(2):
        page = browser.get("/").text
        assert figures(page) == [5, 1, 2, 1]
        assert tiles(page) == ["unrouted", "security", "0060", "0010", "3110"]
        counters.fold(desk.office.database)
    page = page.partition('class="regions"')[2]
    assert page.index("Khu vực III") < page.index("Khu vực I<") < page.index("Khu vực XIX")
    assert "lâu nhất 1 giờ" in page
    assert "8 kho bạc không có phiếu" in page


def test_every_figure_leads_to_the_list_that_it_counts(desk: DeskServer) -> None:
    fill(desk)
    browser = desk.let_in("lan")
    page = browser.get("/").text
    links = re.findall(r'class="figure" href="([^"]+)"', page)
    counted = [len(re.findall("data-code=", browser.get(one.replace("&amp;", "&")).text)) for one in links]
    assert counted == figures(page)


def test_the_same_stands_in_a_table(desk: DeskServer) -> None:
    fill(desk)
    page = desk.let_in("lan").get("/?view=table").text
    rows = re.findall(r'<th scope="row"><a href="/queues/([^"]+)">', page)
    assert rows == ["0060", "0010", "3110"]


def test_the_board_is_narrowed_down_by_its_address(desk: DeskServer) -> None:
    fill(desk)
    browser = desk.let_in("lan")
    page = browser.get("/?region=III").text
    assert tiles(page) == ["0060"]
    assert figures(page) == [2, 0, 1, 1]
    assert "Khu vực I<" not in page.partition('class="regions"')[2]
    page = browser.get("/?due=overdue&view=table").text
    assert re.findall(r'<th scope="row"><a href="/queues/([^"]+)">', page) == ["0060"]
    assert 'href="/?due=overdue&amp;view=table" aria-current="page"' in page
    page = browser.get("/?region=XIX&due=overdue").text
    assert tiles(page) == []
    assert "Không có hàng đợi nào hợp với các điều kiện này." in page


def test_the_figures_of_a_region_lead_to_the_lists_that_they_count(desk: DeskServer) -> None:
    fill(desk)
    browser = desk.let_in("lan")
    page = browser.get("/?region=III").text
    links = re.findall(r'class="figure" href="([^"]+)"', page)
    counted = [len(re.findall("data-code=", browser.get(one.replace("&amp;", "&")).text)) for one in links]
    assert counted == figures(page)


def test_a_region_that_there_is_not_is_told_and_hides_nothing(desk: DeskServer) -> None:
    fill(desk)
    page = desk.let_in("lan").get("/?region=<b>&due=late").text
    assert figures(page) == [5, 1, 2, 1]
    assert "Không hiểu điều kiện “region=&lt;b&gt;”" in page
    assert "Không hiểu điều kiện “due=late”" in page


def test_the_oldest_free_ticket_is_taken_from_the_board(desk: DeskServer) -> None:
    fill(desk)
    browser = desk.let_in("lan")
    answer = browser.post("/tickets/take-oldest", {"region": "I"})
    assert answer.url.path == "/tickets/SD261116-000001"
    assert "Bạn đã nhận xử lý phiếu SD261116-000001." in answer.text
    assert browser.post("/tickets/take-oldest").url.path == "/tickets/SD261116-000002"
    assert (
        "Không còn phiếu nào chưa có người nhận."
        in browser.post("/tickets/take-oldest", {"region": "I"}).text
    )


def test_whoever_does_not_work_on_tickets_is_offered_none(desk: DeskServer) -> None:
    fill(desk)
    desk.person("kiem", "auditor")
    browser = desk.let_in("kiem")
    assert "Nhận phiếu chờ lâu nhất" not in browser.get("/").text
    assert browser.post("/tickets/take-oldest").status_code == 403


def test_a_queue_that_the_rules_know_no_more_is_shown_as_long_as_it_holds_tickets(desk: DeskServer) -> None:
    opened(desk, 1, queue="9999")
    page = desk.let_in("lan").get("/").text
    assert "Chưa rõ khu vực" in page
    assert "9999" in tiles(page)
    assert "data-code" in desk.let_in("lan").get("/queues/9999").text


def test_mails_that_are_stuck_are_told_to_who_oversees_the_queues(desk: DeskServer) -> None:
    desk.person("thu", "coordinator", "3110", "0060")
    with desk.office.database.write() as connection:
        mails.store(connection, "box", 1, [FetchedMail(1, MONDAY, b"x")], MONDAY)
        mails.fail(connection, 1, "broken", None)
    assert "1 thư đến bị kẹt" in desk.let_in("lan").get("/").text
    assert "bị kẹt" not in desk.let_in("thu").get("/").text


def test_a_coordinator_of_one_queue_lands_in_it(desk: DeskServer) -> None:
    desk.person("thu", "coordinator", "3110")
    answer = desk.let_in("thu").get("/")
    assert answer.url.path == "/queues/3110"


def test_a_coordinator_of_several_sees_how_his_own_stand_and_no_other(desk: DeskServer) -> None:
    fill(desk)
    desk.person("thu", "coordinator", "3110", "0010")
    page = desk.let_in("thu").get("/").text
    assert tiles(page) == ["0010", "3110"]
    assert figures(page) == [2, 1, 0, 0]
    assert "Hải Phòng" not in page


def test_a_coordinator_without_a_queue_is_told_whom_to_ask(desk: DeskServer) -> None:
    fill(desk)
    desk.person("thu", "coordinator")
    page = desk.let_in("thu").get("/").text
    assert "Bạn chưa được giao hàng đợi nào." in page
    assert tiles(page) == []
    assert figures(page) == []


def test_the_board_asks_the_database_equally_often_for_few_and_for_many(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    counts = []
    for first, more in ((1, 10), (100, 190)):
        open_many(desk.office, more, first=first)
        with asked_of(desk.office) as said:
            assert browser.get("/").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES
