"""Reads what the filter gave as strictly as can be: only what is named here may stand in it, at its place."""

import re
from html.parser import HTMLParser

EMPTY = {"br", "hr", "img", "col", "wbr"}
TAGS = {
    *EMPTY,
    *("b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "small", "big", "sub", "sup", "mark"),
    *("font", "span", "tt", "code", "kbd", "var", "cite", "q", "abbr", "bdi", "time", "samp"),
    *("p", "div", "center", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "address", "section"),
    *("article", "header", "footer", "main", "figure", "figcaption", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"),
}
VALUES = {
    "align": r"(?i)left|right|center|justify",
    "valign": r"(?i)top|middle|bottom|baseline",
    "bgcolor": r"#?\w{3,24}",
    "color": r"#?\w{3,24}",
    "face": r"[\w ,'-]+",
    "size": r"[+-]?[1-7]",
    "type": r"[1aAiI]|disc|circle|square",
    "nowrap": "",
    "alt": r"[^\x00-\x1f]*",
    **dict.fromkeys(("width", "height"), r"[\d.]+%?(px)?"),
    **dict.fromkeys(("border", "cellpadding", "cellspacing", "colspan", "rowspan", "span"), r"\d{1,2}"),
    **dict.fromkeys(("start", "value"), r"-?\d{1,5}"),
}
PROPERTIES = re.compile(
    r"color|background(-color)?|font-(family|size|style|weight)|line-height|(min-|max-)?width|height"
    r"|text-(align|decoration|indent|transform)|vertical-align|white-space|word-(break|wrap)|overflow-wrap"
    r"|(margin|padding|border)(-(top|right|bottom|left))?(-(color|style|width))?|border-(collapse|spacing)"
    r"|table-layout|list-style-type"
)
COLOUR_FUNCTION = re.compile(r"rgba?\([0-9., %]+\)")
WORDS = re.compile(r"[\w #%.,'-]+")


class _Checker(HTMLParser):
    def __init__(self, addresses: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses = addresses
        self.faults: list[str] = []
        self.open: list[str] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        if tag not in EMPTY:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))
        for name, value in attrs:
            if fault := self._fault(tag, name, value or ""):
                self.faults.append(f"<{tag} {name}={value!r}>: {fault}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> ends nothing")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def _fault(self, tag: str, name: str, value: str) -> str:
        if name == "src":
            return "" if tag == "img" and value in self.addresses else "an address"
        if name == "style":
            return style_fault(value)
        return "" if name in VALUES and re.fullmatch(VALUES[name], value) else "not on the list"


def style_fault(style: str) -> str:
    """Say what in a style is not allowed; empty where all is."""
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        if not PROPERTIES.fullmatch(name):
            return f"property {name!r}"
        if not WORDS.fullmatch(COLOUR_FUNCTION.sub("x", value)):
            return f"value {value!r}"
    return ""


def faults(html: str, addresses: set[str]) -> list[str]:
    """Give everything in the HTML that should not have come through."""
    checker = _Checker(addresses)
    checker.feed(html)
    checker.close()
    return checker.faults + [f"<{tag}> never ends" for tag in checker.open]


def depth(html: str) -> int:
    """Give how deep its elements nest."""
    checker = _Checker(set())
    checker.feed(html)
    return checker.deepest
