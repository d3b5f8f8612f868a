"""The second step of signing in: a code once, recovery codes once, no way round setting one up."""

import re
from collections.abc import Iterator

import httpx
import pytest
from support.deskserver import PASSWORD, Browser, DeskServer, desk_of
from support.office import open_office

from triage.db import people


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        yield server


def after_password(desk: DeskServer, name: str = "lan") -> Browser:
    """Give a browser that has just given the right password."""
    browser = desk.browser()
    browser.keep_token(browser.client.post("/sign-in", data={"name": name, "password": PASSWORD}))
    return browser


def with_code(browser: Browser, code: str) -> httpx.Response:
    return browser.post("/sign-in/code", {"code": code})


def enrol(desk: DeskServer, browser: Browser) -> tuple[str, ...]:
    """Set up an authenticator from its page; gives the recovery codes that it shows."""
    page = browser.get("/second-factor").text
    [key] = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
    shown = browser.post("/second-factor", {"code": desk.code(key.replace(" ", ""))}).text
    codes = tuple(re.findall(r"<code>([a-z0-9-]{29})</code>", shown))
    assert len(codes) == 10
    return codes


def test_the_password_alone_opens_nothing(desk: DeskServer) -> None:
    browser = after_password(desk)
    for path in ("/", "/account", "/second-factor", "/second-factor/picture.svg"):
        assert browser.client.get(path).url.path == "/sign-in/code"
    assert browser.post("/sign-out").status_code == 401


def test_a_code_works_once(desk: DeskServer) -> None:
    code = desk.code()
    assert with_code(after_password(desk), code).url.path == "/"
    answer = with_code(after_password(desk), code)
    assert answer.status_code == 401
    assert "Mã không đúng hoặc đã dùng" in answer.text


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_half_a_minute_off(desk: DeskServer, steps: int, status: int) -> None:
    assert with_code(after_password(desk), desk.code(steps=steps)).status_code == status


def test_a_code_from_before_the_last_one_used_is_refused(desk: DeskServer) -> None:
    assert with_code(after_password(desk), desk.code()).status_code == 200
    assert with_code(after_password(desk), desk.code(steps=-1)).status_code == 401
    assert with_code(after_password(desk), desk.code(steps=1)).status_code == 200


def test_the_half_session_is_over_once_the_code_is_given(desk: DeskServer) -> None:
    browser = after_password(desk)
    half = dict(browser.client.cookies)
    with_code(browser, desk.code())
    assert dict(browser.client.cookies) != half
    thief = desk.browser()
    thief.client.cookies.update(half)
    assert thief.get("/").url.path == "/sign-in"


def test_a_half_session_waits_a_quarter_of_an_hour(desk: DeskServer) -> None:
    browser = after_password(desk)
    desk.office.clock.forward(minutes=16)
    assert with_code(browser, desk.code()).status_code == 401
    assert browser.get("/").url.path == "/sign-in"


def test_a_form_of_the_second_step_needs_its_token(desk: DeskServer) -> None:
    browser = after_password(desk)
    assert browser.post("/sign-in/code", {"code": desk.code(), "form_token": "x"}).status_code == 403


@pytest.mark.parametrize("role", ["agent", "security", "auditor", "admin"])
def test_whoever_needs_a_code_sets_one_up_before_anything_else(desk: DeskServer, role: str) -> None:
    desk.person("moi", role, totp_secret=None)
    browser = after_password(desk, "moi")
    for path in ("/", "/account", "/account/confirm"):
        assert browser.client.get(path).url.path == "/second-factor"
    assert browser.post("/account/password", {"old": PASSWORD, "new": "x"}).status_code == 401
    enrol(desk, browser)
    assert browser.get("/").url.path == "/"


def test_a_coordinator_may_do_without_a_code(desk: DeskServer) -> None:
    desk.person("thu", "coordinator", "3110")
    assert after_password(desk, "thu").get("/").url.path == "/queues/3110"


def test_the_picture_is_an_image_of_its_own_with_no_script(desk: DeskServer) -> None:
    desk.person("moi", "agent", totp_secret=None)
    browser = after_password(desk, "moi")
    page = browser.get("/second-factor").text
    assert "<svg" not in page
    picture = browser.client.get("/second-factor/picture.svg")
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert picture.headers["Cache-Control"] == "no-store"
    assert picture.text.count("<path") >= 1
    assert "<script" not in picture.text


def test_a_wrong_first_code_sets_nothing_up(desk: DeskServer) -> None:
    desk.person("moi", "agent", totp_secret=None)
    browser = after_password(desk, "moi")
    browser.get("/second-factor")
    assert browser.post("/second-factor", {"code": "000000"}).status_code == 422
    with desk.office.database.read() as connection:
        known = people.credentials(connection, "moi")
    assert known is not None
    assert known.totp_secret is None


def test_a_recovery_code_works_once(desk: DeskServer) -> None:
    desk.person("moi", "agent", totp_secret=None)
    first, *_ = enrol(desk, after_password(desk, "moi"))
    assert with_code(after_password(desk, "moi"), first.upper()).url.path == "/"
    assert with_code(after_password(desk, "moi"), first).status_code == 401


def test_recovery_codes_are_kept_as_hashes_of_118_bits(desk: DeskServer) -> None:
    desk.person("moi", "agent", totp_secret=None)
    codes = enrol(desk, after_password(desk, "moi"))
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    with desk.office.database.read() as connection:
        stored = connection.exec_driver_sql("SELECT code_hash FROM recovery_codes").scalars().all()
    assert len(stored) == 10
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in stored)


def test_a_new_authenticator_ends_every_other_session(desk: DeskServer) -> None:
    other = desk.signed_in("lan")
    browser = desk.signed_in("lan")
    enrol(desk, browser)
    assert browser.get("/").url.path == "/"
    assert other.get("/").url.path == "/sign-in"


def test_a_code_of_another_person_opens_nothing(desk: DeskServer) -> None:
    desk.person("binh", "agent", totp_secret="A" * 32)
    assert with_code(after_password(desk, "binh"), desk.code()).status_code == 401
