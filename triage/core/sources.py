"""Who wrote a request that somebody else sends on: the author at the source of a chain of forwards.

A forward holds a head for each time that it was sent on; only those count that a forward set there. The head
above quoted history (a mail that was answered) ends the chain: its author is a correspondent, not the source.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from triage.core.forwardmarks import is_forward_mark, is_forward_subject
from triage.core.introlines import intro_length
from triage.core.mail import Address, Attachment, Mail
from triage.core.mailcards import Source
from triage.core.mailheads import Head, head_at, read_mailbox
from triage.core.ownwords import MAX_LINES
from triage.core.parse import read_mail
from triage.core.text import one_line

MOST_LEVELS = 8
"""Forwards inside forwards that are followed."""

MOST_BYTES = 5_000_000
"""Bytes of an attached mail that are read."""

_DEEPEST_ATTACHED = 3
_LONGEST_TEXT = 200_000
_LONGEST_VALUE = 200
_BELOW_MARK = 6
_QUOTE = re.compile(r"(?:>[ \t]?){1,20}")
_RUN_TOGETHER = re.compile(r"\b(?:from|từ|gửi từ|người gửi)\s{0,3}:\s{0,3}(.{3,400})", re.IGNORECASE)
_END_OF_SENDER = re.compile(r"(?<=>)(?:to|sent|cc|tới|đến|đã gửi)\s*:", re.IGNORECASE)


def source_of(mail: Mail, parts: Iterable[tuple[Attachment, Callable[[], bytes]]] = ()) -> Source | None:
    """Give the innermost author of what a mail sends on, inline or attached; None where that is nothing."""
    return _source(mail, parts, 0)


def _source(mail: Mail, parts: Iterable[tuple[Attachment, Callable[[], bytes]]], depth: int) -> Source | None:
    # a mail without text shows the text of the mail attached to it, whose own head says more
    return _attached(parts, depth) or _inline(mail)


def _attached(parts: Iterable[tuple[Attachment, Callable[[], bytes]]], depth: int) -> Source | None:
    if depth >= _DEEPEST_ATTACHED:
        return None
    for attachment, provide in parts:
        if attachment.type == "message/rfc822" or attachment.name.lower().endswith(".eml"):
            inside = read_mail(provide()[:MOST_BYTES])
            return _source(inside, (), depth + 1) or _author(inside)
    return None


def _author(mail: Mail) -> Source | None:
    if not (mail.sender.address or mail.sender.name):
        return None
    date = mail.date.isoformat() if mail.date else ""
    return _made(mail.sender, date, mail.subject, attached=True)


def _inline(mail: Mail) -> Source | None:
    lines = [_QUOTE.sub("", line, count=1) if line[:1] == ">" else line for line in _lines(mail.text)]
    found: Source | None = None
    forward, at = is_forward_subject(mail.subject), 0
    for _ in range(MOST_LEVELS):
        level = _next_level(lines, at, forward=forward)
        if level is None:
            return found
        found, at = level
        forward = is_forward_subject(found.subject)
    return found


def _lines(text: str) -> list[str]:
    return text[:_LONGEST_TEXT].splitlines()[:MAX_LINES]


def _next_level(lines: Sequence[str], start: int, *, forward: bool) -> tuple[Source, int] | None:
    """Find the next forwarded mail below a line: its author, and the line below its head."""
    for at in range(start, len(lines)):
        if is_forward_mark(lines[at]):
            return _below_mark(lines, at)
        head = head_at(lines, at)
        if head:
            source = _of_head(head)
            return (source, at + head.lines) if forward and source else None
        if not forward and intro_length(lines, at):
            return None
    return None


def _below_mark(lines: Sequence[str], mark: int) -> tuple[Source, int] | None:
    for at in range(mark + 1, min(mark + _BELOW_MARK, len(lines))):
        head = head_at(lines, at, below_separator=True)
        source = _of_head(head) if head else None
        if head and source:
            return source, at + head.lines
    # some programs run the whole head together in one line
    joined = one_line(" ".join(line[: _LONGEST_VALUE * 4] for line in lines[mark : mark + _BELOW_MARK]))
    written = _RUN_TOGETHER.search(joined)
    sender = read_mailbox(_END_OF_SENDER.split(written.group(1))[0]) if written else None
    return (_made(sender, "", "", attached=False), mark + 1) if sender else None


def _of_head(head: Head) -> Source | None:
    written = head.value("from")
    if not written:
        return None
    sender = read_mailbox(written) or Address(one_line(written).strip(" \"'*_“”"), "")
    return _made(sender, head.value("sent"), head.value("subject"), attached=False)


def _made(sender: Address, date: str, subject: str, *, attached: bool) -> Source:
    return Source(
        one_line(sender.name).strip("*_ \"'")[:_LONGEST_VALUE],
        sender.address[:_LONGEST_VALUE],
        one_line(date).strip("*_ ")[:_LONGEST_VALUE],
        one_line(subject).strip("*_ ")[:_LONGEST_VALUE],
        attached,
    )
