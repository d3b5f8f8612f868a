"""The HTML of a mail written anew in a small, well-formed language, before the real filter reads it.

What is written holds known elements with checked attributes only, every end tag in its place, no comment and
nothing raw. So nesting is bounded and known, and a tree builder has nothing left to guess: the shapes that
change their meaning between two parsers, and those that cost it quadratic time, do not reach it. Links are
turned into words here, since nothing is edited after the filter.
"""

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from triage.core.markup import Tag, tokens
from triage.core.safe_attributes import ELEMENTS, EMPTY, INLINE, LINK_MARK, NAMES, TABLES, safe_value
from triage.core.text import clean, one_line
from triage.core.webaddress import read_url

DEEPEST = 200
"""Elements inside one another; mail programs make fewer than fifty."""

MOST_TOKENS = 100_000
"""Tags, and stretches of text between them; as many ``&`` may stand in what is written."""

MOST_LINKS = 2_000

_READ = NAMES | {"href", "src"}
_HIDING = frozenset({"svg", "math", "template"})
"""Elements whose text belongs to a picture, a formula or a script; the next block ends one left open."""

_BLOCKS = ELEMENTS - INLINE - EMPTY
_BORDERS = frozenset({"td", "th", "caption", "table"})
"""An end tag in a table cell closes nothing outside of it."""

_LINKS = frozenset({"a", "area"})
_NOWHERE = "https://relative.invalid/"
"""What a link without a host is relative to in a mail that does not say."""

_NOTHING: frozenset[str] = frozenset()
_CELLS = frozenset({"td", "th"})
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_ENDED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # a start tag ends these open elements, unless one of those stands between
    "li": (frozenset({"li"}), frozenset({"ul", "ol"}) | _BORDERS),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd"}), frozenset({"dl"}) | _BORDERS)),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset({"table"}))),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(_ROW_GROUPS, (_ROW_GROUPS | {"caption", "colgroup"}, frozenset({"table"}))),
}
_TABLE_FRAME = _ROW_GROUPS | {"table", "tr", "colgroup"}
"""Between the cells of a table only its own elements stand: others would be moved in front of the table, and
what was written would read otherwise a second time."""

