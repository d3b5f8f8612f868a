"""Everything that people do to one ticket, by the forms of its page, over a real server."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office, request

from triage.db import audit, history, outbox
from triage.db.tickets import TicketRow
from triage.service import desk as service

CODE, OTHER = "SD261116-000001", "SD261116-000002"
PATH = f"/tickets/{CODE}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("minh", "agent", display_name="Trần Minh")
        server.person("thu", "coordinator", "0010", display_name="Lê Thu")
        server.person("hau", "coordinator", "3110")
        server.person("an", "security")
        server.person("kiem", "auditor")
        office.store(
            request(sender="Trần Thị Bích <bich@mot.example>"),
            request("[3110#DVC] Chứng thư số", number=2, sender="b@hai.example"),
        )
        office.process()
        yield server


def row(desk: DeskServer, code: str = CODE) -> TicketRow:
    with desk.office.database.read() as connection:
        return service.find(connection, code)


def events(desk: DeskServer, code: str = CODE) -> list[tuple[str, str, dict[str, Any]]]:
    with desk.office.database.read() as connection:
        found = history.events(connection, service.find(connection, code).id)
    return [(one.verb, one.actor, one.data) for one in found]


def did(browser: Browser, act: str, **form: object) -> str:
    """Do an act that must succeed and lead to a page; gives that page."""
    answer = browser.post(f"{PATH}/{act}", form)
    assert answer.status_code == 200, answer.text
    assert answer.history[0].status_code == 303
    return answer.text


def test_a_ticket_is_worked_on_by_forms_alone(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    page = lan.get(PATH).text
    for words in ("Nhận xử lý", "Trả lời đơn vị", "Ghi chú nội bộ", "Chuyển phiếu", "Tạm hoãn", "Gộp phiếu"):
        assert words in page
    assert "Bạn đã nhận xử lý phiếu" in did(lan, "take")
    assert (row(desk).assignee, row(desk).status) == ("lan", "in_progress")
    assert "Đã đổi loại yêu cầu" in did(lan, "category", category="signature", was="login")
    assert "Đã đổi mức ưu tiên" in did(lan, "priority", priority="1", was="3")
    assert "cho Trần Minh" in did(lan, "assign", to="minh", was="lan")
    assert row(desk).assignee == "minh"
    did(lan, "unassign", was="minh")
    assert "Đã chuyển phiếu" in did(lan, "reroute", queue="3110", why="đơn vị ở Cần Thơ", was="0010")
    assert "Đã ghi cuộc gọi" in did(lan, "call", who="chị Bích", phone="0900000001", text="đã hẹn 14 giờ")
    assert "Đã tạm hoãn" in did(lan, "snooze", rest="next_day")
    assert "Đã đóng phiếu" in did(lan, "close", outcome="advised", note="xong")
    assert "Đã mở lại phiếu" in did(lan, "reopen", why="chưa xong")
    assert [verb for verb, actor, _ in events(desk) if actor == "lan"] == [
        "assigned", "categorised", "prioritised", "assigned", "assigned",
        "rerouted", "call", "snoozed", "closed", "reopened",
    ]  # fmt: skip
    with desk.office.database.read() as connection:
        rows = list(audit.rows(connection))
    assert {"assigned", "rerouted", "closed", "call"} <= {one.action for one in rows if one.actor == "lan"}
    assert all(one.previous == before.hash for before, one in pairwise(rows))


@pytest.mark.parametrize(
    ("act", "form", "words"),
    [
        ("reroute", {"queue": "3110"}, "Hãy ghi lý do."),
        ("reroute", {"queue": "0010", "why": "x"}, "đã ở hàng đợi này"),
        ("reroute", {"queue": "x", "why": "x"}, "Không có hàng đợi"),
        ("close", {"outcome": "impostor"}, "Hãy chọn kết quả"),
        ("reopen", {}, "chưa đóng"),
        ("snooze", {"rest": "day", "day": "2026-11-01"}, "Hãy chọn một giờ làm việc"),
        ("snooze", {"rest": "x"}, "Hãy chọn một giờ làm việc"),
        ("assign", {"to": "thu"}, "Không giao được phiếu"),
        ("note", {"text": " "}, "Ghi chú đang trống"),
        ("note", {"text": "x", "mention": "hau"}, "không được xem phiếu này"),
        ("merge", {"other": CODE}, "chính là phiếu này"),
        ("merge", {"other": "SD261116-9"}, "Không có phiếu"),
        ("split", {}, "Hãy chọn thư"),
        ("answer", {"text": ""}, "đang trống"),
        ("unmerge", {}, "chưa gộp"),
        ("recall/99", {}, "Không thu hồi được"),
    ],
)
def test_what_is_not_allowed_is_told_in_plain_words_and_changes_nothing(
    desk: DeskServer, act: str, form: dict[str, object], words: str
) -> None:
    before = row(desk)
    answer = desk.let_in("lan").post(f"{PATH}/{act}", form)
    assert answer.status_code == 409
    assert words in answer.text
    assert row(desk) == before


def test_the_same_form_twice_acts_once_also_from_two_threads(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    form = {"key": "k" * 24, "text": "Đã gọi cho đơn vị."}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: lan.post(f"{PATH}/note", form), range(4)))
    assert {one.status_code for one in answers} == {200}
    assert [verb for verb, _, _ in events(desk)].count("note") == 1


def test_who_comes_second_does_not_take_a_ticket_from_who_has_it(desk: DeskServer) -> None:
    lan, minh = desk.let_in("lan"), desk.let_in("minh")
    did(lan, "take", was="")
    answer = minh.post(f"{PATH}/take", {"was": ""})
    assert answer.status_code == 409
    assert "vừa đổi người xử lý" in answer.text
    assert row(desk).assignee == "lan"
    did(minh, "take", was="lan")
    assert row(desk).assignee == "minh"


def test_changes_of_other_fields_do_not_collide_and_those_of_the_same_do(desk: DeskServer) -> None:
    lan, minh = desk.let_in("lan"), desk.let_in("minh")
    version = row(desk).version
    did(lan, "category", category="signature", was="login", version=version)
    did(minh, "priority", priority="1", was="3", version=version)
    answer = minh.post(f"{PATH}/category", {"category": "outage", "was": "login", "version": version})
    assert answer.status_code == 409
    assert row(desk).category == "signature"


@pytest.mark.parametrize("name", ["thu", "kiem"])
def test_only_those_who_work_change_a_ticket(desk: DeskServer, name: str) -> None:
    browser, before = desk.let_in(name), row(desk)
    for act in ("take", "assign", "close", "reopen", "reroute", "answer", "merge", "split", "hold", "call"):
        assert browser.post(f"{PATH}/{act}", {"text": "x", "why": "x"}).status_code == 403
    assert browser.post(f"{PATH}/release").status_code == 403
    assert row(desk) == before
    expected = 200 if name == "thu" else 403
    assert browser.post(f"{PATH}/note", {"text": "Tôi đã gọi."}).status_code == expected


def test_a_coordinator_notes_in_his_queue_alone(desk: DeskServer) -> None:
    hau = desk.let_in("hau")
    for act in ("note", "draft", "presence"):
        assert hau.post(f"{PATH}/{act}", {"text": "x"}).status_code == 404
    assert hau.post(f"/tickets/{OTHER}/note", {"text": "x"}).status_code == 200


def test_whoever_is_mentioned_and_may_read_is_told_and_nobody_else(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    assert "Lê Thu" in lan.get(PATH).text
    did(lan, "note", text="Nhờ @thu và @hau xem giúp, gửi a@thu.example", mention="minh")
    assert "nhắc tới bạn" in desk.let_in("thu").get("/notices").text
    minh = desk.let_in("minh")
    assert "1 thông báo mới" in minh.get("/tickets").text
    assert "nhắc tới bạn" in minh.get("/notices").text
    assert "Chưa có thông báo nào" in desk.let_in("hau").get("/notices").text
    newest = re.search(r'name="newest" value="(\d+)"', minh.get("/notices").text)
    assert newest
    assert "Đánh dấu đã đọc" not in minh.post("/notices/read", {"newest": newest[1]}).text
    assert "thông báo mới" not in minh.get("/tickets").text


def test_both_coordinators_hear_of_a_ticket_that_moves_and_the_one_it_left_sees_it_no_more(
    desk: DeskServer,
) -> None:
    did(desk.let_in("lan"), "reroute", queue="3110", why="nhầm kho bạc")
    assert "vào hàng đợi của bạn" in desk.let_in("hau").get("/notices").text
    thu = desk.let_in("thu")
    assert CODE not in thu.get("/notices").text
    assert thu.get(PATH).status_code == 404


def test_who_else_is_there_is_told_and_writing_only_after_input(desk: DeskServer) -> None:
    lan, minh = desk.let_in("lan"), desk.let_in("minh")
    lan.get(PATH)
    minh.get(PATH)
    assert "Nguyễn Thị Lan" not in minh.post(f"{PATH}/presence").text
    lan.post(f"{PATH}/presence")
    assert "Nguyễn Thị Lan đang xem" in minh.post(f"{PATH}/presence").text
    lan.post(f"{PATH}/presence", {"writing": "1"})
    assert "Nguyễn Thị Lan đang soạn" in minh.get(PATH).text
    desk.office.clock.forward(minutes=2)
    assert "Nguyễn Thị Lan đang" not in minh.get(PATH).text


def test_links_stand_on_both_tickets_until_they_are_taken_back(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    did(lan, "link", other="sd261116-2")
    assert OTHER in lan.get(PATH).text
    assert CODE in lan.get(f"/tickets/{OTHER}").text
    assert lan.post(f"{PATH}/link", {"other": OTHER}).status_code == 409
    did(lan, "unlink", other=OTHER)
    assert lan.post(f"{PATH}/unlink", {"other": OTHER}).status_code == 409


def test_a_held_ticket_is_answered_by_nobody_until_it_is_released(desk: DeskServer) -> None:
    lan, an = desk.let_in("lan"), desk.let_in("an")
    did(lan, "hold", why="người gửi lạ")
    assert "đang tạm giữ nên chưa trả lời được" in lan.get(PATH).text
    assert lan.post(f"{PATH}/answer", {"text": "Xin chào."}).status_code == 409
    assert lan.post(f"{PATH}/release").status_code == 403
    assert "Đã bỏ tạm giữ phiếu" in did(an, "release")
    assert (row(desk).status, row(desk).queue) == ("new", "0010")
    with desk.office.database.read() as connection:
        letters = outbox.listed(connection, ticket_id=row(desk).id)
    assert [one.letter for one in letters] == ["acknowledgement"]


def test_an_impostor_is_confirmed_by_whoever_judges_senders(desk: DeskServer) -> None:
    an = desk.let_in("an")
    assert "chưa có dấu hiệu đáng ngờ" in an.post(f"{PATH}/impostor", {"reason": "giả mạo"}).text
    assert "Đã xác nhận mạo danh" in did(an, "impostor", reason="gọi điện xác minh", sure="true")
    assert (row(desk).status, row(desk).outcome, row(desk).queue) == ("closed", "impostor", "security")


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "<script>alert(1)</script>", "{% raw %}x"])
def test_what_somebody_writes_stays_text(desk: DeskServer, text: str) -> None:
    lan = desk.let_in("lan")
    did(lan, "note", text=text)
    page = did(lan, "call", who=text, phone="1", text=text)
    assert "<script>alert" not in page
    assert "49" not in re.findall(r'<div class="toast"[^>]*>(.*?)</div>', page, re.DOTALL)[0]
    assert events(desk)[-1][2]["text"] == text
