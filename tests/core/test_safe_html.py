import pytest
from hypothesis import example, given, settings, strategies as st
from support.html_checker import depth, faults
from support.html_payloads import PAYLOADS, payload

from triage.core.html_rewriting import DEEPEST, MOST_LINKS, MOST_TOKENS, rewrite
from triage.core.safe_html import LARGEST, SAFE_HTML_VERSION, _filter, safe_html

URL = "http://127.0.0.1:9"
IMAGES = {"anh@hoamai.example": "/m/1/image/3?t=1.a", "khac": "/m/1/image/4?t=1.b&x=1"}


def made_safe(html: str) -> str:
    given = safe_html(html, IMAGES).html
    assert given is not None
    return given


def noted(html: str) -> list[str]:
    return [note.code for note in safe_html(html, IMAGES).notes]


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_comes_through_of(name: str) -> None:
    html = made_safe(f"<p>trước</p>{payload(name, URL)}<p>sau</p>")
    assert not faults(html, set(IMAGES.values()))
    assert "trước" in html


PIECES = [
    *(payload(name, URL) for name in PAYLOADS),
    *("<table>", "<tr>", "<td>", "</td>", "</table>", "<p>", "</p>", "<b>", "</b>", "<div>", "</div>"),
    *("<svg>", "</svg>", "<math>", "<mtext>", "<style>", "</style>", "<!--", "-->", "<title>", "</title>"),
    *("<caption>", "<colgroup>", "<col>", "<tbody>", "<th>", "</tr>", "<h2>", "</h1>", "<i>", "<dl>", "<dd>"),
    *("<blockquote>", "<center>", "<hr>", "<font>", "</font>", "<button>", "<option>", "<nobr>", "<u>"),
    *('"', "'", "<", ">", "=", "/", "&", "&lt;", "&#60;", "\0", "\n", "x", " "),
    *("<li>", "<ul>", "</ul>", "<h1>", "<font color=", "<p style='", "color:red", "<a href=", "</a>"),
    *("<img src=cid:khac>", "<img alt='", "<pre>", "<select>", "<form>", "</form>", "<br/>", "</br>"),
]
composed = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)


@settings(max_examples=250, deadline=None)
@given(composed)
@example("<table><svg><td><b></table><style><p title='</style><img src=x onerror=x>'>")
def test_whatever_is_put_together_only_the_listed_comes_through(html: str) -> None:
    given = safe_html(html, IMAGES).html
    assert given is not None
    assert not faults(given, set(IMAGES.values()))


@settings(max_examples=200, deadline=None)
@given(composed)
@example("<h1><table><h1>")
def test_what_came_through_means_the_same_when_it_is_read_again(html: str) -> None:
    once = safe_html(html, {}).html
    assert once is not None
    assert _filter(once, {}) == once


@settings(max_examples=100, deadline=None)
@given(composed)
def test_each_of_the_two_walls_holds_alone(html: str) -> None:
    assert not faults(rewrite(html, IMAGES).html, {f"cid:{content_id}" for content_id in IMAGES})
    assert not faults(_filter(html, IMAGES), set(IMAGES.values()))


@settings(max_examples=100, deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_raises(html: str) -> None:
    assert not faults(safe_html(html, IMAGES).html or "", set(IMAGES.values()))


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>một<p>hai", "<p>một</p><p>hai</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table border=1><tr bgcolor=red><td>1<td>2</table>",
            '<table border="1"><tbody><tr bgcolor="red"><td>1</td><td>2</td></tr></tbody></table>',
        ),
        ("<blockquote>trích</blockquote>", "<blockquote>trích</blockquote>"),
        ("<p style='COLOR: Red; text-align:center'>x", '<p style="color:red;text-align:center">x</p>'),
        (
            "<font color=red size=+2 face='Times New Roman'>x</font>",
            '<font color="red" size="+2" face="Times New Roman">x</font>',
        ),
        ("5 < 6 &amp; a&lt;b", "5 &lt; 6 &amp; a&lt;b"),
        ("<b>đậm <i>nghiêng</b> thường</i>", "<b>đậm <i>nghiêng</i></b> thường"),
        ("<h1>Đề</h1><hr><pre>  a\n  b</pre>", "<h1>Đề</h1><hr><pre>  a\n  b</pre>"),
        ("<o:p>Word</o:p><custom>x</custom>", "Wordx"),
        ("a<br/>b</br>c", "a<br>b<br>c"),
        ("trước<svg><text>hình</text></svg>sau", "trướcsau"),
        ("trước<svg><text>hình<p>sau", "trước<p>sau</p>"),
    ],
)
def test_the_look_of_an_ordinary_mail_stays(html: str, shown: str) -> None:
    assert made_safe(html) == shown


