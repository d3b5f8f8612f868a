"""The treasuries on pages: their codes, who looks after them, how they stand, where notices for them go."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_many
from support.office import OUR_ADDRESS, open_office, shipped_rules
from support.queries import asked_of

from triage.db import activity, people
from triage.service import treasuries, units

MOST_QUERIES = 17


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("tri", "admin")
        server.person("lan", "agent")
        server.person("ha", "coordinator", "0010", display_name="Phạm Hà", email="Ha@kbhanoi.example")
        yield server


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("tri", "admin")
        server.person("ha", "coordinator", "0010", display_name="Phạm Hà", email="ha@kbhanoi.example")
        server.person("thu", "coordinator", "3110", display_name="Lê Thu", email="thu@kbhaugiang.example")
        yield server


def row_of(page: str, name: str) -> str:
    found = [one for one in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) if name in one]
    assert len(found) == 1
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_a_treasury_stands_with_its_people_its_counts_and_its_addresses(desk: DeskServer) -> None:
    open_many(desk.office, 2)
    open_many(desk.office, 1, first=9, due_at=desk.office.clock.now() - timedelta(days=3))
    units.import_csv(
        desk.office.database, desk.office.means, "name,treasury\nTrường A,0010\nTrường B,0012\n", actor="lan"
    )
    browser = desk.let_in("lan")
    page = browser.get("/treasuries").text
    regions = re.findall(r"<h2>(?:Khu vực )?([^<]+)</h2>", page)
    assert regions[:5] == ["Trung ương", "I", "II", "III", "IV"]
    assert regions[8:11] == ["VIII", "IX", "X"]
    assert row_of(
        page, "KBNN Hà Nội"
    ) == "0010 KBNN Hà Nội Phạm Hà 3 ▲ 1 09:30 16/11/2026 ha@kbhanoi.example".replace("▲ ", "")
    assert "chưa có số hiệu" in row_of(page, "KBNN Cà Mau")
    one = browser.get("/treasuries/0010").text
    assert "2 đơn vị trong danh bạ" in one
    assert 'href="/queues/0010"' in one
    assert "Thôi phụ trách" not in one
    assert browser.get("/treasuries/security").status_code == 404


def test_a_coordinator_sees_his_own_treasury_alone(small: DeskServer) -> None:
    browser = small.let_in("ha")
    page = browser.get("/treasuries").text
    assert "KBNN Hà Nội" in page
    assert "Hậu Giang" not in page
    assert "thu@kbhaugiang.example" not in page
    assert browser.get("/treasuries/3110").status_code == 404


def test_an_administrator_says_who_looks_after_a_treasury_and_the_audit_keeps_it(desk: DeskServer) -> None:
    browser = desk.let_in("tri")
    form = {"name": "ha", "key": "one-and-the-same-key"}
    for _ in range(2):
        page = browser.post("/treasuries/3110/coordinators", form).text
        assert "Phạm Hà nay phụ trách kho bạc này." in page
    assert "Phạm Hà không còn phụ trách" in browser.post(
        "/treasuries/0010/coordinators/remove", {"name": "ha"}
    ).text  # fmt: skip
    last = browser.post("/treasuries/3110/coordinators/remove", {"name": "ha"})
    assert last.status_code == 409
    assert browser.post("/treasuries/3110/coordinators", {"name": "lan"}).status_code == 409
    assert browser.post("/treasuries/3110/coordinators", {"name": "ai"}).status_code == 404
    with desk.office.database.read() as connection:
        [account] = people.accounts(connection, "ha")
        kept = connection.execute(text("SELECT data FROM audit WHERE action = 'queues_changed' ORDER BY id"))
        assert [row.data for row in kept] == [
            '{"after":["0010","3110"],"before":["0010"]}',
            '{"after":["3110"],"before":["0010","3110"]}',
        ]
    assert account.queues == ("3110",)
    stale = desk.let_in("tri", confirmed_minutes_ago=11)
    assert stale.post("/treasuries/3110/coordinators", {"name": "ha"}).url.path == "/account/confirm"


def test_who_is_away_is_told_and_his_deputy_stands_in(small: DeskServer) -> None:
    now = small.office.clock.now()
    with small.office.database.write() as connection:
        ids = {one.name: one.id for one in people.accounts(connection)}
        until = now + timedelta(days=2)
        people.change(connection, ids["ha"], away_from=now, away_until=until, deputy_id=ids["thu"])
    row = row_of(small.let_in("tri").get("/treasuries").text, "KBNN Hà Nội")
    assert "Phạm Hà vắng đến 09:30 18/11/2026 Lê Thu thay Phạm Hà" in row
    assert "ha@kbhanoi.example thu@kbhaugiang.example" in row


def test_notices_go_to_whom_operators_wrote_down_each_once_and_never_to_us() -> None:
    rules = shipped_rules()
    named = tuple(
        replace(one, coordinator="dau-moi@kbhanoi.example") if one.code == "0010" else one
        for one in rules.treasuries.treasuries
    )
    rules = replace(rules, treasuries=replace(rules.treasuries, treasuries=named))
    there = [
        treasuries.Coordinator(str(number), "", email)
        for number, email in enumerate(
            ("A@kb.example", "a@kb.example", "", OUR_ADDRESS, "x@kb.example\r\nBcc: y@kb.example")
        )
    ]
    assert treasuries.addresses(rules, "0010", there) == ("dau-moi@kbhanoi.example", "a@kb.example")


def test_the_last_activity_is_told_from_the_newest_changes_alone(small: DeskServer) -> None:
    now = small.office.clock.now()
    open_many(small.office, 1, queue="3110", updated_at=now - timedelta(days=9))
    open_many(small.office, 3, first=5, updated_at=now - timedelta(hours=1))
    with small.office.database.read() as connection:
        who = {name: people.find(connection, name) for name in ("tri", "thu")}
        tri, thu = who["tri"], who["thu"]
        assert tri is not None
        assert thu is not None
        whole = activity.by_queue(connection, tri, now)
        some = activity.by_queue(connection, tri, now, 3)
        own = activity.by_queue(connection, thu, now)
    hour, days = now - timedelta(hours=1), now - timedelta(days=9)
    assert (whole.last, whole.since) == ({"0010": hour, "3110": days}, None)
    assert (some.last, some.since) == ({"0010": hour}, hour)
    assert own.last == {"3110": days}


def test_the_pages_ask_the_database_equally_often_for_few_and_for_many(small: DeskServer) -> None:
    browser, counts = small.let_in("tri"), []
    for first, more in ((1, 2), (50, 60)):
        open_many(small.office, more, first=first)
        for number in range(first, first + more):
            small.person(f"p{number}", "coordinator", "0010")
        for path in ("/treasuries", "/treasuries/0010"):
            with asked_of(small.office) as said:
                assert browser.get(path).status_code == 200
            counts.append(len(said))
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_QUERIES
