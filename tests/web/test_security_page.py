"""Held mails as the desk shows them: the gravest first, beside the name that they imitate."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_many, open_one
from support.office import open_office, request
from support.queries import asked_of

from triage.db import outbox

MOST_QUERIES = 14  # one of them for the bar above every page
CANARY = '"><script src=//x.example></script><img src=x onerror=alert(1)>\u202e'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as server:
        server.person("an", "security", display_name="Phạm An")
        yield server


def received(desk: DeskServer, *senders: str) -> None:
    mails = [request(sender=sender, number=number) for number, sender in enumerate(senders, 1)]
    desk.office.store(*mails)
    desk.office.process()


def listed(page: str) -> list[str]:
    return re.findall(r'href="/security\?ticket=([^"]+)"', page)


def test_the_imitated_name_stands_below_the_official_one_with_its_letters_marked(desk: DeskServer) -> None:
    received(desk, "Hỗ trợ <hotrocntt@vst-gov.vn>")
    page = desk.let_in("an").get("/security").text
    assert "hotrocntt@vst<mark>.</mark>gov.vn" in page
    assert "hotrocntt@vst<mark>-</mark>gov.vn" in page
    assert "Khác nhau: tên chính thức “.”, tên giả “-”." in page
    assert "Tên miền có đủ các chữ của vst.gov.vn nhưng dấu chấm bị bỏ hoặc bị thay" in page
    assert 'href="/tickets/SD261116-000001"' in page


def test_an_imitation_in_reply_to_is_set_against_the_official_name_and_no_sender_against_himself(
    desk: DeskServer,
) -> None:
    mail = request(sender="Phòng Kế toán <ketoan@cangca-doson.example>")
    desk.office.store(mail.replace(b"Subject:", b"Reply-To: KBNN <hotrocntt@vst-gov.vn>\r\nSubject:", 1))
    desk.office.process()
    page = desk.let_in("an").get("/security").text
    compared = page.split('class="pairs compared"')[1].split("</dl>")[0]
    assert "hotrocntt@vst<mark>.</mark>gov.vn" in compared
    assert "hotrocntt@vst<mark>-</mark>gov.vn" in compared
    assert "ketoan" not in compared
    assert "Hai tên giống hệt nhau." not in page


def of_reply_to(sender: str, reply_to: str) -> bytes:
    mail = request(sender=sender)
    return mail.replace(b"Subject:", f"Reply-To: {reply_to}\r\nSubject:".encode(), 1)


UNIT = "Kế toán <ketoan@cangca-doson.example>"
IMITATED = "hotrocntt@vst-gov.vn"


def released(desk: DeskServer, mail: bytes) -> str:
    """Let a mail be held and released, and give the page of its ticket as an agent sees it."""
    desk.person("lan", "agent")
    desk.office.store(mail)
    desk.office.process()
    assert "Đã bỏ tạm giữ" in desk.let_in("an").post("/tickets/SD261116-000001/release").text
    return desk.let_in("lan").get("/tickets/SD261116-000001").text


def answers(desk: DeskServer) -> list[str]:
    with desk.office.database.read() as connection:
        return [row.recipient for row in outbox.listed(connection) if row.letter == "answer"]


def test_who_was_held_for_his_reply_to_alone_is_answered_at_from_once_released(desk: DeskServer) -> None:
    page = released(desk, of_reply_to(UNIT, f"KBNN <{IMITATED}>"))
    composer = page.split('id="composer"')[1].split("</form>")[0]
    assert "Gửi tới</p>" not in composer
    assert "<bdi>ketoan@cangca-doson.example</bdi>" in composer
    assert f"xin trả lời về địa chỉ bị nghi mạo danh: <bdi>{IMITATED}</bdi>" in " ".join(composer.split())
    lan = desk.let_in("lan")
    lan.get("/tickets/SD261116-000001")
    lan.post("/tickets/SD261116-000001/answer", {"text": "Đề nghị Quý đơn vị thử lại.", "then": "stay"})
    assert answers(desk) == ["ketoan@cangca-doson.example"]


@pytest.mark.parametrize(
    ("sender", "reply_to"),
    [
        (f"Hỗ trợ <{IMITATED}>", "ketoan@cangca-doson.example"),
        (f"Hỗ trợ <{IMITATED}>", IMITATED),
        ("Hỗ trợ DVC - Kho bạc Nhà nước <ketoan@cangca-doson.example>", IMITATED),
    ],
    ids=["From imitates", "both imitate", "the name imitates"],
)
def test_whose_from_is_doubted_too_is_answered_by_nobody(
    desk: DeskServer, sender: str, reply_to: str
) -> None:
    assert 'id="composer"' not in released(desk, of_reply_to(sender, reply_to))
    lan = desk.let_in("lan")
    lan.get("/tickets/SD261116-000001")
    told = lan.post("/tickets/SD261116-000001/answer", {"text": "Đề nghị thử lại.", "then": "stay"})
    assert "không có người nhận thư trả lời hợp lệ" in told.text
    assert answers(desk) == []


def test_who_is_held_again_or_found_to_be_an_impostor_is_answered_no_more(desk: DeskServer) -> None:
    assert 'id="composer"' in released(desk, of_reply_to(UNIT, IMITATED))
    an = desk.let_in("an")
    an.post("/tickets/SD261116-000001/hold", {"why": "Đơn vị báo không gửi thư này."})
    page = "/tickets/SD261116-000001"
    assert 'id="composer"' not in desk.let_in("lan").get(page).text
    an.post(f"{page}/impostor", {"reason": "Đã gọi hỏi đơn vị."})
    an.post(f"{page}/reopen")
    assert 'id="composer"' not in desk.let_in("lan").get(page).text


def test_the_gravest_stands_first_and_any_can_be_chosen(desk: DeskServer) -> None:
    received(desk, "Kho bạc <hotro@kbnn-hotro.com>", "Kế toán <ketoan@truong.example>")
    with desk.office.database.write() as connection:
        first = open_one(connection, 900, status="held", subject="Không có dấu hiệu")
    assert first
    browser = desk.let_in("an")
    page = browser.get("/security").text
    assert listed(page) == ["SD261116-000001", "SD261116-000900"]
    assert "Không có dấu hiệu" in browser.get("/security?ticket=SD261116-000900").text
    assert browser.get("/security?ticket=SD261116-000002").status_code == 404


def test_an_impostor_is_confirmed_from_the_list_with_a_reason(desk: DeskServer) -> None:
    received(desk, "Hỗ trợ <hotrocntt@vst-gov.vn>", "Kho bạc <hotro@kbnn-hotro.com>")
    browser = desk.let_in("an")
    browser.get("/security")
    act = "/tickets/SD261116-000001/impostor"
    assert "Hãy ghi lý do." in browser.post(act, {"reason": " ", "back": "security"}).text
    answer = browser.post(act, {"reason": "Gọi điện xác minh.", "back": "security"})
    assert answer.url.path == "/security"
    assert "Đã xác nhận mạo danh ở phiếu SD261116-000001" in answer.text
    assert listed(answer.text) == ["SD261116-000002"]


def test_of_a_sender_who_was_not_doubted_it_is_asked_whether_one_is_sure(desk: DeskServer) -> None:
    received(desk, "Kế toán <ketoan@truong.example>")
    browser = desk.let_in("an")
    browser.get("/")
    browser.post("/tickets/SD261116-000001/hold", {"why": "Nghi ngờ."})
    assert 'name="sure"' in browser.get("/security").text
    act = "/tickets/SD261116-000001/impostor"
    said = {"reason": "Gọi điện xác minh.", "back": "security"}
    assert "chưa có dấu hiệu đáng ngờ" in browser.post(act, said).text
    assert "Đã xác nhận mạo danh" in browser.post(act, {**said, "sure": "true"}).text


def test_a_held_mail_is_released_from_the_list_and_its_sender_answered(desk: DeskServer) -> None:
    received(desk, "Hỗ trợ <hotrocntt@vst-gov.vn>")
    browser = desk.let_in("an")
    browser.get("/security")
    answer = browser.post("/tickets/SD261116-000001/release", {"back": "security"})
    assert answer.url.path == "/security"
    assert "gửi thư xác nhận cho đơn vị" in answer.text
    assert "Không có thư nào đang tạm giữ." in answer.text


def test_whoever_does_not_judge_senders_is_offered_no_judgement(desk: DeskServer) -> None:
    desk.person("lan", "agent")
    received(desk, "Hỗ trợ <hotrocntt@vst-gov.vn>")
    page = desk.let_in("lan").get("/security").text
    assert "Xác nhận mạo danh" not in page
    assert "Bỏ tạm giữ và trả lời" not in page


def test_without_held_mails_the_page_says_so(desk: DeskServer) -> None:
    assert "Không có thư nào đang tạm giữ." in desk.let_in("an").get("/security").text


@pytest.mark.parametrize(
    ("role", "status"), [("coordinator", 403), ("agent", 200), ("auditor", 200), ("admin", 200)]
)
def test_who_sees_every_queue_sees_what_is_held(desk: DeskServer, role: str, status: int) -> None:
    desk.person("ai", role, *(["security"] if role == "coordinator" else []))
    received(desk, "Hỗ trợ <hotrocntt@vst-gov.vn>")
    answer = desk.let_in("ai").get("/security")
    assert answer.status_code == status
    assert ("vst-gov" in answer.text) is (status == 200)


def test_what_a_stranger_wrote_stays_text(desk: DeskServer) -> None:
    values = {
        "subject": CANARY,
        "excerpt": CANARY,
        "requester_name": CANARY,
        "requester_address": f"{CANARY}@x.example",
    }
    open_many(desk.office, 2, status="held", **values)
    page = desk.let_in("an").get("/security").text
    assert "<script src=//" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_the_page_asks_the_database_equally_often_for_few_and_for_many(desk: DeskServer) -> None:
    browser = desk.let_in("an")
    counts = []
    for first, more in ((1, 5), (100, 150)):
        open_many(desk.office, more, first=first, status="held")
        with asked_of(desk.office) as said:
            assert browser.get("/security").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES
