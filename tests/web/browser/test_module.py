"""The module of the desk in a real browser: keys, news, and that nothing objects to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium, expect
from support.browsing import Window, window_of
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as server:
        office.store(
            *(request(f"[0010#DVC] Lỗi số {number}", number=number) for number in (1, 2, 3)),
        )
        office.process()
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        yield server


@pytest.fixture
def window(browser: Chromium, desk: DeskServer) -> Iterator[Window]:
    with window_of(browser, desk, "lan") as opened:
        yield opened
        assert opened.complaints == []


def test_the_sheet_of_keys_opens_and_closes(window: Window) -> None:
    window.open("/")
    window.page.keyboard.press("?")
    sheet = window.page.get_by_role("dialog", name="Phím tắt")
    expect(sheet).to_be_visible()
    window.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_keys_walk_through_a_list_and_open_a_ticket(window: Window) -> None:
    window.open("/tickets")
    window.page.keyboard.press("j")
    window.page.keyboard.press("j")
    expect(window.page.get_by_role("link", name="Lỗi số 2")).to_be_focused()
    window.page.keyboard.press("k")
    window.page.keyboard.press("o")
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("Lỗi số 1")


def test_keys_rest_where_somebody_writes_and_while_a_word_is_composed(window: Window) -> None:
    window.open("/tickets")
    window.page.locator("details.filter summary").last.click()
    name = window.page.locator("#f-name")
    name.focus()
    window.page.keyboard.type("jjo?")
    expect(name).to_have_value("jjo?")
    name.evaluate("one => one.blur()")
    window.page.evaluate(
        """() => document.body.dispatchEvent(
            new KeyboardEvent("keydown", { code: "KeyJ", key: "Process", keyCode: 229, bubbles: true }))"""
    )
    expect(window.page.locator(".here")).to_have_count(0)


def test_whoever_wants_no_keys_has_none(window: Window) -> None:
    window.open("/account")
    window.page.get_by_label("Dùng phím tắt").uncheck()
    window.page.get_by_role("button", name="Lưu tùy chọn").click()
    expect(window.page.locator("body")).to_have_attribute("data-keys", "off")
    window.open("/tickets")
    window.page.keyboard.press("j")
    window.page.keyboard.press("?")
    expect(window.page.locator(".here, dialog[open]")).to_have_count(0)


def test_a_new_ticket_is_told_and_shown_only_when_asked(window: Window, desk: DeskServer) -> None:
    window.open("/tickets")
    with window.page.expect_response("**/events"):
        window.open("/tickets")
    desk.office.store(request("[0010#DVC] Lỗi vừa đến", number=9))
    desk.office.process()
    told = window.page.locator(".news")
    expect(told).to_contain_text("1 phiếu mới", timeout=30_000)
    expect(window.page.get_by_role("link", name="Lỗi vừa đến")).to_have_count(0)
    told.get_by_role("button", name="Hiện").click()
    expect(window.page.get_by_role("link", name="Lỗi vừa đến")).to_be_visible()


def test_two_windows_of_a_browser_share_one_stream(window: Window, desk: DeskServer) -> None:
    window.open("/tickets")
    other = Window(window.page.context.new_page(), desk)
    other.open("/tickets")
    desk.office.store(request("[0010#DVC] Lỗi vừa đến", number=9))
    desk.office.process()
    for one in (window, other):
        expect(one.page.locator(".news")).to_contain_text("1 phiếu mới", timeout=30_000)
    assert sum(address.endswith("/events") for address in (*window.asked, *other.asked)) == 1
