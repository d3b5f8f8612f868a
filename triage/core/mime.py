"""A raw mail cut into its MIME parts: where each begins and ends, nothing decoded (RFC 2045, RFC 2046).

One pass over the lines that begin with ``--``, with the open boundaries on a stack: linear in the size of
the mail however its parts are nested. Nothing here recurses and nothing raises.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import islice

from triage.core.defects import Defect, note
from triage.core.fields import Field, is_known_field, next_line, read_fields
from triage.core.parameters import ContentType, read_content_type
from triage.core.rawrepairs import with_decoded_body, with_line_feeds, with_lines_of_their_own
from triage.core.uuencoded import find_files

DEEPEST = 50
"""Multiparts inside multiparts; mail programs make fewer than ten."""

MOST_PARTS = 1_000
MOST_DELIMITERS = 200_000
"""Lines that begin with ``--`` which are looked at; texts with such lines may be attached."""

MOST_GUESSED = 10
"""Multiparts in one mail whose boundary is guessed."""

_MOST_GUESSES = 100
_LONGEST_END = 300
_DELIMITER = re.compile(rb"\n--([^\r\n]*)")
_MAILBOX_LINE = re.compile(rb">?From (?![ \t]*:)")
_DISPOSITION = re.compile(rb"[\s\"']*([A-Za-z0-9-]{1,40})(?=[\s;,\"']|$)(?!\s*=)")
_LAWFUL_ENCODINGS = {
    name.encode(): name.lower()
    for name in ("", "7bit", "8bit", "binary", "base64", "BASE64", "quoted-printable", "7Bit", "8Bit")
}
_NAMES_OF_ENCODINGS = frozenset(
    ("7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "x-uue")
)
_AS_IT_STANDS = frozenset(("", "7bit", "8bit", "binary"))


@dataclass(slots=True)
class Part:
    """One MIME part; ``start`` and ``end`` enclose its body in the raw mail; ``number`` counts the parts.

    ``files`` are uuencoded files in its text: parts of their own, which the text is read without.
    """

    number: int
    depth: int
    fields: tuple[Field, ...]
    content: ContentType
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    files: list["Part"] = field(default_factory=list)
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

    @property
    def encoding(self) -> str:
        """The declared transfer encoding, lower case, without what some programs add to it."""
        raw = self.first("content-transfer-encoding")
        if raw in _LAWFUL_ENCODINGS:
            return _LAWFUL_ENCODINGS[raw]
        declared = raw.decode("ascii", "replace").lower().strip("\"' \t")
        return re.split(r"[\s;(]", declared, maxsplit=1)[0].strip("\"'")

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline`` or what else Content-Disposition says; empty where it says nothing."""
        declared = _DISPOSITION.match(self.first("content-disposition"))
        return declared[1].decode("ascii").lower() if declared else ""


@dataclass(frozen=True, slots=True)
class Structure:
    """A mail cut into parts; ``parts`` holds all of them as they were found, the mail itself first."""

    raw: bytes
    parts: tuple[Part, ...]

    @property
    def root(self) -> Part:
        """The mail itself."""
        return self.parts[0]

    def body(self, part: Part) -> bytes:
        """Give the bytes of a part as they stand in the mail, still encoded, files in its text left out."""
        if not part.files:
            return self.raw[part.start : part.end]
        starts = [part.start, *(file.end for file in part.files)]
        ends = [*(file.start for file in part.files), part.end]
        return b"".join(self.raw[start:end] for start, end in zip(starts, ends, strict=True))


def read_structure(raw: bytes, defects: list[str]) -> Structure:
    """Cut a mail into its parts. Beyond a limit it stops cutting and says so in ``defects``."""
    data = with_line_feeds(raw, defects)
    root = _read_part(data, _start_of_headers(data), len(data), 0, 0, "text/plain", defects)
    parts = [root]
    if root.is_multipart:
        data = with_decoded_body(data, root.start, root.encoding, root.content.boundary, defects)
        data = with_lines_of_their_own(data, root.start, root.content.boundary, defects)
        root.end = len(data)
        _cut(data, root, parts, defects)
    _guess_boundaries(data, parts, defects)
    _find_files(data, parts, defects)
    return Structure(data, tuple(parts))


