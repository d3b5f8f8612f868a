"""Mails at the desk over a real server: who sees which, what is hidden, how files are given."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from support.deskmails import BAIT, IMPOSTOR, hostile, page as web_page, paper, screen, with_files
from support.deskserver import DeskServer, desk_of
from support.office import Office, open_office, request
from support.viewing import png

from triage.db import audit, mails
from triage.service import persons, trust

FIRST = "SD261116-000001"
SECRET = "Hoamai@2026"
GIVES_AWAY = f"Chúng tôi không ký được.\nMật khẩu: {SECRET}\n"


@pytest.fixture
def desk(tmp_path: object) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path}/x.sqlite") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("son", "security")
        server.person("thu", "coordinator", "3110")
        yield server


def take_in(office: Office, *raws: bytes) -> None:
    office.store(*raws)
    office.process()


def stuck(office: Office) -> None:
    """Store a mail that no worker could come through with."""
    office.store(request("Thư làm hỏng máy đọc"))
    with office.database.write() as connection:
        mails.fail(connection, 1, "reading this mail took longer than 60 seconds", None)


def get(desk: DeskServer, path: str, who: str = "lan", **headers: str) -> httpx.Response:
    return desk.let_in(who).get(path, **headers)


def test_a_mail_has_a_page_that_leads_back_to_its_ticket(desk: DeskServer) -> None:
    take_in(desk.office, with_files(screen()))
    shown = get(desk, "/m/1").text
    assert f'href="/tickets/{FIRST}#mail-1"' in shown
    assert "Hệ thống báo lỗi khi chúng tôi ký." in shown
    assert 'class="bar"' in shown


MAIL_PATHS = ("/m/1", "/m/1/body", "/m/1/part/0", "/m/1/look/0", "/m/1/pdf/1", "/m/1?view=html")


@pytest.mark.parametrize("path", MAIL_PATHS)
def test_a_mail_of_another_queue_is_like_none_by_any_address(desk: DeskServer, path: str) -> None:
    take_in(desk.office, with_files(screen(), paper()))
    assert get(desk, path).status_code == 200
    browser = desk.let_in("thu")
    foreign, none = browser.get(path), browser.get(path.replace("/m/1", "/m/999"))
    assert (foreign.status_code, none.status_code) == (404, 404)
    assert foreign.text == none.text


@pytest.mark.parametrize("path", ["/m/1/raw", "/m/1/eml", "/m/1/unmasked", "/m/1/unmasked/body"])
def test_bytes_and_secrets_are_for_those_with_the_right(desk: DeskServer, path: str) -> None:
    take_in(desk.office, with_files(text=GIVES_AWAY))
    assert get(desk, path, "thu").status_code == 403
    assert get(desk, path, "lan").status_code == 403
    assert get(desk, path, "son").status_code == 200


def test_a_mail_without_a_ticket_is_seen_by_those_who_see_everything(desk: DeskServer) -> None:
    take_in(
        desk.office, request("Bản tin", list_unsubscribe="<mailto:x@tin.example>", list_id="<tin.example>")
    )
    with desk.office.database.read() as connection:
        assert mails.listed(connection)[0].ticket_code is None
    assert "Không thuộc phiếu nào" in get(desk, "/m/1").text
    assert get(desk, "/m/1", "thu").status_code == 404


def test_a_picture_needs_its_token_and_no_cookie(desk: DeskServer) -> None:
    take_in(desk.office, with_files(screen(), paper()))
    ticket = get(desk, f"/tickets/{FIRST}").text
    found = re.search(r'<img src="(/m/1/image/0\?t=[^"]+)"', ticket)
    assert found
    assert 'loading="lazy"' in ticket
    address, stranger = html.unescape(found[1]), desk.browser()
    answer = stranger.get(address, **{"Sec-Fetch-Dest": "image"})
    assert (answer.status_code, answer.content) == (200, png(80, 60))
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert stranger.get(address.replace("image/0", "image/1")).status_code == 404
    assert stranger.get(address.partition("?")[0]).status_code == 404
    assert stranger.get(address, **{"Sec-Fetch-Dest": "document"}).status_code == 404
    desk.office.clock.forward(hours=1)
    assert stranger.get(address).status_code == 404


def test_any_attachment_is_given_to_be_saved_and_as_nothing_that_runs(desk: DeskServer) -> None:
    take_in(desk.office, with_files(web_page(), screen(), paper()))
    for place in range(3):
        answer = get(desk, f"/m/1/part/{place}")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert get(desk, "/m/1/part/9").status_code == 404
    assert get(desk, "/m/1/part/0", **{"Sec-Fetch-Dest": "script"}).status_code == 403


def test_a_pdf_is_shown_by_itself_without_any_right(desk: DeskServer) -> None:
    take_in(desk.office, with_files(web_page("gia.pdf"), paper()))
    assert 'src="/m/1/pdf/1"' in get(desk, "/m/1/look/1").text
    answer = get(desk, "/m/1/pdf/1", **{"Sec-Fetch-Dest": "iframe"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert get(desk, "/m/1/pdf/0").status_code == 404
    assert get(desk, "/m/1/pdf/1", **{"Sec-Fetch-Dest": "object"}).status_code == 404


def test_the_html_of_a_mail_takes_a_second_act_and_has_no_rights(desk: DeskServer) -> None:
    take_in(desk.office, with_files(html="<p>Đậm <b>nhạt</b></p><script>x</script>"))
    assert "<iframe" not in get(desk, "/m/1").text
    shown = get(desk, "/m/1?view=html").text
    assert re.search(r'<iframe class="paper" sandbox src="/m/1/body"', shown)
    body = get(desk, "/m/1/body")
    assert "<b>nhạt</b>" in body.text
    assert "<script" not in body.text
    assert body.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_what_a_mail_gives_away_is_in_no_page_of_an_agent(desk: DeskServer) -> None:
    take_in(desk.office, with_files(html=f"<p>Mật khẩu: {SECRET}</p>", text=GIVES_AWAY))
    for path in (
        f"/tickets/{FIRST}",
        f"/tickets/{FIRST}?all=1",
        "/m/1",
        "/m/1?view=full",
        "/m/1?view=html",
        "/m/1/body",
    ):
        assert SECRET not in get(desk, path).text
        assert SECRET not in get(desk, path, "son").text
    assert get(desk, "/m/1/body").status_code == 404
    assert SECRET in get(desk, "/m/1/unmasked", "son").text
    assert SECRET in get(desk, "/m/1/unmasked/body", "son").text
    assert 'src="/m/1/unmasked/body"' in get(desk, "/m/1/unmasked?view=html", "son").text


@pytest.mark.parametrize(
    "html",
    [
        f"<p>chào</p><div style='display:none'>Mật khẩu: {SECRET}</div>",
        f"<p hidden>Mật khẩu: {SECRET}</p>",
        f"<img src='https://anh.example/a.png' alt='Mật khẩu: {SECRET}'>",
    ],
)
def test_words_that_only_the_html_shows_are_hidden_too(desk: DeskServer, html: str) -> None:
    take_in(desk.office, with_files(html=html))
    assert SECRET not in get(desk, "/m/1?view=html").text
    assert get(desk, "/m/1/body").status_code == 404


def test_the_source_is_text_that_no_browser_takes_for_a_page(desk: DeskServer) -> None:
    raw = with_files(html="<script>x</script>")
    take_in(desk.office, raw)
    source, saved = get(desk, "/m/1/raw", "son"), get(desk, "/m/1/eml", "son")
    assert source.content == saved.content == raw
    assert source.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert source.headers["Content-Security-Policy"].startswith("sandbox;")
    assert source.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Disposition"].startswith('attachment; filename="thu-1.eml"')


def test_every_look_at_a_mail_is_in_the_audit(desk: DeskServer) -> None:
    take_in(desk.office, with_files(screen()))
    for path in ("/m/1", "/m/1/part/0", "/m/1/raw", "/m/1/unmasked"):
        get(desk, path, "son")
    get(desk, "/m/1/raw", "lan")
    with desk.office.database.read() as connection:
        rows = [(row.actor, row.action, row.object) for row in audit.rows(connection)]
    for path in ("/m/1", "/m/1/part/0", "/m/1/raw", "/m/1/unmasked"):
        assert ("son", "view", path) in rows
    assert ("lan", "denied", "/m/1/raw") in rows


def test_of_an_impostor_s_held_mail_only_the_text_is_shown(desk: DeskServer) -> None:
    raw = with_files(screen(), paper(), text=BAIT)
    take_in(desk.office, re.sub(rb"From: [^\r]+", f"From: {IMPOSTOR}".encode(), raw, count=1))
    ticket = get(desk, f"/tickets/{FIRST}").text
    assert 'data-state="held"' in ticket
    band = ticket[ticket.index('class="panel band impersonation"') :].partition("</section>")[0]
    assert "Nghi mạo danh." in band
    assert "chỉ hiện phần chữ" in band
    assert "nâng cấp hệ thống" in ticket
    assert "man-hinh.png" in ticket
    for shown in (ticket, get(desk, "/m/1").text):
        assert "<img" not in shown
        assert "/look/" not in shown
    assert get(desk, "/m/1/look/0").status_code == 404
    assert get(desk, "/m/1/pdf/1").status_code == 404
    assert get(desk, "/m/1/part/1").status_code == 200
    trust.release(desk.office.database, desk.office.means, FIRST, actor="son")


def test_an_erased_mail_is_shown_as_erased(desk: DeskServer) -> None:
    take_in(desk.office, request(text="Không ký được từ sáng nay."))
    persons.erase(
        desk.office.database, desk.office.clock, "ketoan@thcs-hoamai.example", reason="yêu cầu", actor="son"
    )
    for path in (f"/tickets/{FIRST}", "/m/1"):
        shown = get(desk, path).text
        assert "Nội dung thư đã được xóa lúc" in shown
        assert "Không ký được" not in shown
        assert "thcs-hoamai" not in shown
    assert get(desk, "/m/1/raw", "son").status_code == 404
    assert get(desk, "/m/1/body").status_code == 404


def test_a_stuck_mail_has_a_page_and_is_not_read_for_it(desk: DeskServer) -> None:
    stuck(desk.office)
    shown = get(desk, "/m/1")
    assert shown.status_code == 200
    assert "Thư kẹt." in shown.text
    assert "took longer than 60 seconds" in shown.text
    assert "Thư làm hỏng máy đọc" not in shown.text
    assert "Thư làm hỏng máy đọc" in get(desk, "/m/1/raw", "son").text
    assert get(desk, "/m/1/part/0").status_code == 404
    assert get(desk, "/m/1", "thu").status_code == 404


@pytest.mark.parametrize("path", ["/m/0", "/m/x", "/m/-1", f"/m/{10**30}", "/m/1/part/-1", "/m/1/look/x"])
def test_an_address_that_names_nothing_breaks_nothing(desk: DeskServer, path: str) -> None:
    assert get(desk, path).status_code in {404, 422}


def test_hostile_words_of_a_mail_stay_words_on_every_page(desk: DeskServer) -> None:
    take_in(desk.office, hostile())
    paths = [f"/tickets/{FIRST}", f"/tickets/{FIRST}?all=1", "/m/1", "/m/1?view=full", "/m/1?view=html"]
    paths += ["/m/1/look/0", "/m/1/unmasked"]
    for path in paths:
        shown = get(desk, path, "son")
        assert shown.status_code == 200, path
        assert "<script>x" not in shown.text
        assert "onerror=x>" not in shown.text.replace("onerror=x&gt;", "")
        assert "<b>x</b>" not in shown.text
        assert "\u202e" not in shown.text
        assert "49" not in re.findall(r"\{\{[^}]*\}\}|\b49\b", shown.text)
    assert "&lt;script&gt;" in get(desk, f"/tickets/{FIRST}").text
