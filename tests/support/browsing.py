"""A browser in which somebody works at the desk: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import (
    Browser as Chromium,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
from support.deskserver import DeskServer

MISSING = "Chromium is not installed; on Debian: apt-get install chromium"

_OPTIONS = (
    # containers let no process make a sandbox of its own
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    # nothing but loopback: the browser's own services ask for nothing
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def have_chromium() -> bool:
    """Whether the browser is installed."""
    return shutil.which("chromium") is not None


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start the browser for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*_OPTIONS])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """A page of somebody; ``complaints`` is what the browser objected to, ``asked`` all that it fetched."""

    page: Page
    desk: DeskServer
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._seen)

    def open(self, path: str) -> int:
        """Open an address of the desk; gives the status of the answer."""
        answer = self.page.goto(self.desk.url + path)
        assert answer is not None
        return answer.status

    @property
    def path(self) -> str:
        """Where the page is, from the root on, without its query."""
        return self.page.url.removeprefix(self.desk.url).partition("?")[0]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _seen(self, request: Request) -> None:
        self.asked.append(request.url)


@contextmanager
def window_of(
    browser: Chromium,
    desk: DeskServer,
    name: str = "",
    *,
    javascript: bool = True,
    width: int = 1440,
    height: int = 900,
    dark: bool = False,
) -> Iterator[Window]:
    """Give a window in which somebody is signed in; without a name, nobody is.

    After a stroke may stand how far he has come: ``an/half``, ``an/enrol``.
    """
    context = browser.new_context(
        java_script_enabled=javascript,
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="vi-VN",
    )
    try:
        if name:
            _take_over(context, desk, name)
        yield Window(context.new_page(), desk)
    finally:
        context.close()


def _take_over(context: BrowserContext, desk: DeskServer, name: str) -> None:
    """Put the session of somebody into a browser; signing in by hand is tested once."""
    login, _, factor = name.partition("/")
    cookies = (desk.let_in(login, factor=factor) if factor else desk.signed_in(login)).client.cookies
    context.add_cookies(
        [{"name": key, "value": value, "url": desk.url} for key, value in cookies.items() if value]
    )
