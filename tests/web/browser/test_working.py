"""People at work in a real browser, with the module of the desk and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium, expect
from support.browsing import window_of
from support.deskserver import PASSWORD, DeskServer, desk_of
from support.office import open_office, request
from support.sampledesk import codes


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as server:
        office.store(request("[0010#DVC] Lỗi ở Hà Nội"), request("[3110#DVC] Lỗi ở Hậu Giang", number=2))
        office.process()
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "3110", display_name="Lê Minh Thu")
        yield server


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_somebody_signs_in_by_password_and_code_and_out_again(
    browser: Chromium, desk: DeskServer, *, javascript: bool
) -> None:
    with window_of(browser, desk, javascript=javascript) as window:
        page = window.page
        window.open("/tickets")
        page.get_by_label("Tên đăng nhập").fill("lan")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.locator("#code").fill(desk.code())
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Phiếu")
        assert window.path == "/tickets"
        page.get_by_role("button", name="Tài khoản của Nguyễn Thị Lan").click()
        page.get_by_role("button", name="Đăng xuất").click()
        expect(page.get_by_label("Mật khẩu")).to_be_visible()
        window.open("/tickets")
        assert window.path == "/sign-in"


def test_a_coordinator_finds_no_other_queue_by_any_address(
    browser: Chromium, desk: DeskServer, *, javascript: bool
) -> None:
    foreign, own = codes(desk)
    with window_of(browser, desk, "thu", javascript=javascript) as window:
        for path in ("/", "/tickets", "/tickets?status=open&queue=0010", "/queues/3110"):
            assert window.open(path) == 200
            assert "Hà Nội" not in window.page.content()
        for path in (f"/tickets/{foreign}", "/queues/0010", "/m/1", "/m/1/body", "/m/1/raw"):
            assert window.open(path) in {403, 404}
            assert "Hà Nội" not in window.page.content()
        assert window.open(f"/tickets/{own}") == 200
        expect(window.page.get_by_role("heading", level=1)).to_contain_text("Lỗi ở Hậu Giang")


def test_the_pages_are_read_in_english_after_a_switch(
    browser: Chromium, desk: DeskServer, *, javascript: bool
) -> None:
    with window_of(browser, desk, "lan", javascript=javascript) as window:
        window.open("/tickets")
        window.page.get_by_role("button", name="Tài khoản của Nguyễn Thị Lan").click()
        window.page.get_by_role("button", name="English").click()
        expect(window.page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_alone_leads_from_the_list_to_a_ticket(browser: Chromium, desk: DeskServer) -> None:
    with window_of(browser, desk, "lan", javascript=False) as window:
        window.open("/tickets")
        window.page.keyboard.press("Tab")
        expect(window.page.get_by_role("link", name="Tới nội dung chính")).to_be_focused()
        link = window.page.get_by_role("link", name="Lỗi ở Hà Nội")
        for _ in range(40):
            window.page.keyboard.press("Tab")
            if link.evaluate("one => one === document.activeElement && one.matches(':focus-visible')"):
                break
        window.page.keyboard.press("Enter")
        expect(window.page.get_by_role("heading", level=1)).to_contain_text("Lỗi ở Hà Nội")


def test_a_window_asks_nobody_but_the_desk(browser: Chromium, desk: DeskServer) -> None:
    with window_of(browser, desk, "lan") as window:
        for path in ("/", "/tickets", f"/tickets/{codes(desk)[0]}", "/account"):
            window.open(path)
        assert window.complaints == []
        assert all(address.startswith(desk.url) for address in window.asked)