def _guess_boundaries(data: bytes, parts: list[Part], defects: list[str]) -> None:
    """Cut what says that it has parts and was not cut; ``parts`` grows meanwhile."""
    guessed = 0
    for part in parts:
        if part.content.main != "multipart" or part.children:
            continue
        note(defects, Defect.WRONG_BOUNDARY)
        boundary = _guess_boundary(data, part) if guessed < MOST_GUESSED and part.depth < DEEPEST else b""
        if boundary:
            guessed += 1
            part.content = replace(part.content, boundary=boundary)
            _cut(data, part, parts, defects)


def _guess_boundary(data: bytes, part: Part) -> bytes:
    """Take the first delimiter line that a header follows for the boundary that was to be declared."""
    found = _DELIMITER.finditer(data, max(part.start - 1, 0), part.end)
    for match in islice(found, _MOST_GUESSES):
        name = match[1].rstrip(b" \t")
        if name.strip(b"-") and is_known_field(data, next_line(data, match.end())):
            return name
    return b""


def _find_files(data: bytes, parts: list[Part], defects: list[str]) -> None:
    """Make parts of the files that stand in texts."""
    for part in tuple(parts):
        if part.children or str(part.content) != "text/plain" or part.encoding not in _AS_IT_STANDS:
            continue
        for file in find_files(data, part.start, part.end):
            if len(parts) >= MOST_PARTS:
                return
            name = file.name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            fields = (
                Field("Content-Type", b"application/octet-stream"),
                Field("Content-Transfer-Encoding", b"x-uuencode"),
                Field("Content-Disposition", b'attachment; filename="%b"' % name),
            )
            content = read_content_type(fields[0].value, "", defects)
            part.files.append(Part(len(parts), part.depth + 1, fields, content, file.start, file.end))
            parts.append(part.files[-1])
        if part.files:
            note(defects, Defect.UUENCODED)


def _start_of_headers(data: bytes) -> int:
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    if _MAILBOX_LINE.match(data, start):
        # a mailbox file puts this line before each mail (RFC 4155)
        return next_line(data, start)
    return start


def _cut(data: bytes, root: Part, parts: list[Part], defects: list[str]) -> None:
    """Walk over the delimiter lines; ``nest`` holds the multiparts that are open, the outermost first."""
    nest = [root]
    levels = {root.content.boundary: 0}
    left: set[bytes] = set()
    leaf: Part | None = None
    for count, match in enumerate(_DELIMITER.finditer(data, max(root.start - 1, 0), root.end)):
        if count >= MOST_DELIMITERS or len(parts) >= MOST_PARTS:
            note(defects, Defect.TOO_MANY_PARTS, len(parts))
            _end_leaf(data, leaf, match.start())
            break
        line_start, line_end = match.start() + 1, next_line(data, match.end())
        if leaf is not None and line_start < leaf.start:
            continue
        level, closing = _level(match.group(1), levels)
        if level is None and match.group(1).rstrip(b" \t") in left:
            level = _late_level(leaf, nest, data, line_end, defects)
        if level is None:
            if not nest and match.group(1).rstrip(b" \t") == root.content.boundary:
                note(defects, Defect.PARTS_BEHIND_END)
                break
            continue
        _end_leaf(data, leaf, match.start())
        leaf = None
        left.update(part.content.boundary for part in nest[level + 1 :])
        _leave(nest, levels, level, match.start())
        if closing:
            _leave(nest, levels, level - 1, match.start())
            continue
        parent = nest[-1]
        default = "message/rfc822" if parent.content.sub == "digest" else "text/plain"
        part = _read_part(data, line_end, root.end, len(parts), parent.depth + 1, default, defects)
        parent.children.append(part)
        parts.append(part)
        leaf = part
        if part.is_multipart:
            _enter(part, nest, levels, defects)
    else:
        if nest:
            note(defects, Defect.NO_END)
            _end_last(data, leaf, nest)


