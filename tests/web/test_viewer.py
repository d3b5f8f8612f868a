"""The pages of one mail over HTTP, as ``triage mails view`` serves them."""

import base64
import re
from collections.abc import Iterator

import pytest
from support.rawmail import part
from support.viewing import Answer, Pages, html_mail, pages_of, png

from triage.web.headers import EVERYWHERE

HTML = (
    "<p>Xin chào <a href='https://vst-gov.example/x'>vst.gov.vn</a></p><script>x</script>"
    "<img src='cid:anh@x' alt='ảnh'><img src='cid:ve@x'><img src='cid:to@x'><img src='https://theo-doi.example/x'>"
)
TEXT = "Nội dung mới <b>.\n\nVào 09:12, 10/01/2022, hotrocntt@vst.gov.vn đã viết:\n> Lời cũ <script>\n"
BASE64 = "Content-Transfer-Encoding: base64"
FILES = (
    part("text/html; name=a.png", base64.b64encode(png()), BASE64, "Content-ID: <khong-phai-anh@x>"),
    part("image/png; name=../anh.png", base64.b64encode(png()), BASE64, "Content-ID: <anh@x>"),
    part("image/png; name=ve.png", b"<svg onload=x></svg>", "Content-ID: <ve@x>"),
    part("image/png; name=to.png", base64.b64encode(png(50_000, 50_000)), BASE64, "Content-ID: <to@x>"),
    part(
        "application/pdf",
        b"%PDF-1.7",
        "Content-Disposition: attachment;"
        " filename*=UTF-8''..%2F..%2FC%C3%B4ng%20v%C4%83n%E2%80%AE%0D%0Afdp.exe",
    ),
)
RAW = html_mail(HTML, *FILES, text=TEXT).replace(b"Subject: [0010#DVC]", b"Subject: <script>[0010#DVC]")


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with pages_of(RAW) as served:
        yield served


def images(pages: Pages) -> list[str]:
    found = re.findall(r'src="/[^/]+([^"]+)"', pages.get("/m/7/body").text)
    return [address.replace("&amp;", "&") for address in found]


EVERY_KIND = (
    "/m/7",
    "/m/7?view=full",
    "/m/7?view=html",
    "/m/7?view=x",
    "/m/7/body",
    "/m/7/part/0",
    "/m/7/part/99",
    "/m/7/part/x",
    "/m/7/image/0?t=x",
    "/m/8",
    "/static/viewer.css",
    "/static/../onemail.py",
    "/",
    "/docs",
    "/openapi.json",
)


@pytest.mark.parametrize("path", EVERY_KIND)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_bears_the_headers(pages: Pages, path: str, method: str) -> None:
    answer = pages.get(path, method=method)
    assert set(answer.headers) >= {name.lower() for name in EVERYWHERE}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers


def test_the_new_words_stand_first_and_everything_is_escaped(pages: Pages) -> None:
    page = pages.get("/m/7").text
    assert '<h1 dir="auto">&lt;script&gt;[0010#DVC] Lỗi ký số</h1>' in page
    assert "Nội dung mới &lt;b&gt;." in page
    assert page.index("Nội dung mới &lt;b&gt;.") < page.index("<details>") < page.index("&gt; Lời cũ")
    assert "<script" not in page
    assert "<iframe" not in page
    assert "on" not in re.findall(r"<[^>]* (on)\w+=", page)


def test_the_html_is_shown_by_an_act_in_a_frame_without_rights(pages: Pages) -> None:
    page = pages.get("/m/7?view=html").text
    frames = re.findall(r"<iframe ([^>]*)>", page)
    assert len(frames) == 1
    assert re.match(r"sandbox src=\"/[\w-]+/m/7/body\"", frames[0])
    assert "Không tải 3 hình" not in page
    assert "Không tải 1 hình từ bên ngoài." in page
    assert "vst-gov.example" in page


def test_the_html_is_a_document_of_its_own(pages: Pages) -> None:
    answer = pages.get("/m/7/body")
    assert answer.headers["content-security-policy"] == (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "form-action 'none'; base-uri 'none'"
    )
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "Xin chào vst.gov.vn <samp>[vst-gov.example]</samp>" in answer.text
    assert "<script" not in answer.text
    assert "theo-doi.example" not in answer.text


def test_pages_allow_only_their_own_style_and_frame(pages: Pages) -> None:
    policy = pages.get("/m/7").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "style=" not in pages.get("/m/7").text


def test_a_picture_of_the_mail_is_given_as_what_it_is(pages: Pages) -> None:
    shown, drawing, huge = images(pages)
    answer = pages.get(shown, sec_fetch_dest="image")
    assert (answer.status, answer.body) == (200, png())
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-disposition"].startswith('inline; filename="anh.png"')
    # what is no picture, or too many pixels, is not given
    assert pages.get(drawing).status == 404
    assert pages.get(huge).status == 404


@pytest.mark.parametrize("destination", ["document", "iframe", "script", "style", "object", "embed", "empty"])
def test_a_picture_is_given_to_nothing_but_a_picture(pages: Pages, destination: str) -> None:
    assert pages.get(images(pages)[0], sec_fetch_dest=destination).status == 404


