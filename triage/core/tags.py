"""The treasury tag ``[SHKB#DVC]`` of letter 7102/TB-KBNN, found in any line however it was typed.

A strict pattern misses two of five tags that people really write. A tolerant one would take years, numbers
of documents and ticket codes for tags. So a tag must stand apart from other digits, must have brackets or
``#``, and unless it has both, its code must be known.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from triage.core.text import without_unseen

LONGEST_LINE = 2_000
"""How many characters are looked at; RFC 5322 allows 998 a line."""

EXACT = re.compile(r"\[[0-9]{4}#DVC\]")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: as written, its span in the text, its four digits and its service.

    ``slips`` are codes of what was unusual about it, none for the exact form. ``code`` is empty for the
    placeholder ``[SHKB#DVC]`` that some copy literally.
    """

    written: str
    start: int
    end: int
    code: str
    service: str
    slips: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Say whether it is written as letter 7102/TB-KBNN asks."""
        return EXACT.fullmatch(self.written) is not None


@dataclass(frozen=True, slots=True)
class TagsFound:
    """The tags of one line, and the texts that look like one but are not certain enough."""

    tags: tuple[Tag, ...]
    hints: tuple[Tag, ...]


_DIGITS = {"O": "0", "Q": "0", "I": "1", "L": "1", "|": "1"}
_LETTER = re.compile(r"[A-Z|]")
_SQUARE = re.compile(r"[\[\]]")
_LOOKALIKES = str.maketrans("СсОоІіѴѵΟοΙιΙDdĐđÐð", "CCOOIIVVOOIIIDDDDDD")
_BRACKETS = str.maketrans("({<【〔〖「『〈《⟦❲«‹)}>】〕〗」』〉》⟧❳»›", "[" * 14 + "]" * 14)
_DASHES = str.maketrans("‐‑‒–—―−﹘~=＿", "---------=_")
_OPEN = r"(?P<open>\[ ?)?"
_CLOSE = r"(?P<close> ?\])?"
_NAME = r"(?:(?:SHKB|KBNN|KB|MA) ?[:#.\-]? ?)?"
_CODE = r"(?P<code>[0-9OQIL|](?: ?[0-9OQIL|]){3})"
_SEPARATOR = r"(?P<sep> ?\]? ?[#&\-_.:/+*=,;|]{0,2} ?\[? ?)"
_SERVICE = r"(?P<service>D ?V ?C)(?:TT)?"
_BEFORE = r"(?<![0-9A-Z])(?<![0-9][-./,_])"
_AFTER = r"(?![0-9A-Z])"

_FORWARD = re.compile(rf"{_OPEN}#?{_BEFORE}{_NAME}{_CODE}{_SEPARATOR}{_SERVICE}{_AFTER}#?{_CLOSE}")
_SWAPPED = re.compile(rf"{_OPEN}{_BEFORE}{_SERVICE}{_SEPARATOR}{_CODE}{_AFTER}{_CLOSE}")
_ALONE = re.compile(
    rf"(?P<open>\[ ?){_NAME}(?P<code>[0-9]{{4}})(?P<close> ?\])(?! ?[#&])(?P<sep>)(?P<service>)"
)
_OTHER_SERVICE = re.compile(
    rf"(?P<open>\[ ?){_CODE}(?P<sep> ?# ?)(?P<service>(?!D ?V ?C)[A-Z]{{2,10}})(?P<close> ?\])"
)
_PLACEHOLDER = re.compile(rf"{_OPEN}{_BEFORE}(?P<code>)SHKB{_SEPARATOR}{_SERVICE}{_AFTER}{_CLOSE}")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line made comparable; ``origin`` leads each of its characters back to the text as written."""

    written: str
    plain: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.origin[start], self.origin[end - 1] + 1


