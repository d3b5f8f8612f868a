"""Tokens on the pages of the desk: made and revoked by their owner, ended by an administrator."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import open_office

from triage.service import tokens

TOKEN = re.compile(r"<code>(triage_[\w-]{43})</code>")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as desk:
        desk.person("lan", "agent")
        desk.person("thu", "coordinator", "0010")
        desk.person("tri", "admin")
        yield desk


def test_a_token_is_shown_once_and_works_until_it_is_revoked(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    form = {"name": "Cổng <b>báo cáo</b>", "scopes": ["queues:read", "verify"], "days": "30"}
    [token] = TOKEN.findall(lan.post("/account/tokens", form).text)
    page = lan.get("/account/tokens").text
    assert token not in page
    assert "<b>báo cáo" not in page
    assert "chưa dùng" in page
    with desk.program(token) as program:
        assert program.get("/queues").status_code == 200
        assert program.get("/tickets").status_code == 403
        assert "127.0.0.1" in lan.get("/account/tokens").text
        [row] = tokens.of_person(desk.office.database, "lan")
        stranger = desk.let_in("thu")
        assert stranger.post(f"/account/tokens/{row.id}/revoke").status_code == 404
        told = lan.post(f"/account/tokens/{row.id}/revoke")
        assert "Đã thu hồi mã API" in told.text
        assert program.get("/queues").status_code == 401


def test_a_form_that_makes_no_sense_is_answered_with_a_sentence(desk: DeskServer) -> None:
    thu = desk.let_in("thu")
    for form, told in (
        ({"name": "", "scopes": "verify", "days": "30"}, "Hãy đặt tên cho mã API"),
        ({"name": "x", "days": "30"}, "Hãy chọn ít nhất một việc"),
        ({"name": "x", "scopes": "mails:raw", "days": "30"}, "không dùng được quyền “mails:raw”"),
        ({"name": "x", "scopes": "verify", "days": "366"}, "từ 1 đến 365 ngày"),
    ):
        answer = thu.post("/account/tokens", form)
        assert (answer.status_code, told in answer.text) == (409, True), told
    assert "mails:raw" not in thu.get("/account/tokens").text


def test_who_signed_in_a_while_ago_proves_himself_before_he_makes_one(desk: DeskServer) -> None:
    lan = desk.let_in("lan", confirmed_minutes_ago=11)
    answer = lan.post("/account/tokens", {"name": "x", "scopes": "verify", "days": "30"})
    assert answer.url.path == "/account/confirm"
    assert tokens.of_person(desk.office.database, "lan") == []


def test_an_administrator_ends_every_token_of_somebody(desk: DeskServer) -> None:
    tri = desk.let_in("tri")
    assert "Thu hồi 1 mã API" not in tri.get("/people/lan").text
    with desk.program(desk.token("lan")) as program:
        assert "Thu hồi 1 mã API" in tri.get("/people/lan").text
        assert "Đã thu hồi 1 mã API." in tri.post("/people/lan/revoke-tokens").text
        assert program.get("/queues").status_code == 401
