"""The lists of senders on a page: who stands there and why, put there and taken off by security officers."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import text
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request
from support.queries import asked_of

from triage.core.senderlists import ListSort
from triage.service import senders
from triage.web.senderspage import ROWS

MOST_QUERIES = 10
CANARY = '"><script src=//x.example></script><img src=x onerror=alert(1)>\u202e'


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("an", "security")
        yield server


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("an", "security")
        yield server


def form(entry: str, sort: str = "block", **more: str) -> dict[str, str]:
    return {"sort": sort, "entry": entry, "reason": "gọi điện đòi mật khẩu", **more}


def listed(desk: DeskServer) -> set[tuple[str, str]]:
    return {(row.sort, row.entry) for row in senders.listed(desk.office.database, desk.office.means)}


def audited(desk: DeskServer, action: str) -> list[str]:
    with desk.office.database.read() as connection:
        found = connection.execute(text("SELECT data FROM audit WHERE action = :action"), {"action": action})
        return [row.data for row in found]


def test_an_entry_is_put_on_a_list_with_who_why_and_until_when(desk: DeskServer) -> None:
    browser = desk.let_in("an")
    page = browser.post("/senders/add", form("Xau.example", until="2026-12-01")).text
    assert "Đã thêm xau.example vào danh sách “Chặn”." in page
    assert "gọi điện đòi mật khẩu" in page
    assert "<bdi>an</bdi>" in page
    assert "00:00 02/12/2026" in page
    assert listed(desk) == {("block", "xau.example")}


def test_an_entry_is_taken_off_the_one_list_and_is_kept_among_those_that_ended(desk: DeskServer) -> None:
    browser = desk.let_in("an")
    browser.post("/senders/add", form("xau.example"))
    browser.post("/senders/add", form("xau.example", "watch"))
    off = {"sort": "block", "entry": "xau.example"}
    assert "Hãy ghi lý do." in browser.post("/senders/remove", {**off, "reason": " "}).text
    assert len(listed(desk)) == 2
    page = browser.post("/senders/remove", {**off, "reason": f"đơn vị xác nhận {CANARY}"}).text
    assert "Đã gỡ xau.example khỏi danh sách “Chặn”." in page
    assert listed(desk) == {("watch", "xau.example")}
    assert "Đã gỡ <span" not in browser.get("/senders").text
    ended = browser.get("/senders?past=1").text
    assert "Đã gỡ <span" in ended
    assert "đơn vị xác nhận &#34;&gt;&lt;script" in ended
    assert "\u202e" not in ended


def test_a_form_that_is_sent_twice_acts_once_and_is_audited_without_the_address(small: DeskServer) -> None:
    browser, key = small.let_in("an"), "one-and-the-same-key"
    for _ in range(2):
        assert "Đã thêm" in browser.post("/senders/add", form("a@xau.example", key=key)).text
    [line] = audited(small, "sender_listed")
    assert '"list":"block"' in line
    assert "xau" not in line
    off = {"sort": "block", "entry": "a@xau.example", "reason": "nhầm", "key": "another-key"}
    browser.post("/senders/remove", off)
    assert len(audited(small, "sender_unlisted")) == 1


def test_the_key_of_another_form_is_refused(small: DeskServer) -> None:
    browser, key = small.let_in("an"), "one-and-the-same-key"
    browser.post("/senders/add", form("a@xau.example", key=key))
    assert browser.post("/senders/add", form("b@xau.example", key=key)).status_code == 409
    assert listed(small) == {("block", "a@xau.example")}


def test_mail_of_the_last_90_days_that_holds_the_entry_is_told(small: DeskServer) -> None:
    small.office.store(request(text="Xin gọi Zalo 0999 888 777 để được hỗ trợ đăng nhập."))
    small.office.process()
    page = small.let_in("an").post("/senders/add", form("0999888777", "watch")).text
    assert "Thấy trong 1 phiếu 90 ngày qua: SD261116-" in page


@pytest.mark.parametrize(
    ("entry", "sort", "told"),
    [
        ("không gì cả", "block", "không phải địa chỉ thư"),
        ("hotrocntt@vst.gov.vn", "block", "của chính cơ quan mình"),
        ("gmail.com", "block", "cấp hộp thư cho bất cứ ai"),
        ("com.vn", "block", "chỉ là đuôi tên miền"),
        ("hanoi.gov.vn", "block", "tên miền của cơ quan nhà nước"),
        ("0999888777", "allow", "số điện thoại thì không"),
        ("kbnn-hotro-cntt.com", "allow", "trông giống tên được bảo vệ"),
    ],
)
def test_what_may_not_be_listed_is_refused_in_words(
    small: DeskServer, entry: str, sort: str, told: str
) -> None:
    answer = small.let_in("an").post("/senders/add", form(entry, sort))
    assert answer.status_code == 409
    assert told in answer.text
    assert listed(small) == set()
    assert audited(small, "sender_listed") == []


def test_a_reason_an_end_that_is_to_come_and_a_free_place_are_asked_for(small: DeskServer) -> None:
    browser = small.let_in("an")
    assert "Hãy ghi lý do." in browser.post("/senders/add", form("xau.example", reason=" ")).text
    assert "Ngày 01/11/2026 đã qua." in browser.post(
        "/senders/add", form("xau.example", until="2026-11-01")
    ).text  # fmt: skip
    assert browser.post("/senders/add", form("xau.example", until="9999-12-31")).status_code == 422
    browser.post("/senders/add", form("xau.example"))
    assert "đang ở danh sách chặn (an ghi)" in browser.post("/senders/add", form("xau.example")).text
    gone = browser.post("/senders/remove", {"sort": "allow", "entry": "xau.example", "reason": "nhầm"})
    assert (gone.status_code, "không còn ở danh sách này" in gone.text) == (409, True)


def test_the_page_is_narrowed_down_to_one_list_and_to_words(small: DeskServer) -> None:
    browser = small.let_in("an")
    browser.post("/senders/add", form("xau.example"))
    browser.post("/senders/add", form("0999888777", "watch"))
    row = '<th scope="row"><bdi>{}</bdi>'.format
    watched = browser.get("/senders?list=watch&entry=").text
    assert row("0999888777") in watched
    assert row("xau.example") not in watched
    for asked in ("XAU.example", "xau", "GOI DIEN DOI", "an"):
        assert row("xau.example") in browser.get(f"/senders?list=&q={asked}").text
    found = browser.get("/senders?q=+84+999+888+777".replace("+84", "%2B84")).text
    assert row("0999888777") in found
    assert row("xau.example") not in found
    assert "Không có mục nào khớp." in browser.get("/senders?q=gì+đó").text
    assert "Không có mục nào." in browser.get("/senders?list=allow").text


def test_older_entries_stand_on_further_pages_which_keep_the_conditions(small: DeskServer) -> None:
    for number in range(ROWS + 3):
        entry = f"a{number:02}@xau.example"
        senders.add(small.office.database, small.office.means, ListSort.BLOCK, entry, reason="x", actor="an")
    browser, seen = small.let_in("an"), []
    address: str | None = "/senders?list=block&q=xau"
    while address:
        page = browser.get(address).text
        seen += re.findall(r"<bdi>(a\d\d@xau\.example)</bdi></th>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else None
        assert address is None or address.startswith("/senders?list=block&q=xau&before=")
    assert seen == [f"a{number:02}@xau.example" for number in reversed(range(ROWS + 3))]


def test_what_was_written_as_a_reason_stays_text(small: DeskServer) -> None:
    page = small.let_in("an").post("/senders/add", form("xau.example", reason=CANARY)).text
    assert "&lt;script" in page
    assert "<script src=//" not in page
    assert "\u202e" not in page


def test_the_page_asks_the_database_equally_often_for_few_and_for_many(small: DeskServer) -> None:
    browser, counts = small.let_in("an"), []
    for numbers in (range(1), range(1, 12)):
        for number in numbers:
            senders.add(
                small.office.database,
                small.office.means,
                ListSort.BLOCK,
                f"a{number}@xau.example",
                reason="x",
                actor="an",
            )
        with asked_of(small.office) as said:
            browser.get("/senders")
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES
