"""The line that mail programs write above what they quote: "Vào … đã viết:", "On … wrote:"."""

from collections.abc import Sequence

from triage.core.latepattern import late_pattern
from triage.core.text import fold

QUOTE_MARK = "\ue000"
"""Stands before each line that the HTML of a mail marks as quoted, as ``>`` does in plain text."""

LONGEST_INTRO = 4
_WIDEST_INTRO = 300
_NEXT_LINES = 3

_VERBS = (
    r"da viet|viet|wrote|writes|schrieb|a ecrit|escribio|ha scritto|schreef|geschreven|skrev|escreveu|"
    r"napisa[lł]|написал|пише|写道|寫道"
)
_VERB = late_pattern(rf"\b(?:{_VERBS})|[写寫]道")
_INTRO_END = late_pattern(
    rf"(?:{_VERBS})(?:\(a\))?"
    r"(?: (?:vao (?:luc )?|luc )[^:]{0,60}(?:\d:\d{2}[^:]{0,40}){0,2})?\s*(?::|\s-{2,})\s*$"
)
_INTRO_START = late_pattern(
    r"[-\s>]*(?:(?:vao|ngay|luc|on|am|el|il|op|w dniu)\b|(?:le \d|em \d|den \d)|\d{4}[-/]\d{1,2}[-/]\d{1,2} "
    r"|\d{1,2} [^\W\d_]{3,9}\.? \d{4}\b)"
)
_WEEKDAY_START = late_pattern(
    r"[-\s>]*(?:th(?:u)? ?(?:[2-7]|hai|ba|tu|nam|sau|bay)|t[2-7]|cn|chu nhat|[a-z]{3}),"
)
_ANOTHER_START = late_pattern(r"[-\s>]*(?:vao|ngay|luc|on|am|el|il|op|w dniu)\b")
_WRITTEN_AT = late_pattern(rf"\d{{1,2}}[:h]\d{{2}}.*(?:{_VERBS})")
_DAY = late_pattern(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[-/]\d{1,2}[-/]\d{1,2}|(?:19|20)\d\d"
    r"|\d{1,2},? (?:thg|thang|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_ADDRESS_LAST = late_pattern(r"[^\s<>@]@[^\s<>@]+>(?:\s*\[[^\]]{1,60}\])?\s*:\s*$")
_QUOTES_WHOM = late_pattern(
    r"(?:quoting|zitat von|citando a|(?:dang )?trich dan) [^:]{0,200}@[^:]{0,200}:\s*$"
)
_BRACKETED = late_pattern(r"<\s*[^\s<>@]+@[^\s<>@]+\s*>")


def is_quoted(line: str) -> bool:
    """Ask whether a line is quoted, by ``>`` or by the HTML of the mail."""
    return line[:1] in {">", QUOTE_MARK}


def intro_length(lines: Sequence[str], index: int) -> int:
    """Give how many lines a "… wrote:" takes that begins here; 0 where none does."""
    if not lines[index].strip():
        return 0
    for count in range(1, LONGEST_INTRO + 1):
        last = index + count - 1
        if last >= len(lines) or not lines[last].strip():
            return 0
        if _may_end(lines[last]):
            if count > 1 and not _begins(lines[index : last + 1]):
                return 0
            joined = " ".join(line.strip() for line in lines[index : last + 1])
            return count if _is_intro(joined, lines, last) else 0
    return 0


def next_text(lines: Sequence[str], index: int) -> str:
    """Give the first line with text among the next few; empty where there is none."""
    return next((line for line in lines[index : index + _NEXT_LINES] if line.strip()), "")


def _may_end(line: str) -> bool:
    end = line.rstrip()
    return end.endswith((":", "：")) or (end.endswith("--") and end.startswith("--"))


def _begins(lines: Sequence[str]) -> bool:
    """Say whether an intro that runs over several lines begins here, not below the author's last line."""
    first = fold(lines[0][:_WIDEST_INTRO])
    dated = bool(_WEEKDAY_START.match(first) and _DAY.search(first))
    named = "@" in first and ("<" in first or _DAY.search(first))
    others = (fold(line[:_WIDEST_INTRO]) for line in lines[1:])
    return bool(_INTRO_START.match(first) or named or dated) and not any(map(_ANOTHER_START.match, others))


def _is_intro(joined: str, lines: Sequence[str], last: int) -> bool:
    folded = fold(joined[: _WIDEST_INTRO + 1]).replace("：", ":")
    if len(folded) > _WIDEST_INTRO:
        return False
    dated, quoted = bool(_DAY.search(folded)), is_quoted(next_text(lines, last + 1))
    ends = bool(_INTRO_END.search(folded))
    # the verb may stand in the middle ("Am … schrieb A <a@b>:"), or be left out by a program that gives both
    whole = (
        dated and "@" in folded and bool(_VERB.search(folded) or (quoted and _ADDRESS_LAST.search(folded)))
    )
    if quoted and (ends or whole or _QUOTES_WHOM.match(folded)):
        return True
    # with no ">" behind it, a sentence that ends in "viết:" may just as well be the author's own
    if whole or (ends and _BRACKETED.search(folded)):
        return True
    return ends and bool(_INTRO_START.match(folded) and _WRITTEN_AT.search(folded))
