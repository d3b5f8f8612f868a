"""A raw mail cut into its MIME parts: where each begins and ends, nothing decoded (RFC 2045, RFC 2046).

One pass over the lines that begin with ``--``, with the open boundaries on a stack: linear in the size of
the mail however its parts are nested. Nothing here recurses and nothing raises.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import islice

from triage.core.parameters import ContentType, read_content_type

DEEPEST = 50
"""Multiparts inside multiparts; mail programs make fewer than ten."""

MOST_PARTS = 1_000
MOST_FIELDS = 1_000
MOST_DELIMITERS = 200_000
"""Lines that begin with ``--`` which are looked at; texts with such lines may be attached."""

LONGEST_HEADER = 256 * 1024
"""Bytes of one header block."""

_MOST_GUESSES = 100
_DELIMITER = re.compile(rb"\n--([^\r\n]*)")
_EMPTY_LINE = re.compile(rb"\n\r*\n")
_FIELD = re.compile(rb"(?!--)([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:[ \t]*")
_KNOWN_FIELD = re.compile(
    rb"(?:received|return-path|date|from|sender|to|cc|bcc|subject|message-id|in-reply-to|references|reply-to"
    rb"|mime-version|content-[a-z-]+|x-[a-z0-9-]+|dkim-signature|list-[a-z-]+|importance|user-agent)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One header as it stands: its name, and its value unfolded, still in bytes."""

    name: str
    value: bytes