def _level(line: bytes, levels: dict[bytes, int]) -> tuple[int | None, bool]:
    """Find the open multipart that a delimiter line belongs to, and whether it ends it."""
    name = line.rstrip(b" \t")
    level = levels.get(name)
    if level is not None:
        return level, False
    if name.endswith(b"--"):
        return levels.get(name[:-2].rstrip(b" \t")), True
    return None, False


def _late_level(
    leaf: Part | None, nest: list[Part], data: bytes, line_end: int, defects: list[str]
) -> int | None:
    """Give the innermost open multipart to a delimiter whose own was left before its end was met.

    Within a text only, and where a header follows or nothing: an attached mail may use the boundary again.
    """
    if leaf is None or leaf.content.main != "text":
        return None
    if not is_known_field(data, line_end) and data[line_end : line_end + _LONGEST_END].strip():
        return None
    note(defects, Defect.WRONG_BOUNDARY)
    return len(nest) - 1


def _enter(part: Part, nest: list[Part], levels: dict[bytes, int], defects: list[str]) -> None:
    """Open a multipart, unless it is too deep; one of the same boundary as another stands before it."""
    if part.depth >= DEEPEST:
        note(defects, Defect.TOO_DEEP, DEEPEST)
        return
    if part.content.boundary in levels:
        note(defects, Defect.WRONG_BOUNDARY)
    levels[part.content.boundary] = len(nest)
    nest.append(part)


def _leave(nest: list[Part], levels: dict[bytes, int], level: int, end: int) -> None:
    """Close every multipart inside the one at this level."""
    while len(nest) > level + 1:
        part = nest.pop()
        part.end = end
        boundary = part.content.boundary
        del levels[boundary]
        # one around it may have the same
        levels.update((boundary, at) for at, outer in enumerate(nest) if outer.content.boundary == boundary)


def _end_leaf(data: bytes, leaf: Part | None, delimiter: int) -> None:
    """End a part before the line end that belongs to the delimiter (RFC 2046 §5.1.1)."""
    if leaf is not None and not leaf.children:
        end = delimiter - 1 if data[delimiter - 1 : delimiter] == b"\r" else delimiter
        leaf.end = max(leaf.start, end)


def _end_last(data: bytes, leaf: Part | None, nest: list[Part]) -> None:
    """End the last part of an unfinished mail where the end of its multipart was put on its last line."""
    if leaf is None or leaf.children:
        return
    start = max(leaf.start, leaf.end - _LONGEST_END)
    tail = data[start : leaf.end].rstrip()
    for part in nest:
        closing = b"--%b--" % part.content.boundary
        if tail.endswith(closing):
            leaf.end = start + len(tail) - len(closing)
            return


def _tell_encoding(fields: tuple[Field, ...], defects: list[str]) -> None:
    """Note a transfer encoding under a name that no standard knows, whether or not it can be guessed."""
    for item in fields:
        if item.name.lower() == "content-transfer-encoding" and item.value not in _LAWFUL_ENCODINGS:
            said = item.value.decode("ascii", "replace").strip()
            if said.lower() not in _NAMES_OF_ENCODINGS:
                note(defects, Defect.ODD_ENCODING, said[:40])


def _read_part(
    data: bytes, start: int, end: int, number: int, depth: int, default: str, defects: list[str]
) -> Part:
    fields, body = read_fields(data, start, defects)
    _tell_encoding(fields, defects)
    declared = [item.value for item in fields if item.name.lower() == "content-type"]
    # what parts the mail must be known, also where a program has put a type of its own above it
    chosen = next((value for value in declared if b"boundary" in value.lower()), b"".join(declared[:1]))
    content = read_content_type(chosen, default, defects)
    return Part(number, depth, fields, content, min(body, end), end)
