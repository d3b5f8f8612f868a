"""Acts on many tickets at once: they say how many, skip what does not allow them, and can be undone."""

import html
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_many
from support.office import MONDAY, open_office

from triage.db import history, people, tickets
from triage.db.schema import notices
from triage.db.tickets import TicketRow

A, B, C = (f"SD261116-00000{number}" for number in (1, 2, 3))


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("hoa", "agent", display_name="Lê Hòa")
        yield server


def row(desk: DeskServer, code: str) -> TicketRow:
    with desk.office.database.read() as connection:
        found = tickets.find(connection, code)
    assert found is not None
    return found


def toast(page: str) -> str:
    found = re.search(r'id="toast"[^>]*>([^<]*)', page)
    return html.unescape(found[1]).strip() if found else ""


def undo_address(page: str) -> tuple[str, dict[str, str]]:
    form = re.search(r'action="(/acts/[^"]+/undo)".*?name="key" value="([^"]+)"', page, re.DOTALL)
    assert form is not None
    return form[1], {"key": form[2], "here": "/tickets"}


def test_tickets_are_taken_together_and_given_back_as_they_were(desk: DeskServer) -> None:
    open_many(desk.office, 3)
    browser = desk.let_in("lan")
    browser.get("/queues/0010")
    page = browser.post("/tickets/bulk", {"act": "take", "code": [A, B], "here": "/queues/0010"})
    assert page.url.path == "/queues/0010"
    assert toast(page.text) == "Bạn đã nhận 2 phiếu."
    assert [(row(desk, one).assignee, row(desk, one).status) for one in (A, B, C)] == [
        ("lan", "in_progress"),
        ("lan", "in_progress"),
        (None, "new"),
    ]
    address, form = undo_address(page.text)
    page = browser.post(address, form)
    assert toast(page.text) == "Đã hoàn tác 2 phiếu."
    assert [(row(desk, one).assignee, row(desk, one).status) for one in (A, B)] == [(None, "new")] * 2
    assert toast(browser.post(address, form).text) == "Đã hoàn tác 2 phiếu."
    assert row(desk, A).version == 2


def test_what_somebody_has_changed_since_is_not_undone_and_told(desk: DeskServer) -> None:
    first, _ = open_many(desk.office, 2)
    browser = desk.let_in("lan")
    browser.get("/tickets")
    page = browser.post("/tickets/bulk", {"act": "close", "code": [A, B], "outcome": "advised", "sure": "1"})
    assert row(desk, A).outcome == "advised"
    with desk.office.database.write() as connection:
        tickets.change(connection, first, MONDAY, category="outage")
    page = browser.post(*undo_address(page.text))
    assert toast(page.text) == f"Đã hoàn tác 1 phiếu. Bỏ qua 1 phiếu người khác vừa thay đổi: {A}."
    assert (row(desk, A).status, row(desk, B).status) == ("closed", "new")
    assert (row(desk, B).closed_at, row(desk, B).outcome) == (None, None)


def test_a_form_that_is_sent_twice_acts_once(desk: DeskServer) -> None:
    open_many(desk.office, 1)
    browser = desk.let_in("lan")
    browser.get("/tickets")
    form = {"act": "assign", "to": "hoa", "code": [A], "key": "a-key-of-its-own"}
    told = {toast(browser.post("/tickets/bulk", form).text) for _ in range(2)}
    assert told == {"Đã giao 1 phiếu cho Lê Hòa."}
    assert row(desk, A).version == 1


def test_what_does_not_allow_the_act_is_skipped_and_told_with_its_reason(desk: DeskServer) -> None:
    open_many(desk.office, 1, status="closed", assignee="hoa")
    open_many(desk.office, 1, first=2, assignee="hoa")
    open_many(desk.office, 1, first=3)
    browser = desk.let_in("lan")
    browser.get("/tickets")
    page = browser.post("/tickets/bulk", {"act": "unassign", "code": [A, B, C, "SD261116-000099"]})
    assert toast(page.text) == (
        f"Đã bỏ giao 1 phiếu. Bỏ qua 1 phiếu đã đóng: {A}. Bỏ qua 1 phiếu đã như vậy: {C}. "
        "Bỏ qua 1 phiếu không tìm thấy: SD261116-000099."
    )
    assert row(desk, B).assignee is None


@pytest.mark.parametrize(
    ("form", "asked", "missing"),
    [
        ({"act": "close"}, "Kết quả", {"outcome": "impostor"}),
        ({"act": "reroute"}, "Lý do", {"queue": "3110", "why": " "}),
        ({"act": "reroute"}, "Lý do", {"queue": "9999", "why": "nhầm"}),
    ],
)
def test_an_act_that_needs_more_asks_for_it_and_changes_nothing_before(
    desk: DeskServer, form: dict[str, object], asked: str, missing: dict[str, str]
) -> None:
    open_many(desk.office, 2)
    browser = desk.let_in("lan")
    browser.get("/tickets")
    page = browser.post("/tickets/bulk", {**form, "code": [A, B]})
    assert page.status_code == 200
    assert "2 phiếu sẽ thay đổi." in page.text
    assert asked in page.text
    again = browser.post("/tickets/bulk", {**form, **missing, "code": [A, B], "sure": "1"})
    assert again.status_code == 409
    assert "Còn thiếu thông tin." in again.text
    assert {row(desk, one).version for one in (A, B)} == {0}


