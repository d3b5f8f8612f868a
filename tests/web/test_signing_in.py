"""Signing in and out on the desk, over a real server."""

from collections.abc import Iterator

import pytest
from argon2 import Type, extract_parameters
from support.deskserver import PASSWORD, DeskServer, desk_of
from support.office import open_office, request
from support.quickhash import SHIPPED

from triage.web.headers import EVERYWHERE


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Trần Anh Thư")
        yield server


def test_a_page_asks_a_stranger_to_sign_in_and_leads_back(desk: DeskServer) -> None:
    browser = desk.browser()
    answer = browser.get("/?status=new")
    assert answer.url.path == "/sign-in"
    answer = browser.client.post(
        "/sign-in", data={"name": "lan", "password": PASSWORD, "next": "/?status=new"}
    )
    browser.keep_token(answer)
    answer = browser.post("/sign-in/code", {"code": desk.code(), "next": "/?status=new"})
    assert str(answer.url).endswith("/?status=new")
    assert "Nguyễn Thị Lan" in answer.text


@pytest.mark.parametrize(("name", "password"), [("lan", "sai"), ("ai-do", PASSWORD), ("", "")])
def test_what_is_wrong_is_told_in_the_same_words(desk: DeskServer, name: str, password: str) -> None:
    answer = desk.browser().client.post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.text


@pytest.mark.parametrize("there", ["https://xau.example/", "//xau.example", "/\\xau.example", "javascript:1"])
def test_signing_in_leads_nowhere_else(desk: DeskServer, there: str) -> None:
    answer = desk.browser().client.post("/sign-in", data={"name": "thu", "password": PASSWORD, "next": there})
    assert answer.history[0].headers["location"] == "/"
    assert answer.url.host == "127.0.0.1"


def test_a_form_of_a_page_that_sends_no_referrer_is_taken(desk: DeskServer) -> None:
    browser = desk.signed_in("lan")
    assert browser.post("/sign-out", Origin="null").url.path == "/sign-in"


def test_after_signing_out_the_session_opens_nothing_any_more(desk: DeskServer) -> None:
    browser = desk.signed_in("lan")
    stolen = dict(browser.client.cookies)
    browser.post("/sign-out")
    again = desk.browser()
    again.client.cookies.update(stolen)
    assert again.get("/").url.path == "/sign-in"


def test_a_form_without_the_token_of_its_session_is_refused(desk: DeskServer) -> None:
    browser = desk.signed_in("lan")
    assert browser.post("/sign-out", {"form_token": "x"}).status_code == 403
    assert browser.post("/sign-out", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/sign-out", Origin="https://xau.example").status_code == 403
    assert browser.post("/sign-out", Origin="null", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.get("/").url.path == "/"


def test_a_coordinator_sees_the_tickets_of_his_queue_alone(desk: DeskServer) -> None:
    desk.office.store(request("[0010#DVC] Lỗi ở Hà Nội"), request("[3110#DVC] Lỗi ở Hậu Giang", number=2))
    desk.office.process()
    assert "Lỗi ở Hà Nội" in desk.signed_in("lan").get("/tickets").text
    page = desk.signed_in("thu").get("/tickets").text
    assert "Lỗi ở Hậu Giang" in page
    assert "Lỗi ở Hà Nội" not in page


@pytest.mark.parametrize("path", ["/", "/sign-in", "/none", "/healthz", "/static/none.css"])
def test_every_answer_bears_the_headers_that_guard_it(desk: DeskServer, path: str) -> None:
    answer = desk.browser().client.get(path, follow_redirects=False)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for name in EVERYWHERE:
        assert name in answer.headers


def test_whoever_steals_the_database_pays_dearly_for_each_guess() -> None:
    costs = extract_parameters(SHIPPED.hash(PASSWORD))
    assert costs.type is Type.ID
    assert costs.memory_cost >= 64 * 1024
    assert costs.time_cost >= 3
