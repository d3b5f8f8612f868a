"""axe-core finds nothing to object to on any page of the desk; nothing reaches beyond a phone's width."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser as Chromium
from support.axe import CONTRAST, TARGETS, violations
from support.browsing import Window, window_of
from support.deskserver import DeskServer
from support.sampledesk import PAGES, address_of, sample_desk

WIDTH_OF_A_PHONE = 390


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    with sample_desk(tmp_path_factory.mktemp("sample")) as server:
        yield server


@dataclass
class Seat:
    """Where one person after the other sits down; who stays keeps his window: new ones are slow to open."""

    browser: Chromium
    desk: DeskServer
    _taken: tuple[str, Window] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def taken_by(self, name: str) -> Window:
        """Give the window of somebody, as wide and as bright as it was at first."""
        if self._taken is None or self._taken[0] != name:
            self.leave()
            self._taken = name, self._stack.enter_context(window_of(self.browser, self.desk, name))
        _, window = self._taken
        window.page.emulate_media(color_scheme="light")
        window.page.set_viewport_size({"width": 1440, "height": 900})
        return window

    def leave(self) -> None:
        self._taken = None
        self._stack.close()


@pytest.fixture(scope="module")
def seat(browser: Chromium, desk: DeskServer) -> Iterator[Seat]:
    seat = Seat(browser, desk)
    yield seat
    seat.leave()


def open_page(window: Window, path: str) -> None:
    assert window.open(address_of(window.desk, path)) == (404 if path == "/none" else 200)


@pytest.mark.parametrize(
    ("name", "path"), sorted(PAGES), ids=[f"{name}:{path}" for name, path in sorted(PAGES)]
)
def test_nobody_is_kept_out_of_a_page(seat: Seat, axe: str, name: str, path: str) -> None:
    window = seat.taken_by(name)
    open_page(window, path)
    assert violations(window.page, axe) == []
    window.page.emulate_media(color_scheme="dark")
    assert violations(window.page, axe, only=CONTRAST) == []
    window.page.set_viewport_size({"width": WIDTH_OF_A_PHONE, "height": 844})
    assert window.page.evaluate("document.documentElement.scrollWidth") <= WIDTH_OF_A_PHONE
    assert violations(window.page, axe, only=TARGETS) == []
