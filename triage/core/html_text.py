"""HTML of a mail becomes the text that its reader sees: lists, tables, links and quotes stay readable.

One pass over the tags, without a tree: nothing nests too deep, no end tag has to be there, and time grows
with the size alone. What mail programs hide (preheaders, conditional comments for Word, scripts and styles)
is left out.
"""

import re
from collections.abc import Iterator
from html import unescape

from triage.core.defects import Defect, note
from triage.core.html_lines import Lines
from triage.core.latepattern import late_pattern

LARGEST = 2_000_000
"""Characters of HTML that are read."""

_TAG = late_pattern(
    r"<!--|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:_-]{0,40})(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>?|<[!?][^<>]*+>?"
)
_ATTRIBUTE = late_pattern(r"([a-zA-Z-]{1,30})(?:\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_LONGEST_ATTRIBUTES = 10_000
_LONGEST_TARGET = 2_000
_LONGEST_ALT = 100
_LONGEST_NUMBER = 6
_MOST_QUOTES = 20

_UNSEEN = {
    name: late_pattern(pattern, re.IGNORECASE)
    for name, pattern in {
        "script": r"</script\b[^<>]*>?",
        "style": r"</style\b[^<>]*>?",
        "title": r"</title\b[^<>]*>?",
        "xml": r"</xml\b[^<>]*>?",
        "svg": r"</svg\b[^<>]*>?",
        "template": r"</template\b[^<>]*>?",
        # some heads are never closed
        "head": r"</head\b[^<>]*>?|(?=<body\b)",
    }.items()
}
_COMMENT_END = late_pattern("--!?>")

_MARGIN = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "fieldset")
)
_BLOCKS = _MARGIN | frozenset(
    (
        *(
            "div",
            "table",
            "section",
            "article",
            "header",
            "footer",
            "main",
            "aside",
            "nav",
            "address",
            "center",
        ),
        *("form", "hr", "figure", "figcaption", "dt", "dd", "option", "legend", "body", "caption", "details"),
    )
)
_VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "col", "area", "base", "wbr", "source"))
_ENDS_ITSELF = frozenset(("p", "li", "td", "th", "tr", "dt", "dd", "option"))
"""Elements that the next of their kind ends."""

_HIDDEN = late_pattern(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|(?<![-\w])opacity\s{0,9}:\s{0,9}0(?:\.0+)?\s*(?:[;!]|$)",
    re.IGNORECASE,
)
_SIZE_NOUGHT = late_pattern(r"font-size\s{0,9}:\s{0,9}0(?:px|pt|em|%)?\s*(?:[;!]|$)", re.IGNORECASE)
_FLAT = late_pattern(r"max-height\s{0,9}:\s{0,9}0", re.IGNORECASE)
_CUT = late_pattern(r"overflow\s{0,9}:\s{0,9}hidden", re.IGNORECASE)
_NO_MARGIN = late_pattern(r"margin(?:-top|-bottom)?\s{0,9}:\s{0,9}0", re.IGNORECASE)
_CITES = late_pattern(
    r"\b(?:gmail|protonmail|zmail|yahoo|moz|tutanota|outlook)[\w-]{0,20}(?:quote|cite)", re.IGNORECASE
)
_CITE_LINE = late_pattern(r"border-left\s{0,9}:", re.IGNORECASE)
_TARGET = late_pattern(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)


def text_of_html(html: str, defects: list[str]) -> str:
    """Give the text that a reader of the HTML would see; never raises, whatever the HTML."""
    if len(html) > LARGEST:
        note(defects, Defect.HTML_TOO_LARGE)
        html = html[:LARGEST]
    page = _Page()
    for kind, name, value in _tokens(html):
        if page.lines.full:
            note(defects, Defect.HTML_TOO_LARGE)
            break
        match kind:
            case "text":
                page.text(value)
            case "start":
                page.start(name, _attributes(value))
            case _:
                page.end(name)
    return page.lines.whole()


def _tokens(html: str) -> Iterator[tuple[str, str, str]]:
    """Cut HTML into texts, start tags and end tags; an end that is missing is looked for once only."""
    at = 0
    while match := _TAG.search(html, at):
        if match.start() > at:
            yield "text", "", html[at : match.start()]
        at = match.end()
        name = (match["name"] or "").lower()
        if match[0] == "<!--":
            found = _COMMENT_END.search(html, at)
            if found is None:
                return
            at = found.end()
        elif name in _UNSEEN and not match["end"] and not match["rest"].endswith("/"):
            found = _UNSEEN[name].search(html, at)
            if found is None:
                return
            at = found.end()
        elif name:
            yield ("end" if match["end"] else "start"), name, match["rest"]
    if at < len(html):
        yield "text", "", html[at:]


