"""Security officers are paged at once, at any hour, once a ticket, and in no storm."""

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from threading import Thread

import pytest
from support.hook import Hook, hooked
from support.office import Office, open_office, request

from triage.adapters.webhook import pager
from triage.core.alarms import Pace
from triage.core.history import PAGED
from triage.core.letternames import SECURITY_PAGE
from triage.core.people import Role
from triage.core.webhooksign import signature
from triage.db import history, outbox, people
from triage.db.engine import Database
from triage.errors import TriageError
from triage.service import desk
from triage.service.alarms import Watchman
from triage.service.paging import Watch, check_reach, page_due, tell_webhook

NIGHT = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)
"""Sunday, 02:30 in Hanoi."""
KEY = bytes(range(32))
IMPOSTOR = "Hỗ trợ Kho bạc Nhà nước <hotro@kbnn-hotro-cntt.example>"
BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321. Tổng đài 02462764300."
REPORT = "Có người gọi điện xưng là cán bộ kho bạc đòi mật khẩu của tôi, xin báo để kho bạc biết."
QUIET = Watch(timedelta(minutes=15))


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.clock.moment = NIGHT
        someone(office, "an", "an@vst.example")
        someone(office, "vinh", "")
        someone(office, "lan", "lan@vst.example", Role.AGENT)
        yield office


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


def someone(office: Office, name: str, email: str, role: Role = Role.SECURITY, **more: object) -> None:
    with office.database.write() as connection:
        people.add(
            connection,
            office.clock.now(),
            name=name,
            display_name=name,
            role=role.value,
            email=email,
            **more,
        )


def take_in(office: Office, *numbers: int, **how: str) -> None:
    told = {"sender": IMPOSTOR, "text": BAIT} | how
    office.store(
        *(request(f"[3110#DVC] Cập nhật tài khoản {number}", number=number, **told) for number in numbers)
    )
    office.process()


def page(office: Office, watch: Watch = QUIET) -> bool:
    return page_due(office.database, office.means, watch)


def watch_of(office: Office, hook: Hook) -> Watch:
    return replace(QUIET, webhook=pager(hook.address, KEY, office.clock))


def letters(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as connection:
        rows = [row for row in outbox.listed(connection) if row.letter == SECURITY_PAGE]
        return [
            (row.recipient, _text(outbox.content_of(connection, row.id) or b"")) for row in reversed(rows)
        ]


def _text(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return f"{message['Subject']}\n{part.get_content()}"


def paged(office: Office, code: str) -> list[list[str]]:
    with office.database.read() as connection:
        events = history.events(connection, desk.find(connection, code).id)
    return [one.data["told"] for one in events if one.verb == PAGED]


def test_a_held_impostor_pages_the_officer_at_night_and_repeats_nothing_that_he_wrote(office: Office) -> None:
    take_in(office, 1)
    assert (page(office), page(office)) == (True, False)
    [(recipient, text)] = letters(office)
    assert recipient == "an@vst.example"
    assert text.startswith("Báo động an toàn: 1 vụ việc an toàn\n")
    assert "SD261122-000001: thư bị giữ vì nghi mạo danh" in text
    assert "hotro [at] kbnn-hotro-cntt [.] example" in text
    for word in ("Cập nhật", "0987", "Zalo", "hotro@kbnn"):
        assert word not in text
    assert paged(office, "SD261122-000001") == [["an"]]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (REPORT, "báo có người mạo danh"),
        ("Máy tính của đơn vị bị nhiễm virus mã độc, dữ liệu bị mã hóa.", "sự việc an toàn"),
        ("Đơn vị không đăng nhập được từ sáng nay.", None),
    ],
)
def test_what_units_tell_pages_where_it_cannot_wait(office: Office, text: str, cause: str | None) -> None:
    take_in(office, 1, sender="Kế toán <ketoan@thcs-hoamai.example>", text=text)
    assert page(office) is (cause is not None)
    assert [cause in one for _, one in letters(office) if cause] == ([True] if cause else [])


