"""Which elements and attributes of a mail's HTML are shown, and what the value of each may be."""

import re

from triage.core.safe_css import safe_style

EMPTY = frozenset({"br", "hr", "img", "col", "wbr"})
"""Elements that hold nothing and have no end tag."""

INLINE = frozenset(("b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "small", "big", "sub", "sup"))
INLINE |= frozenset(("mark", "font", "span", "tt", "code", "kbd", "var", "cite", "q", "abbr", "bdi", "time"))
BLOCKS = frozenset(("p", "div", "center", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "address"))
BLOCKS |= frozenset(("section", "article", "header", "footer", "main", "figure", "figcaption"))
BLOCKS |= frozenset(("ul", "ol", "li", "dl", "dt", "dd"))
TABLES = frozenset(
    ("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"),
)
ELEMENTS = INLINE | BLOCKS | TABLES | EMPTY

LINK_MARK = "samp"
"""The element that only we write, around where a link leads; one in a mail is taken away."""

_COLOUR = re.compile(r"#?[0-9a-zA-Z]{3,24}")
_LENGTH = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?%?(?:px)?")
_NUMBER = re.compile(r"[0-9]{1,2}")
_SPAN = re.compile(r"[1-9][0-9]?")
_ORDINAL = re.compile(r"-?[0-9]{1,5}")
_ALIGN = re.compile(r"left|right|center|justify", re.IGNORECASE)
_VALIGN = re.compile(r"top|middle|bottom|baseline", re.IGNORECASE)
_FONT_SIZE = re.compile(r"[+-]?[1-7]")
_FACE = re.compile(r"[\w ,'-]{1,200}")
_LIST = re.compile(r"[1aAiI]|disc|circle|square")
_ONCE = re.compile(r"")
_ALT = re.compile(r"[^\x00-\x1f\x7f]{0,300}")

_SIZED = frozenset({"table", "td", "th", "tr", "col", "colgroup", "img", "hr"})
_PLACED = BLOCKS | TABLES | frozenset({"hr"})
_CELLS = frozenset({"td", "th"})

_FORMS: dict[str, tuple[frozenset[str], re.Pattern[str]]] = {
    "align": (_PLACED, _ALIGN),
    "valign": (TABLES, _VALIGN),
    "width": (_SIZED, _LENGTH),
    "height": (_SIZED, _LENGTH),
    "bgcolor": (TABLES, _COLOUR),
    "color": (frozenset({"font", "hr"}), _COLOUR),
    "face": (frozenset({"font"}), _FACE),
    "size": (frozenset({"font", "hr"}), _FONT_SIZE),
    "border": (frozenset({"table", "img"}), _NUMBER),
    "cellpadding": (frozenset({"table"}), _NUMBER),
    "cellspacing": (frozenset({"table"}), _NUMBER),
    "colspan": (_CELLS, _SPAN),
    "rowspan": (_CELLS, _SPAN),
    "span": (frozenset({"col", "colgroup"}), _SPAN),
    "nowrap": (_CELLS, _ONCE),
    "start": (frozenset({"ol"}), _ORDINAL),
    "value": (frozenset({"li"}), _ORDINAL),
    "type": (frozenset({"ol", "ul", "li"}), _LIST),
    "alt": (frozenset({"img"}), _ALT),
}

ATTRIBUTES = {
    element: {name for name, (elements, _) in _FORMS.items() if element in elements} | {"style"}
    for element in ELEMENTS
}
"""What each element may carry, beside ``src`` of an image, which only we give."""

NAMES = frozenset(_FORMS) | {"style"}


def safe_value(element: str, attribute: str, value: str) -> str | None:
    """Give the value that an attribute may have there, or None where it may not stay."""
    if attribute not in ATTRIBUTES.get(element, ()):
        return None
    if attribute == "style":
        return safe_style(value) or None
    value = "" if attribute == "nowrap" else value.strip()
    return value if _FORMS[attribute][1].fullmatch(value) else None
