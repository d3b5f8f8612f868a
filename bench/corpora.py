"""Holds the mail reader against what other projects expect of the mails that they collected."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from comparing import Compared, Explained, compare, read_explained
from expectations import Authority, Case, all_cases
from trimming import trimmed

from triage.core.parse import read_mail

CORPORA = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpora"
NOTE = """\
"explained" are differences that are no fault of the reader, each with its reason in corpora_explained.tsv;
"agree %" leaves them out, "of all" counts them against us. "but for lost" are fields that agree save where
the other program could not decode a byte: it puts U+FFFD or, as imap_tools does, leaves it out.
"whole" fields lay attached mails open, as imap_tools does; of ours they list the files that it would list.
On both sides a text without a name is to be read and no file, and uuencoded files are taken out of texts.
Not content, and left out of the comparison: the normal form of Unicode (NFC), line ends, blanks at the end of
a line, empty lines, NUL, backslashes in names of files; the charset that HTML names (some libraries write it
anew). Every run of white space counts as one blank in headers (folding) and in texts with format=flowed."""

TITLES = {
    Authority.PROJECT: "What the projects' own files expect of their mails",
    Authority.SECOND: "Cross-check of the mails without such files: the standard library where it finds no\n"
    "defect, and our own short table of facts (corpora_facts.tsv)",
}

_COLUMNS = ("mails", "fields", "agree", "but for lost", "explained", "differ", "agree %", "of all")


@dataclass(slots=True)
class Tally:
    """Figures of one corpus, or of one field in all of them; ``agreeing`` counts ``but_for_lost`` too."""

    mails: int = 0
    fields: int = 0
    agreeing: int = 0
    but_for_lost: int = 0
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
            f"{name:<24} {self.mails or '':>6} {self.fields:>7} {self.agreeing:>7} {self.but_for_lost:>12}"
            f" {self.explained:>10} {self.differing:>7} {self.share:>8.2%} {whole:>8.2%}"
        )


@dataclass(slots=True)
class Table:
    """The figures that rest on one authority, by corpus and by field."""

    corpora: dict[str, Tally] = field(default_factory=dict)
    fields: dict[str, Tally] = field(default_factory=dict)

    @property
    def whole(self) -> Tally:
        """All corpora together."""
        rows = self.corpora.values()
        return Tally(
            *(
                sum(getattr(row, name) for row in rows)
                for name in ("mails", "fields", "agreeing", "but_for_lost", "explained")
            )
        )


@dataclass(slots=True)
class Outcome:
    """What came of a whole run; ``slowest`` in seconds."""

    tables: dict[Authority, Table] = field(default_factory=lambda: {one: Table() for one in Authority})
    missed: list[Compared] = field(default_factory=list)
    slowest: float = 0.0


def run(cases: Iterable[Case], known: list[Explained]) -> Outcome:
    """Read and compare all cases; a mail that makes the reader raise ends the run."""
    outcome = Outcome()
    for case in cases:
        started = time.perf_counter()
        mail = read_mail(case.raw)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - started)
        outcome.tables[case.authority].corpora.setdefault(case.corpus, Tally()).mails += 1
        for one in compare(case, mail):
            _count(outcome, one, known)
    return outcome


def _count(outcome: Outcome, one: Compared, known: list[Explained]) -> None:
    but_for_lost = not one.same and one.same_but_for_lost
    agrees = one.same or but_for_lost
    excused = not agrees and any(reason.covers(one) for reason in known)
    table = outcome.tables[one.case.authority]
    for tally in (table.corpora[one.case.corpus], table.fields.setdefault(one.field, Tally())):
        tally.fields += 1
        tally.agreeing += agrees
        tally.but_for_lost += but_for_lost
        tally.explained += excused
    if not agrees and not excused:
        outcome.missed.append(one)


def print_table(title: str, table: Table) -> None:
    """Print one line a corpus, one for all, and one a field."""
    header = "{:>6} {:>7} {:>7} {:>12} {:>10} {:>7} {:>8} {:>8}".format(*_COLUMNS)
    print(f"{title}\n\n{'corpus':<24} {header}")
    for name, tally in table.corpora.items():
        print(tally.line(name))
    print(table.whole.line("all"))
    print(f"\n{'field':<24} {header}")
    for name, tally in table.fields.items():
        print(tally.line(name))
    print()


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
    for authority, table in outcome.tables.items():
        print_table(TITLES[authority], table)
    print(f"raised: 0; slowest mail: {outcome.slowest * 1000:.0f} ms")
    print_trimming(args.folder / "email_reply_trimmer")
    print(f"\n{NOTE}")
    tallies = (tally for table in outcome.tables.values() for tally in table.corpora.values())
    return int(any(tally.share < args.least for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
