"""Holds the mail reader against what other projects expect of the mails that they collected."""

import argparse
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from expectations import Case, all_cases
from stdlib_reading import attachment_line, mailbox_line
from trimming import trimmed

from triage.core.mail import Address, Mail
from triage.core.mime import read_structure
from triage.core.parse import read_mail

CORPORA = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpora"
EXPLAINED = Path(__file__).with_name("corpora_explained.tsv")
NOTE = """\
What is expected: imap_tools and stalwart bring a file of expectations for each mail, mimekit tables of the
kinds of parts in its mailboxes; the others are held against the standard library's reading, where it finds no
defect, and against our own short table of facts (corpora_facts.tsv). "explained" are differences that are no
fault of the reader, each with its reason in corpora_explained.tsv; "agree %" leaves them out, "of all" not.
Not content, and left out of the comparison: the normal form of Unicode (NFC), line ends, blanks at the end of
a line, empty lines, NUL; the charset that HTML names (some libraries write it anew). Every run of white space
counts as one blank in headers (folding) and in texts with format=flowed."""

_COLUMNS = ("mails", "fields", "agree", "explained", "differ", "agree %", "of all")
_CHARSET_IN_HTML = re.compile(r"(?<=charset=)[A-Za-z0-9_-]+", re.IGNORECASE)

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of one mail: what is wanted, what was read."""

    case: Case
    field: str
    wanted: Value
    found: Value


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
    "text": lambda mail, _: mail.text,
    "html": lambda mail, _: mail.html,
    "attachments": lambda mail, case: _attachments(mail, case.wanted["attachments"]),
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


@dataclass(slots=True)
class Tally:
    """Figures of one corpus, or of one field in all of them."""

    mails: int = 0
    fields: int = 0
    agreeing: int = 0
    explained: int = 0

    @property
    def differing(self) -> int:
        """How many fields differ and nothing explains it."""
        return self.fields - self.agreeing - self.explained

    @property
    def share(self) -> float:
        """The share of fields that agree, explained ones left out."""
        counted = self.fields - self.explained
        return self.agreeing / counted if counted else 1.0

    def line(self, name: str) -> str:
        """Give the line of the table."""
        whole = self.agreeing / self.fields if self.fields else 1.0
        return (
            f"{name:<24} {self.mails or '':>6} {self.fields:>7} {self.agreeing:>7} {self.explained:>10}"
            f" {self.differing:>7} {self.share:>8.2%} {whole:>8.2%}"
        )


@dataclass(slots=True)
class Outcome:
    """What came of a whole run; ``slowest`` in seconds."""

    corpora: dict[str, Tally] = field(default_factory=dict)
    fields: dict[str, Tally] = field(default_factory=dict)
    missed: list[Compared] = field(default_factory=list)
    slowest: float = 0.0


def run(cases: Iterable[Case], known: list[Explained]) -> Outcome:
    """Read and compare all cases; a mail that makes the reader raise ends the run."""
    outcome = Outcome()
    for case in cases:
        started = time.perf_counter()
        mail = read_mail(case.raw)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - started)
        outcome.corpora.setdefault(case.corpus, Tally()).mails += 1
        for one in compare(case, mail):
            _count(outcome, one, known)
    return outcome


def _count(outcome: Outcome, one: Compared, known: list[Explained]) -> None:
    same = one.wanted == one.found
    excused = not same and any(reason.covers(one) for reason in known)
    for tally in (outcome.corpora[one.case.corpus], outcome.fields.setdefault(one.field, Tally())):
        tally.fields += 1
        tally.agreeing += same
        tally.explained += excused
    if not same and not excused:
        outcome.missed.append(one)


def print_tables(outcome: Outcome) -> None:
    """Print one line a corpus, one for all, and one a field."""
    header = "{:>6} {:>7} {:>7} {:>10} {:>7} {:>8} {:>8}".format(*_COLUMNS)
    print(f"{'corpus':<24} {header}")
    whole = Tally()
    for name, tally in outcome.corpora.items():
        print(tally.line(name))
        whole.mails += tally.mails
        whole.fields += tally.fields
        whole.agreeing += tally.agreeing
        whole.explained += tally.explained
    print(whole.line("all"))
    print(f"\n{'field':<24} {header}")
    for name, tally in outcome.fields.items():
        print(tally.line(name))
    print(f"\nraised: 0; slowest mail: {outcome.slowest * 1000:.0f} ms")


def print_trimming(folder: Path) -> None:
    """Print how what we keep of replies compares with another trimmer's choice."""
    bodies = trimmed(folder)
    counts = Counter(one.outcome for one in bodies)
    if bodies:
        told = ", ".join(f"{outcome} {count}" for outcome, count in counts.most_common())
        print(f"\nreply trimming, {len(bodies)} bodies: {told}")


def main() -> int:
    """Print the tables; exit 1 where a corpus agrees in less than ``--least``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=CORPORA, help="the reference data")
    parser.add_argument("--miss", action="store_true", help="print each field that differs, with both values")
    parser.add_argument("--width", type=int, default=600, help="characters of a value that are printed")
    parser.add_argument("--least", type=float, default=0.0, help="share of fields that must agree, 0 to 1")
    args = parser.parse_args()
    if not args.folder.is_dir():
        print(f"reference data: none in {args.folder}, nothing was compared")
        return 0
    outcome = run(all_cases(args.folder), read_explained())
    if args.miss:
        for one in outcome.missed:
            print(one.case.corpus, one.case.file, one.field, sep="\t")
            print("  wanted", repr(one.wanted)[: args.width])
            print("  found ", repr(one.found)[: args.width])
    print_tables(outcome)
    print_trimming(args.folder / "email_reply_trimmer")
    print(f"\n{NOTE}")
    return int(any(tally.share < args.least for tally in outcome.corpora.values()))


if __name__ == "__main__":
    sys.exit(main())
