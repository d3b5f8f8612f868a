"""What a mail says itself, without the history it quotes and the signature below it.

Conservative, because a request cut away is worse than history kept: a block goes only where an address or
a date shows that a mail program wrote its head, a forwarded mail always stays (the request is inside), and
where nothing would be left everything stays. Linear in the number of lines.
"""

import re
from collections.abc import Sequence

from triage.core.text import fold

MOST_LINES = 10_000
"""Lines that are searched for the beginning of the history."""

_ROLES = {
    # what mail programs write before the parts of a quoted header; folded
    **dict.fromkeys(("tu", "gui tu", "nguoi gui", "from", "de", "von", "da", "van"), "from"),
    **dict.fromkeys(("da gui", "ngay", "ngay gui", "thoi gian", "gui luc", "gui ngay", "gui"), "sent"),
    **dict.fromkeys(("sent", "date", "envoye", "gesendet", "data", "datum"), "sent"),
    **dict.fromkeys(("toi", "den", "nguoi nhan", "gui den", "gui toi", "to", "a", "an", "aan"), "to"),
    **dict.fromkeys(("cc", "dong kinh gui", "dong gui", "bcc", "reply-to"), "cc"),
    **dict.fromkeys(("chu de", "tieu de", "ve viec", "subject", "objet", "betreff"), "subject"),
}
_LABEL = re.compile(r"[\s*_]{0,10}([^\W\d_][^:*\n]{0,20}?)[\s*_]{0,5}[:：][\s*_]{0,10}(.*)")
_FEWEST_ROLES = 3
_LONGEST_HEAD = 8

_EVIDENCE = re.compile(
    r"[^\s@<>]@[^\s@<>]+\.|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[:h]\d{2}"
    r"|\d{1,2},? (?:thg|thang|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:19|20)\d\d"
)
_INTRO_END = re.compile(
    r"(?:da viet|viet|wrote|writes|schrieb|a ecrit|escribio|ha scritto|schreef|skrev|escreveu)"
    r"(?: vao (?:luc )?[^:]{0,60}(?:\d:\d{2}[^:]{0,40}){0,2})?\s*:\s*$"
)
_WRITTEN_AT = re.compile(r"\d{1,2}[:h]\d{2}.*(?:da viet|wrote|schrieb|a ecrit)")
_INTRO_START = re.compile(r"[-\s>]*(?:vao|ngay|luc|on|am|el|il|op|w dniu)\b")
_LONGEST_INTRO = 3
_WIDEST_INTRO = 300

_SEPARATOR = re.compile(
    r"[\s>]*[-_=*]{2,}\s*(?:thu goc|tin nhan goc|thu ban dau|original message|original|message d'origine|"
    r"ursprungliche nachricht|reply message|reply above this line)\s*[-_=*]{2,}\s*$"
)
_BARE_SEPARATOR = {"thu goc", "original message"}
_FORWARD = re.compile(
    r"[\s>]*(?:[-_=*]{2,}\s*(?:(?:tin nhan|thu) (?:da )?(?:duoc )?chuyen tiep|chuyen tiep|"
    r"forwarded (?:message|by)|forward(?:ed)?|thu dinh kem)\b|"
    r"begin forwarded message\s*:|bat dau thu (?:duoc )?chuyen tiep\s*:)"
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*|(?:re|tl|tra loi)\s*:\s*)*(?:fwd?|chuyen tiep|ct|wg|tr)\s*:"
)
_RULE = re.compile(r"[\s>]*[-_=*]{3,}\s*$")

_LONGEST_SIGNATURE = 12
_SENT_FROM = re.compile(
    r"(?:da gui|duoc gui|gui) tu (?:iphone|ipad|dien thoai|yahoo|outlook|samsung|thiet bi|may)\b.{0,60}$|"
    r"sent from (?:my|yahoo|outlook|mail|samsung|gmail)\b.{0,60}$|get outlook for (?:ios|android).{0,60}$|"
    r"(?:tai|nhan) outlook cho (?:ios|android).{0,60}$"
)


def new_text(text: str, subject: str = "", *, may_be_empty: bool = False) -> str:
    """Give the text without quoted history and signature; ``subject`` tells a forward from a reply.

    Outlook sets the same head before a mail that it quotes and one that it forwards. Where nothing would be
    left the whole text is kept, unless ``may_be_empty``: a screenshot may be all that somebody answers, and
    the letter quoted below it is none of his words.
    """
    lines = text.split("\n")
    is_forward = bool(_FORWARD_SUBJECT.match(fold(subject[:200])))
    kept = _without_history(lines[:MOST_LINES], is_forward=is_forward)
    if len(kept) == MOST_LINES:
        kept += lines[MOST_LINES:]
    new = "\n".join(_without_signature(kept)).strip()
    return new if new or may_be_empty else text.strip()


