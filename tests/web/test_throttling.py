"""Nobody guesses for long: by account, by network, and for nobody else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.deskserver import PASSWORD, DeskServer, desk_of
from support.office import open_office

from triage.errors import ThrottledError
from triage.service import people
from triage.service.limits import PER_ACCOUNT, PER_NETWORK, account_try, network_key


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("thu", "coordinator", "3110")
        server.person("ha", "coordinator", "0010")
        server.person("lan", "agent")
        yield server


def attempt(desk: DeskServer, name: str, password: str) -> httpx.Response:
    return desk.browser().client.post("/sign-in", data={"name": name, "password": password})


def exhaust(desk: DeskServer, name: str) -> None:
    """Use up what an account may have tried."""
    for _ in range(PER_ACCOUNT):
        account_try(desk.office.database, name, "203.0.113.9", desk.office.clock.now())


def test_after_ten_wrong_tries_the_right_password_waits_too(desk: DeskServer) -> None:
    for _ in range(PER_ACCOUNT):
        assert attempt(desk, "thu", "sai").status_code == 401
    answer = attempt(desk, "thu", PASSWORD)
    assert answer.status_code == 429
    assert "Đã thử sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại." in answer.text
    assert attempt(desk, "ha", PASSWORD).status_code == 200
    desk.office.clock.forward(minutes=15, seconds=60)
    assert attempt(desk, "thu", PASSWORD).status_code == 200


def test_a_name_that_there_is_not_is_throttled_alike(desk: DeskServer) -> None:
    exhaust(desk, "ai-do")
    assert attempt(desk, "ai-do", "sai").status_code == 429


def test_what_is_asked_while_it_is_shut_does_not_keep_it_shut(desk: DeskServer) -> None:
    exhaust(desk, "thu")
    for _ in range(3):
        desk.office.clock.forward(minutes=5)
        attempt(desk, "thu", "sai")
    desk.office.clock.forward(minutes=1)
    assert attempt(desk, "thu", PASSWORD).status_code == 200


def test_a_right_sign_in_forgives_the_wrong_ones_before(desk: DeskServer) -> None:
    for _ in range(3):
        for _ in range(PER_ACCOUNT - 1):
            account_try(desk.office.database, "thu", "203.0.113.9", desk.office.clock.now())
        assert attempt(desk, "thu", PASSWORD).status_code == 200


def test_codes_are_counted_with_passwords(desk: DeskServer) -> None:
    browser = desk.browser()
    browser.keep_token(browser.client.post("/sign-in", data={"name": "lan", "password": PASSWORD}))
    for _ in range(PER_ACCOUNT - 1):
        assert browser.post("/sign-in/code", {"code": "000000"}).status_code == 401
    assert browser.post("/sign-in/code", {"code": desk.code()}).status_code == 429
    assert attempt(desk, "lan", PASSWORD).status_code == 429


def test_one_network_may_not_try_many_names(desk: DeskServer) -> None:
    now = desk.office.clock.now()
    for number in range(PER_NETWORK):
        account_try(desk.office.database, f"ten{number}", "203.0.113.9", now)
    with pytest.raises(ThrottledError):
        account_try(desk.office.database, "thu", "203.0.113.9", now)
    account_try(desk.office.database, "thu", "203.0.113.10", now)


def test_many_people_may_come_in_from_one_network(desk: DeskServer) -> None:
    for number in range(PER_NETWORK - 1):
        account_try(desk.office.database, f"ten{number}", "127.0.0.1", desk.office.clock.now())
    for name in ("thu", "ha", "lan"):
        assert attempt(desk, name, PASSWORD).status_code == 200
    assert desk.signed_in("lan").get("/").url.path == "/"


def test_tries_at_the_same_moment_are_all_counted(desk: DeskServer) -> None:
    now = desk.office.clock.now()

    def guess(_: int) -> bool:
        try:
            account_try(desk.office.database, "thu", "203.0.113.9", now)
        except ThrottledError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(40))) == PER_ACCOUNT


@pytest.mark.parametrize(
    ("network", "key"),
    [
        ("203.0.113.9", "network:203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "network:2001:db8:1:2::/64"),
        ("testclient", "network:testclient"),
    ],
)
def test_a_network_is_an_address_or_a_whole_64_of_ipv6(network: str, key: str) -> None:
    assert network_key(network) == key


def test_being_shut_out_is_audited(desk: DeskServer) -> None:
    exhaust(desk, "thu")
    attempt(desk, "thu", PASSWORD)
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY id").all()
    assert tuple(rows[-1]) == ("thu", "throttled")


def test_nobody_guesses_the_present_password_from_a_session_that_he_found_open(desk: DeskServer) -> None:
    browser = desk.let_in("thu")
    form = {"old": "sai", "new": "một mật khẩu mới thật dài", "again": "một mật khẩu mới thật dài"}
    for _ in range(PER_ACCOUNT):
        assert browser.post("/account/password", form).status_code == 409
    assert browser.post("/account/password", {**form, "old": PASSWORD}).status_code == 429


def test_a_new_password_ends_an_invitation_that_was_still_good(desk: DeskServer) -> None:
    invited = people.invite(desk.office.database, desk.office.clock, "thu", actor="tri")
    form = {"old": PASSWORD, "new": "một mật khẩu mới thật dài", "again": "một mật khẩu mới thật dài"}
    assert "Đã đổi mật khẩu" in desk.let_in("thu").post("/account/password", form).text
    assert desk.browser().get(f"/welcome/{invited.token}").status_code == 404


def test_what_is_typed_in_place_of_a_login_does_not_stay_in_the_audit(desk: DeskServer) -> None:
    for _ in range(PER_ACCOUNT + 1):
        attempt(desk, "tr0i-xanh-may-trang", "x")
    attempt(desk, "thu", "x")
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY id").all()
    told = [(row.actor, row.action) for row in rows]
    assert told == [
        *[("unknown", "sign_in_refused")] * PER_ACCOUNT,
        ("unknown", "throttled"),
        ("thu", "sign_in_refused"),
    ]
