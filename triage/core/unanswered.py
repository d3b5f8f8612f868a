"""What a mail quotes though it answers nothing: nobody but its sender can have put those words there."""

import re

from triage.core.forwardmarks import is_forward_mark, is_forward_subject
from triage.core.introlines import QUOTE_MARK
from triage.core.mail import Mail
from triage.core.text import fold

MOST_LINES = 10_000
"""Lines that are searched for the mark of a forward."""

_REPLY = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)*(?:re|tl|tra loi|aw|sv)\s*:")
_LETTERS_OF_QUOTES = f"> \t{QUOTE_MARK}"


def answers_nothing(mail: Mail) -> bool:
    """Say whether a mail is neither an answer (RFC 5322 3.6.4) nor a forward, so that it has no history."""
    if mail.in_reply_to or mail.references or is_forward_subject(mail.subject):
        return False
    if any(part.type == "message/rfc822" for part in mail.attachments):
        return False
    return not any(is_forward_mark(line) for line in mail.text.split("\n", MOST_LINES)[:MOST_LINES])


def poses_as_answer(subject: str) -> bool:
    """Ask whether a subject is that of an answer; some programs give no other sign of one."""
    return bool(_REPLY.match(fold(subject[:200])))


def unquoted(text: str) -> str:
    """Give a text without the marks before its quoted lines."""
    return "\n".join(line.lstrip(_LETTERS_OF_QUOTES) for line in text.split("\n"))


def left_out(whole: str, kept: str) -> str:
    """Give the lines of ``whole`` that are not in ``kept``, which was made by leaving some out.

    Blanks and marks count for nothing, since programs break lines each in their own way. Linear.
    """
    if whole == kept:
        return ""
    wanted, at = _letters(kept), 0
    rest: list[str] = []
    for line in whole.split("\n"):
        letters = _letters(line)
        if letters and wanted.startswith(letters, at):
            at += len(letters)
        elif letters and 0 < len(wanted) - at < len(letters) and letters.startswith(wanted[at:]):
            rest.append(_after(line, len(wanted) - at))
            at = len(wanted)
        elif letters:
            rest.append(line)
    return "\n".join(rest)


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _after(line: str, count: int) -> str:
    """Give what follows so many letters and digits of a line."""
    for at, char in enumerate(line):
        count -= char.isalnum()
        if not count:
            return line[at + 1 :]
    return ""