def test_a_picture_needs_its_own_token(pages: Pages) -> None:
    shown, drawing, _ = images(pages)
    address, _, token = shown.partition("?t=")
    for wrong in ("", "?t=", f"?t={token[:-1]}", f"?t={drawing.partition('?t=')[2]}", "?t=" + "9" * 99):
        assert pages.get(address + wrong).status == 404


def test_a_token_ends() -> None:
    with pages_of(RAW) as served:
        address = images(served)[0]
        served.clock.forward(seconds=301)
        assert served.get(address).status == 404
        assert served.get("/m/7").status == 200


def test_a_file_is_saved_never_shown(pages: Pages) -> None:
    last = len(FILES) - 1
    answer = pages.get(f"/m/7/part/{last}", sec_fetch_dest="document")
    assert (answer.status, answer.body) == (200, b"%PDF-1.7")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"cong van fdp.exe\"; filename*=UTF-8''C%C3%B4ng%20v%C4%83n%20fdp.exe"
    )


@pytest.mark.parametrize(
    "destination", ["image", "iframe", "frame", "script", "style", "object", "embed", "font"]
)
def test_a_file_is_not_given_to_be_part_of_a_page(pages: Pages, destination: str) -> None:
    assert pages.get("/m/7/part/0", sec_fetch_dest=destination).status == 403


@pytest.mark.parametrize(
    "place", ["99", "-1", "x", "1e3", "9" * 5_000, "0/../../part/0", "%2e%2e%2f0", "0%00"]
)
def test_no_file_is_found_elsewhere(pages: Pages, place: str) -> None:
    assert pages.get(f"/m/7/part/{place}").status == 404


def refused(answer: Answer) -> bytes:
    assert answer.status == 404
    return answer.body


def test_a_wrong_address_an_ended_one_and_an_unknown_mail_look_alike() -> None:
    with pages_of(RAW) as served:
        assert served.get("/m/7").status == 200
        unknown = refused(served.get("/m/8"))
        assert refused(served.get("/m/7", secret="sai")) == unknown
        assert refused(served.get("/m/7", secret="%C3%A9")) == unknown
        image = images(served)[0]
        assert refused(served.get(image, secret="sai")) == unknown
        served.clock.forward(seconds=600)
        for path in ("/m/7", "/m/7/body", "/m/7/part/0", "/static/viewer.css", image):
            assert refused(served.get(path)) == unknown


def test_a_page_that_gives_this_machine_a_name_of_its_own_sees_nothing(pages: Pages) -> None:
    answer = pages.get("/m/7", host="evil.example")
    assert answer.status == 400
    assert b"DVC" not in answer.body


def test_html_beyond_the_limits_is_shown_as_text() -> None:
    with pages_of(html_mail("<div>" * 500 + "x", text="Bản chữ")) as served:
        page = served.get("/m/7?view=html").text
        assert "lồng nhau sâu hơn 200 tầng nên chỉ hiển thị văn bản" in page
        assert "<iframe" not in page
        assert "Bản chữ" in page
        assert served.get("/m/7/body").status == 404


def test_writing_that_turns_around_is_made_visible() -> None:
    raw = html_mail("<p>x", text="a\u202eb").replace(b"ketoan@", "k\u202etoan@".encode())
    with pages_of(raw) as served:
        page = served.get("/m/7").text
    assert "\u202e" not in page
    assert "a⟨U+202E⟩b" in page


def test_repairs_are_told() -> None:
    with pages_of(RAW.replace(b"Date: Mon, 10 Jan 2022 08:40:00 +0700", b"Date: hom qua")) as served:
        assert "Ngày gửi không đọc được." in served.get("/m/7").text


@pytest.mark.parametrize("raw", [b"", b"\0\xff", b"From: (((((", b"Subject: \xff\r\n\r\n\xff<script>"])
def test_any_bytes_have_a_page(raw: bytes) -> None:
    with pages_of(raw) as served:
        answer = served.get("/m/7")
        assert answer.status == 200
        assert "<script" not in answer.text


LEAK = "Mật khẩu của em: Hoamai@2024x, mong hỗ trợ.\n"
LEAKING = html_mail(f"<p>{LEAK}</p>", text=LEAK)


def test_a_secret_in_a_mail_is_hidden_and_so_is_its_html() -> None:
    with pages_of(LEAKING) as pages:
        for path in ("/m/7", "/m/7?view=full", "/m/7?view=html"):
            page = pages.get(path).text
            assert "Hoamai@2024x" not in page
            assert "•" in page
            assert "đã được che" in page
        assert pages.get("/m/7/body").status == 404


def test_a_secret_that_only_the_html_holds_is_hidden_too() -> None:
    with pages_of(html_mail(f"<p>{LEAK}</p>", text="Xem bản HTML.")) as pages:
        assert pages.get("/m/7/body").status == 404
        assert "Hoamai@2024x" not in pages.get("/m/7?view=html").text


def test_who_may_see_the_raw_mail_sees_its_secrets() -> None:
    with pages_of(LEAKING, unmasked=True) as pages:
        assert "Hoamai@2024x" in pages.get("/m/7").text
        assert "Hoamai@2024x" in pages.get("/m/7/body").text
        assert "đã được che" not in pages.get("/m/7").text
