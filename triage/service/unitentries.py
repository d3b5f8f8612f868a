"""Entries of the directory of units as people write them: a row of a CSV file, or a form."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from triage.core.providers import FREE_MAIL
from triage.core.rules import Rulebook
from triage.core.senderlists import EntryKind, read_entry
from triage.core.spreadsheet import as_written
from triage.core.text import clean, one_line, without_unseen
from triage.core.units import UnitSort, find_unit_codes
from triage.errors import RefusedActError

COLUMNS = ("code", "name", "treasury", "class", "software", "phone", "senders")
"""The columns of the CSV file; ``senders`` are addresses and domains, parted by spaces."""

LONGEST_FIELD = 500
LONGEST_PHONE = 100
MOST_SENDERS = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit as it is to stand in the directory."""

    code: str
    name: str
    treasury: str
    sort: UnitSort
    software: str
    phone: str
    senders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Where an entry is written: ``told`` names the place in English, ``line`` is that of a file, else 0."""

    told: str = ""
    line: int = 0

    def wrong(self, code: str, sentence: str, **values: object) -> RefusedActError:
        """Make the error for what is written here; pages word ``code`` and name the line."""
        told = f"{self.told}: {sentence}" if self.told else sentence[:1].upper() + sentence[1:]
        return RefusedActError(code, told, **({"line": self.line} if self.line else {}), **values)


def read_rows(text: str) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Give the rows of a CSV file with their lines. Raises RefusedActError for what is no such file."""
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = reader.fieldnames or ()
        for name in ("name", "treasury"):
            if name not in names:
                raise _no_column("unit_column_missing", f"lacks the column {name}", name)
        for name in names:
            if name not in COLUMNS:
                raise _no_column("unit_column_unknown", f"has an unknown column “{name}”", name)
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        line = reader.line_num
        raise RefusedActError(
            "unit_no_csv", f"The file is no CSV at line {line}: {error}.", line=line
        ) from error


def _no_column(code: str, told: str, name: str) -> RefusedActError:
    columns = ", ".join(COLUMNS)
    return RefusedActError(
        code, f"The file {told}; the columns are {columns}.", column=name[:80], columns=columns
    )


def entry_of(row: Mapping[str, str | None], rules: Rulebook, where: Where) -> Entry:
    """Read one entry. Raises RefusedActError, naming what is wrong with it."""

    def field(name: str, most: int = LONGEST_FIELD) -> str:
        value = one_line(without_unseen(clean(row.get(name) or ""))).strip()
        plain = as_written(value)
        if len(plain) > most:
            sentence = f"{name} is longer than {most} characters."
            raise where.wrong("unit_long", sentence, field=name, most=most)
        return plain

    code, treasury, sort = field("code"), field("treasury"), field("class") or UnitSort.BUDGET.value
    if not field("name"):
        raise where.wrong("unit_name", "a unit needs a name.")
    if code and not find_unit_codes(f"mã ĐVQHNS {code}"):
        raise where.wrong(
            "unit_code", f"“{code}” is no number of a unit; it has seven digits.", written=code[:40]
        )
    if treasury and rules.treasuries.lookup(treasury) is None:
        sentence = f"treasury {treasury} leads to no queue; see treasuries.toml."
        raise where.wrong("unit_treasury", sentence, written=treasury[:40])
    if sort not in set(UnitSort):
        sentence = f"class must be one of {', '.join(UnitSort)}, not “{sort}”."
        raise where.wrong("unit_class", sentence, written=sort[:40])
    senders = _senders((row.get("senders") or "").replace(";", " ").replace(",", " ").split(), where)
    phone = field("phone", LONGEST_PHONE)
    return Entry(code, field("name"), treasury, UnitSort(sort), field("software"), phone, senders)


def _senders(written: Iterable[str], where: Where) -> tuple[str, ...]:
    senders: list[str] = []
    for one in written:
        entry = read_entry(one)
        if entry is None or entry.kind is EntryKind.PHONE:
            sentence = f"“{one[:80]}” is neither an address nor a domain."
            raise where.wrong("unit_sender", sentence, written=one[:80])
        if entry.text in FREE_MAIL:
            sentence = f"{entry.text} is a public mail provider; give whole addresses there."
            raise where.wrong("unit_free_mail", sentence, written=entry.text)
        senders.append(entry.text)
    if len(senders) > MOST_SENDERS:
        sentence = f"more than {MOST_SENDERS} addresses and domains."
        raise where.wrong("unit_senders", sentence, most=MOST_SENDERS)
    return tuple(sorted(dict.fromkeys(senders)))
