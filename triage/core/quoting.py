"""What a mail says itself, without the history it quotes and the signature below it.

Conservative, because a request cut away is worse than history kept: a block goes only where an address or
a date shows that a mail program wrote its head, a forwarded mail always stays (the request is inside), and
where nothing would be left everything stays. Linear in the number of lines.
"""

from collections.abc import Sequence

from triage.core.footers import without_footer
from triage.core.forwardmarks import (
    is_forward_mark,
    is_forward_subject,
    is_rule,
    is_sent_on,
    is_separator,
    is_titled_rule,
)
from triage.core.html_quotes import HISTORY_MARK, marked_text, unmarked
from triage.core.html_text import text_of_html
from triage.core.introlines import QUOTE_MARK, intro_length, is_quoted, next_text
from triage.core.latepattern import late_pattern
from triage.core.mailheads import DATE_OR_ADDRESS, LONGEST_HEAD, head_at
from triage.core.text import fold

MOST_LINES = 10_000
"""Lines that are searched for the beginning of the history."""

_WIDEST_EVIDENCE = 300
_BELOW_SEPARATOR = 4
_LABELLED = late_pattern(r"[\s*_|>]{0,10}[^\W\d_][^:：*\n]{0,25}[\s*_]{0,5}[:：]")
_FEWEST_LABELS = 2
_QUOTED_HEAD = 3

_FEW_LINES = 3
_LONG_FOR_ONE_LINE = 200

_ANSWERS_BELOW = late_pattern(
    r"tra loi (?:cac y |tung y |cau hoi )?(?:o )?(?:ngay )?(?:ben|phia) duoi|tra loi xen|tra loi "
    r"(?:trong|ngay trong) thu|"
    r"(?:bang |mau )?chu (?:mau )?(?:do|xanh)|(?:chu|phan) (?:boi|to|in) (?:mau )?(?:do|vang|xanh)|"
    r"(?:answers?|comments?|repl(?:y|ies)) (?:are )?(?:below|inline|in ?line|in (?:red|blue))|see inline"
)
"""Who says so has written between lines that nothing marks as quoted: then all of them stay."""

_POINTS_BELOW = late_pattern(
    r"\b(?:dien|bo sung|cung cap|tra loi|ghi|viet|to|boi|danh dau)\b[^.\n]{0,60}\b"
    r"(?:duoi(?: day)?|(?:mau )?(?:vang|do|xanh))\b"
)
"""The same in words that may also announce what follows at once: they count where nothing follows them."""

_ANNOUNCES = late_pattern(
    r"\b(?:nhu sau|sau day|duoi day|(?:ben|phia|o) duoi|nhu the nay|as follows|following|below"
    r"|(?:nhan|gui|received|got|sent)\b[^.:\n]{0,60}\b(?:thu|mail|tin nhan|noi dung|message|letter)\b"
    r"[^.:\n]{0,40})"
    r"\s*:\s*$"
)
"""Words that tell of a mail which their author himself sets below: what he asks may stand behind it."""

_CLOSING = late_pattern(r"(?:xin )?(?:tran trong|cam on|chan thanh|than men|thanks|best regards|regards)\b")
_MOST_BELOW_CLOSING = 6

_WORDS = late_pattern(r"\w+")
_MARKS_AT_END = late_pattern(r"[^\w\s]{0,3}")
_TARGETS = late_pattern(r"\]\([^()\s]{0,2000}\)|<[^<>\s]{0,2000}>")


def new_text(text: str, subject: str = "", *, html: str = "", may_be_empty: bool = False) -> str:
    """Give the text without quoted history and signature; ``subject`` tells a forward from a reply.

    Outlook sets the same head before a mail that it quotes and one that it forwards. The marks that programs
    leave in ``html`` count where the text agrees with it. Where nothing would be left the whole text is kept,
    unless ``may_be_empty``: a screenshot may be all that somebody answers, and the letter quoted below it is
    none of his words.
    """
    forward = is_forward_subject(subject)
    new = _new(text, is_forward=forward, sent_on=is_sent_on(subject))
    marked = "" if forward or not html else _marked(text, html)
    if marked:
        new = _agreed(text, new, marked)
    return new if new or may_be_empty else text.strip()


def own_words(text: str) -> str:
    """Give what stands above a forwarded or quoted mail: the words of the one who sends it on."""
    lines = text.split("\n")
    for index, line in enumerate(lines[:MOST_LINES]):
        if is_forward_mark(line) or head_at(lines, index):
            return "\n".join(lines[:index]).strip()
    return text.strip()


def _new(text: str, *, is_forward: bool, sent_on: bool = False) -> str:
    lines = text.split("\n")
    kept = lines[:MOST_LINES] if sent_on else _without_history(lines[:MOST_LINES], is_forward=is_forward)
    if len(kept) == MOST_LINES:
        kept += lines[MOST_LINES:]
    return unmarked("\n".join(without_footer(kept))).strip()


def _marked(text: str, html: str) -> str:
    """Give the text of the HTML where it tells more of what is quoted: by marks, or by lines."""
    marked = marked_text(html)
    if marked or len(text) < _LONG_FOR_ONE_LINE or text.count("\n") >= _FEW_LINES:
        return marked
    return text_of_html(html, [])


