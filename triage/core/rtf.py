"""The text of an RTF document, for mails whose text comes in no other form; formatting is passed over."""

import re
from dataclasses import dataclass

from triage.core.text import clean

LARGEST = 500_000
DEEPEST = 500
"""Groups within groups that are followed; beyond, reading ends."""

MOST_TOKENS = 100_000
"""Control words, braces and stretches of text that are read; a mail has some thousands."""

_TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([a-zA-Z]{1,32})(-?[0-9]{1,9})? ?|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_BREAKS = dict.fromkeys((b"par", b"line", b"row", b"sect", b"page"), "\n")
_SIGNS = {
    **_BREAKS,
    **dict.fromkeys((b"tab", b"cell"), "\t"),
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
}
_ESCAPED = {b"~": "\xa0", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n", b"{": "{", b"}": "}", b"\\": "\\"}
_UNSEEN = frozenset(
    (
        *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"listtable"),
        *(b"header", b"headerl", b"headerr", b"footer", b"footerl", b"footerr", b"fldinst", b"xmlnstbl"),
    )
)
"""Destinations that hold no text of the document."""

_CHARSETS = {
    # \fcharset and the Windows code page that it means
    128: 932,
    129: 949,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
}
_KNOWN_PAGES = frozenset((*_CHARSETS.values(), 437, 850, 1252))


@dataclass(slots=True)
class _Group:
    """What holds inside braces: whether it is shown, its code page, how many signs follow one in Unicode."""

    unseen: bool = False
    fonts: bool = False
    page: int = 1252
    spare: int = 1


def text_of_rtf(data: bytes) -> str:
    """Give the text of a document; never fails, and reads no more than LARGEST bytes."""
    if not data.lstrip().startswith(b"{\\rtf"):
        return ""
    reader = _Reader()
    at, end = 0, min(len(data), LARGEST)
    for _ in range(MOST_TOKENS):
        match = _TOKEN.match(data, at, end) if len(reader.groups) <= DEEPEST else None
        if match is None:
            break
        at = match.end() + reader.take(match)
    return reader.text()


class _Reader:
    """Follows the tokens; ``groups`` are the open braces, the innermost last."""

    def __init__(self) -> None:
        self.groups = [_Group()]
        self._out: list[str] = []
        self._bytes = bytearray()
        self._page = 1252
        self._pages: dict[int, int] = {}
        self._font = 0
        self._skip = 0

    def text(self) -> str:
        """Give what was shown so far, surrogates joined."""
        self._flush()
        joined = "".join(self._out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return clean(joined).strip("\n")

    def take(self, match: re.Match[bytes]) -> int:
        """Take one token; give how many raw bytes follow it that are no RTF."""
        code, word, number, sign, brace, plain = match.groups()
        if brace:
            self._brace(brace)
        elif word:
            return self._word(word, int(number) if number else None)
        elif sign == b"*":
            self.groups[-1].unseen = True
        elif sign:
            self._show(_ESCAPED.get(sign, ""))
        elif code or plain:
            self._raw(bytes.fromhex(code.decode()) if code else plain)
        return 0

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._skip = 0
        if brace == b"{":
            top = self.groups[-1]
            self.groups.append(_Group(top.unseen, top.fonts, top.page, top.spare))
        elif len(self.groups) > 1:
            self.groups.pop()

    def _word(self, word: bytes, number: int | None) -> int:
        group = self.groups[-1]
        if word == b"bin":
            return max(number or 0, 0)
        if word == b"u" and number is not None:
            self._flush()
            self._show(chr(number & 0xFFFF))
            self._skip = group.spare
        elif word == b"uc":
            group.spare = min(max(number or 0, 0), 8)
        elif word in _UNSEEN:
            group.unseen = True
            group.fonts = word == b"fonttbl"
        elif word in {b"f", b"fcharset", b"ansicpg"}:
            self._choose(word, number or 0, group)
        elif word in _SIGNS:
            self._show(_SIGNS[word])
        return 0

    def _choose(self, word: bytes, number: int, group: _Group) -> None:
        """Learn code pages from the table of fonts, and use that of the font that is chosen."""
        self._flush()
        if word == b"ansicpg":
            self._page = group.page = number if number in _KNOWN_PAGES else 1252
        elif word == b"fcharset":
            # 0 is "ANSI", which the document's own code page says better
            self._pages[self._font] = _CHARSETS.get(number, self._page) if number > 1 else self._page
        elif group.fonts:
            self._font = number
        else:
            group.page = self._pages.get(number, self._page)

    def _raw(self, raw: bytes) -> None:
        if self.groups[-1].unseen:
            return
        dropped = min(self._skip, len(raw))
        self._skip -= dropped
        self._bytes += raw[dropped:]

    def _show(self, text: str) -> None:
        if not self.groups[-1].unseen:
            self._flush()
            self._out.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._out.append(self._bytes.decode(f"cp{self.groups[-1].page}", "replace"))
            self._bytes.clear()