def _attributes(rest: str) -> dict[str, str]:
    if not rest or rest.isspace():
        return {}
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest[:_LONGEST_ATTRIBUTES]):
        found.setdefault(match[1].lower(), unescape(match[2] or match[3] or match[4] or ""))
    return found


class _Page:
    """What is open at one place of the page, and the lines so far."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._hidden = ""
        self._hidden_depth = 0
        self._lists: list[int] = []
        self._quotes: list[bool] = []
        self._verbatim = 0
        self._tight = False
        self._target = ""
        self._alt = ""

    def text(self, text: str) -> None:
        """Take what stands between two tags."""
        if not self._hidden:
            self.lines.text(unescape(text) if "&" in text else text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if self._hidden and not self._ends_hidden(name):
            self._hidden_depth += name == self._hidden
            return
        self._hidden = ""
        if attributes and name not in _VOID and _is_hidden(name, attributes):
            self._hidden, self._hidden_depth = name, 1
            return
        if name in _MARGIN:
            self._tight = _is_tight(attributes)
        self._break(name)
        self._open(name, attributes)

    def end(self, name: str) -> None:
        """Take an end tag."""
        if self._hidden:
            self._hidden_depth -= name == self._hidden
            if not self._hidden_depth:
                self._hidden = ""
            return
        self._break(name)
        self._close(name)

    def _ends_hidden(self, name: str) -> bool:
        """Say whether a hidden paragraph, item or cell ends here: their end tags may be left out."""
        if self._hidden not in _ENDS_ITSELF:
            return False
        return name == self._hidden or (self._hidden == "p" and name in _BLOCKS)

    def _break(self, name: str) -> None:
        if name in _MARGIN:
            self.lines.block(1 if self._lists or self._tight else 2)
        elif name in _BLOCKS:
            self.lines.block()
        elif name == "tr":
            self.lines.row()

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "br":
                self.lines.line_break()
            case "td" | "th":
                self.lines.cell()
            case "ul" | "ol":
                self._lists.append(_number(attributes.get("start", "1")) if name == "ol" else 0)
                self.lines.indent = len(self._lists)
            case "li":
                self.lines.item(self._mark())
            case "blockquote":
                self._quotes.append(_is_quote(attributes))
                self.lines.quote = sum(self._quotes[-_MOST_QUOTES:])
            case "pre":
                self._verbatim += 1
                self.lines.verbatim = True
            case "a":
                self._end_link()
                self._begin_link(attributes.get("href", ""))
            case "img":
                self._alt = self._alt or attributes.get("alt", "")[:_LONGEST_ALT].strip()
            case _:
                pass

    def _close(self, name: str) -> None:
        match name:
            case "ul" | "ol":
                del self._lists[-1:]
                self.lines.indent = len(self._lists)
            case "blockquote":
                del self._quotes[-1:]
                self.lines.quote = sum(self._quotes[-_MOST_QUOTES:])
            case "pre":
                self._verbatim = max(0, self._verbatim - 1)
                self.lines.verbatim = self._verbatim > 0
            case "a":
                self._end_link()
            case "table":
                self.lines.end_table()
            case _:
                pass

    def _mark(self) -> str:
        """Give what stands before an item: its number, or a star."""
        if not self._lists or not self._lists[-1]:
            return "* "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "

    def _begin_link(self, target: str) -> None:
        target = "".join(target[:_LONGEST_TARGET].split())
        self._target, self._alt = target if _TARGET.match(target) else "", ""
        if self._target:
            self.lines.open_link()

    def _end_link(self) -> None:
        if self._target:
            self.lines.close_link(self._target, self._alt)
        self._target = ""


def _is_hidden(name: str, attributes: dict[str, str]) -> bool:
    """Say whether a browser shows nothing of an element; size nought around others says nothing of them."""
    style = attributes.get("style", "")
    return bool(
        "hidden" in attributes
        or _HIDDEN.search(style)
        or (_FLAT.search(style) and _CUT.search(style))
        or (name == "span" and _SIZE_NOUGHT.search(style))
    )


def _is_tight(attributes: dict[str, str]) -> bool:
    """Say whether a paragraph has no margin, as Outlook's have none."""
    return (
        "mso" in attributes.get("class", "").lower()
        or _NO_MARGIN.search(attributes.get("style", "")) is not None
    )


def _is_quote(attributes: dict[str, str]) -> bool:
    """Say whether a blockquote quotes a mail; others are only set in."""
    return (
        attributes.get("type", "").lower() == "cite"
        or _CITES.search(attributes.get("class", "")) is not None
        or _CITE_LINE.search(attributes.get("style", "")) is not None
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else 1
