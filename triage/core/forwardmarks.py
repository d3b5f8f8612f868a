"""Lines that part what somebody writes from what he sends on: marks of a forward and of an original."""

import re

from triage.core.text import fold

_LONGEST_MARK = 120

_SEPARATOR = re.compile(
    r"[\s>]*[-_=*]{2,}\s*(?:(?:thu|tin nhan|thong bao|noi dung thu) goc|thu ban dau|original message|"
    r"original|message d'origine|mensaje original|messaggio originale|ursprungliche nachricht|reply message|"
    r"reply above this line)\s*[-_=*]{2,}\s*$"
)
_BARE_SEPARATOR = frozenset({"thu goc", "tin nhan goc", "original message"})
_FORWARD = re.compile(
    r"[\s>]*(?:[-_=*]{2,}\s*(?:(?:tin nhan|thu|email|mail) (?:da )?(?:duoc )?chuyen tiep|chuyen tiep|"
    r"forwarded (?:message|by)|forward(?:ed)?|thu dinh kem)\b|"
    r"begin forwarded message\s*:|bat dau (?:thu|tin nhan) (?:da )?(?:duoc )?chuyen tiep\s*:|"
    r"(?:thu|tin nhan) (?:da )?(?:duoc )?chuyen tiep\s*:\s*$)"
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*|(?:re|tl|tra loi)\s*:\s*)*(?:fwd?|chuyen tiep|ct|wg|tr)\s*:"
)
_SENT_ON_SUBJECT = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)*(?:fwd?|chuyen tiep|ct|wg|tr)\s*:")
_MARKS = "-_=*> bBtT"
"""What a line of these kinds can begin with; most lines begin otherwise and cost nothing."""

_TITLED_RULE = re.compile(r"[\s>]*-{3,40}[ ]?[^-\s].{1,120}?-{3,40}\s*$")
_RULE = re.compile(r"[\s>]*(?:[-_=*~#+])(?:[-_=*~#+]{1,200})\s*$")


def is_forward_mark(line: str) -> bool:
    """Ask whether a line says that a forwarded mail begins below it."""
    start = line.lstrip(" \t>")[:1]
    return bool(start) and start in _MARKS and bool(_FORWARD.match(fold(line[:_LONGEST_MARK])))


def is_separator(line: str) -> bool:
    """Ask whether a line says "original message"; it proves nothing without a block of headers below it."""
    start = line.lstrip(" \t>")[:1]
    if not start or start not in "-_=*tTnNoO":
        return False
    folded = fold(line[:_LONGEST_MARK])
    return bool(_SEPARATOR.match(folded)) or folded.strip() in _BARE_SEPARATOR


def is_forward_subject(subject: str) -> bool:
    """Ask whether a subject says that its mail is a forward, also where that forward was answered."""
    return bool(_FORWARD_SUBJECT.match(fold(subject[:200])))


def is_sent_on(subject: str) -> bool:
    """Ask whether a subject is that of a forward which nobody has answered since."""
    return bool(_SENT_ON_SUBJECT.match(fold(subject[:200])))


def is_titled_rule(line: str) -> bool:
    """Ask whether a line is a few words between dashes, as programs set above what they quote."""
    return bool(_TITLED_RULE.match(line[:_LONGEST_MARK]))


def is_rule(line: str) -> bool:
    """Ask whether a line is nothing but dashes, stars or the like."""
    return bool(_RULE.match(line[: _LONGEST_MARK * 2]))
