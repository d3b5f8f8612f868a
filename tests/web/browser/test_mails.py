"""Hostile mails at the desk in a real browser: nothing runs, nothing calls out, nothing leaves its frame."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from support.browsing import Window, window_of
from support.chromium import Canary
from support.deskmails import hostile, paper, screen, with_files
from support.deskserver import DeskServer, desk_of
from support.html_payloads import PAYLOADS, payload
from support.office import open_office
from support.pdfs import ACTIONS

FIRST = "SD261116-000001"
FOREIGN = ".mail :is(img, script, svg, math, form, style, link, object, embed, base, meta)"
"""Elements that only a mail could have brought into its page."""


@pytest.fixture
def desk(tmp_path: object) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path}/x.sqlite") as office, desk_of(office) as server:
        server.person("son", "security")
        yield server


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as server:
        yield server


def take_in(desk: DeskServer, *raws: bytes) -> None:
    """Store mails and process them, each as one of its own."""
    for number, raw in enumerate(raws, 1):
        desk.office.store(raw.replace(b"<mot@", f"<so-{number}@".encode()))
    desk.office.process()


def strangers(window: Window) -> list[str]:
    """Give what was asked of anybody but the desk and the browser's own reader of PDF."""
    ours = (window.desk.url, "chrome-extension://", "chrome://", "data:", "blob:")
    return [url for url in window.asked if not url.startswith(ours)]


def test_no_html_of_a_mail_runs_calls_out_or_leaves_its_frame(
    browser: Chromium, desk: DeskServer, canary: Canary
) -> None:
    take_in(desk, *(with_files(html=f"<p>trước</p>{payload(name, canary.url)}") for name in PAYLOADS))
    with window_of(browser, desk, "son") as window:
        for number, name in enumerate(PAYLOADS, 1):
            assert window.open(f"/m/{number}?view=html") == 200
            page = window.page
            frame = page.frame(url=f"**/m/{number}/body")
            assert frame is not None, name
            assert "trước" in frame.content(), name
            assert len(page.frames) == 2, name
            assert page.locator(FOREIGN).count() == 0, name
            assert page.title().startswith("Thư số"), name
        assert strangers(window) == []
        assert window.path == f"/m/{len(PAYLOADS)}"
    assert canary.seen == []


def test_hostile_words_run_nothing_on_any_page(browser: Chromium, desk: DeskServer, canary: Canary) -> None:
    call = f"fetch('{canary.url}/y')"
    attack = f"\"'><img src={canary.url}/x onerror={call}><script>{call}</script>"
    take_in(desk, hostile(attack))
    with window_of(browser, desk, "son") as window:
        for path in (
            f"/tickets/{FIRST}",
            "/m/1",
            "/m/1?view=full",
            "/m/1?view=html",
            "/m/1/look/0",
            "/m/1/raw",
        ):
            assert window.open(path) == 200
        assert strangers(window) == []
        assert window.complaints == []
    assert canary.seen == []


def test_a_pdf_is_shown_and_what_it_does_on_opening_reaches_nobody(
    browser: Chromium, desk: DeskServer, canary: Canary
) -> None:
    papers = [
        paper(f"{n}.pdf", action=action.replace("{url}", canary.url)) for n, action in enumerate(ACTIONS)
    ]
    take_in(desk, with_files(*papers))
    with window_of(browser, desk, "son") as window:
        for place in range(len(papers)):
            with window.page.expect_response(f"**/m/1/pdf/{place}") as answer:
                assert window.open(f"/m/1/look/{place}") == 200
            assert answer.value.status == 200
            window.page.wait_for_timeout(1_000)  # of its own time: what it does, it does on opening
            assert window.path == f"/m/1/look/{place}"
            assert any(frame.url.startswith("chrome-extension://") for frame in window.page.frames)
        assert strangers(window) == []
    assert canary.seen == []


def test_pictures_are_loaded_as_they_come_into_sight_and_need_no_cookie(
    browser: Chromium, desk: DeskServer
) -> None:
    take_in(desk, with_files(screen()))
    with window_of(browser, desk, "son") as window:
        window.open(f"/tickets/{FIRST}")
        picture = window.page.locator(".files img")
        picture.scroll_into_view_if_needed()
        width = "image => image.decode().then(() => image.naturalWidth)"
        assert picture.evaluate(width) == 80
        window.page.context.clear_cookies()
        picture.evaluate("image => { image.src += '&again=1' }")
        assert picture.evaluate(width) == 80
