"""A day of a coordinator, without JavaScript: the digest, the ticket, taken, given back or answered."""

import html
import re
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from sqlalchemy import select
from support.deskserver import Browser, DeskServer, desk_of
from support.office import MONDAY, open_office, request

from triage.core.parse import read_mail
from triage.db import schema
from triage.service import digests, people

CODES = ("SD261116-000001", "SD261116-000002")
NOTE = "Đề nghị kho bạc gọi cho đơn vị và kiểm tra hồ sơ."


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Lê Minh Thu", email="thu@kho-bac.example")
        for number in (1, 2):
            subject = f"[3110#DVC] Lỗi đăng nhập {number}"
            sender = f"Kế toán <ketoan@mot{number}.example>"
            office.store(request(subject, number=number, sender=sender))
        office.process()
        yield server


def form_of(page: str, action: str) -> dict[str, str]:
    """Give the fields of the form of a page that sends to an address, as a browser has them."""
    [found] = re.findall(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found)
    return {name: html.unescape(value) for name, value in fields}


def send(browser: Browser, code: str, verb: str, **filled: str) -> str:
    """Fill in a form of a ticket's page and give the page that follows."""
    action = f"/tickets/{code}/{verb}"
    fields = form_of(browser.get(f"/tickets/{code}").text, action)
    answer = browser.client.post(action, data={**fields, **filled}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def letter_to(desk: DeskServer, address: str) -> str:
    """Give the text of the newest letter to somebody."""
    columns = schema.outbox.c
    query = select(columns.content).where(columns.recipient == address).order_by(columns.id.desc())
    with desk.office.database.read() as connection:
        content = connection.scalar(query.limit(1))
    assert content is not None
    return read_mail(content).text


def test_from_the_digest_to_the_figures_of_the_next_morning(desk: DeskServer) -> None:
    office, lan = desk.office, desk.let_in("lan")
    people.set_may_answer(office.database, office.clock, "thu", allowed=True, actor="tri")
    for code in CODES:
        page = send(lan, code, "hand-over", queue="3110", note=NOTE)
        assert "Thu về trung ương" in page

    office.clock.moment = MONDAY + timedelta(days=1)
    assert digests.send_due(office.database, office.means, time(8)) == 1
    digest = letter_to(desk, "thu@kho-bac.example")
    assert "2 phiếu trung ương giao, chưa ai nhận" in digest
    assert CODES[0] in digest

    lan, thu = desk.let_in("lan"), desk.let_in("thu")
    work = thu.get("/queues/3110?side=province").text
    assert [code for code in CODES if f'href="/tickets/{code}"' in work] == list(CODES)
    page = thu.get(f"/tickets/{CODES[0]}").text
    assert NOTE in page
    assert "Ở kho bạc chưa ai nhận." in page
    assert "Trả lời đơn vị" not in page

    page = send(thu, CODES[0], "receive")
    assert "Bạn đã nhận xử lý phiếu" in page
    assert "Thư gửi đi nhân danh trung ương" in page
    page = send(
        thu, CODES[0], "province-answer", text="Đơn vị đã được mở khóa.", then="close", outcome="solved"
    )
    assert "sẽ gửi sau" in page
    answer = letter_to(desk, "ketoan@mot1.example")
    assert "Đơn vị đã được mở khóa." in answer

    send(thu, CODES[1], "receive")
    page = send(thu, CODES[1], "hand-back", reason="needs_centre", why="Cần mở khóa trên hệ thống.")
    assert "Đã trả phiếu" in page
    assert "Cần mở khóa trên hệ thống." in page

    assert "Lê Minh Thu trả phiếu này về trung ương" in lan.get("/notices").text
    told = lan.get(f"/tickets/{CODES[1]}").text
    assert "Cần trung ương xử lý trên hệ thống" in told
    assert "Nhận xử lý" in told


def test_an_answer_without_the_right_is_left_for_approval(desk: DeskServer) -> None:
    lan, thu = desk.let_in("lan"), desk.let_in("thu")
    send(lan, CODES[0], "hand-over", queue="3110", note=NOTE)
    page = send(thu, CODES[0], "receive")
    assert "province-answer" not in page
    assert "Thư trả lời của bạn được trung ương duyệt rồi mới gửi đi." in page
    send(thu, CODES[0], "propose", text="Đơn vị đã được mở khóa.")
    assert "Thư chờ duyệt" in lan.get(f"/tickets/{CODES[0]}").text
    fields = {"form_token": thu.form_token, "key": "key-forced", "text": "Đơn vị đã được mở khóa."}
    unknown = thu.client.post(f"/tickets/{CODES[0]}/province-answer", data={**fields, "then": "next"})
    assert unknown.status_code == 400
    answer = thu.client.post(f"/tickets/{CODES[0]}/province-answer", data=fields)
    assert answer.status_code == 409
    assert "Bạn chưa được trả lời không qua duyệt" in answer.text


def test_an_answer_of_a_coordinator_that_the_guard_stops_is_kept_as_his_draft(desk: DeskServer) -> None:
    office, lan, thu = desk.office, desk.let_in("lan"), desk.let_in("thu")
    people.set_may_answer(office.database, office.clock, "thu", allowed=True, actor="tri")
    send(lan, CODES[0], "hand-over", queue="3110", note=NOTE)
    send(thu, CODES[0], "receive")
    fields = form_of(thu.get(f"/tickets/{CODES[0]}").text, f"/tickets/{CODES[0]}/province-answer")
    text = "Anh chị gửi mật khẩu cho em nhé."
    answer = thu.client.post(f"/tickets/{CODES[0]}/province-answer", data={**fields, "text": text})
    assert answer.status_code == 409
    assert text in thu.get(f"/tickets/{CODES[0]}").text


def test_a_coordinator_takes_his_answer_back_in_time(desk: DeskServer) -> None:
    office, lan, thu = desk.office, desk.let_in("lan"), desk.let_in("thu")
    people.set_may_answer(office.database, office.clock, "thu", allowed=True, actor="tri")
    send(lan, CODES[0], "hand-over", queue="3110", note=NOTE)
    send(thu, CODES[0], "receive")
    page = send(thu, CODES[0], "province-answer", text="Đơn vị đã được mở khóa.")
    [letter] = set(re.findall(rf"/tickets/{CODES[0]}/recall/(\d+)", page))
    page = send(thu, CODES[0], f"recall/{letter}")
    assert "Đã thu hồi thư" in page
    assert "Đơn vị đã được mở khóa." in page


def test_an_administrator_allows_answers_without_approval(desk: DeskServer) -> None:
    desk.person("tri", "admin")
    tri = desk.let_in("tri")
    page = tri.get("/people/thu").text
    assert "Mọi thư trả lời của người này do trung ương duyệt rồi mới gửi." in page
    fields = form_of(page, "/people/thu/answers")
    answer = tri.client.post("/people/thu/answers", data={**fields, "allowed": "yes"}, follow_redirects=True)
    assert "trả lời được ngay, không qua duyệt" in answer.text
    assert "cho trả lời không qua duyệt" in tri.get("/audit").text
