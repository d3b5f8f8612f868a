import pytest
from hypothesis import given, settings, strategies as st

from triage.core.markup import MAX_ANCHORS, Anchor, read_markup


@pytest.mark.parametrize(
    ("html", "anchors"),
    [
        ('<a href="https://a.example/">xem</a>', [("https://a.example/", "xem")]),
        ("<a href='x'>y</a>", [("x", "y")]),
        ("<A HREF=x>y</A>", [("x", "y")]),
        ("<a\nclass=q\nhref = x >y<br>z</a>", [("x", "y z")]),
        ("<a href=x><b>đ</b>ậm</a>", [("x", "đậm")]),
        ("<a href=x>một<a href=y>hai", [("x", "một"), ("y", "hai")]),
        ("<a href='?a=1&amp;b=2'>&lt;b&gt;</a>", [("?a=1&b=2", "<b>")]),
        ("<a href=1 href=2>x</a>", [("1", "x")]),
        ("<!-- <a href=x>y</a> --><a href=z>t</a>", [("z", "t")]),
        ("<style><a href=x></style><script>'<a href=x>'</script><a href=z>t</a>", [("z", "t")]),
        ("<a name=x>không dẫn đâu</a>", []),
        ('<a title=">" href=x>y</a>', [("x", "y")]),
        ("<area href=x>", [("x", "")]),
        ('<a href="x', []),
        ("<map><a xlink:href=x>y</a>", [("x", "y")]),
        ("a < b <3 </ > <!doctype html><a/href=x>y</a>", [("x", "y")]),
    ],
)
def test_links_are_found_as_a_browser_finds_them(html: str, anchors: list[tuple[str, str]]) -> None:
    assert [(anchor.href, anchor.text) for anchor in read_markup(html).anchors] == anchors


def test_a_form_tells_its_target_and_its_inputs() -> None:
    markup = read_markup(
        '<form action="/p"><input type=hidden name=h>'
        "<input type=PASSWORD name=pin><textarea name=t></textarea></form>"
        "<input name=lone><button formaction=/q>gửi</button>"
    )
    assert [form.action for form in markup.forms] == ["/p", "/q"]
    assert markup.forms[0].wants_password
    assert len(markup.forms[0].inputs) == 3


def test_base_refresh_script_and_quotation_are_noticed() -> None:
    markup = read_markup(
        "<base href='https://b.example/'><meta http-equiv=refresh content='0; url=https://r.example/'><script></script>"
        "<a href=own>a</a><blockquote><a href=quoted>b</a></blockquote>"
    )
    assert (markup.base, markup.refresh, markup.scripted) == (
        "https://b.example/",
        "https://r.example/",
        True,
    )
    assert [anchor.href for anchor in markup.anchors if anchor.offset < markup.quote_at] == ["own"]


def test_a_sign_that_begins_no_tag_is_text() -> None:
    assert read_markup("3 < 5 <b>và</b> a<").text == "3 < 5 và a<"


def test_no_more_links_are_kept_than_the_limit() -> None:
    assert len(read_markup("<a href=x>y</a>" * (MAX_ANCHORS + 10)).anchors) == MAX_ANCHORS


PIECES = [
    "<",
    ">",
    "a",
    " ",
    "=",
    '"',
    "'",
    "/",
    "href",
    "<a href=",
    "</a>",
    "<!--",
    "-->",
    "<script>",
    "</script",
    "&",
    "#",
    ";",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=300))
def test_any_text_is_read(html: str) -> None:
    markup = read_markup(html)
    assert all(isinstance(anchor, Anchor) and anchor.href for anchor in markup.anchors)
    assert markup.quote_at <= len(markup.text)
