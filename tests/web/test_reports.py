"""The sheet of a month: what is counted, for whom, and what counts as in time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.manytickets import open_one
from support.office import MONDAY, open_office
from support.queries import asked_of

EARLY, LATE = MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1)
HAU_GIANG = "KBNN Hậu Giang (nay thuộc Cần Thơ)"
MOST_QUERIES = 28  # one of them for the bar above every page


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110")
        yield server


def opened(desk: DeskServer, *tickets: dict[str, object]) -> None:
    with desk.office.database.write() as connection:
        for number, values in enumerate(tickets, 1):
            plain = {"opened_at": MONDAY - timedelta(days=1), "due_at": MONDAY}
            open_one(connection, number, **{**plain, **values})


def lines(browser: Browser, address: str = "/reports") -> dict[str, tuple[str, ...]]:
    """Give the numbers of each line of the sheet by its name."""
    page = browser.get(address).text
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', page, re.DOTALL)
    # what the table of times says stands last, under the same names
    return {name: tuple(re.findall(r">([^<>]+)</td>", cells)) for name, cells in reversed(rows)}


def times(browser: Browser, address: str = "/reports") -> list[tuple[str, ...]]:
    """Give the rows of the table of times, each with its name."""
    page = browser.get(address).text
    table = re.search(r"<caption>Thời gian xử lý.*?</table>", page, re.DOTALL)
    rows = (
        re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', table[0], re.DOTALL) if table else []
    )
    return [(name, *re.findall(r">([^<>]+)</td>", cells)) for name, cells in rows]


def test_tickets_are_counted_by_treasury_category_and_outcome(desk: DeskServer) -> None:
    opened(
        desk,
        {"queue": "0010", "category": "login", "answered_at": EARLY, "status": "waiting"},
        {"queue": "0010", "category": "login", "status": "closed", "closed_at": LATE, "outcome": "solved"},
        {"queue": "3110", "category": "signature", "status": "closed", "closed_at": EARLY, "outcome": "spam"},
    )
    found = lines(desk.let_in("lan"))
    assert found["Tháng này"] == ("3", "2", "1", "67%")
    assert found["KBNN Hà Nội"] == ("2", "1", "1", "50%")
    assert found[HAU_GIANG] == ("1", "1", "0", "100%")
    assert found["Đã giải quyết"] == ("1", "0", "1", "0%")
    assert found["Thư rác"] == ("1", "1", "0", "100%")
    assert found["Chưa đóng"] == ("1", "1", "0", "100%")


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({"answered_at": EARLY, "closed_at": LATE}, ("1", "1", "0", "100%")),
        ({"answered_at": MONDAY}, ("1", "1", "0", "100%")),
        ({"answered_at": LATE}, ("1", "0", "1", "0%")),
        ({"closed_at": EARLY, "status": "closed"}, ("1", "1", "0", "100%")),
        ({"due_at": EARLY}, ("1", "0", "1", "0%")),
        ({"due_at": LATE}, ("1", "0", "0", "–")),
        ({"due_at": None, "answered_at": EARLY}, ("1", "0", "0", "–")),
    ],
    ids=[
        "answered",
        "at the deadline",
        "answered late",
        "closed",
        "waits too long",
        "not due",
        "no deadline",
    ],
)
def test_what_counts_as_in_time(
    desk: DeskServer, values: dict[str, object], counted: tuple[str, ...]
) -> None:
    opened(desk, values)
    assert lines(desk.let_in("lan"))["Tháng này"] == counted


def test_a_month_begins_and_ends_at_midnight_in_vietnam(desk: DeskServer) -> None:
    start, end = datetime(2026, 10, 31, 17, tzinfo=UTC), datetime(2026, 11, 30, 17, tzinfo=UTC)
    second = timedelta(seconds=1)
    opened(desk, *({"opened_at": at} for at in (start - second, start, end - second, end)))
    browser = desk.let_in("lan")
    assert lines(browser, "/reports?month=2026-11")["Tháng này"][0] == "2"
    assert lines(browser, "/reports?month=2026-11")["Tháng trước"][0] == "1"
    assert lines(browser, "/reports?month=2026-12")["Tháng này"][0] == "1"


def test_a_coordinator_counts_his_own_treasury_alone(desk: DeskServer) -> None:
    opened(desk, {"queue": "0010"}, {"queue": "3110"}, {"queue": "3110"})
    found = lines(desk.let_in("thu"))
    assert found["Tháng này"][0] == "2"
    assert "KBNN Hà Nội" not in found
    assert found[HAU_GIANG][0] == "2"


def test_what_is_no_month_is_told_and_the_present_one_shown(desk: DeskServer) -> None:
    opened(desk, {})
    page = desk.let_in("lan").get("/reports?month=<b>").text
    assert "Không hiểu điều kiện “month=&lt;b&gt;”" in page
    assert "Báo cáo tháng 11/2026" in page


def test_an_empty_month_says_so(desk: DeskServer) -> None:
    page = desk.let_in("lan").get("/reports?month=2020-02").text
    assert "Không có phiếu nào mở trong tháng này." in page
    assert "Tháng sau" in page
    assert "Tháng sau" not in desk.let_in("lan").get("/reports").text


def test_the_sheet_asks_the_database_equally_often_for_few_and_for_many(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    counts = []
    for queues in (("0010",), ("0010", "0060", "3110", "central", "unrouted")):
        with desk.office.database.write() as connection:
            for place, queue in enumerate(queues):
                open_one(connection, 100 * len(queues) + place, queue=queue)
        with asked_of(desk.office) as said:
            assert browser.get("/reports").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_each_day_up_to_now_has_a_row_that_counts_its_tickets(desk: DeskServer) -> None:
    day = timedelta(days=1)
    opened(desk, *({"opened_at": MONDAY - back} for back in (2 * day, day, day)))
    found = lines(desk.let_in("lan"))
    assert {name: found[name][0] for name in ("13/11", "14/11", "15/11", "16/11")} == {
        "13/11": "0",
        "14/11": "1",
        "15/11": "2",
        "16/11": "0",
    }
    assert "17/11" not in found


def test_a_report_is_narrowed_down_to_region_treasury_and_category(desk: DeskServer) -> None:
    opened(
        desk,
        {"queue": "0010", "category": "login"},
        {"queue": "3110", "category": "login"},
        {"queue": "3110", "category": "signature"},
        {"queue": "unrouted", "category": "login"},
    )
    agent = desk.let_in("lan")
    counted = {
        "": "4",
        "&queue=3110": "2",
        "&queue=3110&category=login": "1",
        "&category=login": "3",
        "&region=01": "4",
        "&queue=x": "4",
    }
    for conditions, number in counted.items():
        assert lines(agent, f"/reports?month=2026-11{conditions}")["Tháng này"][0] == number, conditions
    assert "Không hiểu điều kiện “queue=x”" in agent.get("/reports?queue=x").text


def test_a_coordinator_cannot_narrow_a_report_down_to_the_queue_of_another(desk: DeskServer) -> None:
    opened(desk, {"queue": "0010"}, {"queue": "3110"}, {"queue": "3110"})
    coordinator = desk.let_in("thu")
    assert lines(coordinator, "/reports?queue=0010")["Tháng này"][0] == "2"
    assert coordinator.get("/reports/provinces/0010").status_code == 404
    assert coordinator.get("/reports/provinces/none").status_code == 404


def test_the_sheet_of_one_treasury_is_printed_for_its_coordinator(desk: DeskServer) -> None:
    opened(desk, {"queue": "0010"}, {"queue": "3110"}, {"queue": "3110"})
    coordinator = desk.let_in("thu")
    assert 'href="/reports/provinces/3110?month=2026-11"' in coordinator.get("/reports").text
    page = coordinator.get("/reports/provinces/3110?month=2026-11").text
    assert HAU_GIANG in page
    assert "Người lập biểu" in page
    assert lines(coordinator, "/reports/provinces/3110")["Tháng này"][0] == "2"
    assert lines(desk.let_in("lan"), "/reports/provinces/3110")["Tháng này"][0] == "2"


def test_times_are_told_in_working_time_whole_and_by_treasury(desk: DeskServer) -> None:
    def taken(queue: str, answered: int, closed: int | None = None, **more: object) -> dict[str, object]:
        ends = {"closed_at": MONDAY + timedelta(hours=closed), "status": "closed"} if closed else {}
        answer = MONDAY + timedelta(hours=answered)
        return {
            "queue": queue,
            "opened_at": MONDAY,
            "answered_at": answer,
            "status": "waiting",
            **ends,
            **more,
        }

    opened(
        desk,
        # opened on Monday at 09:30
        taken("0010", 1),
        taken("0010", 2, 24),
        taken("0010", 4, 26, paused_at=MONDAY + timedelta(hours=25), paused_seconds=3_600),
        taken("3110", 72, 96, outcome="merged"),
        {"queue": "3110", "opened_at": MONDAY},
    )
    assert times(desk.let_in("lan")) == [
        ("Toàn bộ", "4", "2 giờ", "3 ngày làm việc", "2", "1 ngày làm việc", "1 ngày làm việc"),
        ("KBNN Hà Nội", "3", "2 giờ", "3 giờ", "2", "1 ngày làm việc", "1 ngày làm việc"),
        (HAU_GIANG, "1", "3 ngày làm việc", "3 ngày làm việc", "0", "–", "–"),
    ]
    assert times(desk.let_in("thu")) == [
        ("Toàn bộ", "1", "3 ngày làm việc", "3 ngày làm việc", "0", "–", "–")
    ]
    assert times(desk.let_in("lan"), "/reports?month=2020-01") == []
