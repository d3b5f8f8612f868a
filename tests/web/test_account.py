"""One's own account and those of others: what ends sessions, what is asked again, who may do what to whom."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.deskserver import PASSWORD, DeskServer, desk_of
from support.office import open_office, request

import triage
from triage.adapters.configsections import ByMailConfig
from triage.core.accounts import AFTER_SEND
from triage.web.auditwords import action_words
from triage.web.templating import words_of

NEW_PASSWORD = "bốn con mèo ngủ trên mái"


@pytest.fixture
def desk(tmp_path: object) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path}/x.sqlite") as office, desk_of(office) as server:
        server.person("quan", "admin", display_name="Lê Minh Quân")
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110")
        server.person("ha", "coordinator", "0010")
        yield server


def actions(desk: DeskServer, what: str = "") -> list[str]:
    with desk.office.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT action, object FROM audit ORDER BY id").all()
    return [action for action, found in rows if not what or found == what]


def invitation(text: str) -> str:
    [token] = re.findall(r"/welcome/([\w-]{43})", text)
    return str(token)


def test_an_invitation_lets_somebody_choose_a_password_once(desk: DeskServer) -> None:
    shown = desk.let_in("quan").post(
        "/people", {"name": "Binh", "display_name": "Trần Bình", "role": "coordinator", "queues": "0010"}
    )
    token = invitation(shown.text)
    browser = desk.browser()
    for _ in range(2):
        assert "binh" in browser.get(f"/welcome/{token}").text
    chosen = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert browser.client.post(f"/welcome/{token}", data=chosen).url.path == "/queues/0010"
    assert desk.browser().client.post(f"/welcome/{token}", data=chosen).status_code == 404
    answer = desk.browser().client.post("/sign-in", data={"name": "binh", "password": NEW_PASSWORD})
    assert answer.url.path == "/queues/0010"


def test_an_invitation_is_kept_as_a_hash_and_over_after_a_day(desk: DeskServer) -> None:
    token = invitation(desk.let_in("quan").post("/people/lan/invite").text)
    with desk.office.database.read() as connection:
        stored = connection.exec_driver_sql("SELECT token_hash FROM one_time_tokens").scalar()
    assert stored is not None
    assert token not in stored
    assert desk.browser().get(f"/welcome/{token}").status_code == 200
    desk.office.clock.forward(hours=24)
    assert desk.browser().get(f"/welcome/{token}").status_code == 404


def test_a_new_invitation_and_a_disabling_end_the_one_before(desk: DeskServer) -> None:
    admin = desk.let_in("quan")
    first = invitation(admin.post("/people/lan/invite").text)
    second = invitation(admin.post("/people/lan/invite").text)
    assert desk.browser().get(f"/welcome/{first}").status_code == 404
    assert desk.browser().get(f"/welcome/{second}").status_code == 200
    admin.post("/people/lan/disable")
    assert desk.browser().get(f"/welcome/{second}").status_code == 404


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("ngắn quá", "ít nhất 12 ký tự"),
        ("Matkhau@123456", "dễ đoán"),
        ("tôi tên là lan đó", "tên đăng nhập"),
        ("dài " * 33, "dài nhất 128"),
    ],
)
def test_a_weak_password_is_told_and_uses_nothing_up(desk: DeskServer, password: str, told: str) -> None:
    token = invitation(desk.let_in("quan").post("/people/lan/invite").text)
    answer = desk.browser().client.post(f"/welcome/{token}", data={"password": password, "again": password})
    assert answer.status_code == 422
    assert told in answer.text
    assert desk.browser().get(f"/welcome/{token}").status_code == 200


def test_fields_for_passwords_and_codes_take_what_is_pasted(desk: DeskServer) -> None:
    token = invitation(desk.let_in("quan").post("/people/lan/invite").text)
    for path in (f"/welcome/{token}", "/sign-in"):
        page = desk.browser().get(path).text
        assert 'autocomplete="off" type="password"' not in page
        assert "onpaste" not in page
    assert 'autocomplete="new-password"' in desk.browser().get(f"/welcome/{token}").text


@pytest.mark.parametrize("verb", ["disable", "role", "reset-code", "end-sessions"])
def test_what_an_administrator_takes_away_ends_every_session(desk: DeskServer, verb: str) -> None:
    first, second = desk.let_in("lan"), desk.let_in("lan")
    admin = desk.let_in("quan")
    assert admin.post(f"/people/lan/{verb}", {"role": "auditor"}).status_code == 200
    for browser in (first, second):
        assert browser.get("/").url.path == "/sign-in"
    with desk.office.database.read() as connection:
        reasons = connection.exec_driver_sql(
            "SELECT DISTINCT ended_why FROM web_sessions WHERE ended_at IS NOT NULL"
        ).scalars()
        assert all(reasons)
    assert admin.get("/people").status_code == 200


def test_whoever_is_disabled_comes_in_no_more_until_enabled(desk: DeskServer) -> None:
    admin = desk.let_in("quan")
    admin.post("/people/thu/disable")
    form = {"name": "thu", "password": PASSWORD}
    assert desk.browser().client.post("/sign-in", data=form).status_code == 401
    admin.post("/people/thu/enable")
    assert desk.browser().client.post("/sign-in", data=form).url.path == "/queues/3110"


def test_nobody_disables_or_demotes_himself_and_the_last_administrator_stays(desk: DeskServer) -> None:
    admin = desk.let_in("quan")
    for verb in ("disable", "role"):
        answer = admin.post(f"/people/quan/{verb}", {"role": "agent"})
        assert answer.status_code == 409
        assert "Bạn không thể tự" in answer.text
    desk.person("hai", "admin")
    other = desk.let_in("hai")
    assert other.post("/people/quan/disable").status_code == 200
    assert other.post("/people/hai/role", {"role": "agent"}).status_code == 409
    assert admin.get("/").url.path == "/sign-in"


def test_a_queue_that_is_given_up_is_gone_with_the_next_page(desk: DeskServer) -> None:
    desk.office.store(request("[3110#DVC] Lỗi ở Hậu Giang"))
    desk.office.process()
    browser = desk.let_in("thu")
    assert browser.get("/tickets/SD261116-000001").status_code == 200
    desk.let_in("quan").post("/people/thu/queues", {"queues": "0010"})
    assert browser.get("/tickets/SD261116-000001").status_code == 404


def test_what_weighs_more_asks_for_the_password_again_after_ten_minutes(desk: DeskServer) -> None:
    admin = desk.let_in("quan", confirmed_minutes_ago=11)
    answer = admin.post("/people/lan/role", {"role": "auditor"})
    assert answer.url.path == "/account/confirm"
    assert "role_changed" not in actions(desk)
    assert admin.post("/account/confirm", {"password": "sai", "next": "/people"}).status_code == 422
    assert admin.post("/account/confirm", {"password": PASSWORD, "next": "/people"}).url.path == "/people"
    admin.post("/people/lan/role", {"role": "auditor"})
    assert "role_changed" in actions(desk)
    stale = desk.let_in("lan", confirmed_minutes_ago=11)
    assert stale.get("/second-factor").url.path == "/account/confirm"


def test_somebody_sees_and_ends_his_own_sessions_alone(desk: DeskServer) -> None:
    first, second, other = desk.let_in("thu"), desk.let_in("thu"), desk.let_in("ha")
    page = first.get("/account").text
    numbers = re.findall(r"/account/sessions/(\d+)/end", page)
    assert len(numbers) == 1
    assert other.post(f"/account/sessions/{numbers[0]}/end").status_code == 404
    assert second.get("/").url.path == "/queues/3110"
    first.post(f"/account/sessions/{numbers[0]}/end")
    assert second.get("/").url.path == "/sign-in"
    third = desk.let_in("thu")
    first.post("/account/sessions/end-others")
    assert third.get("/").url.path == "/sign-in"
    assert first.get("/").url.path == "/queues/3110"


def test_a_new_password_ends_the_other_sessions(desk: DeskServer) -> None:
    browser, other = desk.let_in("thu"), desk.let_in("thu")
    form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert browser.post("/account/password", {**form, "old": "sai"}).status_code == 409
    assert browser.post("/account/password", {**form, "new": "ngắn", "again": "ngắn"}).status_code == 409
    assert "Đã đổi mật khẩu" in browser.post("/account/password", form).text
    assert browser.get("/").url.path == "/queues/3110"
    assert other.get("/").url.path == "/sign-in"


def test_a_session_rests_half_an_hour_and_lasts_twelve_hours(desk: DeskServer) -> None:
    browser = desk.let_in("thu")
    for _ in range(24):
        desk.office.clock.forward(minutes=29)
        assert browser.get("/").url.path == "/queues/3110"
    desk.office.clock.forward(minutes=25)
    assert browser.get("/").url.path == "/sign-in"
    rested = desk.let_in("thu")
    desk.office.clock.forward(minutes=31)
    assert rested.get("/").url.path == "/sign-in"


def test_a_deputy_sees_the_queues_while_the_other_is_away(desk: DeskServer) -> None:
    desk.office.store(request("[3110#DVC] Lỗi ở Hậu Giang"))
    desk.office.process()
    today = desk.office.clock.now()
    form = {"first": f"{today:%Y-%m-%d}", "last": f"{today + timedelta(days=1):%Y-%m-%d}", "deputy": "ha"}
    deputy = desk.let_in("ha")
    assert deputy.get("/tickets/SD261116-000001").status_code == 404
    assert "Đã ghi thời gian vắng mặt" in desk.let_in("thu").post("/account/leave", form).text
    assert deputy.get("/tickets/SD261116-000001").status_code == 200
    desk.let_in("thu").post("/account/leave/end")
    assert deputy.get("/tickets/SD261116-000001").status_code == 404


@pytest.mark.parametrize("deputy", ["lan", "thu", "ai-do"])
def test_only_another_coordinator_stands_in_for_a_coordinator(desk: DeskServer, deputy: str) -> None:
    today = desk.office.clock.now()
    form = {"first": f"{today:%Y-%m-%d}", "last": f"{today:%Y-%m-%d}", "deputy": deputy}
    assert desk.let_in("thu").post("/account/leave", form).status_code == 409


def test_only_a_coordinator_with_an_address_wishes_for_new_tickets_where_they_are_sent(
    desk: DeskServer,
) -> None:
    desk.person("my", "coordinator", "0010", email="my@kbnn.example")
    my, field = desk.let_in("my"), 'name="forward"'
    assert field not in my.get("/account").text
    my.post("/account/preferences", {"forward": "on"})
    config = desk.app.config
    desk.app.config = config.model_copy(update={"by_mail": ByMailConfig(forward="summary")})
    assert f'{field} value="on">' in my.get("/account").text
    my.post("/account/preferences", {"forward": "on"})
    assert f'{field} value="on" checked>' in my.get("/account").text
    my.post("/account/preferences", {})
    assert f'{field} value="on">' in my.get("/account").text
    for other in ("ha", "lan"):
        assert field not in desk.let_in(other).get("/account").text


def test_habits_and_language_are_remembered(desk: DeskServer) -> None:
    browser = desk.let_in("thu")
    browser.post("/account/preferences", {"density": "roomy", "after_send": "next", "x": "y"})
    with desk.office.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT preferences FROM people WHERE name = 'thu'").scalar()
    assert kept is not None
    assert '"density":"roomy"' in kept
    assert '"shortcuts":false' in kept
    assert '"x"' not in kept
    browser.post("/account/language", {"language": "en", "next": "/account"})
    assert '<html lang="en">' in browser.get("/account").text
    stranger = desk.browser()
    stranger.client.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en">' in stranger.get("/sign-in").text


def test_every_change_of_an_account_is_audited(desk: DeskServer) -> None:
    admin = desk.let_in("quan")
    admin.post("/people", {"name": "moi", "display_name": "Người Mới", "role": "agent"})
    for verb in ("invite", "role", "reset-code", "end-sessions", "disable", "enable"):
        admin.post(f"/people/moi/{verb}", {"role": "auditor"})
    assert actions(desk, "people/moi") == [
        "person_added",
        "person_invited",
        "role_changed",
        "second_factor_reset",
        "sessions_ended",
        "person_disabled",
        "person_enabled",
    ]


def test_the_audit_is_read_page_by_page_and_by_person(desk: DeskServer) -> None:
    auditor = "kiem"
    desk.person(auditor, "auditor")
    lan = desk.let_in("lan")
    for _ in range(60):
        lan.get("/")
    browser = desk.let_in(auditor)
    first = browser.get("/audit?actor=lan").text
    assert first.count("<bdi>lan</bdi>") == 50
    [older] = re.findall(r'href="(/audit\?actor=lan&amp;before=\d+)"', first)
    assert browser.get(older.replace("&amp;", "&")).text.count("<bdi>lan</bdi>") == 10


def test_the_audit_says_in_words_what_was_done(desk: DeskServer) -> None:
    desk.person("kiem", "auditor")
    desk.office.store(request())
    desk.office.process()
    lan = desk.signed_in("lan")
    lan.get("/tickets/SD261116-000001")
    lan.post("/tickets/SD261116-000001/take")
    lan.get("/audit")
    page = desk.let_in("kiem").get("/audit?actor=lan").text
    told = re.findall(r'data-label="Việc"><a[^>]*>([^<]+)<', page)
    assert told[0] == "bị từ chối, không có quyền"
    assert {"giao xử lý", "mở trang", "đăng nhập", "nhập đúng mật khẩu, chờ mã xác thực"} <= set(told)
    assert '<a href="/audit?object=ticket+1"><bdi>SD261116-000001</bdi></a>' in page
    english = desk.let_in("kiem")
    english.post("/account/language", {"language": "en"})
    assert ">opened a page<" in english.get("/audit").text


def test_the_audit_names_tickets_and_people_and_says_what_was_exchanged(desk: DeskServer) -> None:
    desk.person("kiem", "auditor")
    desk.office.store(request())
    desk.office.process()
    code = "SD261116-000001"
    lan = desk.let_in("lan")
    lan.post(f"/tickets/{code}/reroute", {"queue": "3110", "why": "đơn vị ở Hậu Giang", "was": "0010"})
    lan.post(f"/tickets/{code}/assign", {"to": "quan"})
    lan.post(f"/tickets/{code}/note", {"text": "một lời riêng"})
    desk.let_in("quan").post("/people/lan/role", {"role": "security"})
    browser = desk.let_in("kiem")

    def particulars(asked: str) -> list[str]:
        return re.findall(r'<td(?: data-label="Chi tiết")? dir="auto">([^<]*)</td>', browser.get(asked).text)

    moved = "từ KBNN Hà Nội (0010) sang KBNN Hậu Giang (nay thuộc Cần Thơ) (3110): đơn vị ở Hậu Giang"
    assert particulars(f"/audit?object={code}") == ["", "từ chưa ai nhận sang Lê Minh Quân", moved]
    assert particulars("/audit?action=role_changed") == ["từ Cán bộ hỗ trợ sang Cán bộ an toàn thông tin"]
    page = browser.get("/audit?action=role_changed").text
    assert "<bdi>Nguyễn Thị Lan (lan)</bdi>" in page
    assert '<bdi>quan</bdi></a> <span class="hint" dir="auto">Lê Minh Quân</span>' in page
    with desk.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE ticket_events SET data = '{}' WHERE verb = 'rerouted'")
    assert particulars(f"/audit?object={code}&action=rerouted") == ["(nội dung đã xóa hoặc đã đổi)"]


def test_every_line_that_the_service_writes_into_the_audit_has_words() -> None:
    written = {
        text
        for path in Path(triage.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.append" and len(call.args) > 3
        for text in _texts(call.args[3])
    }
    assert len(written) > 15
    assert {one for one in written if "(" in action_words(words_of("vi"), one)} == set()


def _texts(node: ast.expr) -> set[str]:
    return {
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


@pytest.mark.parametrize("after", AFTER_SEND)
def test_the_first_button_under_an_answer_is_the_one_that_was_chosen(desk: DeskServer, after: str) -> None:
    desk.office.store(request())
    desk.office.process()
    lan = desk.signed_in("lan")
    lan.post("/account/preferences", {"after_send": after})
    assert f'<option value="{after}" selected>' in lan.get("/account").text
    page = lan.get("/tickets/SD261116-000001").text
    assert re.findall(r'name="then" value="(\w+)" class="primary"', page) == [after]


def test_a_leave_is_told_as_people_write_dates(desk: DeskServer) -> None:
    lan = desk.signed_in("lan")
    page = lan.post("/account/leave", {"first": "2026-12-01", "last": "2026-12-02"}).text
    assert "Vắng từ 01/12/2026 đến hết 02/12/2026." in page


def test_the_audit_is_read_by_what_was_done(desk: DeskServer) -> None:
    desk.person("kiem", "auditor")
    desk.let_in("quan").post("/people/lan/role", {"role": "auditor"})
    browser = desk.let_in("kiem")
    page = browser.get("/audit?action=role_changed&actor=quan").text
    assert set(re.findall(r'data-label="Việc"><a[^>]*>([^<]+)<', page)) == {"đổi vai trò"}
    assert "Không có dòng nào khớp." in browser.get("/audit?action=role_changed&actor=lan").text


@pytest.mark.parametrize(
    "path",
    [
        "/audit?actor=lan&actor=thu",
        "/sign-in?next=/&next=/x",
        "/?act=a&act=b",
        "/audit?object=%00",
        "/people/%00",
    ],
)
def test_a_parameter_that_comes_twice_or_that_no_database_takes_is_refused(
    desk: DeskServer, path: str
) -> None:
    assert desk.let_in("quan").get(path).status_code == 400


def test_a_field_that_comes_twice_is_refused_unless_it_is_a_list(desk: DeskServer) -> None:
    admin = desk.let_in("quan")
    assert admin.post("/people/lan/role", {"role": ["agent", "admin"]}).status_code == 400
    two = {"role": "coordinator", "queues": ["0010", "3110"]}
    assert admin.post("/people/lan/role", two).status_code == 200


def test_cookies_are_ours_alone_and_a_session_has_256_bits(desk: DeskServer) -> None:
    cookies = [
        desk.browser()
        .client.post("/sign-in", data={"name": "thu", "password": PASSWORD}, follow_redirects=False)
        .headers["Set-Cookie"]
        for _ in range(2)
    ]
    for cookie in cookies:
        assert re.fullmatch(r"triage=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)
    assert cookies[0] != cookies[1]


def test_signing_out_clears_what_the_browser_kept(desk: DeskServer) -> None:
    browser = desk.let_in("thu")
    browser.client.follow_redirects = False
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "triage=" in answer.headers["Set-Cookie"]
