"""Lines of plain text, as the elements of HTML ask for them: breaks, margins, lists, cells and quotes."""

import re

from triage.core.text import without_unseen

LONGEST_TEXT = 2_000_000
"""Characters that are laid out; the rest is left out."""

DEEPEST = 10
"""Lists in lists, and quotes in quotes, that are still told apart."""

LONGEST_CELL = 200
"""Characters of a line to which the next cell of the row is added; beyond, it begins a line of its own."""

LONGEST_LINK = 200
"""Characters of words that a link is written around; behind longer ones it stands alone."""

CELL = " | "
_MOST_BREAKS = 3
_SPACES = re.compile("[ \t\r\n\f]+")
_WIDE = re.compile("[ \xa0]{3,}")
"""Blanks that set something apart; how many is a matter of the font."""

_BLANK_LINES = re.compile("\n{3,}")
_NO_LINK, _EMPTY_LINK = -2, -1


class Lines:
    """Takes text and breaks in the order of the page and gives the lines that a reader sees.

    A break is made only when text follows, so that the end of one element and the beginning of the next ask
    for it once; a no-break space is text, since programs make empty lines of it.
    """

    def __init__(self) -> None:
        self.quote = 0
        self.indent = 0
        self.verbatim = False
        self._pieces: list[str] = []
        self._length = 0
        self._line = 0
        self._breaks = 0
        self._spaced = True
        self._item = ""
        self._last_quote = 0
        self._cell = False
        self._row_begin = 0
        self._row_lines = 0
        self._link = _NO_LINK

    @property
    def full(self) -> bool:
        """Whether no more is taken."""
        return self._length > LONGEST_TEXT

    def text(self, text: str) -> None:
        """Take text of the page, its entities resolved."""
        if self.verbatim:
            self._verbatim(text.replace("\r\n", "\n"))
            return
        text = _WIDE.sub("\xa0\xa0", _SPACES.sub(" ", text))
        if self._spaced or self._breaks or self._cell:
            text = text.removeprefix(" ")
        if text:
            self._word(text)
            self._spaced = text.endswith(" ")

    def line_break(self) -> None:
        """Break the line, as ``br`` does; several make empty lines."""
        self._breaks = min(self._breaks + 1, _MOST_BREAKS)

    def block(self, breaks: int = 1) -> None:
        """Begin or end an element with lines of its own; two breaks for one with a margin."""
        if self._row_lines < 0:
            # so does one at the beginning of a row
            breaks = 1
        self._breaks = max(self._breaks, breaks)

    def item(self, mark: str) -> None:
        """Begin an item of a list, with this mark before its first line."""
        self.block()
        self._item = mark

    def row(self) -> None:
        """Begin or end a row of a table; a margin inside a cell reaches no further."""
        self._breaks = 1
        self._cell = False
        self._row_begin, self._row_lines = len(self._pieces), -1

    def end_table(self) -> None:
        """End a table."""
        self.block()
        self._cell, self._row_lines = False, 0

    def cell(self) -> None:
        """Begin a cell: on the line of the one before, where that has no more lines."""
        self._cell = True

    def open_link(self) -> None:
        """Begin the words of a link."""
        self._link = _EMPTY_LINK

    def close_link(self, target: str, instead: str) -> None:
        """Write a link's target at its words, unless they say the same; ``instead`` is a picture's text."""
        begin, self._link = self._link, _NO_LINK
        if begin == _EMPTY_LINK and instead and target:
            self.text(f"[{instead}]({target})")
        if begin < 0 or not target:
            return
        words = "".join(self._pieces[begin:])
        if _is_same(words, target):
            return
        if "\n" in words or len(words) > LONGEST_LINK:
            self._write(f" <{target}>")
            return
        self._pieces[begin] = f"[{self._pieces[begin]}"
        self._pieces[-1] = self._pieces[-1].rstrip()
        self._write(f"]({target})" + " " * self._spaced)

    def whole(self) -> str:
        """Give all lines: no blank ones at the ends, at most one between others."""
        lines = (_shown(line) for line in "".join(self._pieces)[:LONGEST_TEXT].split("\n"))
        return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")

    def _verbatim(self, text: str) -> None:
        first, *more = text.split("\n")
        if first:
            self._word(first)
        for line in more:
            self._breaks += 1
            if line:
                self._word(line)
        self._spaced = False

    def _word(self, text: str) -> None:
        """Write text, behind the break that is due, or the mark between two cells instead."""
        if self._cell and self._line:
            self._breaks = 0 if self._joins_cell else max(self._breaks, 1)
            if not self._breaks:
                self._write(CELL)
        if self._breaks:
            self._break_lines()
        self._cell = False
        if self._item:
            self._write(self._item)
            self._item = ""
        if self._link == _EMPTY_LINK and text.strip():
            self._link = len(self._pieces)
        self._write(text)

    @property
    def _joins_cell(self) -> bool:
        begun = len(self._pieces) > self._row_begin
        return begun and self._row_lines <= 0 and self._line < LONGEST_CELL

    def _break_lines(self) -> None:
        mark, between = (
            ">" * min(depth, DEEPEST) for depth in (self.quote, min(self.quote, self._last_quote))
        )
        if self._pieces:
            self._write(f"\n{between}" * (self._breaks - 1) + "\n")
        self._last_quote = self.quote
        self._breaks = self._line = 0
        self._row_lines += 1
        self._spaced = True
        self._write((f"{mark} " if mark else "") + "  " * (min(self.indent, DEEPEST) - 1))

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._line += len(text)


def _is_same(words: str, target: str) -> bool:
    """Say whether the words of a link are its target already, as people write it."""
    return _bare(words) == _bare(target)


def _bare(text: str) -> str:
    for beginning in ("mailto:", "tel:", "https://", "http://", "www."):
        text = text.strip().removeprefix(beginning)
    return text.rstrip("/").lower()


def _shown(line: str) -> str:
    """Give a line without blanks at its end; one that shows nothing is empty."""
    line = line.replace("\xa0", " ").rstrip()
    return line if line.isascii() or without_unseen(line).strip() else ""
