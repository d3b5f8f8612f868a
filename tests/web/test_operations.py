"""The page of whoever runs the service: what is wrong stands first, and what failed is tried again once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request
from support.queries import asked_of

from triage.adapters.configmailbox import InboxConfig
from triage.core.alarms import Standing
from triage.db import alarms, heartbeats, migrate
from triage.service import auditing, counters

MOST_QUERIES = 30  # one of them for the bar above every page
CANARY = '"><script src=//x.example></script><img src=x onerror=alert(1)>\u202e'


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("tri", "admin")
        yield server


def change(desk: DeskServer, statement: str, **values: object) -> None:
    with desk.office.database.write() as connection:
        connection.execute(text(statement), values)


def states(desk: DeskServer, table: str) -> list[str]:
    with desk.office.database.read() as connection:
        found = connection.exec_driver_sql(f"SELECT state FROM {table} ORDER BY id")  # noqa: S608 - ours
        return [row.state for row in found]


def break_mails(desk: DeskServer, number: int, error: str = "KeyError: x", first: int = 1) -> None:
    desk.office.store(*(request(number=one) for one in range(first, first + number)))
    change(desk, "UPDATE mails SET state = 'stuck', error = :it, subject = :it", it=error)


def break_letters(desk: DeskServer, response: str = "550 no such user") -> None:
    desk.office.store(request())
    desk.office.process()
    change(desk, "UPDATE outbox SET state = 'failed', response = :it, subject = :it", it=response)


def beat(desk: DeskServer, *stages: str, error: str | None = None, minutes_ago: int = 0) -> None:
    at = desk.office.clock.now() - timedelta(minutes=minutes_ago)
    with desk.office.database.write() as connection:
        for stage in stages:
            heartbeats.beat(connection, stage, at, error)


def rows(page: str) -> list[tuple[str, str]]:
    """Give name and state of each line."""
    return re.findall(r'<th scope="row">([^<]+)</th>\s*<td><span class="due" data-due="\w+">([^<]+)<', page)


def audited(desk: DeskServer, action: str) -> list[str]:
    with desk.office.database.read() as connection:
        found = connection.execute(text("SELECT data FROM audit WHERE action = :action"), {"action": action})
        return [row.data for row in found]


def test_all_that_works_says_so_and_has_nothing_to_do(desk: DeskServer) -> None:
    beat(desk, "receive", "process", "deliver")
    page = desk.let_in("tri").get("/operations").text
    assert ("Nhận thư", "đang chạy") in rows(page)
    assert ("Thư đến bị kẹt", "không có") in rows(page)
    assert 'data-due="overdue"' not in page
    assert "/operations/mails/retry" not in page
    assert migrate.newest_revision() in page


def test_a_raised_alarm_that_no_line_tells_of_stands_there_with_its_page(desk: DeskServer) -> None:
    beat(desk, "receive", "process", "deliver")
    with desk.office.database.write() as connection:
        standing = Standing(raised_at=desk.office.clock.now(), sentence="Nobody.")
        alarms.keep(connection, "nobody-to-page", standing)
        alarms.keep(connection, "paging", Standing(quiet_until=desk.office.clock.now()))
    page = desk.let_in("tri").get("/operations").text
    assert rows(page)[0] == ("Việc an toàn thông tin sẽ không đến được ai", "đang báo động")
    assert "docs/runbook/nobody-to-page.md" in page
    assert page.count("đang báo động") == 1


def test_what_is_wrong_stands_first_with_what_to_do(desk: DeskServer) -> None:
    beat(desk, "receive", minutes_ago=10)
    beat(desk, "process")
    beat(desk, "deliver", error="The server x.example refused the login.")
    beat(desk, "mailbox", error="Folder full")
    page = desk.let_in("tri").get("/operations").text
    told = rows(page)
    assert told[:2] == [("Nhận thư", "đã ngừng"), ("Gửi thư", "đang lỗi")]
    assert told[2] == ("Hộp thư", "máy chủ từ chối một phần")
    assert "Khởi động lại dịch vụ." in page
    assert "refused the login" in page


def test_each_of_several_mailboxes_has_lines_of_its_own(desk: DeskServer) -> None:
    box = InboxConfig(host="imap.example", username="baocao@vst.gov.vn", password="x")
    desk.app.config = desk.app.config.model_copy(update={"mailboxes": {"baocao": box}})
    beat(desk, "receive", "process", "deliver")
    beat(desk, "receive:baocao", error="The login was refused.")
    beat(desk, "mailbox:baocao", error="Folder full")
    told = rows(desk.let_in("tri").get("/operations").text)
    assert told[:2] == [
        ("Nhận thư: hộp thư baocao", "đang lỗi"),
        ("Hộp thư: hộp thư baocao", "máy chủ từ chối một phần"),
    ]
    assert ("Nhận thư: hộp thư main", "đang chạy") in told


def test_a_mail_that_waits_for_long_is_told(desk: DeskServer) -> None:
    desk.office.store(request())
    assert ("Thư đến chờ xử lý", "1 thư") in rows(desk.let_in("tri").get("/operations").text)
    desk.office.clock.forward(minutes=31)
    page = desk.let_in("tri").get("/operations").text
    assert "Kiểm tra dòng “Xử lý thư” và nhật ký dịch vụ." in page


def test_one_stuck_mail_is_tried_again(desk: DeskServer) -> None:
    break_mails(desk, 2)
    browser = desk.let_in("tri")
    assert 'href="/m/2"' in browser.get("/operations").text
    page = browser.post("/operations/mails/retry", {"which": "2"}).text
    assert "1 thư sẽ được xử lý lại ngay." in page
    assert states(desk, "mails") == ["stuck", "waiting"]
    desk.office.process()
    assert states(desk, "mails") == ["stuck", "processed"]


def test_all_stuck_mails_are_tried_again_once_for_one_form(desk: DeskServer) -> None:
    break_mails(desk, 3)
    browser, form = desk.let_in("tri"), {"which": "all", "key": "one-and-the-same-key"}
    first = browser.post("/operations/mails/retry", form).text
    assert states(desk, "mails") == ["waiting"] * 3
    change(desk, "UPDATE mails SET state = 'stuck'")
    again = browser.post("/operations/mails/retry", form).text
    assert states(desk, "mails") == ["stuck"] * 3
    assert "3 thư sẽ được xử lý lại ngay." in first
    assert "3 thư sẽ được xử lý lại ngay." in again
    assert audited(desk, "mails_retried") == ['{"asked":"all","done":3}']


def test_a_failed_letter_is_sent_again_once_for_one_form(desk: DeskServer) -> None:
    break_letters(desk)
    browser, form = desk.let_in("tri"), {"which": "1", "key": "one-and-the-same-key"}
    assert "550 no such user" in browser.get("/operations").text
    assert "1 thư sẽ được gửi lại ngay." in browser.post("/operations/letters/retry", form).text
    assert states(desk, "outbox") == ["queued"]
    change(desk, "UPDATE outbox SET state = 'failed'")
    browser.post("/operations/letters/retry", form)
    assert states(desk, "outbox") == ["failed"]
    assert audited(desk, "letters_retried") == ['{"asked":[1],"done":1}']


def test_what_is_not_stuck_stays_as_it_is(desk: DeskServer) -> None:
    desk.office.store(request())
    desk.office.process()
    page = desk.let_in("tri").post("/operations/mails/retry", {"which": "1"}).text
    assert "Thư không còn kẹt" in page
    assert states(desk, "mails") == ["processed"]


def test_the_key_of_somebody_else_is_refused(desk: DeskServer) -> None:
    desk.person("khac", "admin")
    break_mails(desk, 1)
    form = {"which": "all", "key": "one-and-the-same-key"}
    desk.let_in("tri").post("/operations/mails/retry", form)
    assert desk.let_in("khac").post("/operations/mails/retry", form).status_code == 409


@pytest.mark.parametrize("which", ["", "x", "1 OR 1", "-1"])
def test_a_form_that_names_nothing_is_refused(desk: DeskServer, which: str) -> None:
    break_mails(desk, 1)
    assert desk.let_in("tri").post("/operations/mails/retry", {"which": which}).status_code == 422
    assert states(desk, "mails") == ["stuck"]


def test_what_a_stranger_wrote_stays_text(desk: DeskServer) -> None:
    break_letters(desk, CANARY)
    break_mails(desk, 2, CANARY, first=5)
    beat(desk, "receive", error=CANARY)
    page = desk.let_in("tri").get("/operations").text
    assert page.count("&lt;script") >= 4
    assert "<script src=//" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_what_the_nightly_checks_found_is_kept_and_told(desk: DeskServer) -> None:
    database, clock = desk.office.database, desk.office.clock
    counters.check_nightly(database, clock)
    auditing.verify_daily(database, clock)
    page = desk.let_in("tri").get("/operations").text
    assert [state for _, state in rows(page)].count("khớp") == 2
    change(desk, "INSERT INTO ticket_counts (queue, status, flagged, count) VALUES ('0010', 'new', false, 7)")
    counters.check_nightly(database, clock)
    beat(desk, auditing.VERIFIED, error="changed 3")
    told = rows(desk.let_in("tri").get("/operations").text)
    assert ("Đối chiếu số đếm phiếu", "đã sửa 1 chỗ lệch") in told
    assert ("Kiểm tra chuỗi nhật ký", "một dòng đã bị sửa, dòng 3") in told


def test_the_page_asks_the_database_equally_often_for_few_and_for_many(desk: DeskServer) -> None:
    browser, counts = desk.let_in("tri"), []
    browser.get("/operations")
    for first, more in ((1, 2), (10, 60)):
        break_mails(desk, more, first=first)
        with asked_of(desk.office) as said:
            page = browser.get("/operations").text
        counts.append(len(said))
    assert "Chỉ hiện 50 thư mới nhất." in page
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES
