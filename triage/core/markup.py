"""HTML of a mail cut into the few things that matter for judging it: links with their text, forms, inputs.

A tokenizer of the WHATWG kind without a tree: linear in the length of the input, whatever it holds. Tree
builders are not (40,000 nested ``<div>`` take seconds, one tag of 100,000 attributes a quarter of a minute).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from triage.core.text import one_line

MAX_HTML = 2_000_000
"""Characters that are read of one HTML text."""

MAX_ANCHORS = 500
"""Links that are kept of one HTML text, and forms likewise."""

_RAW_TEXT = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})
_BLOCKS = frozenset({"br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "table", "ul", "ol"})
_BLOCKS |= frozenset({"blockquote", "hr"})
_TAG_NAME = re.compile(r"[a-zA-Z][^\s/>]{0,100}")
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<name>[^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>]*)))?"""
)
_GAP = re.compile(r"[\s/=]*")
_WANTED = frozenset({"href", "xlink:href", "action", "formaction", "type", "name", "placeholder", "content"})
_WANTED |= frozenset({"http-equiv", "class", "id", "src"})


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag; ``attributes`` holds those that matter, decoded, the first of each name."""

    name: str
    closing: bool
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: its target as written, what is shown for it, and how many shown characters stand before it."""

    href: str
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it sends to, and what its inputs are called (type, name and hint in one text)."""

    action: str
    inputs: tuple[str, ...]

    @property
    def wants_password(self) -> bool:
        """Whether one of its inputs hides what is typed."""
        return any(text.startswith("password ") for text in self.inputs)


@dataclass(frozen=True, slots=True)
class Markup:
    """What an HTML text holds. ``text`` is what is shown, ``quote_at`` where quoted history begins in it."""

    text: str
    base: str
    anchors: tuple[Anchor, ...]
    forms: tuple[Form, ...]
    refresh: str
    scripted: bool
    quote_at: int


@dataclass(slots=True)
class _Reader:
    shown: list[str] = field(default_factory=list)
    length: int = 0
    base: str = ""
    refresh: str = ""
    scripted: bool = False
    quote_at: int = -1
    anchors: list[Anchor] = field(default_factory=list)
    forms: list[tuple[str, list[str]]] = field(default_factory=list)
    open_href: str | None = None
    open_index: int = 0
    open_offset: int = 0


def read_markup(html: str) -> Markup:
    """Read an HTML text; never fails, and reads no more than MAX_HTML characters."""
    reader = _Reader()
    for token in tokens(html[:MAX_HTML]):
        if isinstance(token, str):
            _show(reader, token)
        else:
            _take(reader, token)
    _close_anchor(reader)
    quote_at = reader.length if reader.quote_at < 0 else reader.quote_at
    forms = tuple(Form(action, tuple(inputs)) for action, inputs in reader.forms)
    return Markup(
        "".join(reader.shown),
        reader.base,
        tuple(reader.anchors),
        forms,
        reader.refresh,
        reader.scripted,
        quote_at,
    )


def _show(reader: _Reader, text: str) -> None:
    reader.shown.append(text)
    reader.length += len(text)


def _take(reader: _Reader, tag: Tag) -> None:
    match tag.name:
        case "a" | "area":
            _close_anchor(reader)
            _open_anchor(reader, tag)
        case "form" | "input" | "textarea" | "button" | "select":
            _take_form(reader, tag)
        case "base":
            reader.base = reader.base or tag.attributes.get("href", "")
        case "script":
            reader.scripted = True
        case "meta" if tag.attributes.get("http-equiv", "").lower() == "refresh":
            reader.refresh = reader.refresh or tag.attributes.get("content", "").partition("=")[2].strip(
                " '\""
            )
    if not tag.closing and reader.quote_at < 0 and _opens_quote(tag):
        reader.quote_at = reader.length
    if tag.name in _BLOCKS:
        _show(reader, "\n")


def _opens_quote(tag: Tag) -> bool:
    if not tag.attributes:
        return tag.name == "blockquote"
    marks = tag.attributes.get("class", "") + " " + tag.attributes.get("id", "")
    quoted = (
        "gmail_quote",
        "moz-cite-prefix",
        "moz-forward-container",
        "yahoo_quoted",
        "divrplyfwdmsg",
        "appendonsend",
    )
    return tag.name == "blockquote" or any(mark in marks.lower() for mark in quoted)


def _open_anchor(reader: _Reader, tag: Tag) -> None:
    href = tag.attributes.get("href", tag.attributes.get("xlink:href", ""))
    if not tag.closing and href and len(reader.anchors) < MAX_ANCHORS:
        reader.open_href, reader.open_index, reader.open_offset = href, len(reader.shown), reader.length


def _close_anchor(reader: _Reader) -> None:
    if reader.open_href is not None:
        text = one_line("".join(reader.shown[reader.open_index :])[:1000])
        reader.anchors.append(Anchor(reader.open_href, text, reader.open_offset))
        reader.open_href = None


def _take_form(reader: _Reader, tag: Tag) -> None:
    if tag.closing or len(reader.forms) > MAX_ANCHORS:
        return
    seen = tag.attributes
    if tag.name == "form":
        reader.forms.append((seen.get("action", ""), []))
        return
    if not reader.forms:
        reader.forms.append(("", []))
    if "formaction" in seen:
        reader.forms.append((seen["formaction"], reader.forms[-1][1]))
    inputs = reader.forms[-1][1]
    if seen.get("type", "").lower() != "hidden" and tag.name != "button" and len(inputs) < MAX_ANCHORS:
        told = (seen.get(key, "") for key in ("name", "id", "placeholder"))
        inputs.append(" ".join([seen.get("type", "text").lower(), *told])[:200])


def tokens(html: str, wanted: frozenset[str] = _WANTED) -> Iterator[Tag | str]:
    """Give the tags, with those attributes that are wanted, and the stretches of text between them, decoded.

    Comments, and what stands in elements that hold no tags (scripts, styles, titles), are passed over.
    """
    position, size = 0, len(html)
    while position < size:
        bracket = html.find("<", position)
        if bracket < 0:
            yield unescape(html[position:])
            return
        if bracket > position:
            yield unescape(html[position:bracket])
        position, tag = _tag_at(html, bracket, wanted)
        if tag is None:
            if position == bracket + 1:
                yield "<"
            continue
        yield tag
        if tag.name in _RAW_TEXT and not tag.closing:
            position = _end_of_raw_text(html, position, tag.name)


def _tag_at(html: str, bracket: int, wanted: frozenset[str]) -> tuple[int, Tag | None]:
    """Read the tag, comment or stray sign at ``bracket``; give where it ends."""
    if html.startswith("<!--", bracket):
        end = html.find("-->", bracket + 2)
        return (len(html) if end < 0 else end + 3), None
    closing = html.startswith("/", bracket + 1)
    name = _TAG_NAME.match(html, bracket + 1 + closing)
    if name is None:
        if html.startswith(("!", "?", "/"), bracket + 1):
            end = html.find(">", bracket)
            return (len(html) if end < 0 else end + 1), None
        return bracket + 1, None
    end, attributes = _attributes(html, name.end(), wanted)
    if html[end - 1] != ">":
        return len(html), None
    return end, Tag(name.group().lower(), closing, attributes)


def _attributes(html: str, position: int, wanted: frozenset[str]) -> tuple[int, dict[str, str]]:
    found: dict[str, str] = {}
    while True:
        gap = _GAP.match(html, position)
        position = gap.end() if gap else position
        match = _ATTRIBUTE.match(html, position)
        if match is None:
            return position + html.startswith(">", position), found
        name = match["name"].lower()
        if name in wanted and name not in found:
            found[name] = unescape(match["double"] or match["single"] or match["bare"] or "")
        position = match.end()


def _end_of_raw_text(html: str, position: int, name: str) -> int:
    """Skip the content of an element that holds no tags; to the end where it is never closed."""
    found = re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(html, position)
    return found.start() if found else len(html)