@pytest.mark.parametrize(
    ("href", "mark"),
    [
        ("https://dvc.vst-gov.example/dang-nhap?x=1", "[dvc.vst-gov.example]"),
        ("HTTP://User:Pass@1.2.3.4:80/vst.gov.vn", "[1.2.3.4]"),
        ("http://2130706433/", "[127.0.0.1]"),
        ("//evil.example/x", "[evil.example]"),
        (r"\\evil.example\x", "[evil.example]"),
        ("https://vst.gov.vn.evil.example/", "[vst.gov.vn.evil.example]"),
        ("https://vѕt.example/", "[xn--vt-eoc.example]"),
        ("mailto:ketoan@hoamai.example?subject=x", "[ketoan@hoamai.example]"),
        ("ftp://tep.example/", "[tep.example]"),
    ],
)
def test_a_link_becomes_words_with_its_real_target_behind(href: str, mark: str) -> None:
    assert made_safe(f"<a href='{href}'>dvc.vst.gov.vn</a>") == f"dvc.vst.gov.vn <samp>{mark}</samp>"


@pytest.mark.parametrize(
    "href", ["#muc", "/trang", "?x", "javascript:x", "data:text/html,x", "file:///x", ""]
)
def test_a_link_that_leads_to_no_host_becomes_its_words(href: str) -> None:
    assert made_safe(f"<a href='{href}'>chữ</a>") == "chữ"


def test_a_link_that_never_ends_is_marked_all_the_same() -> None:
    assert made_safe("<a href=//a.example>x<a href=//b.example>y") == (
        "x <samp>[a.example]</samp>y <samp>[b.example]</samp>"
    )


@pytest.mark.parametrize("base", ["https://evil.example/a/", "//evil.example", "https://evil.example:8443"])
def test_a_link_without_a_host_leads_where_the_mail_says(base: str) -> None:
    html = f"<base href='{base}'><base href='https://vst.gov.vn/'><a href='dang-nhap'>Đăng nhập</a>"
    assert made_safe(html) == "Đăng nhập <samp>[evil.example]</samp>"
    assert made_safe(html.replace(base, "javascript:x").replace("https:", "data:")) == "Đăng nhập"


def test_the_links_of_a_picture_are_told_behind_it() -> None:
    shape = "<map name=m><area href='https://evil.example/' shape=rect coords=0,0,9,9></map>"
    shown = safe_html(f"<img src=cid:a@x usemap=#m>{shape}", {"a@x": "/m/1/image/0"})
    assert shown.html == '<img src="/m/1/image/0"> <samp>[evil.example]</samp>'
    assert "html_links_as_words" in {note.code for note in shown.notes}


def test_a_mail_cannot_write_the_mark_itself() -> None:
    assert "samp" not in made_safe("<samp>[vst.gov.vn]</samp>")


def test_nothing_turns_the_writing_around_the_mark() -> None:
    html = made_safe("\u202e<bdo dir=rtl><a href=//evil.example>x\u2066</a></bdo>")
    assert html == "x <samp>[evil.example]</samp>"


