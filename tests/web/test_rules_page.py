"""The rules on a page: which are loaded, how their folder stands, and what they would make of a mail."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from support.deskmails import BAIT, IMPOSTOR, hostile
from support.deskserver import DeskServer, config_of, desk_of
from support.office import RULES, Office, open_office, request
from support.queries import asked_of
from support.viewing import serving

from triage.app import App
from triage.web.deskapp import create_desk
from triage.web.rulespage import LARGEST

MOST_QUERIES = 10
STORED = ("mails", "tickets", "ticket_events", "decisions", "outbox", "unit_proposals", "mail_marks")


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("tri", "admin")
        server.person("an", "security", language="en")
        yield server


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("tri", "admin")
        yield server


def tried(desk: DeskServer, raw: bytes, who: str = "tri") -> str:
    return desk.let_in(who).post("/rules/try", {"raw": raw.decode()}).text


def stored(office: Office) -> list[int]:
    with office.database.read() as connection:
        return [connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in STORED]  # noqa: S608 - ours


def page_of(office: Office, folder: Path) -> str:
    """Give the page of an installation whose folder of rules is another one than it was started with."""
    app = App(config_of("sqlite://"), folder, office.database, office.means, "desk")
    with serving(create_desk(app)) as port:
        server = DeskServer(office, app, f"http://127.0.0.1:{port}")
        server.person("tri", "admin")
        try:
            return server.let_in("tri").get("/rules").text
        finally:
            server.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as opened:
        yield opened


def test_the_page_says_which_rules_are_loaded_and_that_their_folder_is_in_order(small: DeskServer) -> None:
    page = small.let_in("tri").get("/rules").text
    assert small.app.means.rules.digest in page
    assert "09:30 16/11/2026" in page
    assert "giống bản đang dùng" in page
    assert "Kiểm tra thư mục: không có lỗi." in page
    assert "ví dụ của quy tắc đều đúng." in page


def test_the_page_asks_little_of_the_database(small: DeskServer) -> None:
    browser = small.let_in("tri")
    with asked_of(small.office) as said:
        browser.get("/rules")
    assert len(said) <= MOST_QUERIES


def test_a_folder_that_was_changed_is_told_with_what_to_do(office: Office, folder: Path) -> None:
    (folder / "office.toml").write_text((folder / "office.toml").read_text("utf-8") + "\n# x\n", "utf-8")
    page = page_of(office, folder)
    assert "đã khác bản đang dùng" in page
    assert "Khởi động lại dịch vụ để dùng bản mới." in page


def test_a_folder_that_cannot_be_loaded_is_told_with_the_mistake(office: Office, folder: Path) -> None:
    (folder / "office.toml").write_text("name = <b>", "utf-8")
    page = page_of(office, folder)
    assert "dịch vụ sẽ không khởi động lại được" in page
    assert "office.toml" in page


def test_a_letter_and_an_answer_that_must_not_go_out_are_both_told(office: Office, folder: Path) -> None:
    (folder / "letters" / "acknowledgement" / "body.txt").write_text("https://x.example", "utf-8")
    (folder / "answers" / "zz.toml").write_text('title = "x"\ntext = "Gửi mật khẩu cho tôi"\n', "utf-8")
    page = page_of(office, folder)
    assert "a letter must hold no link" in page
    assert "answers/zz.toml: must not go out" in page


def test_a_mail_that_is_tried_is_decided_and_nothing_of_it_is_kept(desk: DeskServer) -> None:
    before = stored(desk.office)
    page = tried(desk, request())
    assert "Mở phiếu mới" in page
    assert "Kho bạc" in page
    assert "Theo mã kho bạc ở tiêu đề" in page
    assert "Ảnh màn hình" in page
    assert "Thư tự động: Xác nhận đã nhận" in page
    assert "[SD261116-000000]" in page
    assert "ketoan@thcs-hoamai.example" in page
    assert stored(desk.office) == before


def test_the_audit_says_that_a_mail_was_tried_and_nothing_of_what_stood_in_it(small: DeskServer) -> None:
    raw = request()
    tried(small, raw)
    with small.office.database.read() as connection:
        rows = connection.execute(text("SELECT actor, data FROM audit WHERE action = 'mail_tried'")).all()
    # a browser sends the lines of a field with CRLF, as the mail has them
    assert [tuple(row) for row in rows] == [("tri", f'{{"bytes":{len(raw)}}}')]


def test_what_the_database_knows_is_taken_into_account(small: DeskServer) -> None:
    small.office.store(request())
    small.office.process()
    assert "Bỏ qua vì thư này đã nhận rồi" in tried(small, request())
    with small.office.database.read() as connection:
        code = connection.scalar(text("SELECT code FROM tickets"))
    page = tried(small, request(f"Re: [{code}] Lỗi", number=2))
    assert "Ghép vào phiếu đã có" in page
    assert str(code) in page


def test_an_impostor_is_told_with_the_findings_and_gets_no_letter(desk: DeskServer) -> None:
    raw = request("Nâng cấp hệ thống", sender=IMPOSTOR, text=BAIT)
    page = tried(desk, raw)
    assert "Nghi mạo danh" in page
    assert '<span class="mark">Cao</span>' in page
    assert "Không gửi thư nào." in page
    english = tried(desk, raw, "an")
    assert "No letter is sent." in english
    assert "Nghi mạo danh" not in english


def test_secrets_of_a_mail_that_is_tried_are_masked(small: DeskServer) -> None:
    raw = request("[0010#DVC] mật khẩu: HoaMai#2026", text="Mật khẩu: HoaMai#2026 của đơn vị.")
    page = tried(small, raw)
    assert "Mở phiếu mới" in page
    assert "HoaMai#2026" not in page


def test_what_a_stranger_wrote_stays_text(small: DeskServer) -> None:
    page = tried(small, hostile())
    assert "<img src=x" not in page
    assert "<script>x" not in page
    assert "\u202e" not in page


def test_a_file_is_tried_like_what_is_pasted(small: DeskServer) -> None:
    browser = small.let_in("tri")
    raw = request("[0010#DVC] Tệp này")
    files = {"file": ("thu.eml", raw, "message/rfc822")}
    answer = browser.client.post(
        "/rules/try", data={"form_token": browser.form_token, "raw": ""}, files=files
    )
    assert answer.status_code == 200
    assert "Tệp này" in answer.text
    assert "Mở phiếu mới" in answer.text


def test_a_browser_that_sends_an_empty_file_beside_what_is_pasted_is_understood(small: DeskServer) -> None:
    browser = small.let_in("tri")
    data = {"form_token": browser.form_token, "raw": request().decode()}
    files = {"file": ("", b"", "application/octet-stream")}
    answer = browser.client.post("/rules/try", data=data, files=files)
    assert answer.status_code == 200
    assert "Mở phiếu mới" in answer.text


def test_nothing_and_too_much_are_refused_in_words(small: DeskServer) -> None:
    browser = small.let_in("tri")
    empty = browser.post("/rules/try", {"raw": " \r\n"})
    assert (empty.status_code, "Hãy dán một thư" in empty.text) == (422, True)
    files = {"file": ("thu.eml", b"x" * (LARGEST + 1), "message/rfc822")}
    large = browser.client.post("/rules/try", data={"form_token": browser.form_token}, files=files)
    assert (large.status_code, "Thư lớn hơn 1,5 MB." in large.text) == (422, True)


def test_a_mail_that_kills_its_reader_does_not_kill_the_desk(small: DeskServer) -> None:
    means = replace(
        small.app.means,
        trial=lambda _: (one for one in ("the process that read this mail died (status -9)",)),
    )
    app = replace(small.app, means=means)
    with serving(create_desk(app)) as port:
        server = DeskServer(small.office, app, f"http://127.0.0.1:{port}")
        try:
            page = tried(server, request())
        finally:
            server.close()
    assert "Không xử lý được thư này" in page
    assert "died (status -9)" in page
    assert "Mở phiếu mới" not in page


def test_the_page_counts_what_people_corrected_of_the_rules_in_force(small: DeskServer) -> None:
    small.office.store(request())
    small.office.process()
    browser = small.let_in("tri")
    assert "Chưa có lần sửa nào" in browser.get("/rules").text
    form = {"category": "signature", "was": "login", "key": "k" * 12}
    assert browser.post("/tickets/SD261116-000001/category", form).status_code == 200
    with asked_of(small.office) as said:
        page = browser.get("/rules").text
    assert len(said) <= MOST_QUERIES + 6
    assert "Với bộ quy tắc đang dùng: 1 lần sửa" in page
    assert "<code>categories.toml: login</code>" in page
