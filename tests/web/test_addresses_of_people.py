"""The mail address of an account: changed by administrators, one person's alone."""

import re
from collections.abc import Iterator

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import OUR_ADDRESS, open_office


@pytest.fixture
def desk(tmp_path: object) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path}/x.sqlite") as office, desk_of(office) as server:
        server.person("quan", "admin")
        server.person("lan", "agent")
        server.person("thu", "coordinator", "3110")
        yield server


def test_every_queue_that_may_be_given_has_a_name(desk: DeskServer) -> None:
    page = desk.let_in("quan").get("/people/thu").text
    queues = page[page.index('name="queues"') :]
    named = re.findall(r'<option value="(?:unrouted|security)"[^>]*>([^<]*)<', queues)
    assert named == ["Chưa định tuyến", "An toàn"]


def changes(desk: DeskServer) -> int:
    """Give how many changes of an address the audit knows."""
    with desk.office.database.read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM audit WHERE action = 'address_changed'")
        return int(found.scalar_one())


def test_an_account_gets_another_address_and_loses_it_again(desk: DeskServer) -> None:
    admin = desk.let_in("quan")
    refused = admin.post("/people/thu/address", {"email": "thu kbnn.example"})
    assert refused.status_code == 409
    assert "Địa chỉ thư này không dùng được" in refused.text
    for _ in range(2):
        page = admin.post("/people/thu/address", {"email": "thu@kbnn.example"})
        assert 'value="thu@kbnn.example"' in page.text
    ours = admin.post("/people/lan/address", {"email": OUR_ADDRESS.upper()})
    assert "Đây là địa chỉ của chính hộp thư hỗ trợ" in ours.text
    taken = admin.post("/people/lan/address", {"email": "Thu@kbnn.example"})
    assert "Địa chỉ thư này là của một người dùng khác" in taken.text
    assert "<bdi>thu@kbnn.example</bdi>" not in admin.post("/people/thu/address", {"email": ""}).text
    assert changes(desk) == 2, "what was so before is no change"
