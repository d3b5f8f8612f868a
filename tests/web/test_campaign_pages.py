"""Campaigns at the desk: what their page tells, who may act, and the notice that a person sends once."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import text
from support.deskserver import Browser, DeskServer, desk_of
from support.office import Office, open_office, request, shipped_rules
from support.queries import asked_of

from triage.core.outboundguard import objections
from triage.core.parse import read_mail
from triage.core.treasuries import TreasuryDirectory
from triage.db import outbox
from triage.service import campaigns, persons

PATH = "/campaigns/1"
MOST_QUERIES = 20
IN_THE_RULES = "dau-moi@kbhanoi.example"
CANARY = '"><script src=//x.example></script>\u202e'
BAIT = (
    "Đề nghị kế toán đơn vị gửi mật khẩu và mã OTP về hòm thư này để nâng cấp hệ thống dịch vụ công trước "
    "mười bảy giờ hôm nay, quá hạn tài khoản sẽ bị khóa. Gọi 0999 888 777 hoặc vào https://kbnn-hotro.com/dang-nhap"
)
REPORT = "Có người tự xưng là cán bộ Kho bạc gọi cho chúng tôi từ số 0999888777 đòi mật khẩu của đơn vị."


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office:
        yield from served(office)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        yield from served(office)


def served(office: Office) -> Iterator[DeskServer]:
    """Serve a desk that knows whom to tell in Hà Nội and Hậu Giang, and has a campaign of three mails."""
    rules = office.means.rules
    named = tuple(
        replace(one, coordinator=IN_THE_RULES) if one.code == "0010" else one
        for one in rules.treasuries.treasuries
    )
    directory = TreasuryDirectory(named, rules.treasuries.queue_names)
    office.means = replace(office.means, rules=replace(rules, treasuries=directory))
    with desk_of(office) as server:
        server.person("an", "security", display_name="Võ An")
        server.person("tri", "admin")
        server.person("lan", "agent")
        server.person("kiem", "auditor")
        server.person("thu", "coordinator", "3110", email="thu@kbhaugiang.example")
        wrote(server, 1, "[0010#DVC] Thông báo", "Hỗ trợ Kho bạc <h1@kbnn-hotro.com>", BAIT)
        wrote(server, 2, "[0010#DVC] Thông báo", "Hỗ trợ Kho bạc <h2@kbnn-hotro.com>", f"{BAIT} Gấp lắm.")
        wrote(server, 3, "[3110#DVC] Báo mạo danh", "Kế toán <ketoan@truong.example>", REPORT)
        yield server


def wrote(desk: DeskServer, number: int, subject: str, sender: str, said: str) -> None:
    desk.office.store(request(subject, number=number, sender=sender, text=said))
    desk.office.process()
    campaigns.keep_up(desk.office.database, desk.office.means)


def letters(desk: DeskServer) -> dict[str, str]:
    """Give the notices in the outbox by recipient, as whoever gets them reads them."""
    with desk.office.database.read() as connection:
        rows = [one for one in outbox.listed(connection) if one.letter == "campaign_notice"]
        raws = {one.recipient: outbox.content_of(connection, one.id) for one in rows}
    return {to: read_mail(raw).text for to, raw in raws.items() if raw}


def filled(page: str) -> dict[str, object]:
    """Give what a form of the draft holds as it stands."""
    areas = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    return {
        "queues": re.findall(r'name="queues" value="(\w+)" checked', page),
        **{name: unescape(value) for name, value in areas.items()},
    }


def audited(desk: DeskServer) -> list[str]:
    with desk.office.database.read() as connection:
        query = text("SELECT action FROM audit WHERE action LIKE 'campaign%' ORDER BY id")
        return list(connection.scalars(query))


def test_the_list_and_the_page_tell_who_was_hit_when_and_by_what(desk: DeskServer) -> None:
    browser = desk.let_in("an")
    listed = browser.get("/security").text
    assert 'href="/campaigns/1"' in listed
    assert "Hỗ trợ Kho bạc" in listed
    page = browser.get(PATH).text
    assert "2 thư mạo danh và 1 lượt đơn vị báo, liên quan 2 kho bạc" in page
    assert "kbnn-hotro[.]com" in page
    assert "Tên miền kbnn-hotro[.]com" in page
    assert "Số điện thoại 0999888777" in page
    assert "ketoan@truong.example" in page
    assert "<mark> Gấp lắm.</mark>" in page
    drawn = browser.get(f"{PATH}/days.svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert "16/11/2026" in drawn.text


def test_a_notice_is_looked_at_then_sent_once_to_each_address(desk: DeskServer) -> None:
    browser = desk.let_in("tri")
    form = filled(browser.get(f"{PATH}/notice").text)
    assert sorted(map(str, form["queues"])) == ["0010", "3110"]  # type: ignore[call-overload]
    assert "2 thư mạo danh và 1 phản ánh" in str(form["note"])
    assert "Kho bạc Nhà nước Hà Nội" in str(form["note"])
    preview = browser.post(f"{PATH}/notice/preview", form).text
    assert "Gửi 2 thư thông báo" in preview
    assert letters(desk) == {}
    for _ in range(2):
        sent = browser.post(f"{PATH}/notice", {**form, "key": "one-and-the-same-key"})
        assert (sent.url.path, "(2 thư)" in sent.text) == (PATH, True)
    found = letters(desk)
    assert set(found) == {IN_THE_RULES, "thu@kbhaugiang.example"}
    for told in found.values():
        assert "CD1" in told
        assert "kbnn-hotro[.]com" in told
        assert "số điện thoại 0999888777" in told
        assert "kbnn-hotro.com" not in told
        assert "1. Thông báo cho toàn thể công chức" in told
        assert "02462764300" in told
        assert objections(told, shipped_rules().trust) == ()
    again = browser.post(f"{PATH}/notice", {**form, "key": "another-key-altogether"})
    assert (again.status_code, "đều đã nhận thông báo" in again.text) == (409, True)
    page = browser.get(PATH).text
    assert "Đã thông báo cho" in page
    assert IN_THE_RULES in page
    assert audited(desk) == ["campaign_notified"]
    persons.erase(
        desk.office.database, desk.office.clock, "h1@kbnn-hotro.com", reason="theo yêu cầu", actor="an"
    )
    assert all("kbnn-hotro[.]com" not in told for told in letters(desk).values())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"note": " "}, "Nội dung vụ việc đang trống."),
        ({"note": "Xem https://kbnn-hotro.example/canh-bao"}, "Nội dung có đường dẫn"),
        ({"steps": "Đề nghị gửi mật khẩu về hộp thư này."}, "hỏi mật khẩu"),
        ({"queues": ["0060"]}, "Hãy chọn ít nhất một kho bạc có địa chỉ"),
    ],
)
def test_what_may_not_go_out_is_told_and_what_was_typed_stays(
    small: DeskServer, said: dict[str, object], told: str
) -> None:
    browser = small.let_in("an")
    form = filled(browser.get(f"{PATH}/notice").text) | {"signs": "dấu hiệu riêng"} | said
    for path in (f"{PATH}/notice/preview", f"{PATH}/notice"):
        answer = browser.post(path, form)
        assert (answer.status_code, told in answer.text) == (409, True)
    assert letters(small) == {}


def test_people_name_part_put_back_and_merge(small: DeskServer) -> None:
    browser = small.let_in("tri")
    assert "Đã ghi tên" in browser.post(f"{PATH}/name", {"name": "Nhóm Zalo"}).text
    assert "Nhóm Zalo" in browser.get("/security").text
    assert "Đã tách thư ra" in browser.post(f"{PATH}/split", {"mail": "3"}).text
    campaigns.keep_up(small.office.database, small.office.means)
    page = browser.get(PATH).text
    assert "2 thư mạo danh và 0 lượt" in page
    assert "Đưa trở lại" in page
    assert "Đã đưa thư trở lại" in browser.post(f"{PATH}/put-back", {"mail": "3"}).text
    assert "1 lượt đơn vị báo" in browser.get(PATH).text
    for number in (4, 5):
        wrote(small, number, "Thông báo", f"A <a{number}@vst-gov.vn>", "Gửi mật khẩu gấp.")
    assert browser.get("/campaigns/2").url.path == "/campaigns/2"
    merged = browser.post("/campaigns/2/merge", {"other": "1"})
    assert (merged.url.path, "Đã gộp với CD1" in merged.text) == (PATH, True)
    assert "4 thư mạo danh" in merged.text
    assert browser.get("/campaigns/2").url.path == PATH
    campaigns.keep_up(small.office.database, small.office.means)
    assert "4 thư mạo danh" in browser.get(PATH).text
    gone = browser.post("/campaigns/2/name", {"name": "x"})
    assert (gone.status_code, "đã gộp vào chiến dịch khác" in gone.text) == (409, True)
    assert "Đã bỏ gộp" in browser.post(f"{PATH}/unmerge", {"other": "2"}).text
    assert browser.get("/campaigns/2").url.path == "/campaigns/2"
    assert "2 thư mạo danh" in browser.get(PATH).text
    assert audited(small) == [
        *("campaign_named", "campaign_split", "campaign_put_back", "campaign_merged", "campaign_unmerged")
    ]


def test_all_signs_go_onto_the_watch_list_in_one_act(small: DeskServer) -> None:
    browser = small.let_in("an")
    assert "Đã đưa 4 dấu hiệu" in browser.post(f"{PATH}/watch").text
    with small.office.database.read() as connection:
        rows = connection.execute(text("SELECT entry, sort, reason FROM sender_list ORDER BY entry")).all()
    assert [tuple(row) for row in rows] == [
        (entry, "watch", "CD1")
        for entry in ("0999888777", "h1@kbnn-hotro.com", "h2@kbnn-hotro.com", "kbnn-hotro.com")
    ]
    assert "Đã đưa 0 dấu hiệu" in browser.post(f"{PATH}/watch").text


def test_the_evidence_of_a_campaign_holds_every_ticket_and_its_hashes(small: DeskServer) -> None:
    browser = small.let_in("an")
    answer = browser.get(f"{PATH}/evidence.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("campaign.json"))
        sums = archive.read("SHA256SUMS").decode()
    assert {name.split("/")[0] for name in names if "/" in name} == {
        f"SD261116-00000{number}" for number in (1, 2, 3)
    }
    assert told["campaign"] == "CD1"
    assert told["left_out"] == []
    assert [one["mail"] for one in told["mails"]] == [1, 2, 3]
    assert len(sums.splitlines()) == len(names) - 1


def test_who_may_look_and_who_may_act(small: DeskServer) -> None:
    for who, status in (("thu", 403), ("lan", 200), ("kiem", 200), ("tri", 200), ("an", 200)):
        assert small.let_in(who).get(PATH).status_code == status
    for who in ("thu", "lan", "kiem"):
        browser = small.let_in(who)
        assert browser.get(f"{PATH}/notice").status_code == 403
        assert browser.post(f"{PATH}/notice", {"queues": "0010", "note": "x"}).status_code == 403
    assert "Tách ra" not in small.let_in("kiem").get(PATH).text
    assert letters(small) == {}


def test_what_a_stranger_wrote_stays_text_and_the_page_asks_equally_often(small: DeskServer) -> None:
    browser = small.let_in("an")
    counts = []
    for first, more in ((10, 2), (20, 30)):
        for number in range(first, first + more):
            small.office.store(
                request(CANARY, number=number, sender=f"K {number} <x{number}@kbnn-hotro.com>", text=CANARY)
            )
        small.office.process()
        campaigns.keep_up(small.office.database, small.office.means)
        with asked_of(small.office) as said:
            page = browser.get(PATH).text
        counts.append(len(said))
        assert "<script src=//" not in page
        assert "\u202e" not in page
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


def test_english_and_a_number_that_there_is_not(small: DeskServer) -> None:
    small.person("eve", "agent", language="en")
    browser = small.let_in("eve")
    assert "2 mails of impostors and 1 report by units" in browser.get(PATH).text
    assert browser.get("/campaigns/99").status_code == 404
    assert browser.get(f"/campaigns/{2**63}").status_code == 422


def test_a_browser_signs_in_anew_for_evidence(small: DeskServer) -> None:
    browser: Browser = small.let_in("an")
    small.office.clock.forward(minutes=15)
    assert browser.get(f"{PATH}/evidence.zip").url.path == "/account/confirm"
