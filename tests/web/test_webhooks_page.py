"""Webhooks on the desk: seen, added, switched off and on, tried and removed by administrators."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office, request
from support.receiver import Receiver, receiving

from triage.adapters.configapi import ApiConfig
from triage.adapters.courier import Courier
from triage.core.webhooksign import read_secret, signature
from triage.service import webhooks

SECRET = re.compile(r"<code>(whsec_[\w+/=]+)</code>")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as desk:
        desk.person("lan", "agent", display_name="Nguyễn Thị Lan")
        desk.person("tri", "admin")
        yield desk


@pytest.fixture
def receiver(desk: DeskServer) -> Iterator[Receiver]:
    with receiving() as receiver:
        hosts = (receiver.host,)
        desk.app.config = desk.app.config.model_copy(update={"api": ApiConfig(webhook_hosts=hosts)})
        yield receiver


def add(tri: Browser, receiver: Receiver, *events: str) -> str:
    wanted = {"login": "lan", "address": receiver.address, "events": list(events or ("ticket.opened",))}
    [secret] = SECRET.findall(tri.post("/webhooks", wanted).text)
    return str(secret)


def deliver(desk: DeskServer, receiver: Receiver) -> int:
    before = len(receiver.posted)
    webhooks.deliver_regularly(desk.office.database, desk.office.clock, Courier([receiver.host]))
    return len(receiver.posted) - before


def mail(desk: DeskServer, number: int) -> None:
    desk.office.store(request("[0010#DVC] Lỗi đăng nhập", number=number))
    desk.office.process()


def actions(desk: DeskServer) -> list[tuple[str, str]]:
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor, action FROM audit WHERE action LIKE 'webhook%' ORDER BY id"
        )
        return [(row[0], row[1]) for row in rows]


def test_the_secret_is_shown_once_and_the_webhook_is_told(desk: DeskServer, receiver: Receiver) -> None:
    tri = desk.let_in("tri")
    assert "Chưa có webhook nào" in tri.get("/webhooks").text
    secret = add(tri, receiver)
    page = tri.get("/webhooks").text
    assert secret not in page
    assert receiver.address in page
    assert "Chưa gửi tin nào" in page
    mail(desk, 1)
    assert deliver(desk, receiver) == 1
    page = tri.get("/webhooks").text
    assert "Đang chạy" in page
    assert "đã nhận 1".replace(" ", "\N{NO-BREAK SPACE}") in page
    assert "HTTP 204" in page


def test_who_signed_in_a_while_ago_proves_himself_before_he_adds_one(
    desk: DeskServer, receiver: Receiver
) -> None:
    tri = desk.let_in("tri", confirmed_minutes_ago=11)
    wanted = {"login": "lan", "address": receiver.address, "events": "ticket.opened"}
    assert tri.post("/webhooks", wanted).url.path == "/account/confirm"
    assert webhooks.listed(desk.office.database) == []


@pytest.mark.parametrize(
    ("address", "events", "told"),
    [
        ("https://169.254.169.254/x", ["ticket.opened"], "không có trong [api] webhook_hosts"),
        ("ftp://x.example", ["ticket.opened"], "phải bắt đầu bằng https://"),
        ("", ["ticket.opened"], "phải bắt đầu bằng https://"),
        (None, [], "Hãy chọn ít nhất một sự kiện"),
    ],
)
def test_what_cannot_be_wanted_is_refused_in_a_sentence(
    desk: DeskServer, receiver: Receiver, address: str | None, events: list[str], told: str
) -> None:
    tri = desk.let_in("tri")
    wanted = {
        "login": "lan",
        "address": receiver.address if address is None else address,
        "events": events,
    }
    answer = tri.post("/webhooks", wanted)
    assert (answer.status_code, told in answer.text) == (409, True)
    assert webhooks.listed(desk.office.database) == []


def test_where_no_host_is_named_the_page_says_who_names_one(desk: DeskServer) -> None:
    assert "Người vận hành ghi tên máy vào [api] webhook_hosts" in desk.let_in("tri").get("/webhooks").text


def test_one_that_fails_shows_since_when_and_when_it_is_tried_again(
    desk: DeskServer, receiver: Receiver
) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    receiver.status = 503
    mail(desk, 1)
    deliver(desk, receiver)
    page = tri.get("/webhooks").text
    assert "Máy nhận không nhận tin" in page
    assert "tin cũ nhất chưa nhận: " in page
    assert "thử lại lúc " in page
    assert "HTTP 503" in page
    assert "đang chờ 1".replace(" ", "\N{NO-BREAK SPACE}") in page
    receiver.status = 204
    desk.office.clock.forward(minutes=5)
    deliver(desk, receiver)
    assert "Đang chạy" in tri.get("/webhooks").text


def test_one_that_is_off_is_told_nothing_of_that_time(desk: DeskServer, receiver: Receiver) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    mail(desk, 1)
    assert "Đã tắt webhook số 1" in tri.post("/webhooks/1/off").text
    assert "Đang tắt" in tri.get("/webhooks").text
    mail(desk, 2)
    assert deliver(desk, receiver) == 0
    mail(desk, 3)
    assert "Đã bật webhook số 1" in tri.post("/webhooks/1/on").text
    assert deliver(desk, receiver) == 0, "nor what waited when it was switched on"
    mail(desk, 4)
    assert deliver(desk, receiver) == 1
    [told] = receiver.posted
    assert json.loads(told.body)["data"]["ticket"].endswith("4")


def test_switching_twice_is_one_act(desk: DeskServer, receiver: Receiver) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    for act in ("off", "off", "on", "on"):
        assert tri.post(f"/webhooks/1/{act}").status_code == 200
    assert actions(desk) == [
        ("tri", "webhook_made"),
        ("tri", "webhook_paused"),
        ("tri", "webhook_resumed"),
    ]


def test_a_test_is_signed_tells_of_nothing_and_says_what_was_answered(
    desk: DeskServer, receiver: Receiver
) -> None:
    tri = desk.let_in("tri")
    secret = add(tri, receiver)
    assert "đã nhận tin thử (HTTP 204)" in tri.post("/webhooks/1/test").text
    [posted] = receiver.posted
    body = json.loads(posted.body)
    assert (body["type"], body["data"]) == ("webhook.test", {})
    key = read_secret(secret)
    assert key is not None
    at = datetime.fromtimestamp(int(posted.headers["webhook-timestamp"]), UTC)
    assert posted.headers["webhook-signature"] == signature(
        key, posted.headers["webhook-id"], at, posted.body
    )
    receiver.status = 401
    assert "không nhận tin thử: HTTP 401" in tri.post("/webhooks/1/test").text
    receiver.status, receiver.location = 302, "http://127.0.0.1:1/elsewhere"
    assert "không nhận tin thử: HTTP 302" in tri.post("/webhooks/1/test").text
    assert actions(desk)[-1] == ("tri", "webhook_tried")


def test_a_test_goes_to_no_host_that_is_named_no_more(desk: DeskServer, receiver: Receiver) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    hosts = ("elsewhere.example",)
    desk.app.config = desk.app.config.model_copy(update={"api": ApiConfig(webhook_hosts=hosts)})
    assert "none of the hosts in [api] webhook_hosts" in tri.post("/webhooks/1/test").text
    assert receiver.posted == []


def test_one_that_is_removed_is_told_nothing_more(desk: DeskServer, receiver: Receiver) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    mail(desk, 1)
    assert "Đã gỡ webhook số 1" in tri.post("/webhooks/1/end").text
    assert deliver(desk, receiver) == 0
    for act in ("off", "on", "end", "test"):
        assert tri.post(f"/webhooks/1/{act}").status_code == 404
    desk.office.clock.forward(minutes=1)
    assert webhooks.listed(desk.office.database) == []


def test_the_page_speaks_english_too(desk: DeskServer, receiver: Receiver) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    tri.post("/account/language", {"language": "en"})
    page = tri.get("/webhooks").text
    assert "Nothing sent yet" in page
    assert "Send a test" in page
    assert "is off; what waited goes unsent" in tri.post("/webhooks/1/off").text


def test_the_rest_of_a_webhook_that_fails_is_shown_as_its_next_try(
    desk: DeskServer, receiver: Receiver
) -> None:
    tri = desk.let_in("tri")
    add(tri, receiver)
    receiver.status = 500
    mail(desk, 1)
    for _ in range(4):
        deliver(desk, receiver)
        desk.office.clock.forward(minutes=30)
    [row] = webhooks.listed(desk.office.database)
    assert row.failures >= 3
    assert row.failing_since is not None
    assert row.next_try_at is not None
    assert row.next_try_at - desk.office.clock.now() < timedelta(hours=1)
