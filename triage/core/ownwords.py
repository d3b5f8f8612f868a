"""What the sender of a mail says himself, apart from what he forwards, quotes or copies."""

import re
from dataclasses import dataclass

from triage.core.forwardmarks import is_forward_mark
from triage.core.mailheads import head_at
from triage.core.text import remembered

MAX_LINES = 2_000
"""Lines that are looked through for the beginning of a forwarded mail."""

_SEPARATOR = re.compile(r"^\s*[-_=*]{3,}[^\n]{0,80}?[-_=*]{2,}\s*$")
_WORDED = re.compile(r"[^\W\d_]{3}")
_BEGIN = re.compile(
    r"^\s*(?:begin forwarded message|bắt đầu thư (?:đã )?(?:được )?chuyển tiếp)\s*:?\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^[\s*>]*(from|từ|người gửi|sent|đã gửi|date|ngày|to|tới|đến|người nhận|subject|chủ đề|tiêu đề|cc)"
    r"\*?\s*:",
    re.IGNORECASE,
)
_QUOTED_LINE = re.compile(r"^\s*>")
_QUOTED_SPAN = re.compile('["“”„«][^"“”„«»\n]{12,400}["”»]')


@dataclass(frozen=True, slots=True)
class Words:
    """A text in two parts: ``own`` is what the sender says, ``carried`` what he passes on from others.

    Where he says nothing himself, everything counts as his own: a demand hidden in a forwarded block.
    """

    own: str
    carried: str


@remembered(4)
def own_words(text: str) -> Words:
    """Part a text: what is carried begins at a forward mark or a block of headers, or is quoted by ``>``."""
    lines = text.splitlines()
    searched = lines[:MAX_LINES]
    cut = next((at for at in range(len(searched)) if _starts_forward(searched, at)), len(lines))
    said = [line for line in lines[:cut] if not _QUOTED_LINE.match(line)]
    carried = [line for line in lines[:cut] if _QUOTED_LINE.match(line)] + lines[cut:]
    own = "\n".join(said)
    if not _WORDED.search(own):
        return Words(text, "")
    return Words(own, "\n".join(carried))


def without_spans(text: str) -> Words:
    """Part a text at its quotation marks: what stands between them is carried."""
    spans = _QUOTED_SPAN.findall(text)
    return Words(_QUOTED_SPAN.sub(" … ", text), "\n".join(span.strip('"“”„«»') for span in spans))


def _starts_forward(lines: list[str], at: int) -> bool:
    line = lines[at]
    if _BEGIN.match(line) or (_SEPARATOR.match(line) and _WORDED.search(line)):
        return True
    if is_forward_mark(line) or head_at(lines, at):
        return True
    return bool(_HEADER.match(line)) and _is_header_block(lines[at : at + 8])


def _is_header_block(lines: list[str]) -> bool:
    """Tell a block of mail headers from a signature: three different names, an address or date among them."""
    names: set[str] = set()
    for line in lines:
        match = _HEADER.match(line)
        if match:
            names.add(match.group(1).lower())
    return len(names) >= 3 and any("@" in line or re.search(r"\d{1,2}[:/]\d{2}", line) for line in lines)  # noqa: PLR2004
