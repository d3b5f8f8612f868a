import pytest
from hypothesis import given, settings, strategies as st
from support.html_checker import style_fault

from triage.core.safe_css import LONGEST_STYLE, safe_style


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:red", "color:red"),
        (" COLOR :\n#FF00aa ; ", "color:#ff00aa"),
        ("color:rgb(1, 2,3);background:rgba(0,0,0,.5)", "color:rgb(1, 2,3);background:rgba(0,0,0,.5)"),
        ("color:red !important", "color:red"),
        (
            "font-size:12pt;font-weight:700;font-style:italic",
            "font-size:12pt;font-weight:700;font-style:italic",
        ),
        ('font-family:"Times New Roman",Arial,serif', "font-family:'times new roman',arial,serif"),
        ("font-family:Phông Chữ", "font-family:'phông chữ'"),
        ("margin:0 auto;padding:4px 1.5em", "margin:0 auto;padding:4px 1.5em"),
        ("border:1px solid #ccc;border-collapse:collapse", "border:1px solid #ccc;border-collapse:collapse"),
        ("text-align:center;text-decoration:underline", "text-align:center;text-decoration:underline"),
        ("mso-fareast-language:VI;color:red", "color:red"),
    ],
)
def test_of_a_style_stay_colours_sizes_and_alignment(style: str, kept: str) -> None:
    assert safe_style(style) == kept


@pytest.mark.parametrize(
    "style",
    [
        # what fetches
        "background:url(x)",
        "background:red url(x)",
        "background-image:url(x)",
        "list-style:url(x)",
        "list-style-image:url(x)",
        "background:image-set('x' 1x)",
        "background:cross-fade(url(x),url(y))",
        "cursor:url(x),auto",
        "content:url(x)",
        "src:url(x)",
        "background:\\75rl(x)",
        "background:u/**/rl(x)",
        "color:var(--x)",
        "--x:red",
        "color:attr(x)",
        "width:calc(1px)",
        "color:rgb(calc(1),2,3)",
        "width:expression(x)",
        "behavior:url(x)",
        "-moz-binding:url(x)",
        "filter:progid:x",
        "color:env(x)",
        "@import 'x'",
        "color:red}body{color:red",
        "color:red/*x*/",
        "font-family:url(x)",
        "font-family:x\\22",
        "color:red\\",
        # what covers or hides
        "position:fixed",
        "display:none",
        "opacity:0",
        "z-index:9",
        "float:left",
        "visibility:hidden",
        "transform:scale(9)",
        "font-size:0",
        "font-size:1px",
        "font-size:999px",
        "line-height:0",
        "margin:-9px",
        "text-indent:-999px",
        "width:99999px",
        "overflow:hidden",
        "animation:x 1s",
        "color:",
        "color",
        ":red",
        "",
    ],
)
def test_nothing_stays_of(style: str) -> None:
    assert safe_style(style) == ""


def test_a_bad_declaration_takes_no_good_one_with_it() -> None:
    assert safe_style("color:red;background:url(';');text-align:left") == "color:red;text-align:left"


def test_an_endless_style_is_read_to_a_limit() -> None:
    assert len(safe_style("color:red;" * 100_000)) <= LONGEST_STYLE


PIECES = [
    "color",
    "background",
    ":",
    ";",
    "url(",
    ")",
    "rgb(",
    "1,2,3",
    "\\",
    "/*",
    "*/",
    "'",
    '"',
    "red",
    " ",
]
PIECES += ["font-family", "!important", "}", "{", "@", "var(--x)", "\n", "9px", "-", "(", "margin"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_whatever_is_kept_is_of_the_listed_forms_and_is_kept_again(style: str) -> None:
    kept = safe_style(style)
    assert not kept or not style_fault(kept)
    assert safe_style(kept) == kept
