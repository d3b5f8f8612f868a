"""Mails inside a mail: what somebody forwards or quotes, in the text or as an attached message."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from triage.core.mail import Address, Attachment, Mail
from triage.core.mailheads import read_mailbox
from triage.core.ownwords import MAX_LINES, own_words
from triage.core.parse import read_mail

MOST_ORIGINALS = 10
MOST_ATTACHED = 5
MOST_BYTES = 5_000_000
"""Bytes of one attached mail that are read."""

_FROM = re.compile(
    r"[\s>*_]{0,10}(?:from|từ|người gửi|gửi từ)[\s*_]{0,5}[:：][\s*_]*(.{3,400})", re.IGNORECASE
)
_BESIDE = re.compile(
    r"[\s>*_]{0,10}(?:sent|đã gửi|date|ngày|to|tới|đến|người nhận|subject|chủ đề|tiêu đề|cc)[\s*_]{0,5}[:：]",
    re.IGNORECASE,
)
_HEAD_LINES = 8
_LONGEST_INTRO = 400
_WROTE = re.compile(r"\b(?:đã viết|viết|wrote|writes)\s{0,3}[:：]\s{0,10}$", re.IGNORECASE)
_WRITER = re.compile(r"[<(]([^\s<>()]{1,200}@[^\s<>()]{1,200})[>)]")
_LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Original:
    """One mail inside another: its sender, what stands in it, and whether it came whole, as an attachment."""

    sender: Address
    text: str
    attached: bool


def find_originals(
    mail: Mail, parts: Iterable[tuple[Attachment, Callable[[], bytes]]] = ()
) -> tuple[Original, ...]:
    """Give the mails that a mail carries, attached ones first. Never fails; looks one level deep."""
    found = (*islice(_attached(parts), MOST_ATTACHED), *_inline(mail.text))
    each = {original.sender: original for original in reversed(found)}
    return tuple(reversed(each.values()))[:MOST_ORIGINALS]


def _attached(parts: Iterable[tuple[Attachment, Callable[[], bytes]]]) -> Iterator[Original]:
    for attachment, provide in parts:
        if is_mail(attachment):
            inside = read_mail(provide()[:MOST_BYTES])
            text = f"{inside.subject}\n{inside.text}"
            senders = dict.fromkeys((*inside.senders, *inside.reply_to))
            yield from (Original(sender, text, attached=True) for sender in senders if sender.address)


def is_mail(attachment: Attachment) -> bool:
    """Believe type, name or content; headers alone are what a bounce gives back."""
    by_content = attachment.detected == "eml" and not attachment.type.startswith("text/rfc822")
    return (
        by_content
        or attachment.type in {"message/rfc822", "message/global"}
        or attachment.name.lower().endswith(".eml")
    )


def _inline(text: str) -> Iterator[Original]:
    lines = text[:_LONGEST_TEXT].splitlines()[:MAX_LINES]
    senders = [sender for at in range(len(lines)) if (sender := _sender_at(lines, at))]
    if senders:
        carried = own_words(text[:_LONGEST_TEXT]).carried or text[:_LONGEST_TEXT]
        yield from (Original(sender, carried, attached=False) for sender in senders)


def _sender_at(lines: list[str], at: int) -> Address | None:
    """Read who wrote where a block of headers begins, or a line ends in "… wrote:"."""
    line = lines[at]
    written = _FROM.match(line)
    if written and any(_BESIDE.match(other) for other in lines[at + 1 : at + _HEAD_LINES]):
        return read_mailbox(written.group(1))
    if _WROTE.search(line[-_LONGEST_INTRO:]):
        writer = _WRITER.search(f"{lines[at - 1] if at else ''} {line}"[-_LONGEST_INTRO:])
        return Address("", writer.group(1)) if writer else None
    return None
