"""An answer that could not be delivered: where the desk shows it, and to whom."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request
from support.oneticket import CODE

from triage.ports import Refused, Submission
from triage.service.deliver import deliver_batch

LIST = "/tickets?status=open&undelivered=1"


class Refusing:
    """A mail server that takes nothing."""

    def send(self, recipient: str, raw: bytes) -> Submission:
        del recipient, raw
        return Refused("550 5.1.1 No such user")

    def close(self) -> None:
        return None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        office.store(request())
        office.process()
        server.person("lan", "agent")
        server.person("thu", "coordinator", "3110", "0310")
        yield server


def fail_an_answer(desk: DeskServer) -> None:
    desk.let_in("lan").post(f"/tickets/{CODE}/answer", {"text": "Đã mở khóa."})
    desk.office.clock.forward(seconds=30)
    while deliver_batch(Refusing(), desk.office.database, desk.office.clock, "worker"):
        pass


def test_the_board_counts_it_and_leads_to_its_ticket(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    assert "Trả lời chưa tới" not in browser.get("/").text
    fail_an_answer(desk)
    assert LIST.replace("&", "&amp;") in browser.get("/").text
    page = browser.get(LIST).text
    assert CODE in page
    assert "Trả lời chưa tới đơn vị" in page
    assert "không tới được đơn vị; phiếu cần xử lý tiếp" in browser.get("/notices").text
    page = browser.get(f"/tickets/{CODE}").text
    assert "Chưa tới: máy chủ thư từ chối" in page
    assert "thư trả lời không tới được" in page


def test_a_coordinator_learns_nothing_of_those_in_other_queues(desk: DeskServer) -> None:
    fail_an_answer(desk)
    browser = desk.let_in("thu")
    assert "Trả lời chưa tới" not in browser.get("/").text
    assert CODE not in browser.get(LIST).text
