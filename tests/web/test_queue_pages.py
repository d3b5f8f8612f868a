"""The lists of the desk as they are served: what stands in them, whose it is, what they cost."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.manytickets import due, open_many, open_one
from support.office import MONDAY, open_office
from support.queries import asked_of

from triage.db.schema import notices, presence
from triage.web.queue import PAGE

MOST_QUERIES = 23  # one each for the bar above every page, incidents
MOST_BYTES = 100_000
LONG = "Đề nghị hỗ trợ xử lý lỗi khi ký số chứng từ rút dự toán trên dịch vụ công trực tuyến của Kho bạc " * 4


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    url = f"sqlite:///{tmp_path / 'triage.sqlite'}"
    with open_office(url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Trần Thu")
        server.person("kiem", "auditor")
        yield server


def opened(desk: DeskServer, number: int, **values: object) -> int:
    with desk.office.database.write() as connection:
        return open_one(connection, number, **values)


def codes(page: str) -> list[str]:
    return re.findall(r'data-code="([^"]+)"', page)


def test_a_queue_opens_on_what_is_to_be_done_with_its_deadline_in_words(desk: DeskServer) -> None:
    opened(desk, 1, due_at=due(2.2), subject="Sắp tới hạn")
    opened(desk, 2, due_at=due(-2 * 24), subject="Đã quá hạn", unit_name="Trường THCS Hoa Mai")
    opened(desk, 3, status="waiting", subject="Chờ trả lời")
    opened(desk, 4, queue="0060", subject="Của Hải Phòng")
    page = desk.let_in("lan").get("/queues/0010").text
    assert codes(page) == ["SD261116-000002", "SD261116-000001"]
    assert 'data-due="overdue"' in page
    assert "còn 2 giờ làm việc" in page
    assert "Trường THCS Hoa Mai" in page
    assert "Kính gửi Đội hỗ trợ, đây là việc số 2." in page
    assert "KBNN Hà Nội" in page


@pytest.mark.parametrize("status", ["waiting", "snoozed", "held", "closed"])
def test_what_does_not_wait_for_us_is_nowhere_overdue(desk: DeskServer, status: str) -> None:
    opened(desk, 1, due_at=due(-8 * 24), status=status, subject="Ký số")
    lan = desk.let_in("lan")
    listed = lan.get(f"/queues/0010?status={status}").text
    assert codes(listed) == ["SD261116-000001"]
    assert '<span class="due" data-due="none"' in listed
    for page in (listed, lan.get("/tickets/SD261116-000001").text):
        assert 'data-due="overdue"' not in page
        assert "quá hạn" not in page


def test_the_list_of_all_queues_names_them(desk: DeskServer) -> None:
    opened(desk, 1)
    opened(desk, 2, queue="0060")
    page = desk.let_in("lan").get("/tickets").text
    assert codes(page) == ["SD261116-000001", "SD261116-000002"]
    assert "KBNN Hải Phòng" in page


def test_conditions_of_the_address_are_shown_each_with_a_way_to_drop_it(desk: DeskServer) -> None:
    opened(desk, 1, status="waiting", category="login")
    opened(desk, 2, status="waiting", category="outage")
    browser = desk.let_in("lan")
    page = browser.get("/tickets?status=waiting&category=outage&assignee=none").text
    assert codes(page) == ["SD261116-000002"]
    assert 'href="/tickets?status=waiting&amp;assignee=none"' in page
    assert "Trạng thái: Chờ đơn vị" in page
    assert "Hệ thống chậm, không truy cập được" in page


def test_what_an_address_asks_and_means_nothing_is_told(desk: DeskServer) -> None:
    opened(desk, 1)
    answer = desk.let_in("lan").get("/queues/0010?status=lạ&queue=0060&due=mai&after=x.y")
    assert answer.status_code == 200
    assert codes(answer.text) == ["SD261116-000001"]
    for told in ("status=lạ", "queue=0060", "due=mai"):
        assert f"Không hiểu điều kiện “{told}”" in answer.text


def test_an_empty_queue_says_so_and_one_that_is_narrowed_down_says_why(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    assert "Không còn phiếu chờ. Phiếu mới sẽ tự hiện." in browser.get("/queues/0010").text
    assert "Không có phiếu nào hợp với các điều kiện này." in browser.get("/queues/0010?older=3").text


def test_words_in_an_address_lead_to_the_search(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    answer = browser.client.get("/tickets?q=ký số", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=k%C3%BD+s%E1%BB%91")


def test_pages_follow_one_another(desk: DeskServer) -> None:
    open_many(desk.office, PAGE + 5)
    browser = desk.let_in("lan")
    first = browser.get("/queues/0010?status=new").text
    assert f"{PAGE}/{PAGE + 5} phiếu" in first
    [following] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = browser.get(following.replace("&amp;", "&")).text
    assert len(codes(second)) == 5
    assert set(codes(first)).isdisjoint(codes(second))
    assert "Về đầu danh sách" in second


def test_who_has_a_ticket_and_who_looks_at_it_is_told_in_words(desk: DeskServer) -> None:
    hoa = desk.person("hoa", "agent", display_name="Lê Hòa")
    mine, other, _ = open_many(desk.office, 3, assignee="hoa")
    now = MONDAY
    with desk.office.database.write() as connection:
        rows = [
            {"ticket_id": mine, "person_id": hoa, "seen_at": now - timedelta(seconds=80), "writing_at": now},
            {
                "ticket_id": other,
                "person_id": hoa,
                "seen_at": now - timedelta(seconds=100),
                "writing_at": None,
            },
        ]
        connection.execute(presence.insert(), rows)
        connection.execute(
            notices.insert().values(person_id=hoa, ticket_id=mine, sort="mention", actor="lan", at=now)
        )
    page = desk.let_in("lan").get("/queues/0010").text
    assert page.count("LH đang soạn") == 1
    assert "LH đang xem" not in page
    assert 'title="Lê Hòa"' in page
    assert "Có tin mới" not in page
    own = desk.let_in("hoa").get("/queues/0010").text
    assert own.count("Của tôi") == 3
    assert own.count("Có tin mới") == 1
    assert "đang soạn" not in own


def test_a_coordinator_sees_no_other_queue_by_any_address(desk: DeskServer) -> None:
    opened(desk, 1, queue="3110", subject="Của Hậu Giang")
    opened(desk, 2, queue="0010", subject="Của Hà Nội")
    browser = desk.let_in("thu")
    assert codes(browser.get("/queues/3110").text) == ["SD261116-000001"]
    for path in ("/queues/0010", "/queues/unrouted", "/queues/security", "/queues/9999"):
        answer = browser.get(path)
        assert answer.status_code == 404, path
        assert answer.text == browser.get("/queues/none").text
    for query in ("", "?queue=0010", "?status=open", "?status=open&queue=3110&queue=0010", "?assignee=none"):
        page = browser.get(f"/tickets{query}").text
        assert codes(page) == ["SD261116-000001"], query
        assert "Của Hà Nội" not in page
    assert "KBNN Hà Nội" not in browser.get("/tickets").text


def test_a_coordinator_learns_no_name_of_others_by_a_login_in_an_address(desk: DeskServer) -> None:
    desk.person("binh.an", "coordinator", "0010", display_name="Vũ Bình An")
    assert "Vũ Bình An" in desk.let_in("lan").get("/tickets?assignee=binh.an").text
    assert "Vũ Bình An" not in desk.let_in("thu").get("/tickets?assignee=binh.an").text


def test_who_may_not_work_on_tickets_is_offered_no_acts(desk: DeskServer) -> None:
    opened(desk, 1, queue="3110")
    for name in ("thu", "kiem"):
        page = desk.let_in(name).get("/queues/3110").text
        assert codes(page) == ["SD261116-000001"]
        assert "checkbox" not in page.partition("<table")[2]
        assert "Nhận xử lý" not in page


@pytest.mark.parametrize("path", ["/queues/0010", "/tickets?status=open", "/tickets?assignee=me&due=soon"])
def test_a_list_asks_the_database_equally_often_for_few_and_for_many(desk: DeskServer, path: str) -> None:
    browser = desk.let_in("lan")
    open_many(desk.office, 10, assignee="lan")
    counts = []
    for more in (0, 190):
        open_many(desk.office, more, first=100, assignee="lan")
        with asked_of(desk.office) as said:
            assert browser.get(path).status_code == 200
        counts.append(len([one for one in said if not one.startswith("PRAGMA")]))
    assert counts[1] <= counts[0] + 1  # a full page is counted, one that holds all is not
    assert max(counts) <= MOST_QUERIES


def test_a_full_page_of_long_texts_stays_small(desk: DeskServer) -> None:
    open_many(
        desk.office,
        PAGE + 1,
        subject=LONG,
        excerpt=LONG[:200],
        unit_name=LONG[:200],
        requester_address=f"{'k' * 60}@{'truong-' * 10}.example",
        assignee="lan",
        verdict="impersonation",
        priority=1,
    )
    answer = desk.let_in("lan").get("/tickets")
    assert len(codes(answer.text)) == PAGE
    assert len(answer.content) <= MOST_BYTES


def test_no_list_reads_what_mails_say(desk: DeskServer) -> None:
    open_many(desk.office, 3)
    browser = desk.let_in("lan")
    with asked_of(desk.office) as said:
        browser.get("/tickets?status=open")
    assert not [one for one in said if re.search("raw_mails|decisions|outbox|ticket_events", one)]


CANARY = '"><script src=//x.example></script><img src=x onerror=alert(1)>\u202e'


def test_what_strangers_write_stays_text(desk: DeskServer) -> None:
    values = {
        "subject": CANARY,
        "excerpt": CANARY,
        "unit_name": CANARY,
        "requester_address": f"{CANARY}@x.example",
    }
    opened(desk, 1, **values)
    opened(desk, 2, **values | {"unit_name": "", "requester_name": CANARY, "assignee": CANARY[:60]})
    browser = desk.let_in("lan")
    for query in ("", f"?status={CANARY}", f"?{CANARY}=1", "?assignee=" + "a" * 64):
        page = browser.get(f"/tickets{query}").text
        assert "<script src=//" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page


def test_a_list_is_kept_under_a_name_seen_by_its_owner_alone_and_dropped(desk: DeskServer) -> None:
    desk.person("hoa", "agent", display_name="Lê Hòa")
    opened(desk, 1, category="outage")
    lan, hoa = desk.let_in("lan"), desk.let_in("hoa")
    lan.get("/tickets")
    answer = lan.post("/views", {"name": " Mất <kết nối> ", "address": "/tickets?category=outage&odd=1"})
    assert answer.url.path == "/tickets"
    assert "Đã lưu danh sách “Mất &lt;kết nối&gt;”." in answer.text
    assert '<a href="/tickets?category=outage" aria-current="page">Mất &lt;kết nối&gt;</a>' in answer.text
    assert "kết nối&gt;" not in hoa.get("/tickets").text
    assert hoa.post("/views/1/delete", {"address": "/tickets"}).status_code == 404
    answer = lan.post("/views/1/delete", {"address": "/tickets"})
    assert "Đã xóa danh sách." in answer.text
    assert "kết nối&gt;" not in answer.text


def test_only_lists_of_ours_that_one_may_see_are_kept(desk: DeskServer) -> None:
    browser = desk.let_in("thu")
    browser.get("/tickets")
    for address in (
        "https://xau.example/tickets",
        "//xau.example/tickets",
        "/people",
        "/queues/0010",
        "/queues/a/b",
        "//[",
        "/tickets?" + "a&" * 101,
    ):
        answer = browser.post("/views", {"name": "x", "address": address})
        assert answer.status_code == 404, address
    assert (
        browser.post("/views", {"name": "Của tôi", "address": "/queues/3110?status=open"}).status_code == 200
    )
    assert browser.post("/views", {"name": " ", "address": "/tickets"}).status_code == 409


def test_nobody_keeps_lists_without_end(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    browser.get("/tickets")
    answers = [browser.post("/views", {"name": f"{n}", "address": "/tickets"}).status_code for n in range(31)]
    assert answers == [200] * 30 + [409]
