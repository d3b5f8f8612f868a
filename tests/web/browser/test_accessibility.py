"""axe-core finds nothing to object to on any page of the desk; nothing reaches beyond a phone's width."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from support.axe import violations
from support.browsing import Window, window_of
from support.deskserver import DeskServer
from support.sampledesk import PAGES, address_of, sample_desk

WIDTH_OF_A_PHONE = 390


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    with sample_desk(tmp_path_factory.mktemp("sample")) as server:
        yield server


def open_page(window: Window, path: str) -> None:
    assert window.open(address_of(window.desk, path)) == (404 if path == "/none" else 200)


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}:{path}" for name, path in PAGES])
def test_nobody_is_kept_out_of_a_page(
    browser: Chromium, desk: DeskServer, axe: str, name: str, path: str
) -> None:
    with window_of(browser, desk, name) as window:
        open_page(window, path)
        assert violations(window.page, axe) == []
        window.page.emulate_media(color_scheme="dark")
        assert [one for one in violations(window.page, axe) if "contrast" in one] == []
        window.page.set_viewport_size({"width": WIDTH_OF_A_PHONE, "height": 844})
        assert window.page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_PHONE
        assert [one for one in violations(window.page, axe) if "target-size" in one] == []
