"""HTML as mail programs write it, and the text that its reader sees."""

import re

import pytest
from hypothesis import given, settings, strategies as st
from support.rawmail import raw_mail

from triage.core.defects import Defect
from triage.core.html_lines import DEEPEST, LONGEST_TEXT
from triage.core.html_text import LARGEST, text_of_html
from triage.core.parse import read_mail

PREHEADER = "display:none;font-size:1px;color:#fff;line-height:1px;max-height:0px;opacity:0;overflow:hidden"
CASES = {
    "tags inside a word": (
        "<p>Kính g<b>ử</b>i <i>Đội</i> <span>hỗ</span>\n<u>trợ</u>,<b> ạ</b></p>",
        "Kính gửi Đội hỗ trợ, ạ",
    ),
    "spans of Word": (
        (
            "<p class=MsoNormal><span lang=EN-US>K</span><span lang=VI>ính</span> gửi<o:p></o:p>"
            "</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>hai</p><p "
            "class=MsoNormal>ba</p>"
        ),
        "Kính gửi\n\nhai\nba",
    ),
    "breaks": (
        "một<br>hai<br/><br>bốn<BR><div>năm</div><div><br></div><div>sáu<br></div>bảy",
        "một\nhai\n\nbốn\nnăm\n\nsáu\nbảy",
    ),
    "paragraphs": (
        "<p>một\nhai\n  ba</p>\n\n<p>bốn</p><p style='margin:0'>năm</p>",
        "một hai ba\n\nbốn\n\nnăm",
    ),
    "many empty lines": (
        (
            "<div>a</div><div>&nbsp;</div><div>&nbsp;</div><div>&nbsp;</div><div>&nbsp;</div><div>"
            "&nbsp;</div><div>&nbsp;</div><div>b</div>"
        ),
        "a\n\nb",
    ),
    "preformatted": (
        "<p>log:</p><pre>a  b\n   c\tđ\n\nd</pre><p>sau</p>",
        "log:\n\na  b\n   c\tđ\n\nd\n\nsau",
    ),
    "lists": (
        ("<p>Bước:</p><ul><li>Một<li>Hai<ul><li>Hai a</ul></ul><ol start=3><li><p>x</p><li>y</ol>"),
        "Bước:\n\n* Một\n* Hai\n  * Hai a\n\n3. x\n4. y",
    ),
    "a list number that is none": (
        "<ol start=999999999><li>a</ol><ol start=x><li>b</ol>",
        "1. a\n\n1. b",
    ),
    "a table": (
        (
            "<table><tr><th>Tên</th><th>Số</th></tr><tr><td><p>A</p></td>\n<td><p>1</p></td></tr>"
            "</table><p>b</p>"
        ),
        "Tên | Số\nA | 1\n\nb",
    ),
    "a table for layout": (
        ("<table><tr><td></td><td><table><tr><td><p>Chào</p></td></tr></table></td></tr></table>"),
        "Chào",
    ),
    "cells of several lines": (
        "<table><tr><td>a<br>b</td><td>c</td></tr></table>",
        "a\nb\nc",
    ),
    "links": (
        (
            '<a href="https://a.example/x">vào đây</a>, <a href="https://b.example/">b.example</a>'
            ', <a href="mailto:x@y.example">x@y.example</a>, <a href="#top">lên</a>, <a '
            'href="javascript:x()">chạy</a>'
        ),
        "[vào đây](https://a.example/x), b.example, x@y.example, lên, chạy",
    ),
    "a link that says another": (
        '<a href="https://evil.example">https://vst.example</a>',
        "[https://vst.example](https://evil.example)",
    ),
    "a link around a picture": (
        '<a href="https://a.example/x"><img src=x alt="Xác nhận"></a>',
        "[Xác nhận](https://a.example/x)",
    ),
    "a link over lines": (
        '<a href="https://a.example"><p>một</p><p>hai</p></a>',
        "một\n\nhai <https://a.example>",
    ),
    "quotes": (
        (
            "<p>Vâng</p><blockquote type=cite><p>Hỏi?</p><blockquote class=gmail_quote>cũ<br>"
            "hơn</blockquote></blockquote>hết"
        ),
        "Vâng\n\n> Hỏi?\n>\n>> cũ\n>> hơn\n\nhết",
    ),
    "a quote with a line": (
        '<blockquote style="border-left:2px solid">cũ</blockquote>',
        "> cũ",
    ),
    "a text that is only set in": (
        '<blockquote style="margin-left:40px">nội dung</blockquote>',
        "nội dung",
    ),
    "preheaders": (
        (
            f'<div style="{PREHEADER}">ẩn<div>ẩn</div></div><span style="font-size:0px">z</span><p hidden>'
            'h</p><div style="visibility: hidden">v</div><div '
            'style="max-height:0;overflow:hidden">m</div><p>thấy</p>'
        ),
        "thấy",
    ),
    "a hidden paragraph that does not end": (
        '<p style="display:none">ẩn<p>thấy',
        "thấy",
    ),
    "sizes around others": (
        '<td style="font-size:0"><div style="font-size:16px;opacity:0.9">thấy</div></td>',
        "thấy",
    ),
    "padding of a preheader": (
        "<div>&zwnj;&nbsp;&zwnj;&nbsp;&shy;</div><p>thấy</p>",
        "thấy",
    ),
    "comments for Word": (
        (
            "<!--[if gte mso 9]><xml><o:x>X</o:x></xml><![endif]--><p>a</p><!--[if !mso]><!--><p>"
            "b</p><!--<![endif]--><![if !supportLists]>·<![endif]>c<xml><w:View>Normal</w:View>"
            "</xml>"
        ),
        "a\n\nb\n\n·c",
    ),
    "a list of Word": (
        (
            "<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>1.<span>"
            "&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Mục</p>"
        ),
        "1.  Mục",
    ),
    "entities": (
        "&lt;a&gt; &amp;x; &#7897; &#x1EC7; &eacute; &hellip; &#0; &#xD800;",
        "<a> &x; ộ ệ é … \ufffd \ufffd",
    ),
    "scripts and styles": (
        ("<head><title>T</title><style>p{}</style></head><script>a<b</script>x<svg><text>y</text></svg>"),
        "x",
    ),
    "a head that does not end": (
        "<html><head><title>T</title><body>x",
        "x",
    ),
    "an attribute with an angle": (
        '<a title="a > b" href="https://a.example">x</a>',
        "[x](https://a.example)",
    ),
    "angles that are no tags": (
        "a < b <3 x<y@z.example>",
        "a < b <3 x",
    ),
    "tags that do not fit": (
        "</p></ul></blockquote></pre></a></table>a<td>b</tr></li>c",
        "a\nb\nc",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_reads_as_it_looks(name: str) -> None:
    html, text = CASES[name]
    defects: list[str] = []
    assert (text_of_html(html, defects), defects) == (text, [])


def test_letters_of_an_old_font_written_as_entities_are_converted() -> None:
    html = b"<p>K&Yacute;nh g&ouml;i &sect;&eacute;i h&ccedil; tr&icirc;</p>"
    mail = read_mail(raw_mail(html, content=b"Content-Type: text/html; charset=us-ascii"))
    assert mail.text == "Kính gửi Đội hỗ trợ"
    assert mail.defects[0].startswith(Defect.OLD_FONT)


HOSTILE = {
    "elements": "<div>" * 20_000,
    "lists": "<ul><li>" * 60 + "<br>x" * 10_000,
    "quotes": "<blockquote type=cite>x" * 20_000,
    "tables": "<table><tr><td>" * 5_000 + "x",
    "scripts": "<script>" * 10_000,
    "comments": "<!--" * 20_000,
    "hidden": "<div style='display:none'>" * 5_000,
    "links": "<a href=https://a.example>x" * 20_000,
    "open quotes": "<a \"'" * 20_000,
    "attributes": "<p " + "a=b " * 20_000 + ">x",
    "ampersands": "&#" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_has_a_text_of_bounded_size(name: str) -> None:
    html = HOSTILE[name]
    text = text_of_html(html, [])
    assert len(text) <= 6 * len(html)
    assert max(map(len, re.findall(r"^>*", text, re.MULTILINE))) <= DEEPEST


def test_html_beyond_the_limit_is_read_as_far_as_it_goes_and_says_so() -> None:
    defects: list[str] = []
    text = text_of_html("<p>a</p>" + "x" * LARGEST, defects)
    assert text.startswith("a\n\nxxx")
    assert len(text) <= LONGEST_TEXT
    assert [defect.partition(":")[0] for defect in defects] == [Defect.HTML_TOO_LARGE]


TAGS = """
<p> </p> <div> </div> <td> <tr> </table> <li> <ul> </ul> <br> x <pre> </pre> <blockquote type="cite">
</blockquote> <a href="https://a.example"> </a> <p hidden> </span> <!-- --> <img alt="y"> &nbsp; < "
"""
PIECES = re.findall(r"<[^<>]*>|\S+", TAGS)


@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "<span style='display:none'>"]), max_size=40))
@settings(max_examples=300)
def test_any_order_of_tags_gives_tidy_text(pieces: list[str]) -> None:
    text = text_of_html("".join(pieces), [])
    assert text == text.strip("\n")
    assert "\n\n\n" not in text
    assert not any(line != line.rstrip() for line in text.split("\n"))


@given(st.text(max_size=300))
def test_any_text_is_taken(html: str) -> None:
    text_of_html(html, [])