def test_a_second_mail_on_the_same_ticket_is_no_second_page(office: Office) -> None:
    told = {"sender": "Kế toán <ketoan@thcs-hoamai.example>", "text": REPORT}
    take_in(office, 1, **told)
    page(office)
    office.clock.forward(hours=1)
    office.store(request("Re: [SD261122-000001]", number=2, **told))
    office.process()
    assert page(office) is False


def test_a_surge_pages_once_and_then_once_when_it_is_quiet_no_longer(office: Office) -> None:
    take_in(office, 1)
    assert page(office)
    take_in(office, *range(2, 42))
    office.clock.forward(minutes=14, seconds=59)
    assert page(office) is False
    office.clock.forward(seconds=1)
    assert (page(office), page(office)) == (True, False)
    first, second = (text for _, text in letters(office))
    assert "1 vụ việc" in first
    assert second.startswith("Báo động an toàn: 40 vụ việc an toàn\n")
    assert second.count("nghi mạo danh") == 20
    assert "Còn 20 phiếu khác" in second


def test_many_processes_at_once_page_once(office: Office) -> None:
    take_in(office, *range(1, 6))
    threads = [Thread(target=page, args=(office,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(letters(office)) == 1
    assert paged(office, "SD261122-000003") == [["an"]]


def test_who_is_on_leave_is_paged_only_where_nobody_else_is_there(office: Office) -> None:
    away = {"away_from": NIGHT - timedelta(days=1), "away_until": NIGHT + timedelta(days=9)}
    someone(office, "ha", "ha@vst.example", **away)
    take_in(office, 1)
    page(office)
    assert [to for to, _ in letters(office)] == ["an@vst.example"]
    with office.database.write() as connection:
        an = people.find(connection, "an")
        assert an
        people.change(connection, an.id, **away)
    office.clock.forward(hours=1)
    take_in(office, 2)
    page(office)
    assert sorted(to for to, _ in letters(office)[1:]) == ["an@vst.example", "ha@vst.example"]


def test_old_mail_that_is_taken_in_and_paging_turned_off_page_nobody(office: Office) -> None:
    office.means = replace(office.means, pages=False)
    take_in(office, 1)
    assert page(office) is False


def test_the_webhook_is_told_the_same_signed_and_nothing_of_the_sender(office: Office, hook: Hook) -> None:
    take_in(office, 1)
    watch = watch_of(office, hook)
    page(office, watch)
    assert (tell_webhook(office.database, office.means, watch), len(hook.posted)) == (True, 1)
    assert tell_webhook(office.database, office.means, watch) is False
    [(headers, body)] = hook.raw
    told = {name.lower(): value for name, value in headers.items()}
    assert told["webhook-timestamp"] == str(int(office.clock.now().timestamp()))
    assert told["webhook-signature"] == signature(KEY, told["webhook-id"], office.clock.now(), body)
    assert hook.posted[0] == {
        "type": "security.page",
        "at": "2026-11-21T19:30:00+00:00",
        "number": 1,
        "tickets": [
            {
                "code": "SD261122-000001",
                "cause": "held",
                "category": hook.posted[0]["tickets"][0]["category"],
                "queue": "security",
                "received_at": "2026-11-21T19:30:00+00:00",
            }
        ],
        "more": 0,
    }
    assert b"kbnn-hotro" not in body


def test_a_webhook_that_fails_is_told_again_later_with_the_same_words_under_the_same_id(
    office: Office, hook: Hook
) -> None:
    take_in(office, 1)
    watch = watch_of(office, hook)
    page(office, watch)
    hook.status = 503
    assert tell_webhook(office.database, office.means, watch) is False
    hook.status = 204
    assert tell_webhook(office.database, office.means, watch) is False
    assert len(hook.asked) == 1
    office.clock.forward(seconds=30)
    assert tell_webhook(office.database, office.means, watch) is True
    assert hook.raw[0][0]["webhook-id"].startswith("page-")
    assert len(letters(office)) == 1


def test_a_webhook_that_never_answers_is_given_up_after_two_days(office: Office, hook: Hook) -> None:
    take_in(office, 1)
    watch = watch_of(office, hook)
    page(office, watch)
    hook.status = 500
    for _ in range(60):
        tell_webhook(office.database, office.means, watch)
        office.clock.forward(hours=1)
    asked = len(hook.asked)
    assert asked > 40
    office.clock.forward(days=1)
    assert tell_webhook(office.database, office.means, watch) is False
    assert len(hook.asked) == asked


def test_a_webhook_that_takes_no_page_is_an_alarm_until_it_takes_one(office: Office, hook: Hook) -> None:
    def told() -> str | None:
        pace = Pace(timedelta(minutes=5), timedelta(minutes=60))
        return Watchman(office.database, office.clock, {"receive": 60}, pace, ()).wrong().get("paging")

    watch = watch_of(office, hook)
    take_in(office, 1)
    page(office, watch)
    assert told() is None
    office.clock.forward(minutes=20)
    take_in(office, 2)
    page(office, watch)
    hook.status = 503
    for _ in range(2):
        tell_webhook(office.database, office.means, watch)
    said = told()
    assert said is not None
    assert "has not taken 2 pages" in said
    assert "503" in said
    hook.status = 204
    office.clock.forward(hours=1)
    while tell_webhook(office.database, office.means, watch):
        pass
    assert told() is None


def test_nobody_to_page_is_an_alarm_until_an_officer_with_an_address_is_there(office: Office) -> None:
    pace = Pace(timedelta(minutes=5), timedelta(minutes=60))

    def told(*, by_letter: bool = True) -> str | None:
        watch = Watchman(office.database, office.clock, {"receive": 60}, pace, (), by_letter=by_letter)
        return watch.wrong().get("nobody-to-page")

    assert told() is None
    with office.database.write() as connection:
        officer = people.find(connection, "an")
        assert officer is not None
        people.change(connection, officer.id, disabled_at=office.clock.now())
    assert "no security officer with an address" in str(told())
    assert told(by_letter=False) is None
    with office.database.read() as connection, pytest.raises(TriageError, match="triage users add"):
        check_reach(connection)
    someone(office, "minh", "minh@vst.example")
    assert told() is None


def test_a_redirect_is_followed_nowhere(office: Office, hook: Hook) -> None:
    take_in(office, 1)
    watch = watch_of(office, hook)
    page(office, watch)
    hook.status, hook.headers = 307, {"Location": f"{hook.address}/elsewhere"}
    assert tell_webhook(office.database, office.means, watch) is False
    assert hook.asked == ["/hook"]


def test_a_death_between_commit_and_webhook_loses_nothing(
    office: Office, database_url: str, hook: Hook
) -> None:
    take_in(office, 1)
    watch = watch_of(office, hook)
    page(office, watch)

    def deadly(page_id: str, body: bytes) -> None:
        del page_id, body
        os.kill(os.getpid(), signal.SIGKILL)

    assert dies(
        lambda database: tell_webhook(database, office.means, replace(watch, webhook=deadly)), database_url
    )
    assert hook.posted == []
    office.clock.forward(minutes=1)
    assert tell_webhook(office.database, office.means, watch) is True
    assert len(hook.posted) == 1


def test_a_death_before_the_commit_pages_whole_the_next_time(office: Office, database_url: str) -> None:
    take_in(office, 1)

    def deadly(raw: bytes) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return raw

    assert dies(lambda database: page_due(database, replace(office.means, sign=deadly), QUIET), database_url)
    assert letters(office) == []
    assert page(office) is True
    assert len(letters(office)) == 1


def dies(act: Callable[[Database], object], url: str) -> bool:
    with warnings.catch_warnings():
        # The child touches none of the threads that were left behind.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            act(Database(url))
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