def _agreed(text: str, new: str, marked: str) -> str:
    """Let the marks of the HTML cut where its text is the text of the mail, or begins as it does."""
    shown, cut = unmarked(marked), _new(marked, is_forward=False)
    if _squeezed(shown) == _squeezed(text):
        return cut
    kept = _squeezed(cut)
    if not kept or len(kept) >= len(_squeezed(new)) or not _squeezed(text).startswith(kept):
        return new
    return _first_letters(text, len(kept)).strip()


def _squeezed(text: str) -> str:
    """Give letters and digits alone: programs break lines and mark links each in their own way."""
    return "".join(_WORDS.findall(_TARGETS.sub(" ", text)))


def _first_letters(text: str, count: int) -> str:
    """Give the beginning of a text that holds so many letters and digits, and the marks that end it."""
    plain = _TARGETS.sub(lambda match: " " * len(match.group()), text)
    seen = 0
    for match in _WORDS.finditer(plain):
        seen += len(match.group())
        if seen >= count:
            end = match.end() - (seen - count)
            marks = _MARKS_AT_END.match(text, end)
            return text[:end] + (marks[0].rstrip('<[(>-_*|"“') if marks else "")
    return text


def _without_history(lines: Sequence[str], *, is_forward: bool) -> list[str]:
    kept: list[str] = []
    index, quoting = 0, False
    while index < len(lines):
        line = lines[index]
        if is_forward_mark(line.lstrip(QUOTE_MARK)):
            return [*kept, *lines[index:]]
        if is_quoted(line):
            quoting = quoting or _quotes_a_mail(lines, index)
            if not quoting:
                kept.append(line)
            index += 1
            continue
        intro = intro_length(lines, index)
        if intro:
            if not is_quoted(next_text(lines, index + intro)):
                return _ended(kept, lines, index)
            kept, quoting = _without_separator(kept), True
            index += intro
            continue
        if not is_forward and _starts_history(lines, index):
            below = _first_quoted_below(lines, index)
            if not below:
                return _ended(kept, lines, index)
            kept, quoting, index = _without_rules(kept), True, below
            continue
        kept.append(line)
        index += 1
    return kept


def _ended(kept: list[str], lines: Sequence[str], index: int) -> list[str]:
    """Drop all that follows and the line of dashes above it, unless the answers stand in there."""
    if _ANSWERS_BELOW.search(fold("\n".join(kept[-LONGEST_HEAD:]))) or _points_below(kept):
        return [*kept, *lines[index:]]
    above = _without_rules(kept)
    if above and _ANNOUNCES.search(fold(above[-1][-_WIDEST_EVIDENCE:])):
        return [*kept, *lines[index:]]
    return above


def _without_rules(kept: list[str]) -> list[str]:
    end = len(kept)
    if end and is_titled_rule(kept[end - 1]):
        end -= 1
    while end and (not kept[end - 1].strip() or is_rule(kept[end - 1])):
        end -= 1
    return kept[:end]


def _without_separator(kept: list[str]) -> list[str]:
    """Take off the line that says "original message" right above a "… wrote:"."""
    return kept[:-1] if kept and is_separator(kept[-1]) else kept


def _points_below(kept: Sequence[str]) -> bool:
    """Say whether the last words, but for a closing and a signature, are that something stands below."""
    said = [folded for line in kept[-LONGEST_HEAD:] if (folded := fold(line[:_WIDEST_EVIDENCE]).strip())]
    closing = next((at for at, line in enumerate(said) if _CLOSING.match(line)), len(said))
    if len(said) - closing > _MOST_BELOW_CLOSING:
        return False
    return closing > 0 and bool(_POINTS_BELOW.search(said[closing - 1]))


def _first_quoted_below(lines: Sequence[str], index: int) -> int:
    """Give the line below a head where the old mail stands behind ``>``: then the answers stand between."""
    for at in range(index, min(index + _BELOW_SEPARATOR, len(lines))):
        head = head_at(lines, at, below_separator=at > index)
        if head:
            below = at + head.lines
            while below < len(lines) and not lines[below].strip():
                below += 1
            return below if below < len(lines) and lines[below].startswith(">") else 0
    return 0


def _quotes_a_mail(lines: Sequence[str], index: int) -> bool:
    """Say whether a quoted block tells at its top whom it quotes; others may be pasted text."""
    return bool(_evidence(lines[index : index + _QUOTED_HEAD]))


def _starts_history(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if line == HISTORY_MARK:
        below = lines[index + 1 : index + 1 + LONGEST_HEAD]
        return _evidence(below) and _has_head(below) and not any(map(is_forward_mark, below))
    if is_separator(line):
        below_it = range(index + 1, min(index + _BELOW_SEPARATOR, len(lines)))
        return any(head_at(lines, at, below_separator=True) for at in below_it)
    return head_at(lines, index) is not None


def _has_head(lines: Sequence[str]) -> bool:
    """Say whether some lines have labels or one is a "… wrote:", since authors draw lines as well."""
    labels = sum(bool(_LABELLED.match(line[:_WIDEST_EVIDENCE])) for line in lines)
    return labels >= _FEWEST_LABELS or any(intro_length(lines, at) for at in range(len(lines)))


def _evidence(lines: Sequence[str]) -> bool:
    return bool(DATE_OR_ADDRESS.search(fold(" ".join(line[:_WIDEST_EVIDENCE] for line in lines))))