def find_tags(text: str, is_known: Callable[[str], bool]) -> TagsFound:
    """Find the tags of one line; ``is_known`` tells whether four digits lead to a treasury."""
    line = _make_plain(text[:LONGEST_LINE])
    tags: list[Tag] = []
    hints: list[Tag] = []
    for match, slip in _matches(line.plain):
        tag = _read(line, match, slip)
        if any(tag.start < other.end and other.start < tag.end for other in tags):
            continue
        (tags if _is_certain(match, tag, slip, is_known) else hints).append(tag)
    return TagsFound(_in_order(tags), _in_order(hints))


def _matches(plain: str) -> Iterator[tuple[re.Match[str], str]]:
    """Give everything of the shape of a tag, the surer shapes first."""
    for pattern, slip in _SHAPES:
        for match in pattern.finditer(plain):
            yield match, slip


_SHAPES = (
    (_FORWARD, ""),
    (_SWAPPED, "tag_order"),
    (_OTHER_SERVICE, "tag_other_service"),
    (_ALONE, "tag_no_service"),
    (_PLACEHOLDER, "tag_placeholder"),
)


def _is_certain(match: re.Match[str], tag: Tag, slip: str, is_known: Callable[[str], bool]) -> bool:
    closed, marked = bool(match["open"] and match["close"]), "#" in match["sep"]
    if not (match["open"] or match["close"] or marked):
        return False
    if slip == "tag_placeholder":
        return True
    if "tag_inner_spaces" in tag.slips and not closed:
        return False
    # Four digits in round brackets are mostly the number of a letter.
    if slip == "tag_no_service" and "tag_brackets" in tag.slips:
        return False
    if closed and marked and slip != "tag_other_service" and any(map(str.isdigit, match["code"])):
        return True
    return is_known(tag.code)


def _read(line: _Line, match: re.Match[str], slip: str) -> Tag:
    start, end = line.span(match.start(), match.end())
    written = line.written[start:end]
    code = "".join(_DIGITS.get(char, char) for char in match["code"] if char != " ")
    service = match["service"].replace(" ", "")
    slips = () if EXACT.fullmatch(written) else tuple(_slips(match, written, slip))
    return Tag(written, start, end, code, service, slips)


def _slips(match: re.Match[str], written: str, slip: str) -> Iterator[str]:
    if slip:
        yield slip
    narrow = unicodedata.normalize("NFKC", written)
    seen = without_unseen(written)
    signs = {
        "tag_unseen_characters": seen != written,
        "tag_full_width": narrow != written,
        "tag_lookalike_letters": not narrow.isascii()
        and any(c.isalpha() and not c.isascii() for c in narrow),
        "tag_letters_for_digits": bool(_LETTER.search(match["code"])),
        "tag_inner_spaces": " " in match["code"],
        "tag_spaces": " " in written.strip() and " " not in match["code"],
        "tag_separator": slip != "tag_no_service" and match["sep"].strip() != "#",
        "tag_case": narrow != narrow.upper() and not _LETTER.search(match["code"]),
        "tag_brackets": bool(match["open"] or match["close"]) and not _SQUARE.search(narrow),
        "tag_no_brackets": not match["open"] and not match["close"],
        "tag_bracket_missing": bool(match["open"]) != bool(match["close"]),
    }
    yield from (code for code, stands in signs.items() if stands)


def _in_order(tags: list[Tag]) -> tuple[Tag, ...]:
    return tuple(sorted(tags, key=lambda tag: tag.start))


def _make_plain(written: str) -> _Line:
    """Make upper-case ASCII of everything that means the same; runs of space become one space."""
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(written):
        for plain in _plain(char):
            if plain == " " and chars and chars[-1] == " ":
                continue
            chars.append(plain)
            origin.append(index)
    return _Line(written, "".join(chars), tuple(origin))


@lru_cache(maxsize=1024)
def _plain(char: str) -> str:
    if char.isascii():
        return " " if char.isspace() else char.translate(_BRACKETS).translate(_DASHES).upper()
    narrow = unicodedata.normalize("NFKC", without_unseen(char)).translate(_BRACKETS).translate(_DASHES)
    upper = narrow.translate(_LOOKALIKES).upper()
    return "".join(" " if one.isspace() else one for one in upper if len(upper) == 1 or one.isascii())
