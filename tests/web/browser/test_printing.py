"""What is printed is what is read: nothing that is only pressed, and how a report was counted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from support.browsing import window_of
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request

PRESSED = ".noprint, .button, button"


@pytest.fixture
def desk(tmp_path: object) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path}/x.sqlite") as office, desk_of(office) as server:
        server.person("lan", "agent")
        office.store(request("[0010#DVC] Lỗi ký số"))
        office.process()
        yield server


@pytest.mark.parametrize("path", ["/reports", "/reports/provinces/0010", "/tickets/SD261116-000001"])
def test_nothing_to_press_is_printed(browser: Chromium, desk: DeskServer, path: str) -> None:
    with window_of(browser, desk, "lan") as window:
        assert window.open(path) == 200
        pressed = window.page.locator(PRESSED)
        assert any(one.is_visible() for one in pressed.all())
        window.page.emulate_media(media="print")
        assert [one.inner_text() for one in pressed.all() if one.is_visible()] == []


@pytest.mark.parametrize("path", ["/reports", "/reports/provinces/0010"])
def test_a_printed_report_says_how_it_was_counted(browser: Chromium, desk: DeskServer, path: str) -> None:
    with window_of(browser, desk, "lan") as window:
        assert window.open(path) == 200
        window.page.emulate_media(media="print")
        assert window.page.get_by_text("Tính các phiếu mở trong tháng").is_visible()
