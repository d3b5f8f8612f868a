"""What open pages are told by server-sent events, and what nobody is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office, request

from triage.db import people, tickets, wakes
from triage.service import desk as service
from triage.web.deskapp import create_desk
from triage.web.feed import LONGEST, SEATS_OF_ONE
from triage.web.server import listen, serve

PATIENCE_SECONDS = 60


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent")
        server.person("thu", "coordinator", "3110")
        yield server


@dataclass
class Stream:
    """An open stream; ``next`` waits for an event, and gives None when the stream has ended."""

    answer: httpx.Response
    events: Queue[dict[str, Any] | None] = field(default_factory=Queue)
    last_id: str = ""

    def next(self) -> dict[str, Any] | None:
        return self.events.get(timeout=PATIENCE_SECONDS)

    def read(self, opened: threading.Event) -> None:
        event: dict[str, Any] = {}
        for line in self.answer.iter_lines():
            if line.startswith("id: "):
                self.last_id = line[4:]
            if not line:
                opened.set()
            if line.startswith("data: "):
                event = json.loads(line[6:])
            elif not line and event:
                self.events.put(event)
                event = {}
        self.events.put(None)


@contextmanager
def listening(browser: Browser, **headers: str) -> Iterator[Stream]:
    with browser.client.stream("GET", "/events", headers=headers, timeout=PATIENCE_SECONDS) as answer:
        assert answer.status_code == 200
        stream, opened = Stream(answer), threading.Event()
        reader = threading.Thread(target=stream.read, args=(opened,))
        reader.start()
        assert opened.wait(PATIENCE_SECONDS)
        try:
            yield stream
        finally:
            # what still waits for a line is let go when its session ends
            browser.post("/sign-out")
            reader.join(PATIENCE_SECONDS)


def code_in(desk: DeskServer, queue: str) -> str:
    with desk.office.database.read() as connection:
        return next(row.code for row in tickets.listed(connection) if row.queue == queue)


def test_everybody_is_told_what_changes_and_a_coordinator_nothing_of_other_queues(desk: DeskServer) -> None:
    with listening(desk.let_in("lan")) as agent, listening(desk.let_in("thu")) as coordinator:
        desk.office.store(request("[0010#DVC] Lỗi ở Hà Nội"))
        desk.office.process()
        desk.office.store(request("[3110#DVC] Lỗi ở Hậu Giang", number=2))
        desk.office.process()
        first = agent.next()
        assert first is not None
        assert first | {"id": 0} == {
            "id": 0,
            "code": code_in(desk, "0010"),
            "queue": "0010",
            "what": "opened",
            "mine": False,
        }
        told = coordinator.next()
        assert told is not None
        assert (told["code"], told["queue"]) == (code_in(desk, "3110"), "3110")


def test_a_stream_says_what_one_has_done_oneself(desk: DeskServer) -> None:
    desk.office.store(request())
    desk.office.process()
    with listening(desk.let_in("lan")) as stream:
        service.assign(desk.office.database, desk.office.clock, code_in(desk, "0010"), "lan", actor="lan")
        told = stream.next()
        assert told is not None
        assert (told["what"], told["mine"]) == ("assigned", True)


def test_a_stream_goes_on_where_it_broke_off(desk: DeskServer) -> None:
    desk.office.store(request("[3110#DVC] Lỗi một", number=1), request("[0010#DVC] Lỗi hai", number=2))
    desk.office.process()
    with listening(desk.let_in("thu"), **{"Last-Event-ID": "0"}) as stream:
        told = stream.next()
        assert told is not None
        assert (told["queue"], told["what"]) == ("3110", "opened")


def test_a_stream_that_breaks_off_before_its_first_event_goes_on_from_where_it_began(
    desk: DeskServer,
) -> None:
    desk.office.store(request("[3110#DVC] Lỗi một", number=1))
    desk.office.process()
    with listening(desk.let_in("thu")) as stream:
        begun = stream.last_id
    desk.office.store(request("[3110#DVC] Lỗi hai", number=2))
    desk.office.process()
    with listening(desk.let_in("thu"), **{"Last-Event-ID": begun}) as stream:
        told = stream.next()
        assert told is not None
        assert told["code"].endswith("-000002")


def test_a_queue_that_is_given_up_is_silent_at_once(desk: DeskServer) -> None:
    with desk.office.database.read() as connection:
        thu = people.find(connection, "thu")
    assert thu is not None
    with listening(desk.let_in("thu")) as stream:
        with desk.office.database.write() as connection:
            people.set_queues(connection, thu.id, ["0010"])
        desk.office.store(request("[3110#DVC] Lỗi ở Hậu Giang"), request("[0010#DVC] Lỗi", number=2))
        desk.office.process()
        told = stream.next()
        assert told is not None
        assert told["queue"] == "0010"


def test_a_stream_ends_with_its_session(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    with listening(browser) as stream:
        browser.post("/sign-out")
        assert stream.next() is None


def test_a_stream_ends_when_the_account_is_disabled(desk: DeskServer) -> None:
    with desk.office.database.read() as connection:
        lan = people.find(connection, "lan")
    assert lan is not None
    with listening(desk.let_in("lan")) as stream:
        with desk.office.database.write() as connection:
            people.change(connection, lan.id, disabled_at=desk.office.clock.now())
        assert stream.next() is None


def test_a_stream_ends_after_a_while_and_the_session_goes_on(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    with listening(browser) as stream:
        desk.office.clock.moment += LONGEST
        assert stream.next() is None
        assert browser.get("/").url.path == "/"


def test_a_stream_keeps_no_session_open(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    desk.office.clock.forward(minutes=16)
    with listening(browser) as stream:
        desk.office.clock.forward(minutes=14)
        assert stream.next() is None
        assert browser.get("/").url.path == "/sign-in"


def test_nobody_has_more_than_a_few_streams(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    with listening(browser), listening(browser), listening(browser), listening(browser), listening(browser):
        assert SEATS_OF_ONE == 5
        assert browser.get("/events").status_code == 429


def test_a_stranger_gets_no_stream(desk: DeskServer) -> None:
    assert desk.browser().client.get("/events", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


def test_a_proxy_does_not_hold_a_stream_back(desk: DeskServer) -> None:
    with listening(desk.let_in("lan")) as stream:
        assert stream.answer.headers["X-Accel-Buffering"] == "no"
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        assert "default-src 'none'" in stream.answer.headers["Content-Security-Policy"]


def test_the_server_stops_while_a_stream_is_open(tmp_path: Path) -> None:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as desk:
        desk.person("lan", "agent")
        cookies = desk.let_in("lan").client.cookies
        with listen("127.0.0.1", 0) as free:
            port = int(free.getsockname()[1])
        opened = threading.Event()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies=cookies, timeout=60) as client:
            with serve("127.0.0.1", port, create_desk(desk.app)):
                answer = client.send(client.build_request("GET", "/events"), stream=True)
                stream = Stream(answer)
                reader = threading.Thread(target=stream.read, args=(opened,))
                reader.start()
                assert opened.wait(PATIENCE_SECONDS)
            assert "web" not in {thread.name for thread in threading.enumerate()}
            assert stream.next() is None
            reader.join()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_database_tells_open_pages_at_once(desk: DeskServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_every(seconds: float) -> None:
        for name in ("EVERY_SECONDS", "EVERY_SECONDS_BY_BELL"):
            monkeypatch.setattr(f"triage.web.feed.{name}", seconds)

    look_every(3600)
    bell = desk.app.news
    listener = wakes.Listener(desk.office.database, {wakes.PAGES: bell.ring})
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        with bell.hung(), listening(desk.let_in("lan")) as stream:
            desk.office.store(request("[0010#DVC] Lỗi ở Hà Nội"))
            desk.office.process()
            told = stream.next()
            assert told is not None
            assert told["what"] == "opened"
            look_every(0.1)  # so that the end of the session is seen
            bell.ring()
    finally:
        listener.stop()
        thread.join(PATIENCE_SECONDS)