def own_words(text: str) -> str:
    """Give what stands above a forwarded or quoted mail: the words of the one who sends it on."""
    lines = text.split("\n")
    for index, line in enumerate(lines[:MOST_LINES]):
        if _is_forward(line) or _head_length(lines, index):
            return "\n".join(lines[:index]).strip()
    return text.strip()


def _without_history(lines: Sequence[str], *, is_forward: bool) -> list[str]:
    kept: list[str] = []
    index, quoting = 0, False
    while index < len(lines):
        line = lines[index]
        if _is_forward(line):
            return [*kept, *lines[index:]]
        if line.startswith(">"):
            quoting = quoting or _quotes_a_mail(lines, index)
            if not quoting:
                kept.append(line)
            index += 1
            continue
        intro = _intro_length(lines, index)
        if intro:
            follows = _next_text(lines, index + intro)
            if not follows.startswith(">"):
                return kept
            quoting = True
            index += intro
            continue
        if not is_forward and _starts_history(lines, index):
            return _without_rule(kept)
        kept.append(line)
        index += 1
    return kept


def _is_forward(line: str) -> bool:
    return line[:1] in "-_=*> bB" and bool(line) and bool(_FORWARD.match(fold(line[:120])))


def _quotes_a_mail(lines: Sequence[str], index: int) -> bool:
    """Say whether a ``>`` block tells at its top whom it quotes; others may be pasted text."""
    return bool(_EVIDENCE.search(fold(" ".join(lines[index : index + 3])[:_WIDEST_INTRO])))


def _intro_length(lines: Sequence[str], index: int) -> int:
    """Give how many lines a "… wrote:" takes that begins here; 0 where none does."""
    if not lines[index].strip():
        return 0
    for count in range(1, _LONGEST_INTRO + 1):
        last = index + count - 1
        if last >= len(lines) or not lines[last].strip():
            return 0
        if lines[last].rstrip().endswith((":", "：")):
            joined = " ".join(line.strip() for line in lines[index : last + 1])
            if count > 1 and not _begins_intro(lines[index], lines[index + 1]):
                return 0
            return count if _is_intro(joined, lines, last) else 0
    return 0


def _begins_intro(line: str, following: str) -> bool:
    """Say whether an intro that runs over several lines begins here, not below the author's last line."""
    first, second = fold(line[:_WIDEST_INTRO]), fold(following[:_WIDEST_INTRO])
    return bool(_INTRO_START.match(first) or "@" in first) and not _INTRO_START.match(second)


def _is_intro(joined: str, lines: Sequence[str], last: int) -> bool:
    folded = fold(joined[: _WIDEST_INTRO + 1]).replace("：", ":")
    if len(folded) > _WIDEST_INTRO or not _INTRO_END.search(folded):
        return False
    if _next_text(lines, last + 1).startswith(">"):
        return True
    # with no ">" behind it, a sentence that ends in "viết:" may just as well be the author's own
    return "@" in folded or bool(_INTRO_START.match(folded) and _WRITTEN_AT.search(folded))


def _next_text(lines: Sequence[str], index: int) -> str:
    return next((line for line in lines[index : index + 3] if line.strip()), "")


def _starts_history(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if line[:1] in "-_=*tTO " and line.strip():
        folded = fold(line[:120])
        if _SEPARATOR.match(folded) or folded.strip() in _BARE_SEPARATOR:
            return any(_head_length(lines, at) for at in range(index + 1, min(index + 4, len(lines))))
    return _head_length(lines, index) > 0


def _head_length(lines: Sequence[str], index: int) -> int:
    """Give how many lines a quoted header takes that begins here; 0 where none does.

    A table of contact details has labels too: only a sender together with a date or subject, and an address
    or a date among the values, make a head.
    """
    roles: set[str] = set()
    values: list[str] = []
    at = index
    while at < min(index + _LONGEST_HEAD, len(lines)):
        role, value = _label(lines[at])
        if role is None and not (values and at + 1 < len(lines) and _label(lines[at + 1])[0]):
            break
        if role is None and at == index:
            break
        roles.add(role or "")
        values.append(value)
        at += 1
    known = roles - {""}
    if len(known) < _FEWEST_ROLES or "from" not in known or not known & {"sent", "subject"}:
        return 0
    return at - index if _EVIDENCE.search(fold(" ".join(values)[:2_000])) else 0


def _label(line: str) -> tuple[str | None, str]:
    match = _LABEL.match(line)
    if match is None:
        return None, line
    return _ROLES.get(fold(match[1]).strip()), match[2]


def _without_rule(kept: list[str]) -> list[str]:
    """Drop the line of dashes that some programs draw above the quoted mail."""
    end = len(kept)
    while end and (not kept[end - 1].strip() or _RULE.match(kept[end - 1])):
        end -= 1
    return kept[:end]


def _without_signature(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for index in range(max(0, end - _LONGEST_SIGNATURE - 1), end):
        if lines[index].rstrip() == "--":
            end = index
            break
    while end and (not lines[end - 1].strip() or _SENT_FROM.match(fold(lines[end - 1][:120]).strip())):
        end -= 1
    return lines[:end]