def test_tickets_move_together_with_a_reason(desk: DeskServer) -> None:
    open_many(desk.office, 2)
    browser = desk.let_in("lan")
    browser.get("/tickets")
    form = {"act": "reroute", "queue": "3110", "why": "gửi nhầm", "code": [A, B], "sure": "1"}
    page = browser.post("/tickets/bulk", form)
    assert toast(page.text) == "Đã chuyển 2 phiếu tới KBNN Hậu Giang (nay thuộc Cần Thơ)."
    assert row(desk, A).queue == "3110"
    with desk.office.database.read() as connection:
        assert history.events(connection, row(desk, A).id)[-1].data["why"] == "gửi nhầm"


def test_tickets_rest_together_until_a_working_hour(desk: DeskServer) -> None:
    open_many(desk.office, 1)
    open_many(desk.office, 1, first=2, status="held")
    browser = desk.let_in("lan")
    browser.get("/tickets")
    page = browser.post("/tickets/bulk", {"act": "snooze", "code": [A, B]})
    assert '<option value="next_day">08:00 17/11/2026</option>' in page.text
    page = browser.post("/tickets/bulk", {"act": "snooze", "rest": "next_day", "code": [A, B], "sure": "1"})
    assert toast(page.text) == f"Đã hoãn 1 phiếu đến 08:00 17/11/2026. Bỏ qua 1 phiếu đang tạm giữ: {B}."
    assert row(desk, A).status == "snoozed"
    browser.post(*undo_address(page.text))
    assert (row(desk, A).status, row(desk, A).snoozed_until) == ("new", None)


def test_whom_an_act_concerns_is_told_of_each_ticket(desk: DeskServer) -> None:
    open_many(desk.office, 2)
    left = desk.person("thu", "coordinator", "0010")
    arrived = desk.person("tam", "coordinator", "3110")
    browser = desk.let_in("lan")
    browser.get("/tickets")
    browser.post("/tickets/bulk", {"act": "assign", "to": "hoa", "code": [A]})
    browser.post(
        "/tickets/bulk", {"act": "reroute", "queue": "3110", "why": "nhầm", "code": [A, B], "sure": "1"}
    )
    with desk.office.database.read() as connection:
        told = connection.execute(select(notices.c.sort, notices.c.person_id)).all()
        hoa = people.find(connection, "hoa")
    assert hoa is not None
    assert sorted(tuple(one) for one in told) == sorted(
        [("assigned", hoa.id), ("left", left), ("left", left), ("arrived", arrived), ("arrived", arrived)]
    )


def test_everything_that_a_list_holds_is_counted_first_and_then_exactly_that_is_changed(
    desk: DeskServer,
) -> None:
    open_many(desk.office, 60, category="outage")
    open_many(desk.office, 3, first=100)
    browser = desk.let_in("lan")
    here = "/queues/0010?category=outage"
    assert "Chọn cả 60 phiếu của bộ lọc" in browser.get(here).text
    page = browser.post("/tickets/bulk", {"act": "take", "all": "1", "code": [A], "here": here})
    assert "60 phiếu sẽ thay đổi." in page.text
    codes = re.findall(r'name="code" value="([^"]+)"', page.text)
    open_many(desk.office, 1, first=200, category="outage")
    page = browser.post("/tickets/bulk", {"act": "take", "code": codes, "here": here, "sure": "1"})
    assert toast(page.text) == "Bạn đã nhận 60 phiếu."
    assert [row(desk, f"SD261116-000{number}").assignee for number in ("060", "100", "200")] == [
        "lan",
        None,
        None,
    ]


def test_without_a_ticket_or_an_act_nothing_happens_and_the_page_says_so(desk: DeskServer) -> None:
    open_many(desk.office, 1)
    browser = desk.let_in("lan")
    browser.get("/tickets")
    assert "Chưa chọn phiếu nào." in browser.post("/tickets/bulk", {"act": "take"}).text
    assert "Hãy chọn việc cần làm" in browser.post("/tickets/bulk", {"act": "", "code": [A]}).text
    assert browser.post("/tickets/bulk", {"act": "assign", "to": "ai-do", "code": [A]}).status_code == 409
    assert row(desk, A).version == 0


def test_who_may_not_work_on_tickets_acts_on_none_and_nobody_undoes_the_act_of_another(
    desk: DeskServer,
) -> None:
    open_many(desk.office, 1)
    desk.person("thu", "coordinator", "0010")
    thu, lan, hoa = desk.let_in("thu"), desk.let_in("lan"), desk.let_in("hoa")
    for browser in (thu, lan, hoa):
        browser.get("/tickets")
    assert thu.post("/tickets/bulk", {"act": "take", "code": [A]}).status_code == 403
    page = lan.post("/tickets/bulk", {"act": "take", "code": [A]})
    assert hoa.post(*undo_address(page.text)).status_code == 404
    assert row(desk, A).assignee == "lan"