@pytest.mark.parametrize(
    ("src", "shown"),
    [
        ("cid:khac", "/m/1/image/4?t=1.b&amp;x=1"),
        ("CID:anh%40hoamai.example", "/m/1/image/3?t=1.a"),
        (" cid:&lt;khac&gt;", "/m/1/image/4?t=1.b&amp;x=1"),
    ],
)
def test_a_picture_of_the_mail_itself_is_shown(src: str, shown: str) -> None:
    assert made_safe(f"<img src='{src}' width=40 alt='ảnh'>") == f'<img src="{shown}" width="40" alt="ảnh">'


@pytest.mark.parametrize(
    "src", ["cid:la", "http://a.example/x.png", "/m/1/image/4?t=1.b&x=1", "x", "data:,x"]
)
def test_of_any_other_picture_its_words_are_shown(src: str) -> None:
    assert made_safe(f"<img src='{src}' alt='bi&#7875;u <b>tượng'>") == "[biểu &lt;b&gt;tượng]"
    assert noted(f"<img src='{src}'>") == ["html_pictures_left_out"]


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("x" * (LARGEST + 1), "html_too_large"),
        ("<div>" * 100_000, "html_too_deep"),
        ("<div>" * (DEEPEST + 1), "html_too_deep"),
        ("<table><tr><td></font></td></tr></table><font size=1>" * (DEEPEST + 1), "html_too_deep"),
        ("<b><!--</b>-->" * (DEEPEST + 1), "html_too_deep"),
        ("<b title='</b>'>" * (DEEPEST + 1), "html_too_deep"),
        ("<br>x" * (MOST_TOKENS // 2) + "<br>", "html_too_many_tags"),
        ("&" * (MOST_TOKENS + 1), "html_too_many_tags"),
        ("&lt;" * (MOST_TOKENS + 1), "html_too_many_tags"),
        ("<a href=//a.example>" * (MOST_LINKS + 1), "html_too_many_links"),
    ],
)
def test_beyond_a_limit_there_is_no_html(html: str, code: str) -> None:
    given = safe_html(html, {})
    assert given.html is None
    assert [note.code for note in given.notes] == [code]


def test_at_the_limits_there_is() -> None:
    assert depth(made_safe("<div>" * DEEPEST)) == DEEPEST
    assert safe_html("x" * LARGEST, {}).html
    assert safe_html("<br>x" * (MOST_TOKENS // 2), {}).html
    assert safe_html("&" * MOST_TOKENS, {}).html
    assert safe_html("<a href=//a.example>" * MOST_LINKS, {}).html


HEAVY = {
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(90_000)) + ">",
    "paragraphs in letters": "<b>" * 190 + "<p>x" * 15_000,
    "letters across paragraphs": "".join(f"<p><font color=a{number}>x</p></p>" for number in range(8_000)),
    "tables": "<table>" * 190 + "<div></div>" * 20_000,
    "end tags in cells": "<b><table><tr><td>" + "<div>" * 180 + "</b>x" * 15_000,
    "quotes": "<p x=\"'" * 100_000,
    "signs": "<" * 900_000,
    "styles": "<p style='" + "color:red;" * 90_000 + "'>",
    "spaces": "<p style='color:" + " " * 900_000 + "red'>",
    "comments": "<!-- " * 150_000,
    "scripts": "<script><" * 90_000,
    "entities": "&#x41;" * 150_000,
    "ampersands": "&" * 950_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_shape_is_answered(name: str) -> None:
    # no figure is asserted: the time limit of the test run is what catches quadratic work
    given = safe_html(HEAVY[name][:LARGEST], {})
    assert given.html is None or not faults(given.html, set())


def test_what_was_done_is_told_in_both_languages() -> None:
    notes = safe_html(
        "<script>x</script><form><a href=//a.example>x</a><a href=//b.example>y</a></form><img src=x>", {}
    ).notes
    assert [note.code for note in notes] == [
        "html_pictures_left_out",
        "html_links_as_words",
        "html_forms_removed",
        "html_scripts_removed",
    ]
    assert "a.example, b.example" in notes[1].vi
    assert "a.example, b.example" in notes[1].en


def test_the_result_bears_the_version_of_the_filter() -> None:
    assert safe_html("", {}).version == SAFE_HTML_VERSION
