"""Warning treasuries of a confirmed impostor: suggested, written, looked at, sent once, by a person alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import text
from support.deskserver import Browser, DeskServer, desk_of
from support.office import Office, open_office, request, shipped_rules
from support.queries import asked_of
from support.searching import find, index_anew

from triage.core.defanging import defanged, signs_in
from triage.core.outboundguard import objections
from triage.core.parse import read_mail
from triage.core.treasuries import TreasuryDirectory
from triage.db import outbox
from triage.service import persons, units

MOST_QUERIES = 24
CODE = "SD261116-000001"
PATH = f"/tickets/{CODE}/warning"
IMPOSTOR = "Hỗ trợ Kho bạc <hotro@kbnn-hotro.example>"
BAIT = "Đề nghị gửi mật khẩu tới https://kbnn-hotro.example/dang-nhap hoặc gọi Zalo 0999 888 777 ngay."
IN_THE_RULES = "dau-moi@kbhanoi.example"
CANARY = '"><script src=//x.example></script>\u202e'


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office:
        yield from served(office)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        yield from served(office)


def served(office: Office) -> Iterator[DeskServer]:
    """Serve a desk whose rules name whom to warn in Hà Nội; one coordinator has an address, one has none."""
    rules = office.means.rules
    named = tuple(
        replace(one, coordinator=IN_THE_RULES) if one.code == "0010" else one
        for one in rules.treasuries.treasuries
    )
    directory = TreasuryDirectory(named, rules.treasuries.queue_names)
    office.means = replace(office.means, rules=replace(rules, treasuries=directory))
    with desk_of(office) as server:
        server.person("an", "security")
        server.person("lan", "agent")
        server.person("thu", "coordinator", "3110", email="thu@kbhaugiang.example")
        server.person("ha", "coordinator", "0160", "0010", email="thu@kbhaugiang.example")
        yield server


def confirmed(desk: DeskServer) -> Browser:
    """Let an impostor write, a unit of Hậu Giang report what it got from him, and somebody confirm him."""
    office = desk.office
    office.store(request(sender=IMPOSTOR, text=BAIT))
    office.store(
        request(
            "[3110#DVC] Báo thư lạ",
            number=2,
            sender="Kế toán <ketoan@truong.example>",
            text="Chúng tôi nhận thư của hotro@kbnn-hotro.example. Điện thoại: 0900 000 002.",
        )
    )
    office.process()
    browser = desk.let_in("an")
    said = {"reason": "Đã gọi hỏi.", "back": "security", "sure": "true"}
    answer = browser.post(f"/tickets/{CODE}/impostor", said)
    assert f'href="{PATH}"' in answer.text
    return browser


def letters(desk: DeskServer) -> dict[str, str]:
    """Give the warnings in the outbox by recipient, as whoever gets them reads them."""
    with desk.office.database.read() as connection:
        rows = [one for one in outbox.listed(connection) if one.letter == "impostor_warning"]
        raws = {one.recipient: outbox.content_of(connection, one.id) for one in rows}
    return {to: read_mail(raw).text for to, raw in raws.items() if raw}


def filled(page: str) -> dict[str, object]:
    """Give what a form of the draft holds as it stands."""
    areas = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    return {
        "queues": re.findall(r'name="queues" value="(\w+)" checked', page),
        **{name: unescape(value) for name, value in areas.items()},
    }


def test_the_draft_suggests_whom_it_concerns_and_names_no_link(desk: DeskServer) -> None:
    browser = confirmed(desk)
    page = browser.get(PATH).text
    form = filled(page)
    assert sorted(map(str, form["queues"])) == ["0010", "3110"]  # type: ignore[call-overload]
    assert str(form["signs"]).splitlines() == [
        "hotro[@]kbnn-hotro[.]example",
        "kbnn-hotro[.]example",
        "0999888777",
        "hxxps[:]//kbnn-hotro[.]example/dang-nhap",
    ]
    assert objections(f"{form['note']}\n{form['signs']}", shipped_rules().trust) == ()
    assert letters(desk) == {}


def test_a_warning_is_looked_at_then_sent_once_to_each_address(desk: DeskServer) -> None:
    browser = confirmed(desk)
    form = filled(browser.get(PATH).text) | {"queues": ["0010", "3110", "0160"]}
    preview = browser.post(f"{PATH}/preview", form).text
    assert "Gửi 2 thư cảnh báo" in preview
    assert "Kính gửi cán bộ đầu mối của" in preview
    assert letters(desk) == {}
    assert filled(browser.post(f"{PATH}/preview", {**form, "again": "true"}).text)["note"] == form["note"]
    for _ in range(2):
        sent = browser.post(PATH, {**form, "key": "one-and-the-same-key"})
        assert (sent.url.path, "(2 thư)" in sent.text) == ("/security", True)
    found = letters(desk)
    assert set(found) == {IN_THE_RULES, "thu@kbhaugiang.example"}
    for to, told in found.items():
        assert CODE in told
        assert "hxxps[:]//kbnn-hotro[.]example/dang-nhap" in told
        assert "kbnn-hotro.example" not in told
        assert objections(told, shipped_rules().trust) == (), to
    again = browser.post(PATH, {**form, "key": "another-key-altogether"})
    assert (again.status_code, "đều đã nhận cảnh báo về vụ này" in again.text) == (409, True)
    assert len(letters(desk)) == 2
    assert "đã cảnh báo lúc 09:30 16/11/2026" in browser.get("/security").text
    assert "gửi cảnh báo mạo danh tới" in browser.get(f"/tickets/{CODE}").text
    with desk.office.database.read() as connection:
        lines = connection.execute(text("SELECT data FROM audit WHERE action = 'warned'")).all()
        headers = [
            outbox.content_of(connection, one.id) or b""
            for one in outbox.listed(connection)
            if one.letter == "impostor_warning"
        ]
    assert len(lines) == 1
    assert all(b"Auto-Submitted: no" in one and b"In-Reply-To" not in one for one in headers)
    for _ in range(2):
        assert [hit.kind for hit in find(desk.office, "lừa các đơn vị sử dụng").hits] == ["letter"]
        assert [hit.kind for hit in find(desk.office, "hxxps").hits] == ["letter"]
        assert find(desk.office, '"truy cập máy tính từ xa"').total == 0
        index_anew(desk.office)
    who = "hotro@kbnn-hotro.example"
    persons.erase(desk.office.database, desk.office.clock, who, reason="theo yêu cầu", actor="an")
    with desk.office.database.read() as connection:
        events = connection.execute(text("SELECT data FROM ticket_events WHERE verb = 'warned'")).all()
    assert all("kbnn-hotro[.]example" not in str(one) for one in (*letters(desk).values(), *events))
    assert len(letters(desk)) == 2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"note": " "}, "Nội dung vụ việc đang trống."),
        ({"note": "Xem https://kbnn-hotro.example/canh-bao"}, "Nội dung có đường dẫn"),
        ({"note": "Đề nghị gửi mật khẩu về hộp thư này."}, "hỏi mật khẩu"),
        ({"queues": ["0060"]}, "Hãy chọn ít nhất một kho bạc có địa chỉ"),
        ({"queues": []}, "Hãy chọn ít nhất một kho bạc có địa chỉ"),
    ],
)
def test_what_may_not_go_out_is_told_and_what_was_typed_stays(
    small: DeskServer, said: dict[str, object], told: str
) -> None:
    browser = confirmed(small)
    form = filled(browser.get(PATH).text) | {"signs": "dấu hiệu riêng"} | said
    for path in (f"{PATH}/preview", PATH):
        answer = browser.post(path, form)
        assert (answer.status_code, told in answer.text) == (409, True)
    assert "dấu hiệu riêng" in browser.post(f"{PATH}/preview", form).text
    assert letters(small) == {}


def test_only_whoever_judges_senders_warns_and_only_of_a_confirmed_impostor(small: DeskServer) -> None:
    small.office.store(request(sender=IMPOSTOR, text=BAIT))
    small.office.process()
    answer = small.let_in("an").get(PATH)
    assert (answer.status_code, "chưa được xác nhận là mạo danh" in answer.text) == (409, True)
    for who in ("lan", "thu"):
        assert small.let_in(who).get(PATH).status_code == 403


def test_what_a_stranger_wrote_stays_text_and_the_page_asks_equally_often(small: DeskServer) -> None:
    browser = confirmed(small)
    counts = []
    for more in (0, 40):
        lines = "".join(f"Trường {number},0060\n" for number in range(more))
        units.import_csv(small.office.database, small.office.means, f"name,treasury\n{lines}", actor="an")
        for number in range(more):
            small.person(f"p{number}", "coordinator", "0060", email=f"p{number}@kb.example")
            small.office.store(request(number=100 + number, text=f"hotro@kbnn-hotro.example {number}"))
        small.office.process()
        with asked_of(small.office) as said:
            assert browser.get(PATH).status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES
    form = filled(browser.get(PATH).text) | {"note": CANARY, "signs": CANARY}
    page = browser.post(f"{PATH}/preview", {**form, "again": "true"}).text
    assert "<script src=//" not in page


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ("hotro@kbnn.example", "hotro[@]kbnn[.]example"),
        ("HTTPS://kbnn.example/a.b?c=d", "hxxps[:]//kbnn[.]example/a[.]b?c=d"),
        ("http:kbnn.example", "hxxp[:]//kbnn[.]example"),
        ("hotro [at] kbnn [.] example", "hotro[@]kbnn[.]example"),
        ("kbnn(dot)example", "kbnn[.]example"),
        ("0999 888 777", "0999 888 777"),
        ("gọi lúc 9 giờ. Đòi mật khẩu.", "gọi lúc 9 giờ. Đòi mật khẩu."),
    ],
)
def test_a_sign_is_written_so_that_nothing_makes_a_link_of_it(sign: str, told: str) -> None:
    assert defanged(sign) == told
    assert defanged(told) == told
    assert signs_in(f"{sign}\n\n {sign} ") == (told,)
