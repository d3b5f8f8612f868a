"""The plain text of an .odt by its own XML."""

import re
from dataclasses import dataclass, field

from triage.core.xmltags import Tag, tags
from triage.core.zipnames import file_in

_PARAGRAPHS = frozenset({"p", "h"})
_UNSAID = frozenset({"tracked-changes", "annotation"})
"""What is kept in a text and not part of it: what was deleted, and what others remarked."""

_SHOWN = {"tab": "\t", "line-break": "\n", "s": " "}
_BLANKS = re.compile(r"\s+")


def open_text(data: bytes) -> str:
    """Give the paragraphs of an .odt (ODF 1.3 part 3) and the rows of its tables, a line each. Total."""
    text = _Text()
    for tag in tags(file_in(data, "content.xml").decode("utf-8", "replace")):
        text.take(tag)
    return "".join(text.pieces)


@dataclass(slots=True)
class _Text:
    """The text so far, how many paragraphs are open (a frame stands in one), and what is being left out."""

    pieces: list[str] = field(default_factory=list)
    open: int = 0
    unsaid: str = ""

    def take(self, tag: Tag) -> None:
        if tag.name in _UNSAID:
            self.unsaid = "" if tag.closes else tag.name
        if self.unsaid:
            return
        if tag.name in _PARAGRAPHS:
            self._paragraph(tag)
        elif tag.closes:
            self._end(tag.name)
        if self.open:
            self.pieces.append(_BLANKS.sub(" ", tag.text))

    def _paragraph(self, tag: Tag) -> None:
        self.open = max(0, self.open + tag.opens - tag.closes)
        if tag.closes:
            self.pieces.append("\n")

    def _end(self, name: str) -> None:
        if name == "table-row":
            self.pieces.append("\n")
        elif name == "table-cell" and self.pieces and self.pieces[-1] == "\n":
            self.pieces[-1] = "\t"  # its last paragraph ends the cell and not the line
        elif self.open:
            self.pieces.append(_SHOWN.get(name, ""))