@dataclass(slots=True)
class Part:
    """One MIME part; ``start`` and ``end`` enclose its body in the raw mail; ``number`` counts the parts."""

    number: int
    depth: int
    fields: tuple[Field, ...]
    content: ContentType
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    _values: dict[str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._values = {item.name.lower(): item.value for item in reversed(self.fields)}

    def first(self, name: str) -> bytes:
        """Give the value of the first header of that name (lower case), empty where there is none."""
        return self._values.get(name, b"")

    @property
    def is_multipart(self) -> bool:
        """Whether the part says that it consists of parts and names what parts them."""
        return self.content.main == "multipart" and bool(self.content.boundary)


@dataclass(frozen=True, slots=True)
class Structure:
    """A mail cut into parts; ``parts`` holds all of them in the order of the mail, the mail itself first."""

    raw: bytes
    parts: tuple[Part, ...]

    @property
    def root(self) -> Part:
        """The mail itself."""
        return self.parts[0]

    def body(self, part: Part) -> bytes:
        """Give the bytes of a part as they stand in the mail, still encoded."""
        return self.raw[part.start : part.end]


def read_structure(raw: bytes, defects: list[str]) -> Structure:
    """Cut a mail into its parts. Beyond a limit it stops cutting and says so in ``defects``."""
    data = _with_line_feeds(raw, defects)
    root = _read_part(data, _start_of_headers(data), 0, 0, "text/plain", defects)
    parts = [root]
    if root.is_multipart:
        _cut(data, root, parts, defects)
    if root.content.main == "multipart" and not root.children:
        boundary = _guess_boundary(data, root)
        defects.append("a multipart is not parted by the boundary that it declares")
        if boundary:
            root.content = replace(root.content, boundary=boundary)
            _cut(data, root, parts, defects)
    return Structure(data, tuple(parts))


def _guess_boundary(data: bytes, root: Part) -> bytes:
    """Take the first delimiter line that a header follows for the boundary that was to be declared."""
    for match in islice(_DELIMITER.finditer(data, max(root.start - 1, 0)), _MOST_GUESSES):
        name = match[1].rstrip(b" \t")
        if name.strip(b"-") and _KNOWN_FIELD.match(data, _next_line(data, match.end())):
            return name
    return b""


def _with_line_feeds(raw: bytes, defects: list[str]) -> bytes:
    head = raw[:LONGEST_HEADER]
    if b"\r" in head and b"\n" not in head:
        defects.append("lines end in bare CR")
        return raw.replace(b"\r", b"\n")
    return raw


def _start_of_headers(data: bytes) -> int:
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    if data.startswith((b"From ", b">From "), start):
        # a mailbox file puts this line before each mail (RFC 4155)
        return _next_line(data, start)
    return start


def _next_line(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end + 1


def _cut(data: bytes, root: Part, parts: list[Part], defects: list[str]) -> None:
    """Walk over the delimiter lines; ``nest`` holds the multiparts that are open, the outermost first."""
    nest = [root]
    levels = {root.content.boundary: 0}
    leaf: Part | None = None
    for count, match in enumerate(_DELIMITER.finditer(data, max(root.start - 1, 0))):
        if count >= MOST_DELIMITERS or len(parts) >= MOST_PARTS:
            defects.append(f"only the first {len(parts)} parts were read")
            _end_leaf(data, leaf, match.start())
            break
        line_start, line_end = match.start() + 1, _next_line(data, match.end())
        if leaf is not None and line_start < leaf.start:
            continue
        level, closing = _level(match.group(1), levels)
        if level is None:
            continue
        _end_leaf(data, leaf, match.start())
        leaf = None
        _leave(nest, levels, level, match.start())
        if closing:
            _leave(nest, levels, level - 1, match.start())
            continue
        parent = nest[-1]
        default = "message/rfc822" if parent.content.sub == "digest" else "text/plain"
        part = _read_part(data, line_end, len(parts), parent.depth + 1, default, defects)
        parent.children.append(part)
        parts.append(part)
        leaf = part
        if part.is_multipart:
            if part.depth >= DEEPEST:
                defects.append(f"parts nested deeper than {DEEPEST} were not read")
            elif part.content.boundary not in levels:
                levels[part.content.boundary] = len(nest)
                nest.append(part)
    else:
        if nest:
            defects.append("a multipart does not end")


def _level(line: bytes, levels: dict[bytes, int]) -> tuple[int | None, bool]:
    """Find the open multipart that a delimiter line belongs to, and whether it ends it."""
    name = line.rstrip(b" \t")
    level = levels.get(name)
    if level is not None:
        return level, False
    if name.endswith(b"--"):
        return levels.get(name[:-2].rstrip(b" \t")), True
    return None, False


def _leave(nest: list[Part], levels: dict[bytes, int], level: int, end: int) -> None:
    """Close every multipart inside the one at this level."""
    while len(nest) > level + 1:
        part = nest.pop()
        part.end = end
        del levels[part.content.boundary]


def _end_leaf(data: bytes, leaf: Part | None, delimiter: int) -> None:
    """End a part before the line end that belongs to the delimiter (RFC 2046 §5.1.1)."""
    if leaf is not None and not leaf.children:
        end = delimiter - 1 if data[delimiter - 1 : delimiter] == b"\r" else delimiter
        leaf.end = max(leaf.start, end)


def _read_part(data: bytes, start: int, number: int, depth: int, default: str, defects: list[str]) -> Part:
    fields, body = _read_fields(data, start, defects)
    declared = next((item.value for item in fields if item.name.lower() == "content-type"), b"")
    return Part(number, depth, fields, read_content_type(declared, default, defects), body, len(data))


def _read_fields(data: bytes, start: int, defects: list[str]) -> tuple[tuple[Field, ...], int]:
    """Read a header block; give its fields and where the body begins."""
    lines: list[tuple[str, list[bytes]]] = []
    at, limit = start, start + LONGEST_HEADER
    while at < len(data):
        end = _next_line(data, at)
        line = data[at : min(end, max(limit, at + 1))].rstrip(b"\r\n")
        if not line:
            at = end
            break
        if at >= limit or len(lines) > MOST_FIELDS:
            defects.append("a header block is too long; the rest of it was not read")
            at = _end_of_block(data, at)
            break
        if line[0] in b" \t" and lines:
            lines[-1][1].append(line)
        elif match := _FIELD.match(line):
            lines.append((match[1].decode("ascii"), [line[match.end() :]]))
        elif lines and (lines[-1][1][-1].endswith(b";") or _KNOWN_FIELD.match(data, end)):
            defects.append("a folded header line is not indented")
            lines[-1][1].append(b" " + line)
        elif not line.startswith((b"From ", b">From ")):
            if lines and line.strip():
                defects.append("no empty line between headers and text")
            break
        at = end
    return tuple(Field(name, b"".join(values)) for name, values in lines), at


def _end_of_block(data: bytes, start: int) -> int:
    found = _EMPTY_LINE.search(data, start)
    return found.end() if found else len(data)
