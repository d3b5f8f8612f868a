"""Hostile HTML by mail in a real browser: nothing runs, nothing calls out, nothing leaves its frame."""

import base64
from collections.abc import Iterator
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send
from support import chromium
from support.chromium import Canary, dump_dom
from support.html_payloads import PAYLOADS, payload
from support.office import SetClock
from support.programs import unavailable
from support.rawmail import part
from support.viewing import html_mail, pages_of, png, serving, shown

from triage.web.headers import BODY_HEADERS, PAGE_POLICY, SecuredHeaders
from triage.web.imagetokens import ImageTokens
from triage.web.viewer import viewer_router

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TOP = "<title>trang của ta</title><p>còn đây</p>"
ESCAPES = (
    "<script>top.location = '{url}/top'</script>",
    "<script>parent.document.title = 'chiếm'</script>",
    "<meta http-equiv=refresh content='0;url={url}/refresh'>",
    "<a href='{url}/a' target=_top id=a autofocus>x</a><script>a.click()</script>",
    "<form action='{url}/f' target=_top id=f></form><script>f.submit()</script>",
    "<script>window.open('{url}/open')</script>",
)


@pytest.fixture(autouse=True)
def _chromium() -> None:
    if not chromium.have_chromium():
        unavailable(chromium.MISSING)


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as server:
        yield server


def payloads(canary: Canary) -> list[str]:
    return [f"<p>trước</p>{payload(name, canary.url)}" for name in PAYLOADS]


def framing(pages: list[str], attributes: str = "") -> str:
    return TOP + "".join(f"<iframe {attributes} src='{page}'></iframe>" for page in pages)


def viewer_of(htmls: list[str]) -> FastAPI:
    """Make pages of many mails, all of them open, and one page that frames them without a sandbox."""
    mails = {n: shown(html_mail(html), n) for n, html in enumerate(htmls, 1)}
    web = FastAPI()
    web.include_router(viewer_router(mails.get, lambda: None, ImageTokens(SetClock().now), HANOI))

    @web.get("/all")
    def every() -> HTMLResponse:
        return HTMLResponse(framing([f"/m/{number}/body" for number in mails]))

    return web


def raw_frames(htmls: list[str], *, guarded: bool) -> FastAPI:
    """Serve HTML as it came, in frames, under the headers of our pages or under none."""
    web = FastAPI()

    @web.get("/all")
    def every() -> HTMLResponse:
        pages = [f"/raw/{number}" for number in range(len(htmls))]
        told = {"Content-Security-Policy": PAGE_POLICY} if guarded else {}
        return HTMLResponse(framing(pages, "sandbox" if guarded else ""), headers=told)

    @web.get("/raw/{number}")
    def raw(number: int) -> HTMLResponse:
        return HTMLResponse(htmls[number], headers=BODY_HEADERS if guarded else {})

    return web


UNGUARDED = {
    "picture": "/picture.png",
    "img onerror": "/onerror",
    "svg onload": "/svg",
    "style element": "/import.css",
    "style background": "/bg1.png",
    "frames": "/iframe",
    "script from elsewhere": "/script.js",
    "meta refresh": "/refresh",
}


def test_the_canary_sees_hostile_html_that_nothing_guards(canary: Canary) -> None:
    htmls = [payload(name, canary.url) for name in UNGUARDED]
    with serving(raw_frames(htmls, guarded=False)) as port:
        dump_dom(f"http://127.0.0.1:{port}/all")
    assert set(canary.seen) >= set(UNGUARDED.values())


def test_the_canary_sees_a_page_that_is_led_away(canary: Canary) -> None:
    with serving(raw_frames([ESCAPES[0].replace("{url}", canary.url)], guarded=False)) as port:
        dump_dom(f"http://127.0.0.1:{port}/all")
    assert "/top" in canary.seen


def test_what_the_filter_gives_calls_nobody_even_without_our_headers(canary: Canary) -> None:
    with serving(viewer_of(payloads(canary))) as port:
        bodies = [dump_body(port, number) for number in range(1, len(PAYLOADS) + 1)]
    with serving(raw_frames(bodies, guarded=False)) as port:
        dump_dom(f"http://127.0.0.1:{port}/all")
    assert not canary.seen


def dump_body(port: int, number: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/m/{number}/body", timeout=20) as answer:
        text: str = answer.read().decode()
    return text


def test_the_frame_holds_even_what_no_filter_has_seen(canary: Canary) -> None:
    escapes = [text.replace("{url}", canary.url) for text in ESCAPES]
    calls = [payload(name, canary.url) for name in UNGUARDED]
    with serving(raw_frames([*calls, *escapes], guarded=True)) as port:
        dom = dump_dom(f"http://127.0.0.1:{port}/all")
    assert "còn đây" in dom
    assert "<title>trang của ta</title>" in dom
    assert not canary.seen


def test_hostile_text_subject_and_names_run_nothing(canary: Canary) -> None:
    attack = "\"'><img src={url}/x onerror=fetch('{url}/y')><script>fetch('{url}/z')</script>"
    attack = attack.replace("{url}", canary.url)
    name = base64.b64encode(attack.encode()).decode()
    raw = html_mail(
        f"<p>{attack}",
        part(f'image/png; name="=?utf-8?b?{name}?="', b"x", "Content-Disposition: attachment"),
        text=attack,
    ).replace(b"Subject: ", f"Subject: =?utf-8?b?{name}?=\r\n ".encode())
    raw = raw.replace(b"From: ", f"From: =?utf-8?b?{name}?= <x@x.example>, ".encode())
    with pages_of(raw) as served:
        for view in ("new", "html"):
            dom = dump_dom(f"{served.root}/m/7?view={view}")
            assert "&lt;script&gt;" in dom
            assert "<script" not in dom
    assert not canary.seen


def test_a_picture_of_the_mail_is_shown_in_the_frame_and_needs_no_cookie(canary: Canary) -> None:
    picture = part(
        "image/png", base64.b64encode(png()), "Content-Transfer-Encoding: base64", "Content-ID: <anh@x>"
    )
    mail = shown(html_mail("<img src='cid:anh@x'>", picture))
    tokens = ImageTokens(SetClock().now)
    web = FastAPI()
    web.include_router(viewer_router({7: mail}.get, lambda: None, tokens, HANOI))
    asked: list[tuple[str, bool]] = []

    @web.get("/probe")
    def probe() -> HTMLResponse:
        image = f"/m/7/image/0?t={tokens.give(7, 0)}"
        told = f"fetch('{canary.url}/' + event.type, {{mode: 'no-cors'}})"
        page = f'<img src="{image}" onload="{told}" onerror="{told}">'
        return HTMLResponse(page, headers={"Content-Security-Policy": "img-src *", "X-Frame-Options": ""})

    @web.get("/start")
    def start() -> HTMLResponse:
        frames = framing(["/m/7/body"], "sandbox") + framing(["/probe"], "sandbox=allow-scripts")
        cookie = "sitting=x; SameSite=Lax; HttpOnly"
        return HTMLResponse(frames, headers={"Set-Cookie": cookie, "Content-Security-Policy": PAGE_POLICY})

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            cookies = Headers(scope=scope).get("cookie", "")
            asked.append((scope["path"], "sitting" in cookies))
        await web(scope, receive, send)

    with serving(SecuredHeaders(noting)) as port:
        dump_dom(f"http://127.0.0.1:{port}/start")
    assert ("/m/7/body", True) in asked
    assert asked.count(("/m/7/image/0", False)) == 2
    assert canary.seen == ["/load"]
