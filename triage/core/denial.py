"""Whether a mail denies what a phrase says: “không phải lỗi mật khẩu”, “máy không bị virus”."""

import re

from triage.core.words import Word

_BETWEEN = frozenset({"la", "do", "vi", "loi", "viec", "bi", "vu", "chuyen", "tai"})
"""Words that may stand between “không phải” and what it denies."""

_HAPPENS = frozenset({"bi", "lo", "mat", "lam", "dinh", "nhiem", "de", "danh", "co"})
"""First words of phrases that a bare “không” or “chưa” before them denies: things that happen to somebody.

Before other phrases it denies nothing: “không đăng ký mới được” is about registration still.
"""

_NOT = frozenset({"khong", "chua", "chang"})
_MOST_BETWEEN = 2
_SENTENCE_END = re.compile(r"[.?!\n]")
_LONGEST_SENTENCE = 160


def is_denied(text: str, found: tuple[Word, ...], start: int, end: int) -> bool:
    """Say whether the words right before a phrase deny it; in a question they do not."""
    if not _stands_denied(found, start):
        return False
    rest = _SENTENCE_END.search(text, found[end - 1].end, found[end - 1].end + _LONGEST_SENTENCE)
    return rest is None or rest.group() != "?"


def _stands_denied(found: tuple[Word, ...], start: int) -> bool:
    at = start
    while at and start - at < _MOST_BETWEEN and found[at - 1].folded in _BETWEEN:
        at -= 1
    if at > 1 and found[at - 1].folded == "phai" and found[at - 2].folded in _NOT:
        return True
    return bool(start) and found[start].folded in _HAPPENS and found[start - 1].folded in _NOT
