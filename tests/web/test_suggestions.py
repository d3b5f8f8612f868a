"""Answers to like cases: shown to those who may answer, hidden names, put into the draft and never sent."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update
from support.deskserver import DeskServer, desk_of
from support.office import Office, open_office, request
from support.queries import asked_of

from triage.core.retention import RetentionClass, Terms
from triage.db import outbox
from triage.db.schema import outbox as letters, tickets
from triage.service import persons, retention

LOCKED = "Tài khoản kế toán bị khóa do nhập sai mật khẩu nhiều lần, nhờ mở khóa giúp."
AGAIN = "Nhờ mở khóa tài khoản, kế toán nhập sai mật khẩu nhiều lần nên bị khóa."
ANSWER = (
    "Kính gửi chị Trần Thị Bích, tài khoản 1034567 đã được mở khóa lúc 14 giờ. "
    "Đề nghị vào mục Quên mật khẩu để đặt lại."
)
NEUTRAL = "Kính gửi chị [tên], tài khoản [số] đã được mở khóa lúc 14 giờ."
FIRST, SECOND = "SD261116-000001", "SD261116-000002"
PATH = f"/tickets/{SECOND}/suggestions"
OFFER = "Xem câu trả lời cho việc tương tự"
MOST_QUERIES = 14


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    """A desk with a ticket of 0010 that was answered and solved, and a like one that waits."""
    with open_office(database_url) as office, desk_of(office) as server:
        people(server)
        answered(server, office)
        office.store(request("[0010#DVC] Mở khóa", number=2, sender="b@hai.example", text=AGAIN))
        office.process()
        yield server


def people(desk: DeskServer) -> None:
    desk.person("lan", "agent", display_name="Nguyễn Thị Lan")
    desk.person("thu", "coordinator", "0010")
    desk.person("hau", "coordinator", "3110")
    desk.person("kiem", "auditor")


def answered(desk: DeskServer, office: Office) -> None:
    bich = "Trần Thị Bích <bich@mot.example>"
    office.store(request("[0010#DVC] Tài khoản bị khóa", sender=bich, text=LOCKED))
    office.process()
    desk.let_in("lan").post(f"/tickets/{FIRST}/answer", {"text": ANSWER, "then": "close"})
    with office.database.write() as connection:
        connection.execute(update(letters).values(state="sent", sent_at=office.clock.now()))


def page(desk: DeskServer, who: str = "lan") -> str:
    found = desk.let_in(who).get(PATH)
    assert found.status_code == 200, found.text
    return found.text


def change(desk: DeskServer, code: str, **values: object) -> None:
    with desk.office.database.write() as connection:
        connection.execute(update(tickets).where(tickets.c.code == code).values(**values))


def test_a_like_case_is_shown_with_names_hidden_and_its_answer_goes_into_the_draft(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    assert OFFER in lan.get(f"/tickets/{SECOND}").text
    begun = lan.post(f"/tickets/{SECOND}/draft", {"text": "Chào đơn vị.", "then": "suggestions"})
    assert begun.url.path == PATH
    with asked_of(desk.office) as said:
        shown = lan.get(PATH).text
    assert len(said) <= MOST_QUERIES
    assert FIRST in shown
    assert NEUTRAL in shown
    assert "Bích" not in shown
    assert re.search(r"Gần như cùng một việc|Rất giống|Khá giống", shown)
    before = len(queued(desk))
    draft = lan.post(PATH, {"source": FIRST})
    assert draft.url.path == f"/tickets/{SECOND}"
    assert "Chào đơn vị.\n\nKính gửi chị [tên]" in draft.text
    assert len(queued(desk)) == before
    stopped = lan.post(f"/tickets/{SECOND}/answer", {"text": NEUTRAL})
    assert "Nội dung còn chỗ trống “[tên]”" in stopped.text
    assert len(queued(desk)) == before


def queued(desk: DeskServer) -> list[int]:
    with desk.office.database.read() as connection:
        return [one.id for one in outbox.listed(connection)]


def test_a_coordinator_is_shown_answers_of_his_own_queue_alone(desk: DeskServer) -> None:
    assert NEUTRAL in page(desk, "thu")
    assert OFFER in desk.let_in("thu").get(f"/tickets/{SECOND}").text
    assert desk.let_in("hau").get(PATH).status_code == 404
    assert desk.let_in("kiem").get(PATH).status_code == 403
    change(desk, FIRST, queue="3110")
    assert NEUTRAL not in page(desk, "thu")
    assert NEUTRAL in page(desk, "lan")


@pytest.mark.parametrize("values", [{"status": "held"}, {"verdict": "suspicious"}, {"status": "closed"}])
def test_nothing_is_suggested_for_whom_nobody_may_trust(desk: DeskServer, values: dict[str, str]) -> None:
    change(desk, SECOND, **values)
    assert NEUTRAL not in page(desk)
    assert OFFER not in desk.let_in("lan").get(f"/tickets/{SECOND}").text
    assert "không còn trong danh sách gợi ý" in desk.let_in("lan").post(PATH, {"source": FIRST}).text


@pytest.mark.parametrize(
    "values", [{"verdict": "impersonation"}, {"outcome": "advised"}, {"category": "certificate"}]
)
def test_only_solved_tickets_of_the_category_and_of_trusted_senders_count(
    desk: DeskServer, values: dict[str, str]
) -> None:
    change(desk, FIRST, **values)
    assert "đủ giống việc này" in page(desk)


def test_a_letter_that_never_went_out_is_no_answer(desk: DeskServer) -> None:
    with desk.office.database.write() as connection:
        connection.execute(update(letters).values(state="recalled"))
    assert "đủ giống việc này" in page(desk)


def test_whoever_is_erased_is_in_no_suggestion(desk: DeskServer) -> None:
    office = desk.office
    persons.erase(office.database, office.clock, "bich@mot.example", reason="yêu cầu", actor="lan")
    assert "đủ giống việc này" in page(desk)


def test_what_is_kept_no_longer_is_in_no_suggestion(desk: DeskServer) -> None:
    office = desk.office
    office.clock.forward(days=40)
    retention.keep_terms(office.database, office.clock, Terms({RetentionClass.CLOSED: 30}))
    assert "đủ giống việc này" in page(desk)
