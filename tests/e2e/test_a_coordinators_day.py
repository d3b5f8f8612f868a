"""A day of a coordinator: digest, click, hand-over, answer by mail, and the figures of the next morning."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office, request
from support.oneticket import CODE

from triage.core.replycodes import ReplyCodes
from triage.db import outbox
from triage.service import digests

UNIT, BINH = "bich@thcs-hoamai.example", "binh@kbnn.example"
TUESDAY = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
"""08:00 in Hanoi."""

WEDNESDAY = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
PROVEN = "mx1.vst.gov.vn; dkim=pass header.d=kbnn.example; dmarc=pass header.from=kbnn.example"


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office:
        office.means = replace(office.means, codes=ReplyCodes(b"k" * 32))
        with desk_of(office) as server:
            server.person("lan", "agent", display_name="Nguyễn Thị Lan")
            server.person(
                "binh", "coordinator", "0010", email=BINH, display_name="Trần Văn Bình", may_answer=True
            )
            server.person("chi", "coordinator", "3110", email="chi@kbnn.example")
            yield server


def letters(desk: DeskServer, name: str) -> list[EmailMessage]:
    """Give the letters of a name, the oldest first, as their recipients read them."""
    with desk.office.database.read() as connection:
        rows = [row for row in reversed(outbox.listed(connection)) if row.letter == name]
        raws = [outbox.content_of(connection, row.id) or b"" for row in rows]
    return [message_from_bytes(raw, policy=policy.default) for raw in raws]  # type: ignore[arg-type]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def row(browser: Browser, table: str, name: str) -> list[str]:
    """Give the cells of a line of a table of the report of this month."""
    page = browser.get("/reports").text
    found = re.search(rf"<caption>{table}</caption>(.*?)</table>", page, re.DOTALL)
    line = re.search(rf'<th scope="row"[^>]*>{name}</th>(.*?)</tr>', found[1] if found else "", re.DOTALL)
    return re.findall(r">([^<>]*)</td>", line[1] if line else "")


def test_a_day_from_the_digest_to_the_figures_of_the_next_morning(desk: DeskServer) -> None:
    office = desk.office
    # Monday: a unit of Hanoi writes, and the centre gives the ticket to its treasury.
    office.store(request("[0010#DVC] Tài khoản bị khóa", sender=f"Trần Thị Bích <{UNIT}>"))
    office.process()
    lan = desk.let_in("lan")
    lan.get(f"/tickets/{CODE}")
    given = lan.post(f"/tickets/{CODE}/hand-over", {"queue": "0010", "note": "Đề nghị kiểm tra hồ sơ."})
    assert f"Đã giao phiếu {CODE}" in html.unescape(given.text)

    # Tuesday, 08:00: the digest tells of it, with a code to answer by, and tells nobody else.
    office.clock.moment = TUESDAY
    assert digests.send_due(office.database, office.means, time(8)) == 1
    assert digests.send_due(office.database, office.means, time(8)) == 0
    (digest,) = letters(desk, "digest")
    assert digest["To"] == BINH
    told = text_of(digest)
    assert CODE in told
    reply_code = re.search(r"TL-[A-Z2-7]{40}", told)
    assert reply_code

    # He opens the queue, clicks the ticket, takes it.
    binh = desk.let_in("binh")
    assert f'href="/tickets/{CODE}' in binh.get("/queues/0010").text
    assert "Đề nghị kiểm tra hồ sơ." in binh.get(f"/tickets/{CODE}").text
    assert "Bạn đã nhận xử lý phiếu" in html.unescape(binh.post(f"/tickets/{CODE}/receive").text)
    assert desk.let_in("chi").get(f"/tickets/{CODE}").status_code == 404

    # He answers from his own mail program; the unit gets it as a letter of the centre.
    office.clock.forward(hours=1)
    office.store(
        request(
            f"Re: [{reply_code[0]}]",
            number=9,
            sender=f"Trần Văn Bình <{BINH}>",
            text="#traloi\nKho bạc đã mở khóa. Đề nghị đơn vị đăng nhập lại.",
            authentication_results=PROVEN,
        )
    )
    office.process()
    (answer,) = letters(desk, "answer")
    assert answer["To"] == UNIT
    assert "Kho bạc đã mở khóa." in text_of(answer)
    assert "#traloi" not in text_of(answer)

    # Wednesday: nothing waits for him, and the report says so.
    office.clock.moment = WEDNESDAY
    digests.send_due(office.database, office.means, time(8))
    assert all(CODE not in text_of(one) for one in letters(desk, "digest")[1:])
    binh = desk.let_in("binh")
    assert row(binh, "Toàn bộ", "Tháng này")[:3] == ["1", "1", "0"]
    sides = row(desk.let_in("lan"), "Trung ương và kho bạc", "Kho bạc")
    assert sides[1:4] == ["1", "1", "0"]
    times = row(binh, "Thời gian xử lý, tính theo giờ làm việc", "Toàn bộ")
    assert times[0] == "1"
