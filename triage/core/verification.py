"""Whether a mail asks if a ticket code is genuine, and which codes it asks about.

Letter 7102/TB-KBNN makes the code what tells our staff from impostors, so everybody may ask about one:
by the subject ``XACMINH SD211208-123456``, or in words.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from triage.core.mail import Mail
from triage.core.quoting import own_words
from triage.core.reasons import Reason
from triage.core.text import fold, one_line, remembered
from triage.core.tickets import CODE_PATTERN, find_codes

_VERIFY_SUBJECT = re.compile(r"\bxac ?minh\b")
_BARE_SUBJECT = re.compile(r"\W*xac ?minh(?: ma)?(?: yeu cau)?(?: ho tro)?\W*")
_VERIFY_QUESTION = re.compile(
    r"(?:co that khong|co that hay khong|that hay gia|that khong a|co dung khong|co phai cua|co phai la ma|"
    r"co phai do|co chinh xac khong|co hop le khong|xac minh (?:giup )?(?:ma|xem)|"
    r"kiem tra (?:giup )?(?:xem )?ma|is (?:this|the) (?:ticket )?code (?:real|genuine|valid|yours))"
)
_PROGRESS = re.compile(r"tien do|xu ly den dau|da xu ly chua|bao gio|khi nao")
"""Words of somebody who trusts the code and asks how his request is getting on."""

_SIX_DIGITS = re.compile(r"\d{6}")
_NEAR = 200
_MOST_WORDS = 20_000
_MOST_ASKED = 5


@dataclass(frozen=True, slots=True)
class CodeQuestion:
    """What is asked. ``codes`` are canonical, in order; none where what stands there names no day."""

    codes: tuple[str, ...]
    reason: Reason


def find_question(mail: Mail) -> CodeQuestion | None:
    """Tell whether the sender asks if a code is genuine; quoted and forwarded words ask nothing."""
    return _asked(mail.subject, mail.new_text)


@lru_cache(maxsize=8)
def _asked(subject: str, text: str) -> CodeQuestion | None:
    """Find the question; kind, letter and facts of one mail ask for it one after the other."""
    if not (_SIX_DIGITS.search(subject) or _SIX_DIGITS.search(text)):
        return None
    line = fold(subject)
    words = _folded(subject, text)
    codes = tuple(str(code) for code in find_codes(words)[:_MOST_ASKED])
    if _VERIFY_SUBJECT.search(line) and (
        CODE_PATTERN.search(line) or (codes and _BARE_SUBJECT.fullmatch(line))
    ):
        return CodeQuestion(codes, _BY_SUBJECT)
    for code in CODE_PATTERN.finditer(words):
        around = words[max(0, code.start() - _NEAR) : code.end() + _NEAR]
        asked = _VERIFY_QUESTION.search(around)
        if asked and not _PROGRESS.search(around):
            return CodeQuestion(codes, _in_words(asked.group()))
    return None


def said(mail: Mail) -> str:
    """Give subject and new text, folded, without what is forwarded."""
    return _folded(mail.subject, mail.new_text)


@remembered(4)
def _folded(subject: str, text: str) -> str:
    return fold(one_line(f"{subject}. {own_words(text)[:_MOST_WORDS]}"))


_BY_SUBJECT = Reason(
    "kind.verification_subject",
    "Tiêu đề là câu lệnh xác minh mã yêu cầu.",
    "The subject asks to verify a ticket code.",
)


def _in_words(asked: str) -> Reason:
    return Reason(
        "kind.verification_question",
        f"Người gửi hỏi mã yêu cầu có thật hay không (“{asked}”).",
        f"The sender asks whether a ticket code is real ({asked!r}).",
    )
