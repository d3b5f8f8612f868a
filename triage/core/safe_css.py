"""The style attribute of a mail, reduced to colours, sizes and alignment.

A declaration is kept where its property stands in a table and its whole value is of the form that the table
gives; it is then written anew. No form holds a function but ``rgb()``, an escape, a comment or an address, so
nothing that is kept can fetch anything, move text over other text or hide it by size.
"""

import re

from triage.core.text import one_line

LONGEST_STYLE = 4_000
"""Characters of one style attribute that are read."""

MOST_DECLARATIONS = 60

_LENGTH = r"(?:[0-9]{1,4}(?:\.[0-9]{1,4})?|\.[0-9]{1,4})(?:px|pt|pc|em|rem|ex|cm|mm|in|%)?"
_PART = r"[0-9]{1,3}(?:\.[0-9]{1,4})?%?"
_SHARE = r"(?:[01]?\.[0-9]{1,4}|[01]|[0-9]{1,3}%)"
_COLOUR = (
    r"(?:\#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})|[a-z]{3,24}"
    rf"|rgba?\( ?{_PART}(?: ?, ?{_PART}){{2}}(?: ?, ?{_SHARE})? ?\))"
)
_LINE = r"(?:none|hidden|solid|dashed|dotted|double|groove|ridge|inset|outset)"
_EDGE = rf"(?:{_LINE}|{_LENGTH}|thin|medium|thick|{_COLOUR})"
_WIDTH = rf"(?:{_LENGTH}|auto)"
_TEXT_SIZE = (
    # neither so small that text disappears nor so large that it covers the page
    r"(?:(?:[6-9]|[1-6][0-9])(?:\.[0-9]{1,4})?(?:px|pt)|(?:0?\.[6-9][0-9]{0,3}|[1-3](?:\.[0-9]{1,4})?)r?em"
    r"|(?:[6-9][0-9]|[12][0-9]{2})%|xx?-small|small|medium|large|xx?-large|smaller|larger)"
)
_LINE_HEIGHT = (
    r"(?:normal|[1-3](?:\.[0-9]{1,4})?(?:em)?|(?:[89][0-9]|[12][0-9]{2})%"
    r"|[1-9][0-9](?:\.[0-9]{1,4})?(?:px|pt))"
)
_SIDES = ("top", "right", "bottom", "left")
_DECORATION = r"(?:none|underline|overline|line-through)"

_FORMS: dict[str, str] = {
    # colours
    "color": _COLOUR,
    "background": _COLOUR,
    "background-color": _COLOUR,
    # letters
    "font-size": _TEXT_SIZE,
    "font-style": r"normal|italic|oblique",
    "font-weight": r"normal|bold|bolder|lighter|[1-9]00",
    "line-height": _LINE_HEIGHT,
    "text-align": r"left|right|center|justify|start|end",
    "text-decoration": rf"{_DECORATION}(?: {_DECORATION}){{0,2}}",
    "text-indent": _LENGTH,
    "text-transform": r"none|uppercase|lowercase|capitalize",
    "vertical-align": rf"baseline|sub|super|top|middle|bottom|text-top|text-bottom|{_LENGTH}",
    "white-space": r"normal|nowrap|pre|pre-wrap|pre-line",
    "word-break": r"normal|break-all|break-word|keep-all",
    "word-wrap": r"normal|break-word|anywhere",
    "overflow-wrap": r"normal|break-word|anywhere",
    # boxes
    **dict.fromkeys(("width", "height", "max-width", "min-width"), _WIDTH),
    "margin": rf"{_WIDTH}(?: {_WIDTH}){{0,3}}",
    **{f"margin-{side}": _WIDTH for side in _SIDES},
    "padding": rf"{_LENGTH}(?: {_LENGTH}){{0,3}}",
    **{f"padding-{side}": _LENGTH for side in _SIDES},
    "border": rf"{_EDGE}(?: {_EDGE}){{0,2}}",
    **{f"border-{side}": rf"{_EDGE}(?: {_EDGE}){{0,2}}" for side in _SIDES},
    "border-color": rf"{_COLOUR}(?: {_COLOUR}){{0,3}}",
    "border-style": rf"{_LINE}(?: {_LINE}){{0,3}}",
    "border-width": rf"{_LENGTH}(?: {_LENGTH}){{0,3}}",
    **{f"border-{side}-color": _COLOUR for side in _SIDES},
    **{f"border-{side}-style": _LINE for side in _SIDES},
    **{f"border-{side}-width": _LENGTH for side in _SIDES},
    # tables and lists
    "border-collapse": r"collapse|separate",
    "border-spacing": rf"{_LENGTH}(?: {_LENGTH})?",
    "table-layout": r"auto|fixed",
    "list-style-type": r"none|disc|circle|square|decimal|lower-alpha|upper-alpha|lower-roman|upper-roman",
}
_VALUES = {name: re.compile(form) for name, form in _FORMS.items()}
_IMPORTANT = re.compile(r" ?! ?important\Z")
_FONT = re.compile(r"[\w -]{1,40}")
_MOST_FONTS = 8


def safe_style(style: str) -> str:
    """Give what may stay of a style attribute, written anew; empty where nothing may."""
    declarations = style[:LONGEST_STYLE].split(";", MOST_DECLARATIONS)[:MOST_DECLARATIONS]
    return ";".join(filter(None, map(_declaration, declarations)))


def _declaration(text: str) -> str:
    name, _, value = text.partition(":")
    name = name.strip().lower()
    value = _IMPORTANT.sub("", one_line(value).lower())
    if name == "font-family":
        value = _fonts(value)
    elif name not in _VALUES or not _VALUES[name].fullmatch(value):
        return ""
    return f"{name}:{value}" if value else ""


def _fonts(value: str) -> str:
    """Give the names of fonts, each in quotes of ours unless it is one plain word."""
    names = [name.strip(" '\"") for name in value.split(",")[:_MOST_FONTS]]
    kept = [name for name in names if _FONT.fullmatch(name)]
    return ",".join(name if name.isalpha() and name.isascii() else f"'{name}'" for name in kept)
