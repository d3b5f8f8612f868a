"""Text that no database keeps is refused in every form, before anything is asked of the database."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office

from triage.db import units
from triage.web.deskapp import ROUTERS

TOLD = "Dữ liệu gửi lên không đúng."
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"}


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("quan", "admin")
        server.person("lan", "agent")
        server.person("an", "security")
        yield server


def forms() -> list[str]:
    """Give an address of every form of the desk; 1 stands for whatever it names."""
    paths = [
        route.path_format.format_map(Names())
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    ]
    assert len(paths) > 50
    return paths


class Names(dict[str, str]):
    """Puts 1 for every name."""

    def __missing__(self, name: str) -> str:
        return "1"


def multipart(browser: Browser, path: str, name: str, value: str) -> int:
    """Send a form whose text is written in a charset that can name half of a surrogate pair."""
    parts = {"form_token": browser.form_token, "key": "k" * 20, name: value}
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n{told}\r\n'
        for one, told in parts.items()
    )
    return browser.client.post(path, content=f"{body}--x--\r\n", headers=MULTIPART).status_code


def test_no_form_takes_a_nul_in_a_value_or_a_name(desk: DeskServer) -> None:
    browser = desk.let_in("quan")
    for path in forms():
        for odd in ({"x": "a\0b"}, {"a\0b": "x"}):
            answer = browser.post(path, odd)
            assert (answer.status_code, TOLD in answer.text) == (400, True), path


@pytest.mark.parametrize(
    ("who", "path", "form"),
    [
        ("quan", "/people", {"name": "moi", "display_name": "Người\0Mới", "role": "agent"}),
        ("quan", "/people/lan/link", {"subject": "a\0b"}),
        ("lan", "/units", {"name": "Trường", "sort": "budget", "phone": "1\0"}),
        ("lan", "/views", {"address": "/tickets", "name": "a\0"}),
        ("an", "/senders/add", {"sort": "watch", "entry": "xau.example", "reason": "a\0b"}),
        ("lan", "/account/leave", {"first": "2026-12-01", "last": "2026-12-02", "deputy": "\0"}),
        ("lan", "/notices/read", {"key": "\0" * 20}),
    ],
)
def test_a_form_with_a_nul_is_told_so_and_changes_nothing(
    desk: DeskServer, who: str, path: str, form: dict[str, str]
) -> None:
    browser = desk.let_in(who)
    assert browser.post(path, form).status_code == 400
    plain = {name: value.replace("\0", "") for name, value in form.items() if name != "key"}
    assert browser.post(path, plain).status_code < 500


def test_a_stranger_who_sends_a_nul_is_told_so(desk: DeskServer) -> None:
    for form in ({"name": "a\0", "password": "x"}, {"name": "lan", "password": "\0"}):
        assert desk.browser().client.post("/sign-in", data=form).status_code == 400


def test_half_of_a_surrogate_pair_is_refused_like_a_nul(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    for odd in (r"a\ud800b", r"a\x00b"):
        assert multipart(browser, "/views", "name", odd) == 400
    assert multipart(browser, "/views", "name", r"a\u1ea1b") != 400


def test_a_file_with_a_nul_in_it_is_read_without_it(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    data = {"form_token": browser.form_token, "key": "k" * 20}
    files = {"file": ("a.csv", b"name,treasury\nTr\0m Sen,0010\n", "text/csv")}
    answer = browser.client.post("/units/import/try", data=data, files=files)
    assert answer.status_code == 200
    with desk.office.database.read() as connection:
        assert units.count(connection) == 0


@pytest.mark.parametrize("odd", ["//[", "http://[", "/\\["])
def test_an_address_to_go_on_to_that_cannot_be_read_leads_to_the_front_page(
    desk: DeskServer, odd: str
) -> None:
    browser = desk.browser()
    assert browser.client.get("/sign-in", params={"next": odd}).status_code == 200
    headers = {"Origin": odd}
    assert browser.client.post("/language", data={"language": "en"}, headers=headers).status_code == 403
