"""The directory of units on pages: found, kept, brought in and out as CSV, fed by registration forms."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import text
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office, request
from support.queries import asked_of
from support.unitforms import FORM, HEAD

from triage.core.units import Registration
from triage.db import units as rows
from triage.service import units
from triage.web.unitfiles import LARGEST
from triage.web.unitspage import ROWS

MOST_QUERIES = 17
CANARY = '"><script src=//x.example></script><img src=x onerror=alert(1)>\u202e'
SCHOOL = "1234567,Trường Hoa Cúc,0160,budget,,0900000001,hoacuc.example ketoan@hoacuc.example\n"
CLINIC = ",Trạm Y tế Sen,0010,budget,,,\n"


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        yield peopled(server)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        yield peopled(server)


def peopled(desk: DeskServer) -> DeskServer:
    desk.person("lan", "agent", display_name="Nguyễn Lan")
    desk.person("ha", "coordinator", "0010")
    desk.person("kiem", "auditor")
    return desk


def load(desk: DeskServer, lines: str) -> None:
    units.import_csv(desk.office.database, desk.office.means, HEAD + lines, actor="lan")


def named(page: str) -> list[str]:
    return re.findall(r'<a href="/units/\d+" dir="auto">([^<]+)</a></th>', page)


def audited(desk: DeskServer, action: str) -> list[str]:
    with desk.office.database.read() as connection:
        found = connection.execute(
            text("SELECT data FROM audit WHERE action = :action ORDER BY id"), {"action": action}
        )
        return [row.data for row in found]


def test_a_unit_is_found_with_and_without_tones_by_number_address_and_treasury(desk: DeskServer) -> None:
    load(desk, SCHOOL + CLINIC)
    browser = desk.let_in("lan")
    assert sorted(named(browser.get("/units").text)) == sorted(["Trạm Y tế Sen", "Trường Hoa Cúc"])
    for asked in ("HOA CUC", "hoa cúc", "1234567", "ketoan@hoacuc", "hoacuc.example"):
        assert named(browser.get(f"/units?q={asked}").text) == ["Trường Hoa Cúc"]
    assert named(browser.get("/units?treasury=0010").text) == ["Trạm Y tế Sen"]
    assert named(browser.get("/units?treasury=0160&q=sen").text) == []
    assert "Không có đơn vị nào khớp." in browser.get("/units?q=khong-co").text
    strange = ("/units/99999999999999999999", "/units?q=%00", "/units?after=1&name=%00", "/units.csv?q=%00")
    assert [browser.get(path).status_code for path in strange] == [422, 400, 400, 400]


def test_a_coordinator_has_the_units_of_his_treasuries_and_no_others_on_every_way(small: DeskServer) -> None:
    office_of_hanoi = "7654321,Trường Quận,0012,budget,,,\n"
    load(small, SCHOOL + CLINIC + office_of_hanoi)
    browser = small.let_in("ha")
    assert named(browser.get("/units").text) == ["Trường Quận", "Trạm Y tế Sen"]
    assert named(browser.get("/units?treasury=0160").text) == []
    assert named(browser.get("/units?q=1234567").text) == []
    assert "Hoa Cúc" not in browser.get("/units.csv").text
    ids = {row.name: row.id for row in units.listed(small.office.database)}
    assert browser.get(f"/units/{ids['Trạm Y tế Sen']}").status_code == 200
    assert browser.get(f"/units/{ids['Trường Hoa Cúc']}").status_code == 404
    assert "Thêm vào danh bạ" not in browser.get("/units").text


def test_the_list_goes_on_page_by_page_and_keeps_its_conditions(desk: DeskServer) -> None:
    # two of one name: the place between them is told by their numbers
    load(
        desk,
        "".join(f"{1_000_000 + number},Trường {number // 2:03},0010,,,,\n" for number in range(2 * ROWS)),
    )
    browser, seen = desk.let_in("lan"), []
    address: str | None = "/units?q=truong"
    while address:
        page = browser.get(address).text
        seen += re.findall(r'data-label="Mã ĐVQHNS">(\d+)<', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else None
    assert seen == [str(1_000_000 + number) for number in range(2 * ROWS)]


def test_a_unit_is_added_changed_and_taken_out_with_a_line_in_the_audit_each(desk: DeskServer) -> None:
    browser = desk.let_in("lan")
    form = {
        "name": "Trường Hoa Cúc",
        "code": "1234567",
        "treasury": "0160",
        "sort": "budget",
        "senders": "hoacuc.example\nketoan@hoacuc.example",
        "key": "one-and-the-same-key",
    }
    for _ in range(2):
        answer = browser.post("/units", form)
        assert "Đã thêm “Trường Hoa Cúc” vào danh bạ." in answer.text
    path = answer.url.path
    [row] = units.listed(desk.office.database)
    assert (path, row.senders, row.changed_by) == (
        f"/units/{row.id}",
        ("hoacuc.example", "ketoan@hoacuc.example"),
        "lan",
    )
    [was] = re.findall(r'name="was" value="([^"]+)"', answer.text)
    changed = {**form, "name": "Trường Hoa Cúc Vàng", "was": was, "key": "key-of-the-change"}
    desk.office.clock.forward(minutes=1)
    assert "Đã sửa “Trường Hoa Cúc Vàng”." in browser.post(path, changed).text
    late = browser.post(path, {**changed, "name": "Trường Khác", "key": "key-of-who-was-late"})
    assert (late.status_code, "vừa sửa đơn vị này" in late.text, 'value="Trường Khác"' in late.text) == (
        409,
        True,
        True,
    )
    assert "Đã xóa “Trường Hoa Cúc Vàng” khỏi danh bạ." in browser.post(f"{path}/remove").text
    assert browser.get(path).status_code == 404
    for action in ("unit_added", "unit_changed", "unit_removed"):
        assert audited(desk, action) == [f'{{"unit":{row.id}}}']


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": " "}, "Chưa có tên đơn vị."),
        ({"code": "12"}, "“12” không phải mã ĐVQHNS."),
        ({"code": "1234567"}, "“Trường Hoa Cúc” đã có trong danh bạ."),
        ({"treasury": "9999"}, "“9999” không dẫn tới hàng đợi nào."),
        ({"sort": "school"}, "Loại “school” không có."),
        ({"senders": "gmail.com"}, "gmail.com cấp hộp thư cho bất cứ ai."),
        ({"senders": "không"}, "“không” không phải địa chỉ thư hay tên miền."),
        ({"senders": "ketoan@hoacuc.example"}, "đã là của “Trường Hoa Cúc”."),
    ],
)
def test_what_may_not_stand_there_is_refused_in_words_and_what_was_typed_stays(
    small: DeskServer, said: dict[str, str], told: str
) -> None:
    load(small, SCHOOL)
    form = {"name": "Trường Mới", "sort": "budget", "phone": "0900 000 777", **said}
    answer = small.let_in("lan").post("/units", form)
    assert (answer.status_code, told in answer.text) == (409, True)
    assert 'value="0900 000 777"' in answer.text
    assert len(units.listed(small.office.database)) == 1
    assert audited(small, "unit_added") == []


def tried(browser: Browser, content: bytes) -> str:
    files = {"file": ("don-vi.csv", content)}
    data = {"form_token": browser.form_token}
    return browser.client.post("/units/import/try", data=data, files=files).text


def test_a_file_is_tried_line_by_line_before_it_is_brought_in(desk: DeskServer) -> None:
    load(desk, SCHOOL + CLINIC)
    browser = desk.let_in("lan")
    strange = CANARY.replace('"', "")
    wrong = f"12,Sai Mã,0010,,,,\n,,0010,,,,\n,{strange},9999,,,,\n,B,0010,,,,ketoan@hoacuc.example\n"
    page = tried(browser, (HEAD + SCHOOL + wrong + ",Trường Mới,0010,,,,\n").encode())
    assert "Thêm 1, sửa 0, giữ nguyên 1, lỗi 4." in page
    lines = re.findall(
        r'data-label="Dòng">(\d+)</td>\n<td dir="auto">(.*?)</td>\n<td dir="auto">(.*?)</td>', page
    )
    assert [(number, re.sub(r"<[^>]+>", "", told)) for number, _, told in lines] == [
        ("3", "Lỗi “12” không phải mã ĐVQHNS. Mã có bảy chữ số."),
        ("4", "Lỗi Chưa có tên đơn vị. Hãy ghi tên."),
        (
            "5",
            "Lỗi Số hiệu kho bạc “9999” không dẫn tới hàng đợi nào. Hãy ghi số hiệu có trong trang Kho bạc.",
        ),
        ("6", "Lỗi Địa chỉ ketoan@hoacuc.example đã là của “Trường Hoa Cúc”. Hãy gỡ ở đơn vị kia trước."),
        ("7", "Thêm"),
    ]
    assert "<script src=//" not in page
    assert 'action="/units/import"' not in page
    good = HEAD + SCHOOL.replace("0160", "0010") + CLINIC + ",Trường Mới,0010,,,,\n"
    page = tried(browser, f"\ufeff{good}".encode())
    assert "Thêm 1, sửa 1, giữ nguyên 1, lỗi 0." in page
    assert len(units.listed(desk.office.database)) == 2
    [carried] = re.findall(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    form = {"text": unescape(carried), "key": "key-of-the-import"}
    for _ in range(2):
        assert "Đã thêm 1 đơn vị, sửa 1 đơn vị." in browser.post("/units/import", form).text
    first, *page_told = audited(desk, "units_imported")
    assert (first, page_told) == ('{"added":2,"changed":0}', ['{"added":1,"changed":1}'])
    broken = browser.post("/units/import", {"text": HEAD + ",A,0010,,,,\n,,0010,,,,\n"})
    assert (broken.status_code, "Dòng 3: Chưa có tên đơn vị." in broken.text) == (409, True)
    assert len(units.listed(desk.office.database)) == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Hãy chọn một tệp CSV."),
        ("tên\n".encode("utf-16"), "Tệp không phải UTF-8."),
        (b"code,name\n", "Tệp thiếu cột treasury."),
        (b"name,treasury,colour\n", "Tệp có cột lạ “colour”."),
        (b'name,treasury\n"a\n', "Tệp không đúng dạng CSV."),
        (b"x" * (LARGEST + 1), "Tệp lớn hơn 400 KB."),
        (b"name,treasury\n" + b"A,0010\n" * 1001, "Tệp có 1001 dòng"),
    ],
)
def test_what_is_no_such_file_is_told_in_one_sentence(small: DeskServer, content: bytes, told: str) -> None:
    assert told in tried(small.let_in("lan"), content)


def test_what_is_saved_as_csv_can_be_brought_in_again(small: DeskServer) -> None:
    load(small, SCHOOL + "7654321,'=cmd|x,0010,budget,+soft,,\n")
    browser = small.let_in("kiem")
    answer = browser.get("/units.csv?q=cmd")
    assert answer.text == "\ufeff" + HEAD + "7654321,'=cmd|x,0010,budget,'+soft,,\n"
    assert "giữ nguyên 2, lỗi 0" in tried(small.let_in("lan"), browser.get("/units.csv").content)
    with small.office.database.read() as connection:
        seen = connection.execute(text("SELECT actor, action FROM audit WHERE object = '/units.csv'")).all()
    assert [tuple(row) for row in seen] == [("kiem", "view")] * 2
    stale = small.let_in("kiem", confirmed_minutes_ago=11)
    assert stale.get("/units.csv").url.path == "/account/confirm"


def test_a_form_is_taken_in_or_refused_by_one_act_beside_what_stands(desk: DeskServer) -> None:
    load(desk, SCHOOL)
    for number in (1, 2):
        desk.office.store(
            request("Đăng ký", number=number, sender="la@la.example", text=FORM + f"\n{number}")
        )
    desk.office.process()
    browser = desk.let_in("lan")
    assert "2 đăng ký theo Quyết định 935 chờ xét" in browser.get("/units").text
    page = browser.get("/units/proposals").text
    assert "Đơn vị đã có trong danh bạ:" in page
    assert "<mark>0900 000 009</mark>" in page
    assert "<mark>Kế toán Xanh 5.2</mark>" in page
    assert "<mark>1234567</mark>" not in page
    form = {"sender": "it@hoacuc.example", "seen": re.findall(r'name="seen" value="(\w+)"', page)[0]}
    # somebody else changes the unit while the page is open, and is not written over unseen
    load(desk, SCHOOL.replace("0160", "0010"))
    stale = browser.post("/units/proposals/1/accept", form)
    assert (stale.status_code, "Đăng ký hoặc danh bạ vừa thay đổi." in stale.text) == (409, True)
    assert browser.post("/units/proposals/1/accept", {}).status_code == 409
    form["seen"] = re.findall(r'name="seen" value="(\w+)"', browser.get("/units/proposals").text)[0]
    taken = browser.post("/units/proposals/1/accept", form).text
    assert "Đã nhận “Trường Hoa Cúc” vào danh bạ." in taken
    [row] = units.listed(desk.office.database)
    # the address that the form came from is taken by nobody's word
    assert row.senders == ("hoacuc.example", "it@hoacuc.example", "ketoan@hoacuc.example")
    assert (row.sort, row.software, row.phone) == ("connecting", "Kế toán Xanh 5.2", "0900 000 009")
    again = browser.post("/units/proposals/1/refuse", {"reason": "x"})
    assert (again.status_code, "lan đã nhận đăng ký này vào danh bạ." in again.text) == (409, True)
    assert "Hãy ghi lý do." in browser.post("/units/proposals/2/refuse", {"reason": " "}).text
    refused = browser.post("/units/proposals/2/refuse", {"reason": "trùng"}).text
    assert "Đã từ chối đăng ký." in refused
    assert "Không có đăng ký nào chờ xét." in refused
    assert browser.post("/units/proposals/9/accept").status_code == 404
    assert len(audited(desk, "unit_accepted")) == len(audited(desk, "unit_refused")) == 1


def test_a_unit_shows_its_tickets_in_the_rights_of_its_reader(desk: DeskServer) -> None:
    load(desk, ",Công ty Kết Nối,0010,connecting,SoftKT,,ketnoi.example it@rieng.example\n")
    senders = ("A <a@ketnoi.example>", "B <it@rieng.example>", "C <c@khac.example>")
    mails = [
        request(f"[{code}#DVC] Việc {number}", number=number, sender=sender)
        for number, (code, sender) in enumerate(zip(("3110", "0010", "0010"), senders, strict=True), 1)
    ]
    desk.office.store(*mails)
    desk.office.process()
    [row] = units.listed(desk.office.database)
    of = {who: desk.let_in(who).get(f"/units/{row.id}").text for who in ("lan", "ha")}
    shown = {who: re.findall(r'data-code="SD261116-0+(\d)"', page) for who, page in of.items()}
    assert shown == {"lan": ["2", "1"], "ha": ["2"]}


def proposed(desk: DeskServer, more: int) -> None:
    """Let forms propose a unit with hostile words, and some of the directory."""
    office = desk.office
    names = [f"{CANARY} {more}", *(f"Trường {number}" for number in range(more))]
    office.store(*(request(number=more * 100 + number) for number in range(len(names))))
    with office.database.write() as connection:
        found = connection.execute(text("SELECT max(id) FROM mails")).scalar_one()
        for number, name in enumerate(names):
            form = Registration(name, "", "", CANARY, CANARY, "0010", "").as_json()
            rows.propose(connection, found - number, "a@x.example", form, office.clock.now())


def test_what_was_written_stays_text_and_pages_ask_the_database_equally_often(small: DeskServer) -> None:
    with small.office.database.write() as connection:
        values = {"name": CANARY, "sort": "budget", "software": CANARY, "phone": CANARY[:90]}
        moment = {"changed_at": small.office.clock.now(), "changed_by": CANARY}
        rows.put(connection, None, {**values, **moment}, ["a@x.example"])
    browser = small.let_in("lan")
    counts = []
    for more in (0, 60):
        load(
            small,
            "".join(f",Trường {number},0010,,,,a{number}@x{number}.example\n" for number in range(more)),
        )
        proposed(small, more)
        for path in ("/units", "/units?q=truong", "/units/1", "/units/proposals"):
            with asked_of(small.office) as said:
                page = browser.get(path).text
            counts.append(len(said))
            assert "<script src=//" not in page
            assert "<img src=x" not in page
            assert "\u202e" not in page
    assert counts[:4] == counts[4:]
    assert max(counts) <= MOST_QUERIES
