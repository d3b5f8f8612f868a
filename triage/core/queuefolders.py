"""Folders of the mail server that show each queue: what they are called, how mails are marked, what is to do.

A place is the code of a queue, ``0010``, for mails of open tickets, and ``0010/Closed`` for those of closed
ones. What stands there follows from the database alone; nothing there is ever read as mail.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

ROOT = "Queues"
CLOSED = "/Closed"
"""How the place of closed tickets goes on behind the code of their queue."""

OURS = "$TriageCopy"
"""The keyword that tells our copies from whatever people put into the same folder."""

OVERDUE = "!"
"""What the marks of an overdue ticket end with; they begin with its status."""

_OF_STATUS = {
    "new": ("$TriageNew",),
    "in_progress": ("$TriageInProgress",),
    # Where it is the unit's turn a mail client shows what has been answered.
    "waiting": ("$TriageWaiting", "\\Answered"),
    "snoozed": ("$TriageSnoozed",),
    "closed": ("$TriageClosed",),
}
_OF_OVERDUE = ("\\Flagged",)

MARKS = frozenset({*(flag for flags in _OF_STATUS.values() for flag in flags), *_OF_OVERDUE})
"""Every flag that says how a ticket stands. \\Seen belongs to whoever reads."""

_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as it is noted: of which mail, under which UID, with which marks."""

    mail_id: int
    uidvalidity: int
    uid: int
    marks: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done in a folder.

    ``gone`` are notes to be forgotten and copies to be taken away, ``changed`` have other marks now,
    ``missing`` are mails of which there is no copy, ``unknown`` UIDs that nothing is noted of.
    """

    gone: tuple[Copy, ...]
    changed: tuple[Copy, ...]
    missing: tuple[int, ...]
    unknown: frozenset[int]


def folder_name(place: str) -> str:
    """Give the name of a folder; ``/`` stands for the server's separator."""
    return f"{ROOT}/{place}"


def is_among_queues(folder: str) -> bool:
    """Whether a folder lies where queues are shown, whatever separator it is written with."""
    return bool(re.match(rf"(?:INBOX\W)?{ROOT}(?:\W|$)", folder, re.IGNORECASE))


def flags_of(marks: str) -> tuple[str, ...]:
    """Give the flags of a mail from the marks of its ticket, ours first."""
    overdue = _OF_OVERDUE if marks.endswith(OVERDUE) else ()
    return (OURS, *_OF_STATUS.get(marks.removesuffix(OVERDUE), ()), *overdue)


def plan(wanted: Mapping[int, str], noted: Iterable[Copy], uidvalidity: int, uids: frozenset[int]) -> Plan:
    """Compare what should stand in a folder (marks by mail) with what is noted and with what stands there."""
    noted = tuple(noted)
    standing = {one.mail_id: one for one in noted if one.uidvalidity == uidvalidity and one.uid in uids}
    kept = {mail_id: one for mail_id, one in standing.items() if mail_id in wanted}
    return Plan(
        gone=tuple(one for one in noted if one.mail_id not in kept),
        changed=tuple(one for one in kept.values() if one.marks != wanted[one.mail_id]),
        missing=tuple(sorted(wanted.keys() - kept.keys())),
        unknown=uids - {one.uid for one in standing.values()},
    )


def as_sent(raw: bytes) -> bytes:
    """Give a mail with the line ends that IMAP demands: so it has the size that the server will tell."""
    return _LINE_END.sub(b"\r\n", raw)
