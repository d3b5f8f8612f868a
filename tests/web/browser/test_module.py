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
