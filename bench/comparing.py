"""One field of one mail beside what is expected of it, and what explains a difference."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from expectations import Case, file_names
from normalising import LaidOpen, laid_open
from stdlib_reading import LOST, attachment_line, mailbox_line

from triage.core.mail import Address, Attachment, Mail
from triage.core.mime import read_structure
from triage.core.parse import parts_of, read_mail

EXPLAINED = Path(__file__).with_name("corpora_explained.tsv")

_CHARSET_IN_HTML = re.compile(r"(?<=charset=)[A-Za-z0-9_-]+", re.IGNORECASE)
_ASCII_ALONE = re.compile(r"[^\x00-\x7f]")
_LOST_RUN = re.compile(f"({LOST}+)")

Value = str | tuple[str, ...]
Sizes = Callable[[Attachment], tuple[int, ...]]


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
        if LOST in wanted:
            return bool(_around_lost(wanted).fullmatch(found))
        return self.case.drops_bytes and wanted.isascii() and _ASCII_ALONE.sub("", found) == wanted


def _around_lost(wanted: str) -> re.Pattern[str]:
    """Make a pattern of what is wanted: for each byte that was lost there is one character at most."""
    pieces = _LOST_RUN.split(wanted)
    return re.compile(
        "".join(f".{{1,{len(one)}}}" if one.startswith(LOST) else re.escape(one) for one in pieces)
    )


def _mailboxes(addresses: tuple[Address, ...]) -> Value:
    return tuple(mailbox_line(one.name, one.address) for one in addresses)


def _attachments(attachments: tuple[Attachment, ...], wanted: Value, sizes: Sizes) -> Value:
    """Give one line an attachment, with its size where the expected line of that name and type has one."""
    expected = dict[str, set[int]]()
    for line in wanted:
        plain, _, size = line.rpartition(" | ")
        if line.count(" | ") > 1:
            expected.setdefault(_bare(plain), set()).add(int(size))
    return tuple(_line(one, expected, sizes) for one in attachments)


def _line(one: Attachment, expected: dict[str, set[int]], sizes: Sizes) -> str:
    plain = _bare(attachment_line(one.name, one.type, None))
    fitting = (found for line, found in expected.items() if _around_lost(line).fullmatch(plain))
    wanted = next(fitting, None)
    if wanted is None:
        return plain
    # line ends are no content, so a text that nothing encodes has two sizes
    size = next((size for size in sizes(one) if size in wanted), one.size)
    return attachment_line(one.name, one.type, size)


def _bare(name: str) -> str:
    """Drop backslashes from a name: in quotes they escape, and in the path of another machine they stand."""
    return name.replace("\\", "")


def _own_attachments(mail: Mail, case: Case) -> Value:
    providers = dict(parts_of(mail, case.raw))

    def sizes(one: Attachment) -> tuple[int, ...]:
        data = providers[one]().replace(b"\r\n", b"\n")
        return one.size, len(data), len(data) + data.count(b"\n")

    return _attachments(mail.attachments, case.wanted["attachments"], sizes)


@lru_cache(maxsize=1)
def _whole(raw: bytes) -> LaidOpen:
    return laid_open(read_mail(raw), raw)


FIELDS: dict[str, Callable[[Mail, Case], Value]] = {
    "subject": lambda mail, _: mail.subject,
    "from": lambda mail, _: _mailboxes(mail.senders),
    "first from": lambda mail, _: _mailboxes(mail.senders[:1]),
    "from address": lambda mail, _: tuple(one.address for one in mail.senders),
    "to": lambda mail, _: _mailboxes(mail.to),
    "to address": lambda mail, _: tuple(one.address for one in mail.to),
    "text": lambda mail, _: mail.own_text,
    "html": lambda mail, _: mail.html,
    "attachments": _own_attachments,
    "whole text": lambda _, case: _whole(case.raw).text,
    "whole html": lambda _, case: _whole(case.raw).html,
    "whole attachments": lambda _, case: _attachments(
        _whole(case.raw).attachments, case.wanted["whole attachments"], lambda one: (one.size,)
    ),
    "packed files": lambda mail, _: file_names(one.name for one in mail.attachments),
    "kinds": lambda _, case: tuple(str(part.content) for part in read_structure(case.raw, []).parts),
}


def compare(case: Case, mail: Mail) -> Iterator[Compared]:
    """Give each expected field of a mail with what was read."""
    flowed = b"format=flowed" in case.raw.lower()
    for name, wanted in case.wanted.items():
        loose = flowed or name not in {"text", "html", "whole text", "whole html"}
        found = FIELDS[name](mail, case)
        yield Compared(case, name, _comparable(wanted, loose=loose), _comparable(found, loose=loose))


def _comparable(value: Value, *, loose: bool) -> Value:
    if not isinstance(value, str):
        return tuple(_bare(str(_comparable(one, loose=loose))) for one in value)
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
