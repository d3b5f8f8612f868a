"""The search as it is served: hits, what narrows them, whose they are, what they cost."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from support.deskserver import DeskServer, desk_of
from support.manytickets import open_many
from support.office import open_office, request
from support.queries import asked_of

from triage.db.schema import audit
from triage.web.search import LIMIT

MOST_QUERIES = 20
MOST_BYTES = 100_000
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Trần Thu")
        yield server


def arrive(desk: DeskServer, *raws: bytes) -> None:
    desk.office.store(*raws)
    desk.office.process()


HANOI = request("[0010#DVC] Lỗi đăng nhập", text=f"Má hỏi đối chiếu {SCRIPT} ạ.")
HAUGIANG = request("[3110#DVC] Lỗi ký số", number=2, text="Số liệu đối chiếu không khớp.")


def test_hits_show_their_line_with_the_words_marked(desk: DeskServer) -> None:
    arrive(desk, HANOI, HAUGIANG)
    page = desk.let_in("lan").get("/search?q=doi+chieu").text
    assert "Số liệu <mark>đối</mark> <mark>chiếu</mark> không khớp" in page
    assert "KBNN Hà Nội" in page
    assert "2 phiếu" in page
    assert 'href="/tickets/SD261116-000001"' in page


def test_what_a_mail_says_stands_escaped_in_the_line(desk: DeskServer) -> None:
    arrive(desk, HANOI)
    page = desk.let_in("lan").get("/search?q=alert").text
    assert SCRIPT not in page
    assert "&lt;script&gt;<mark>alert</mark>(1)" in page


def test_what_is_typed_stands_escaped_in_the_box(desk: DeskServer) -> None:
    page = desk.let_in("lan").get(f'/search?q=status:{SCRIPT} ">{SCRIPT}').text
    assert SCRIPT not in page
    assert "Không hiểu" in page


def test_a_code_alone_leads_to_its_ticket(desk: DeskServer) -> None:
    arrive(desk, HANOI)
    answer = desk.let_in("lan").client.get("/search?q=sd261116-1", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tickets/SD261116-000001")


def test_the_code_of_a_foreign_ticket_is_answered_like_one_that_is_not_there(desk: DeskServer) -> None:
    arrive(desk, HANOI)
    thu = desk.let_in("thu")
    foreign, absent = thu.get("/search?q=SD261116-000001"), thu.get("/search?q=SD261116-000009")
    assert foreign.status_code == absent.status_code == 200
    assert "Không thấy. Thử bỏ dấu hoặc bớt điều kiện" in foreign.text
    assert plain(foreign.text) == plain(absent.text)


def plain(page: str) -> str:
    """Give a page without the values of its fields: what was typed is one of them."""
    return re.sub(r'value="[^"]*"', "", page)


def test_a_coordinator_reads_nothing_of_other_queues(desk: DeskServer) -> None:
    arrive(desk, HANOI, HAUGIANG)
    thu = desk.let_in("thu")
    for typed in ("doi chieu", "lỗi", "status:new", "queue:0010", "đăng nhập", "hoamai"):
        page = thu.client.get("/search", params={"q": typed})
        assert "đăng nhập" not in page.text.replace(f'value="{typed}"', "")
        assert "KBNN Hà Nội" not in page.text
        assert "SD261116-000001" not in page.text


def test_ways_to_narrow_count_and_keep_the_question(desk: DeskServer) -> None:
    arrive(desk, HANOI, HAUGIANG)
    lan = desk.let_in("lan")
    page = lan.get("/search?q=doi+chieu").text
    assert 'href="/search?q=doi+chieu+queue%3A0010"' in page
    narrowed = lan.get("/search?q=doi+chieu+queue%3A0010").text
    assert "SD261116-000001" in narrowed
    assert "SD261116-000002" not in narrowed


def test_many_hits_are_paged_small_and_cheap(desk: DeskServer) -> None:
    open_many(desk.office, 120, subject="Lỗi ký số " + "rất dài " * 20)
    lan = desk.let_in("lan")
    with asked_of(desk.office) as said:
        page = lan.get("/search?q=ky+so")
    assert len(said) <= MOST_QUERIES
    assert len(page.content) <= MOST_BYTES
    assert page.text.count('<a href="/tickets/') == 50
    assert "120 phiếu" in page.text
    assert lan.get("/search?q=ky+so&page=3").text.count('<a href="/tickets/') == 20
    assert lan.get("/search?q=ky+so&page=99").status_code == 200


def test_too_many_questions_in_a_minute_are_refused_and_the_next_minute_answers(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    for _ in range(LIMIT):
        assert lan.client.get("/search?q=x").status_code == 200
    assert lan.client.get("/search?q=x").status_code == 429
    desk.office.clock.forward(minutes=2)
    assert lan.client.get("/search?q=x").status_code == 200


def test_the_audit_notes_that_somebody_searched_and_not_for_what(desk: DeskServer) -> None:
    desk.let_in("lan").get("/search?q=ong+nguyen+van+a")
    with desk.office.database.read() as connection:
        rows = [str(tuple(row)) for row in connection.execute(select(audit))]
    assert any("/search" in row for row in rows)
    assert not any("nguyen" in row for row in rows)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_condition_that_the_help_names_is_understood(desk: DeskServer, language: str) -> None:
    lan = desk.let_in("lan")
    lan.post("/account/language", {"language": language})
    named = re.findall(r"<code>(\S+:\S+)</code>", lan.get("/search").text)
    assert len(named) == 10
    assert 'role="alert"' not in lan.get(f"/search?{urlencode({'q': ' '.join(named)})}").text
