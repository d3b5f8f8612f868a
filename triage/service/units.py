"""The directory of units as people keep it: imported and exported as CSV, and fed by registration forms."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from sqlalchemy import Connection

from triage.core.providers import FREE_MAIL
from triage.core.rules import Rulebook
from triage.core.senderlists import EntryKind, read_entry
from triage.core.spreadsheet import as_written, harmless
from triage.core.text import clean, one_line
from triage.core.units import UnitSort, find_unit_codes
from triage.db import units
from triage.db.engine import Database
from triage.db.units import ProposalRow, UnitRow
from triage.errors import NotFoundError, RefusalError
from triage.service.means import Means

COLUMNS = ("code", "name", "treasury", "class", "software", "phone", "senders")
"""The columns of the CSV file; ``senders`` are addresses and domains, parted by spaces."""

LONGEST_FIELD = 500
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
class Imported:
    """What an import did."""

    added: int
    changed: int
    same: int


def import_csv(database: Database, means: Means, text: str, *, actor: str, dry_run: bool = False) -> Imported:
    """Bring a CSV file into the directory: all of it or, at the first mistake, nothing.

    A row is the unit of its number, else of its name and treasury. Raises RefusalError, naming the line.
    """
    now = means.clock.now()
    added = changed = same = 0
    with database.write() as connection:
        trial = connection.begin_nested()
        for line, entry in _entries(text, means.rules):
            known = _known(connection, entry)
            if known and _is_same(known, entry):
                same += 1
                continue
            _put(connection, known.id if known else None, entry, now, actor=actor, where=f"line {line}")
            added, changed = (added, changed + 1) if known else (added + 1, changed)
        if dry_run:
            trial.rollback()
        else:
            trial.commit()
    return Imported(added, changed, same)


def _entries(text: str, rules: Rulebook) -> Iterator[tuple[int, Entry]]:
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        missing = [name for name in ("name", "treasury") if name not in (reader.fieldnames or ())]
        unknown = [name for name in reader.fieldnames or () if name not in COLUMNS]
        if missing or unknown:
            told = f"lacks the column {missing[0]}" if missing else f"has an unknown column “{unknown[0]}”"
            raise RefusalError(f"The file {told}; the columns are {', '.join(COLUMNS)}.")
        for row in reader:
            yield reader.line_num, _entry(row, rules, f"line {reader.line_num}")
    except csv.Error as error:
        raise RefusalError(f"The file is no CSV at line {reader.line_num}: {error}.") from error


def _entry(row: Mapping[str, str | None], rules: Rulebook, where: str) -> Entry:
    def field(name: str) -> str:
        value = one_line(clean(row.get(name) or "")).strip()
        plain = as_written(value)
        if len(plain) > LONGEST_FIELD:
            raise RefusalError(f"{where}: {name} is longer than {LONGEST_FIELD} characters.")
        return plain

    code, treasury, sort = field("code"), field("treasury"), field("class") or UnitSort.BUDGET.value
    if not field("name"):
        raise RefusalError(f"{where}: a unit needs a name.")
    if code and not find_unit_codes(f"mã ĐVQHNS {code}"):
        raise RefusalError(f"{where}: “{code}” is no number of a unit; it has seven digits.")
    if treasury and rules.treasuries.lookup(treasury) is None:
        raise RefusalError(f"{where}: treasury {treasury} leads to no queue; see treasuries.toml.")
    if sort not in set(UnitSort):
        raise RefusalError(f"{where}: class must be one of {', '.join(UnitSort)}, not “{sort}”.")
    senders = _senders((row.get("senders") or "").replace(";", " ").split(), where)
    return Entry(code, field("name"), treasury, UnitSort(sort), field("software"), field("phone"), senders)


def _senders(written: Iterable[str], where: str) -> tuple[str, ...]:
    senders: list[str] = []
    for one in written:
        entry = read_entry(one)
        if entry is None or entry.kind is EntryKind.PHONE:
            raise RefusalError(f"{where}: “{one[:80]}” is neither an address nor a domain.")
        if entry.text in FREE_MAIL:
            raise RefusalError(
                f"{where}: {entry.text} is a public mail provider; give whole addresses there."
            )
        senders.append(entry.text)
    if len(senders) > MOST_SENDERS:
        raise RefusalError(f"{where}: more than {MOST_SENDERS} addresses and domains.")
    return tuple(sorted(dict.fromkeys(senders)))


def _known(connection: Connection, entry: Entry) -> UnitRow | None:
    if entry.code:
        return units.find(connection, code=entry.code)
    return units.by_name(connection, entry.name, entry.treasury)


def _is_same(known: UnitRow, entry: Entry) -> bool:
    stands = (known.code, known.name, known.treasury, known.sort, known.software, known.phone, known.senders)
    return stands == (
        entry.code, entry.name, entry.treasury, entry.sort.value, entry.software, entry.phone, entry.senders
    )  # fmt: skip


def _put(
    connection: Connection, unit_id: int | None, entry: Entry, now: datetime, *, actor: str, where: str
) -> int:
    for sender in entry.senders:
        if "@" in sender and (owner := units.owner_of(connection, sender, but=unit_id)):
            raise RefusalError(f"{where}: {sender} belongs to “{owner}” already.")
    values = {
        "code": entry.code or None,
        "name": entry.name,
        "treasury": entry.treasury,
        "sort": entry.sort.value,
        "software": entry.software,
        "phone": entry.phone[:100],
        "changed_at": now,
        "changed_by": actor,
    }
    return units.put(connection, unit_id, values, entry.senders)


def export_csv(database: Database) -> Iterator[str]:
    """Give the directory as lines of CSV that can be imported again; no cell can act as a formula."""
    with database.read() as connection:
        found = units.rows(connection, limit=None)
    for cells in (
        COLUMNS,
        *(
            (row.code, row.name, row.treasury, row.sort, row.software, row.phone, " ".join(row.senders))
            for row in found
        ),
    ):
        line = StringIO()
        csv.writer(line, lineterminator="\n").writerow([harmless(cell) for cell in cells])
        yield line.getvalue()


def listed(database: Database, like: str = "") -> list[UnitRow]:
    """Give the units whose name, number or sender holds these characters."""
    with database.read() as connection:
        return units.rows(connection, like=like.strip())


def remove(database: Database, means: Means, unit_id: int, *, actor: str) -> UnitRow:
    """Take a unit out of the directory. Raises NotFoundError."""
    with database.write() as connection:
        found = units.find(connection, unit_id=unit_id)
        if found is None:
            raise NotFoundError(f"There is no unit {unit_id}; triage units list shows what there is.")
        units.remove(connection, unit_id, means.clock.now(), actor=actor)
    return found


def proposals(database: Database, *, state: str | None = "open") -> list[ProposalRow]:
    """Give what registration forms propose."""
    with database.read() as connection:
        return units.proposals(connection, state=state)


def accept(
    database: Database, means: Means, proposal_id: int, *, actor: str, treasury: str = "", sender: str = ""
) -> UnitRow:
    """Take a proposed entry into the directory; ``treasury`` and ``sender`` fill in what the form lacks.

    The address that the form came from is taken only where a person names it: anybody may send a form.
    Raises NotFoundError and RefusalError.
    """
    now = means.clock.now()
    with database.write() as connection:
        found = _open_proposal(connection, proposal_id)
        form = found.form
        row = {
            "code": form["code"],
            "name": form["name"],
            "treasury": treasury or form["treasury"],
            "class": UnitSort.CONNECTING.value if form["software"] else UnitSort.BUDGET.value,
            "software": form["software"],
            "phone": form["phone"],
            "senders": sender,
        }
        entry = _entry(row, means.rules, f"proposal {proposal_id}")
        known = _known(connection, entry)
        if known:
            merged = tuple(sorted({*known.senders, *entry.senders}))
            entry = Entry(
                entry.code, entry.name, entry.treasury or known.treasury, entry.sort,
                entry.software or known.software, entry.phone or known.phone, merged,
            )  # fmt: skip
        unit_id = _put(
            connection, known.id if known else None, entry, now, actor=actor, where=f"proposal {proposal_id}"
        )
        units.decide_proposal(connection, proposal_id, now, state="accepted", actor=actor, unit_id=unit_id)
        stands = units.find(connection, unit_id=unit_id)
    if stands is None:  # it was written in this very transaction
        raise NotFoundError(f"There is no unit {unit_id}.")
    return stands


def refuse(database: Database, means: Means, proposal_id: int, *, actor: str, reason: str) -> None:
    """Leave a proposed entry out of the directory. Raises NotFoundError and RefusalError."""
    if not reason.strip():
        raise RefusalError("A refusal needs a reason.")
    with database.write() as connection:
        _open_proposal(connection, proposal_id)
        units.decide_proposal(
            connection, proposal_id, means.clock.now(), state="refused", actor=actor, reason=reason
        )


def _open_proposal(connection: Connection, proposal_id: int) -> ProposalRow:
    found = next((one for one in units.proposals(connection, state=None) if one.id == proposal_id), None)
    if found is None:
        raise NotFoundError(
            f"There is no proposal {proposal_id}; triage units proposals shows what there is."
        )
    if found.state != "open":
        raise RefusalError(f"Proposal {proposal_id} was {found.state} by {found.decided_by} already.")
    return found
