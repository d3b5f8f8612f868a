"""One field of one mail beside what is expected of it, and what explains a difference."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from expectations import Case, file_names
from stdlib_reading import LOST, attachment_line, mailbox_line

from triage.core.mail import Address, Mail
from triage.core.mime import read_structure

EXPLAINED = Path(__file__).with_name("corpora_explained.tsv")

_CHARSET_IN_HTML = re.compile(r"(?<=charset=)[A-Za-z0-9_-]+", re.IGNORECASE)
_LOST_RUN = re.compile(f"({LOST}+)")

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of one mail: what is wanted, what was read."""

    case: Case
    field: str
    wanted: Value
    found: Value

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.wanted == self.found

    @property
    def same_but_for_lost(self) -> bool:
        """Whether they differ only in characters that the other program could not decode."""
        wanted, found = (
            "\n".join((one,) if isinstance(one, str) else one) for one in (self.wanted, self.found)
        )
        return LOST in wanted and bool(_around_lost(wanted).fullmatch(found))


def _around_lost(wanted: str) -> re.Pattern[str]:
    """Make a pattern of what is wanted: for each byte that was lost there is one character at most."""
    pieces = _LOST_RUN.split(wanted)
    return re.compile(
        "".join(f".{{1,{len(one)}}}" if one.startswith(LOST) else re.escape(one) for one in pieces)
    )


def _mailboxes(addresses: tuple[Address, ...]) -> Value:
    return tuple(mailbox_line(one.name, one.address) for one in addresses)


def _attachments(mail: Mail, wanted: Value) -> Value:
    """Give one line an attachment, with its size where the expected line of that name and type has one."""
    sized = {line.rpartition(" | ")[0] for line in wanted if line.count(" | ") > 1}
    plain = [attachment_line(one.name, one.type, None) for one in mail.attachments]
    return tuple(
        attachment_line(one.name, one.type, one.size if line in sized else None)
        for one, line in zip(mail.attachments, plain, strict=True)
    )


FIELDS: dict[str, Callable[[Mail, Case], Value]] = {
    "subject": lambda mail, _: mail.subject,
    "from": lambda mail, _: _mailboxes(mail.senders),
    "first from": lambda mail, _: _mailboxes(mail.senders[:1]),
    "from address": lambda mail, _: tuple(one.address for one in mail.senders),
    "to": lambda mail, _: _mailboxes(mail.to),
    "to address": lambda mail, _: tuple(one.address for one in mail.to),
    "text": lambda mail, _: mail.own_text,
    "html": lambda mail, _: mail.html,
    "attachments": lambda mail, case: _attachments(mail, case.wanted["attachments"]),
    "packed files": lambda mail, _: file_names(one.name for one in mail.attachments),
    "kinds": lambda _, case: tuple(str(part.content) for part in read_structure(case.raw, []).parts),
}


def compare(case: Case, mail: Mail) -> Iterator[Compared]:
    """Give each expected field of a mail with what was read."""
    flowed = b"format=flowed" in case.raw.lower()
    for name, wanted in case.wanted.items():
        loose = flowed or name not in {"text", "html"}
        found = FIELDS[name](mail, case)
        yield Compared(case, name, _comparable(wanted, loose=loose), _comparable(found, loose=loose))


def _comparable(value: Value, *, loose: bool) -> Value:
    if not isinstance(value, str):
        return tuple(str(_comparable(one, loose=loose)) for one in value)
    # what another program could not decode is a lone surrogate in its JSON
    text = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
    text = _CHARSET_IN_HTML.sub("", unicodedata.normalize("NFC", text))
    if loose:
        return " ".join(text.split())
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Explained:
    """Differences that are no fault of the reader, by patterns for file and field."""

    corpus: str
    file: str
    field: str
    reason: str

    def covers(self, one: Compared) -> bool:
        """Say whether this explains a difference."""
        return (
            self.corpus == one.case.corpus
            and fnmatchcase(one.case.file, self.file)
            and fnmatchcase(one.field, self.field)
        )


def read_explained() -> list[Explained]:
    """Read the table of explained differences."""
    rows = [line.split("\t") for line in EXPLAINED.read_text(encoding="utf-8").splitlines()[1:] if line]
    return [Explained(*row) for row in rows]
