"""A ticket worked from the board to the sent answer by whoever has no mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium, Locator, Page, expect
from support.browsing import Window, window_of
from support.deskserver import PASSWORD, DeskServer, desk_of
from support.keyboard import Keyboard
from support.office import open_office, request

from triage.db import outbox, tickets

PATIENCE = 30_000
"""Milliseconds that a page may take on a machine that has much else to do."""

ANSWER = "Chào anh chị, xin cập nhật phần mềm ký số rồi thử lại."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as server:
        office.store(*(request(f"[0010#DVC] Lỗi số {number}", number=number) for number in (1, 2, 3)))
        office.process()
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        yield server


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def window(browser: Chromium, desk: DeskServer) -> Iterator[Window]:
    with window_of(browser, desk, "lan") as opened:
        yield opened
        assert opened.complaints == []


def button(page: Page, name: str) -> Locator:
    return page.locator("main, #toast").get_by_role("button", name=name, exact=True).first


def landed(keys: Keyboard, wanted: Locator) -> None:
    """Expect the focus to be on something, and to be seen there."""
    expect(wanted).to_be_focused(timeout=PATIENCE)
    assert keys.hidden_focus() == ""


def test_a_ticket_is_worked_from_the_board_to_the_sent_answer(
    browser: Chromium, desk: DeskServer, *, javascript: bool
) -> None:
    with window_of(browser, desk, javascript=javascript) as window:
        page, keys = window.page, Keyboard(window.page)
        sign_in(window, keys, desk)
        keys.press("Tab")
        landed(keys, page.get_by_role("link", name="Tới nội dung chính"))
        keys.press("Enter")
        expect(page).to_have_url(f"{desk.url}/#main")
        keys.use(page.locator("main a.tile[href='/queues/0010']"))
        keys.use(page.get_by_role("link", name="Lỗi số 1"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Lỗi số 1")

        keys.use(button(page, "Nhận xử lý"))
        expect(page.get_by_text("Người xử lý: Nguyễn Thị Lan")).to_be_visible()
        landed(keys, page.locator("#acts a[href='#answer']" if javascript else "#toast"))
        keys.use(page.locator("#acts a[href='#answer']"))
        landed(keys, page.locator("#answer"))
        keys.write(ANSWER)
        keys.use(button(page, "Xem trước"))
        landed(keys, page.get_by_role("region", name="Thư trả lời"))
        keys.use(button(page, "Gửi"))

        landed(keys, page.locator("#toast"))
        keys.press("Tab")
        landed(keys, button(page, "Thu hồi"))
        keys.press("Enter")
        landed(keys, page.locator("#answer"))
        expect(page.locator("#answer")).to_have_value(ANSWER)
        keys.use(button(page, "Gửi"))
        landed(keys, page.locator("#toast"))

        keys.use(page.locator("#act-close > summary"))
        keys.use(button(page, "Đóng phiếu"))
        landed(keys, page.locator("#act-reopen > summary" if javascript else "#toast"))
    with desk.office.database.read() as connection:
        worked = tickets.listed(connection)[-1]
        assert (worked.status, worked.assignee, worked.subject) == ("closed", "lan", "Lỗi số 1")
        assert outbox.count_waiting(connection) == 4


def sign_in(window: Window, keys: Keyboard, desk: DeskServer) -> None:
    page = window.page
    window.open("/")
    landed(keys, page.locator("#name"))
    keys.write("lan")
    keys.press("Tab")
    landed(keys, page.locator("#password"))
    keys.write(PASSWORD)
    keys.press("Enter")
    landed(keys, page.locator("#code"))
    keys.write(desk.code())
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bảng chung")


def test_single_keys_take_answer_and_close_a_ticket(window: Window) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/queues/0010")
    keys.press("j", "j", "o")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lỗi số 2")
    keys.press("t")
    expect(page.get_by_text("Người xử lý: Nguyễn Thị Lan")).to_be_visible()
    landed(keys, page.locator("#acts a[href='#answer']"))
    keys.press("n")
    landed(keys, page.locator("#note"))
    keys.write("Đã gọi cho đơn vị.")
    keys.press("Control+Enter")
    landed(keys, page.locator("#toast"))
    keys.press("r")
    landed(keys, page.locator("#answer"))
    keys.write(ANSWER)
    keys.press("Control+Enter")
    landed(keys, page.locator("#toast"))
    expect(page.locator(".state[data-state=waiting]").first).to_be_visible()
    keys.press("c")
    landed(keys, page.locator("#outcome"))
    keys.use(button(page, "Đóng phiếu"))
    landed(keys, page.locator("#act-reopen > summary"))
    keys.press("u")
    expect(page).to_have_url(f"{window.desk.url}/tickets")


@pytest.mark.parametrize(
    ("key", "field", "menu"),
    [
        ("v", "#queue", "#act-route > summary"),
        ("c", "#outcome", "#act-close > summary"),
        ("g", "#to", "#act-assign > summary"),
        ("z", "#act-snooze button >> nth=0", "#act-snooze > summary"),
    ],
)
def test_a_key_opens_a_menu_at_its_first_field_and_escape_leads_back(
    window: Window, key: str, field: str, menu: str
) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/tickets/SD261116-000001")
    keys.press(key)
    landed(keys, page.locator(field))
    keys.press("Escape")
    expect(page.locator(field)).to_be_hidden()
    landed(keys, page.locator(menu))


def test_a_menu_closes_with_its_act_and_the_focus_is_where_it_was_opened(window: Window) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/tickets/SD261116-000001")
    keys.press("v")
    keys.press("End", "Tab")
    keys.write("Đơn vị thuộc kho bạc này.")
    keys.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Đã chuyển phiếu")
    landed(keys, page.locator("#act-route > summary"))
    expect(page.locator("#queue")).to_be_hidden()


def test_an_answer_that_is_stopped_says_why_and_leads_back_to_its_text(window: Window) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/tickets/SD261116-000001")
    keys.press("r")
    keys.write("Anh chị gửi mật khẩu cho em nhé.")
    keys.press("Control+Enter")
    landed(keys, page.get_by_role("alert"))
    keys.use(page.get_by_role("link", name="Xem phiếu và sửa tiếp"))
    landed(keys, page.locator("#answer"))
    expect(page.locator("#answer")).to_have_value("Anh chị gửi mật khẩu cho em nhé.")
    window.complaints.clear()  # the browser tells of the answer 409


def test_keys_act_on_the_row_where_one_stands_and_leave_one_there(window: Window) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/queues/0010")
    keys.press("j", "j", "t")
    expect(page.locator("#toast")).to_contain_text("Bạn đã nhận 1 phiếu")
    landed(keys, page.get_by_role("link", name="Lỗi số 2"))
    keys.press("c")
    landed(keys, page.locator("#b-outcome"))
    keys.use(button(page, "Đóng các phiếu này"))
    landed(keys, page.locator("#toast"))
    expect(page.get_by_role("link", name="Lỗi số 2")).to_have_count(0)


def test_the_sheet_of_keys_keeps_the_focus_and_gives_it_back(window: Window) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/queues/0010")
    sheet = page.get_by_role("dialog", name="Phím tắt")
    keys.press("j", "?")
    landed(keys, sheet.get_by_role("button", name="Đóng"))
    for key in ("j", "k", "Enter", "o", "x", "t", "r", "n", "g", "v", "c", "z", "u", "/", "?"):
        assert sheet.locator("kbd", has_text=key).count(), key
    keys.press("j", "u")
    expect(sheet).to_be_visible()
    keys.press("Escape")
    expect(sheet).to_be_hidden()
    landed(keys, page.get_by_role("link", name="Lỗi số 1"))


def test_the_sheet_of_keys_opens_from_the_menu_of_the_person(window: Window) -> None:
    page, keys = window.page, Keyboard(window.page)
    window.open("/")
    person = page.get_by_role("button", name="Tài khoản của Nguyễn Thị Lan")
    keys.use(person)
    keys.use(page.locator("#person [data-opens=keys]"))
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_hidden()
    landed(keys, person)
