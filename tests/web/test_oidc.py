"""Signing in by OpenID Connect, with a real provider on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.deskserver import NO_TLS, PASSWORD, Browser, DeskServer, config_of, desk_of
from support.office import Office, open_office
from support.oidc_provider import (
    CLIENT,
    CLIENT_SECRET,
    OidcProvider,
    provider_of,
    sign_ec,
    sign_not,
    sign_rs512,
    sign_strangely,
    sign_with_public_key,
)
from support.viewing import serving

from triage.adapters.configsections import OidcConfig, WebConfig
from triage.app import App
from triage.core.people import Role
from triage.db import people as rows
from triage.errors import AccountError
from triage.resources import resource
from triage.service import oidc, people
from triage.web.deskapp import create_desk

UNPROVED = "Lần đăng nhập này chưa hoàn tất hoặc đã hết hạn."
UNREACHABLE = "Không liên lạc được với hệ thống đăng nhập của cơ quan."
UNKNOWN = "Tài khoản này chưa được gắn với người dùng nào ở đây."


def desk_with(office: Office, provider: OidcProvider, port: int, **oidc: Any) -> App:
    """Put an installation together that knows a provider and is called by this port."""
    config = config_of("sqlite://").model_copy(
        update={
            "web": WebConfig(secure_cookies=False, address=f"http://127.0.0.1:{port}"),
            "oidc": OidcConfig(
                issuer=provider.url,
                client_id=CLIENT,
                client_secret=CLIENT_SECRET,
                label="SSO Kho bạc",
                **oidc,
            ),
        }
    )
    return App(config, Path(resource("rules")), office.database, office.means, "desk")


@pytest.fixture(autouse=True)
def _no_authorities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody here speaks TLS, and reading all authorities of the machine takes longer than signing in."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))


@pytest.fixture
def provider_and_desk(
    database_url: str, request: pytest.FixtureRequest
) -> Iterator[tuple[OidcProvider, DeskServer]]:
    own: dict[str, Any] = getattr(request, "param", {})
    with open_office(database_url) as office, provider_of(office.clock.now) as provider:
        late: dict[str, Any] = {}

        async def served(scope: Any, receive: Any, send: Any) -> None:
            await late["desk"](scope, receive, send)

        with serving(served) as port:
            app = desk_with(office, provider, port, **own)
            late["desk"] = create_desk(app)
            desk = DeskServer(office, app, f"http://127.0.0.1:{port}")
            desk.person("thu", "coordinator", "3110", email="lan@kbnn.example")
            desk.person("lan", "agent", email="lan@kbnn.example")
            link(desk, provider, "thu", "sub-thu")
            link(desk, provider, "lan", "sub-lan")
            provider.subject = "sub-thu"
            yield provider, desk
            desk.close()


Both = tuple[OidcProvider, DeskServer]
TRUSTED = pytest.mark.parametrize("provider_and_desk", [{"second_factor": True}], indirect=True)


def link(desk: DeskServer, provider: OidcProvider, name: str, subject: str) -> None:
    oidc.link(desk.office.database, desk.office.clock, name, provider.url, subject, actor="test")


def enter(browser: Browser, there: str = "/account", **more: str) -> httpx.Response:
    return browser.client.get("/sign-in/oidc", params={"next": there, **more})


def way_back(desk: DeskServer, browser: Browser) -> str:
    """Begin, sign in at the provider, and give the address that it leads back to."""
    begun = browser.client.get("/sign-in/oidc", follow_redirects=False)
    at_provider = httpx.get(begun.headers["location"], verify=NO_TLS)
    assert at_provider.headers["location"].startswith(desk.url)
    return str(at_provider.headers["location"])


def audited(desk: DeskServer) -> tuple[str, str]:
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY id").all()
    return [(row.actor, row.action) for row in rows if row.action != "view"][-1]


def sessions_of(desk: DeskServer) -> list[str]:
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT factor FROM web_sessions WHERE ended_at IS NULL ORDER BY id"
        )
        return [str(row.factor) for row in rows]


def test_somebody_who_is_linked_comes_in(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    browser = desk.browser()
    assert "SSO Kho bạc" in browser.get("/sign-in").text
    answer = enter(browser)
    assert (answer.status_code, answer.url.path) == (200, "/account")
    assert audited(desk) == ("thu", "signed_in")
    assert sessions_of(desk) == ["oidc"]


def test_what_is_asked_of_the_provider_is_new_each_time(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    for _ in range(2):
        assert enter(desk.browser()).status_code == 200
    first, second = provider.asked
    assert first["code_challenge_method"] == "S256"
    assert first["scope"] == "openid"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]


def test_an_agent_still_gives_his_code(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    provider.subject = "sub-lan"
    browser = desk.browser()
    answer = enter(browser)
    assert answer.url.path == "/sign-in/code"
    assert sessions_of(desk) == ["half"]
    browser.keep_token(answer)
    answer = browser.post("/sign-in/code", {"code": desk.code(), "next": "/account"})
    assert (answer.status_code, answer.url.path) == (200, "/account")


@TRUSTED
def test_no_code_is_asked_where_the_provider_demands_a_second_factor(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    provider.subject = "sub-lan"
    assert enter(desk.browser()).url.path == "/account"
    assert sessions_of(desk) == ["oidc"]


def test_the_other_allowed_algorithm_is_taken(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    provider.sign = sign_ec
    assert enter(desk.browser()).url.path == "/account"


@pytest.mark.parametrize("sign", [sign_not, sign_with_public_key, sign_rs512, sign_strangely])
def test_a_token_that_is_not_signed_as_agreed_opens_nothing(
    provider_and_desk: Both, sign: Callable[[dict[str, Any]], str]
) -> None:
    provider, desk = provider_and_desk
    provider.sign = sign
    demand_refused(desk, enter(desk.browser()))


WRONG = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": [CLIENT, "another"]},
    {"azp": "another"},
    {"iss": "https://another.example"},
    {"exp": 1},
    {"exp": None},
    {"iat": 1},
    {"iat": 9_999_999_999},
    {"sub": None},
    {"sub": ""},
]


@pytest.mark.parametrize("claims", WRONG, ids=str)
def test_a_token_that_says_something_wrong_opens_nothing(
    provider_and_desk: Both, claims: dict[str, Any]
) -> None:
    provider, desk = provider_and_desk
    provider.claims = claims
    demand_refused(desk, enter(desk.browser()))


def demand_refused(desk: DeskServer, answer: httpx.Response) -> None:
    assert answer.status_code == 400
    assert UNPROVED in answer.text
    assert sessions_of(desk) == []
    assert audited(desk) == ("oidc", "sign_in_refused")


def test_a_way_back_is_good_for_the_browser_that_began_and_once(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    browser = desk.browser()
    address = way_back(desk, browser)
    assert desk.browser().client.get(address).status_code == 400
    assert browser.client.get(address.replace("state=", "state=x")).status_code == 400
    begun = desk.browser()
    address = way_back(desk, begun)
    assert begun.client.get(address).status_code == 200
    begun.client.cookies.clear()
    assert begun.client.get(address).status_code == 400


def test_a_state_works_once_even_with_its_cookie(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    browser = desk.browser()
    address = way_back(desk, browser)
    kept = dict(browser.client.cookies)
    assert browser.client.get(address).status_code == 200
    again = desk.browser()
    again.client.cookies.update(kept)
    assert again.client.get(address).status_code == 400


def test_a_code_of_another_attempt_fails_at_its_verifier(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    thief, victim = desk.browser(), desk.browser()
    stolen = httpx.URL(way_back(desk, victim)).params["code"]
    own = httpx.URL(way_back(desk, thief))
    demand_refused(desk, thief.client.get(own.copy_set_param("code", stolen)))


def test_an_attempt_lasts_ten_minutes(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    browser = desk.browser()
    address = way_back(desk, browser)
    desk.office.clock.forward(minutes=10)
    demand_refused(desk, browser.client.get(address))


def test_whoever_gives_up_at_the_provider_is_told(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    browser = desk.browser()
    address = httpx.URL(way_back(desk, browser)).copy_remove_param("code").copy_set_param("error", "no")
    demand_refused(desk, browser.client.get(address))


def test_the_same_mail_with_another_subject_is_nobody(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    provider.subject = "sub-xau"
    answer = enter(desk.browser())
    assert answer.status_code == 403
    assert UNKNOWN in answer.text
    assert audited(desk) == ("oidc", "sign_in_refused")


def test_whoever_is_disabled_is_told_what_a_stranger_is(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    people.disable(desk.office.database, desk.office.clock, "thu", actor="test")
    answer = enter(desk.browser())
    assert (answer.status_code, sessions_of(desk)) == (403, [])
    provider.subject = "sub-xau"
    assert answer.text == enter(desk.browser()).text


def test_a_subject_belongs_to_one_account_and_parting_ends_sessions(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    with pytest.raises(AccountError, match="belongs to another account"):
        link(desk, provider, "lan", "sub-thu")
    browser = desk.browser()
    assert enter(browser).url.path == "/account"
    oidc.unlink(desk.office.database, desk.office.clock, "thu", actor="test")
    assert browser.get("/account").url.path == "/sign-in"
    assert enter(desk.browser()).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"down": True},
        {"moved": True},
        {"document": {"issuer": "https://another.example"}},
        {"document": {"token_endpoint": "http://far.example/token"}},
        {"document": {"jwks_uri": None}},
    ],
    ids=str,
)
def test_a_provider_that_cannot_be_used_is_told_and_passwords_go_on(
    provider_and_desk: Both, wrong: dict[str, Any]
) -> None:
    provider, desk = provider_and_desk
    for name, value in wrong.items():
        setattr(provider, name, value)
    answer = enter(desk.browser())
    assert answer.status_code == 503
    assert UNREACHABLE in answer.text
    assert audited(desk) == ("oidc", "sign_in_refused")
    assert desk.browser().client.post(
        "/sign-in", data={"name": "thu", "password": PASSWORD, "next": "/account"}
    ).url.path == ("/account")


def test_too_many_attempts_of_a_network_wait_and_passwords_go_on(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    for _ in range(oidc.PER_NETWORK - 1):
        oidc.count_attempt(desk.office.database, "127.0.0.1", desk.office.clock.now())
    assert enter(desk.browser()).status_code == 200, "who comes in gives his attempt back"
    oidc.count_attempt(desk.office.database, "127.0.0.1", desk.office.clock.now())
    assert enter(desk.browser()).status_code == 429
    assert desk.signed_in("thu").get("/account").status_code == 200


def test_what_weighs_more_leads_to_the_provider_again(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    with desk.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE people SET password_hash = NULL WHERE name = 'thu'")
    provider.claims = {"auth_time": 1}
    browser = desk.browser()
    enter(browser)
    page = browser.get("/tickets.csv")
    assert page.url.path == "/account/confirm"
    assert "/sign-in/oidc?again=true&amp;next=/tickets.csv" in page.text
    assert 'name="password"' not in page.text
    assert enter(browser, "/tickets.csv", again="true").status_code == 400
    provider.claims = {}
    enter(browser)
    answer = enter(browser, "/tickets.csv", again="true")
    assert (answer.status_code, answer.url.path) == (200, "/tickets.csv")
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")


def test_it_leads_nowhere_else_and_its_cookie_is_ours_alone(provider_and_desk: Both) -> None:
    _, desk = provider_and_desk
    assert enter(desk.browser(), "https://xau.example/").url.host == "127.0.0.1"
    cookie = desk.browser().client.get("/sign-in/oidc", follow_redirects=False).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Max-Age=600" in cookie
    assert "SameSite=lax" in cookie


def test_without_a_provider_there_is_no_button_and_no_way(tmp_path: Path) -> None:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        app = App(config_of("sqlite://"), Path(resource("rules")), office.database, office.means, "desk")
        with serving(create_desk(app)) as port:
            url = f"http://127.0.0.1:{port}"
            assert "/sign-in/oidc" not in httpx.get(f"{url}/sign-in", verify=NO_TLS).text
            assert httpx.get(f"{url}/sign-in/oidc", verify=NO_TLS).status_code == 404
            assert httpx.get(f"{url}/sign-in/oidc/back?state=x&code=y", verify=NO_TLS).status_code == 404


def test_an_identity_is_found_on_either_database(database_url: str) -> None:
    with open_office(database_url) as office:
        now = office.clock.now()
        with office.database.write() as connection:
            rows.add(connection, now, name="thu", role=Role.COORDINATOR.value, display_name="Thu")
        oidc.link(office.database, office.clock, "thu", "https://sso.example", "Sub", actor="test")
        with office.database.read() as connection:
            found = rows.find_linked(connection, "https://sso.example", "Sub")
            assert found is not None
            assert found.name == "thu"
            assert rows.find_linked(connection, "https://sso.example", "sub") is None
            assert rows.find_linked(connection, "https://sso.example/", "Sub") is None


def test_an_account_is_tied_and_parted_on_its_page(provider_and_desk: Both) -> None:
    provider, desk = provider_and_desk
    desk.person("tri", "admin")
    desk.person("ha", "coordinator", "0010")
    admin = desk.let_in("tri")
    assert "Chưa gắn" in admin.get("/people/ha").text
    assert "Đã gắn tài khoản cơ quan" in admin.post("/people/ha/link", {"subject": " sub-ha "}).text
    assert audited(desk) == ("tri", "identity_linked")
    provider.subject = "sub-ha"
    assert enter(desk.browser()).url.path == "/account"
    assert "đã gắn với một người dùng khác" in admin.post("/people/ha/link", {"subject": "sub-thu"}).text
    assert "Hãy ghi mã định danh" in admin.post("/people/ha/link", {"subject": " "}).text
    assert "Đã bỏ gắn tài khoản cơ quan" in admin.post("/people/ha/unlink").text
    assert audited(desk) == ("tri", "identity_unlinked")
    assert enter(desk.browser()).url.path != "/account"


def test_tying_an_account_asks_for_the_password_again_and_for_a_provider(
    provider_and_desk: Both, tmp_path: Path
) -> None:
    _, desk = provider_and_desk
    desk.person("tri", "admin")
    late = desk.let_in("tri", confirmed_minutes_ago=11)
    assert late.post("/people/thu/link", {"subject": "x"}).url.path == "/account/confirm"
    assert late.post("/people/thu/unlink").url.path == "/account/confirm"
    with open_office(f"sqlite:///{tmp_path / 'without.sqlite'}") as office, desk_of(office) as other:
        other.person("tri", "admin")
        other.person("thu", "coordinator", "3110")
        admin = other.let_in("tri")
        assert 'id="subject"' not in admin.get("/people/thu").text
        answer = admin.post("/people/thu/link", {"subject": "x"})
        assert answer.status_code == 409
        assert "Chưa cài đăng nhập bằng tài khoản cơ quan (mục [oidc]" in answer.text
