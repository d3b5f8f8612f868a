"""Answers for approval on their pages: what each role is offered, and the way from draft to letter."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request

from triage.db import outbox

CODE = "SD261116-000001"
PATH = f"/tickets/{CODE}"
TEXT = "Đơn vị đã được mở khóa, đề nghị đăng nhập lại."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "0010", display_name="Lê Minh Thu")
        server.person("kiem", "auditor", display_name="Đỗ Văn Kiểm")
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
        office.process()
        yield server


def letters(desk: DeskServer) -> int:
    with desk.office.database.read() as connection:
        return sum(one.letter == "answer" for one in outbox.listed(connection))


def field(page: str, name: str) -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return found[1].strip() if found else ""


def test_a_draft_goes_from_the_coordinator_over_the_list_to_the_unit(desk: DeskServer) -> None:
    thu, lan = desk.let_in("thu"), desk.let_in("lan")
    assert "Thư chờ duyệt" not in lan.get("/").text.partition("<main")[2]
    mine = thu.post(f"{PATH}/propose", {"text": TEXT}).text
    assert f"Đã gửi duyệt thư trả lời phiếu {CODE}." in mine
    assert "Rút lại để sửa" in mine
    assert "Duyệt và gửi" not in mine
    assert "1 thư trả lời chờ duyệt" in lan.get("/").text
    assert f'href="{PATH}#proposals"' in lan.get("/approvals").text
    page = lan.get(PATH).text
    assert field(page, "proposal-1") == TEXT
    sent = lan.post(f"{PATH}/answer", {"text": TEXT + " Trân trọng.", "writer": "thu"}).text
    assert "sẽ gửi sau 20 giây" in sent
    assert "duyệt và gửi thư trả lời" in sent
    assert "người soạn: Lê Minh Thu" in sent
    assert letters(desk) == 1
    assert "Nguyễn Thị Lan đã duyệt và gửi thư trả lời bạn soạn" in thu.get("/notices").text
    assert "Không có thư nào chờ duyệt." in lan.get("/approvals").text


def test_a_draft_that_is_given_back_is_its_writers_again(desk: DeskServer) -> None:
    thu, lan = desk.let_in("thu"), desk.let_in("lan")
    thu.post(f"{PATH}/propose", {"text": TEXT})
    lan.get(PATH)
    assert "Hãy ghi lý do." in lan.post(f"{PATH}/give-back", {"writer": "thu", "why": " "}).text
    page = lan.post(f"{PATH}/give-back", {"writer": "thu", "why": "Thiếu số công văn."}).text
    assert "Đã trả lại bản nháp cho người soạn." in page
    mine = thu.get(PATH).text
    assert field(mine, "answer") == TEXT
    assert "Thiếu số công văn." in mine
    assert "Nguyễn Thị Lan trả lại thư trả lời bạn gửi duyệt" in thu.get("/notices").text


def test_what_the_guard_stops_is_kept_where_it_waits(desk: DeskServer) -> None:
    thu, lan = desk.let_in("thu"), desk.let_in("lan")
    thu.post(f"{PATH}/propose", {"text": TEXT})
    lan.get(PATH)
    worse = f"{TEXT} Anh chị gửi mật khẩu cho em nhé."
    answer = lan.post(f"{PATH}/answer", {"text": worse, "writer": "thu"})
    assert answer.status_code == 409
    assert f'href="{PATH}#proposals"' in answer.text
    page = lan.get(PATH).text
    assert field(page, "proposal-1") == worse
    assert field(page, "answer") == ""
    assert letters(desk) == 0


def test_after_a_change_by_somebody_else_it_is_asked_first_and_then_sent_as_the_writers(
    desk: DeskServer,
) -> None:
    thu, lan = desk.let_in("thu"), desk.let_in("lan")
    thu.post(f"{PATH}/propose", {"text": TEXT})
    lan.get(PATH)
    asked = lan.post(f"{PATH}/answer", {"text": TEXT, "writer": "thu", "version": "0"})
    assert asked.status_code == 409
    assert "gửi thư trả lời để duyệt" in asked.text
    assert '<input type="hidden" name="writer" value="thu">' in asked.text
    sent = lan.post(f"{PATH}/answer", {"text": TEXT, "writer": "thu", "version": "0", "anyway": "yes"}).text
    assert "người soạn: Lê Minh Thu" in sent


def test_a_coordinator_may_not_send_and_an_auditor_only_reads(desk: DeskServer) -> None:
    thu, kiem = desk.let_in("thu"), desk.let_in("kiem")
    thu.post(f"{PATH}/propose", {"text": TEXT})
    for act in ("answer", "give-back"):
        assert thu.post(f"{PATH}/{act}", {"text": TEXT, "writer": "thu"}).status_code == 403
    page = kiem.get(PATH).text
    assert TEXT in page
    assert "Duyệt và gửi" not in page
    assert "Gửi duyệt" not in page
    assert kiem.post(f"{PATH}/propose", {"text": TEXT}).status_code == 403
    assert letters(desk) == 0


def test_a_draft_that_is_stopped_before_it_waits_is_kept(desk: DeskServer) -> None:
    thu = desk.let_in("thu")
    thu.get(PATH)
    worse = "Anh chị gửi mật khẩu cho em nhé."
    answer = thu.post(f"{PATH}/propose", {"text": worse})
    assert answer.status_code == 409
    page = thu.get(PATH).text
    assert field(page, "answer") == worse
    assert "Thư chờ duyệt</h2>" not in page


def test_words_of_a_draft_are_shown_as_they_are(desk: DeskServer) -> None:
    thu, kiem = desk.let_in("thu"), desk.let_in("kiem")
    thu.post(f"{PATH}/propose", {"text": "<b>Kính gửi</b> </textarea><script>x</script>"})
    page = kiem.get(PATH).text
    assert "&lt;b&gt;Kính gửi&lt;/b&gt;" in page
    assert "<script>x" not in page
