"""HTML of a mail becomes readable text: lists, table rows and link targets stay visible."""

import re
from html import unescape

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_document_state import HtmlDocumentState
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping

LARGEST = 500_000
DEEPEST = 200
DEEPEST_INDENT = 25
"""Characters, nested elements and nested lists or quotes up to which HTML is laid out; beyond, its tags are
only taken away, since indenting every line multiplies the text."""

_LONGEST_TEXT = 2_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)[^<>]*>?")
_UNCOUNTED = frozenset(
    # empty elements, and those that the next of their kind closes
    ("br", "hr", "img", "input", "link", "meta", "col", "area", "base", "wbr", "p", "li", "tr", "td", "th")
)
_INDENTS = frozenset(("ul", "ol", "dl", "dd", "blockquote"))
_UNSEEN_START = re.compile(r"<(script|style|head|title)\b[^<>]*>|<!--", re.IGNORECASE)
_UNSEEN_END = {
    "script": re.compile(r"</script\b[^<>]*>", re.IGNORECASE),
    "style": re.compile(r"</style\b[^<>]*>", re.IGNORECASE),
    "head": re.compile(r"</head\b[^<>]*>", re.IGNORECASE),
    "title": re.compile(r"</title\b[^<>]*>", re.IGNORECASE),
}
_COMMENT_END = re.compile(r"-->")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/table)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[!?/a-zA-Z][^<>]*>?")
_DECLARATION = re.compile(r"^\s*<\?xml[^<>]*>")
_BLANK_LINES = re.compile(r"\n{3,}")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CELL_GAP = "\xa0\xa0"
"""Two blanks that the layout does not fold into one."""


def text_of_html(html: str, defects: list[str]) -> str:
    """Give the text that a reader of the HTML would see; never raises, whatever the HTML."""
    if len(html) > LARGEST or _too_deep(html):
        defects.append("HTML too large or too deep to be laid out")
        return _tidy(_without_tags(html))
    try:
        return _tidy(get_text(_DECLARATION.sub("", html), _config()))
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, SyntaxError):
        # inscriptis trusts attribute values and the nesting of lists; lxml's ParserError is a SyntaxError
        defects.append("HTML could not be laid out")
        return _tidy(_without_tags(html))


def _config() -> ParserConfig:
    """Lay out rows and cells as they come: aligned columns cost rows × width, 25 MB for 100 KB of HTML."""
    css = CSS_PROFILES["relaxed"].copy()
    css["table"] = css["tr"] = HtmlElement(display=Display.block)
    mapping = CustomHtmlTagHandlerMapping(
        start_tag_mapping=dict.fromkeys(("table", "tr", "td", "th"), _nothing_at_start),
        end_tag_mapping={"table": _nothing_at_end, "td": _end_cell, "th": _end_cell},
    )
    config = ParserConfig(css=css, display_links=True, custom_html_tag_handler_mapping=mapping)
    config.attribute_handler.attribute_mapping = {"style": _apply_style}
    return config


def _apply_style(style: str, element: HtmlElement) -> None:
    """Heed hiding alone: margins given in a style may be any number of blanks."""
    if _HIDDEN.search(style[:2_000]):
        element.display = Display.none


def _nothing_at_start(_state: HtmlDocumentState, _attributes: dict[str, str]) -> None:
    pass


def _nothing_at_end(_state: HtmlDocumentState) -> None:
    pass


def _end_cell(state: HtmlDocumentState) -> None:
    state.tags[-1].write(_CELL_GAP)


def _too_deep(html: str) -> bool:
    """Say whether elements nest deeper than can be laid out: end tags are taken at their word."""
    depth = indent = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _UNCOUNTED:
            continue
        step = -1 if match[1] else 1
        # a table brings its body, row and cell
        depth = max(0, depth + (4 * step if name == "table" else step))
        if name in _INDENTS:
            indent = max(0, indent + step)
        if depth > DEEPEST or indent > DEEPEST_INDENT:
            return True
    return False


def _without_tags(html: str) -> str:
    return unescape(_ANY_TAG.sub("", _BREAK.sub("\n", _without_unseen(html))))


def _without_unseen(html: str) -> str:
    """Take away scripts, styles and comments; the search for an end that is missing is never repeated."""
    pieces: list[str] = []
    at = 0
    while start := _UNSEEN_START.search(html, at):
        pieces.append(html[at : start.start()])
        ending = _UNSEEN_END[start[1].lower()] if start[1] else _COMMENT_END
        end = ending.search(html, start.end())
        if end is None:
            return "".join(pieces)
        at = end.end()
    return "".join([*pieces, html[at:]])


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text[:_LONGEST_TEXT].replace("\xa0", " ").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