_PARAGRAPH = frozenset({"p"})
_BETWEEN_PARAGRAPHS = _BLOCKS - _PARAGRAPH

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of writing could turn around what we write beside a link."""

_ADDRESS = re.compile(r"[\w.+%'-]{1,100}@[\w.-]{1,200}")


@dataclass(slots=True)
class Rewritten:
    """What was written, and what was met on the way.

    ``beyond`` names the limit that was passed, and then ``html`` is only a part; ``hosts`` keeps the order
    in which links were met, each once.
    """

    html: str = ""
    beyond: str = ""
    hosts: tuple[str, ...] = ()
    links: int = 0
    pictures_left_out: int = 0
    forms: int = 0
    scripts: int = 0


def rewrite(html: str, pictures: Container[str]) -> Rewritten:
    """Write HTML anew; ``pictures`` holds the content ids that may be shown. Total, linear in the length."""
    writer = _Writer(pictures)
    for count, token in enumerate(tokens(html, _READ)):
        if count >= MOST_TOKENS:
            writer.result.beyond = "tokens"
        if writer.result.beyond:
            break
        if isinstance(token, str):
            writer.text(token)
        elif token.closing:
            writer.end(token.name)
        else:
            writer.start(token)
    return _within_limits(writer.finish())


def _within_limits(result: Rewritten) -> Rewritten:
    # the filter's time grows with the square of the signs that are written as &…; in a row
    if not result.beyond and result.html.count("&") > MOST_TOKENS:
        result.beyond = "tokens"
    return result


@dataclass(slots=True)
class _Writer:
    pictures: Container[str]
    result: Rewritten = field(default_factory=Rewritten)
    pieces: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    hosts: dict[str, None] = field(default_factory=dict)
    base: str = _NOWHERE
    link: str = ""
    hidden_by: str = ""

    def text(self, words: str) -> None:
        if not self.hidden_by:
            self.pieces.append(escape(_DIRECTION.sub("", clean(words)), quote=False))

    def start(self, tag: Tag) -> None:
        name = "img" if tag.name == "image" else tag.name
        if self._hides(name):
            return
        self._count(name)
        if name == "base":
            self._take_base(tag.attributes.get("href", ""))
        elif name in _LINKS:
            self._end_link()
            self._begin_link(tag.attributes.get("href", ""))
            if name == "area":
                # a place in a picture: there are no words for its link to stand behind
                self._end_link()
        elif name == "img":
            self._picture(tag)
        elif name in ELEMENTS:
            self._element(name, tag)

    def end(self, name: str) -> None:
        if name == self.hidden_by:
            self.hidden_by = ""
        elif name == "a":
            self._end_link()
        elif name == "br":
            self.pieces.append("<br>")
        elif self.open[name]:
            borders = frozenset({"table"}) - {name} if name in TABLES else _BORDERS
            self._close(frozenset({name}), borders)

    def finish(self) -> Rewritten:
        self._end_link()
        self._pop(0)
        self.result.html = "".join(self.pieces)
        self.result.hosts = tuple(self.hosts)
        return self.result

    def _hides(self, name: str) -> bool:
        if name in _HIDING:
            self.hidden_by = self.hidden_by or name
        elif self.hidden_by and name in _BLOCKS:
            self.hidden_by = ""
        return bool(self.hidden_by)

    def _count(self, name: str) -> None:
        if name == "script":
            self.result.scripts += 1
        elif name == "form":
            self.result.forms += 1

    def _element(self, name: str, tag: Tag) -> None:
        if name in _BLOCKS and self.open["p"]:
            self._close(_PARAGRAPH, _BETWEEN_PARAGRAPHS)
        ended, borders = _ENDED_BY.get(name, (_NOTHING, _NOTHING))
        if ended:
            self._close(ended, borders)
        if self.stack and self.stack[-1] in _TABLE_FRAME and name not in TABLES:
            return
        self._write_tag(name, self._attributes(name, tag))
        if name not in EMPTY:
            self.stack.append(name)
            self.open[name] += 1
            if len(self.stack) > DEEPEST:
                self.result.beyond = "depth"

    def _attributes(self, name: str, tag: Tag) -> list[tuple[str, str]]:
        checked = ((key, safe_value(name, key, value)) for key, value in tag.attributes.items())
        return [(key, value) for key, value in checked if value is not None]

    def _write_tag(self, name: str, attributes: list[tuple[str, str]]) -> None:
        told = "".join(f' {key}="{escape(value)}"' for key, value in attributes)
        self.pieces.append(f"<{name}{told}>")

    def _picture(self, tag: Tag) -> None:
        content_id = picture_id(tag.attributes.get("src", ""))
        if content_id and content_id in self.pictures:
            self._write_tag("img", [("src", f"cid:{content_id}"), *self._attributes("img", tag)])
            return
        self.result.pictures_left_out += 1
        if words := one_line(tag.attributes.get("alt", ""))[:300]:
            self.text(f"[{words}]")

    def _take_base(self, href: str) -> None:
        """Keep where links without a host lead; the first such element counts."""
        if self.base == _NOWHERE and (address := read_url(href, _NOWHERE)) and address.is_web:
            self.base = f"{address.scheme}://{address.host}/"

    def _begin_link(self, href: str) -> None:
        if not href:
            return
        self.result.links += 1
        if self.result.links > MOST_LINKS:
            self.result.beyond = "links"
        target, host = _target(href, self.base)
        self.link = f"<{LINK_MARK}>[{escape(target)}]</{LINK_MARK}>" if target else ""
        if host:
            self.hosts[host] = None

    def _end_link(self) -> None:
        if self.link:
            self.pieces.append(f" {self.link}")
            self.link = ""

    def _close(self, names: frozenset[str], borders: frozenset[str]) -> None:
        """Close the innermost element of these names with all inside it, unless a border stands between."""
        for level in range(len(self.stack) - 1, -1, -1):
            if self.stack[level] in names:
                self._pop(level)
                return
            if self.stack[level] in borders:
                return

    def _pop(self, level: int) -> None:
        while len(self.stack) > level:
            name = self.stack.pop()
            self.open[name] -= 1
            self.pieces.append(f"</{name}>")


def picture_id(src: str) -> str:
    """Give the content id that a ``cid:`` address names (RFC 2392); empty for every other address."""
    scheme, _, content_id = src.strip().partition(":")
    return unquote(content_id, errors="replace").strip("<> ") if scheme.lower() == "cid" else ""


def _target(href: str, base: str) -> tuple[str, str]:
    """Say where a link leads, in words without a line end, and to which host; empty where nowhere."""
    address = read_url(href, base)
    if address is None or address.host == "relative.invalid":
        return "", ""
    if address.is_web:
        return address.host, address.host
    if address.scheme == "mailto" and (found := _ADDRESS.search(unquote(address.path, errors="replace"))):
        return found[0], ""
    return "", ""
