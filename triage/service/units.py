"""The directory of units as people keep it: imported and exported as CSV, each act in the audit."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from sqlalchemy import Connection

from triage.core.spreadsheet import harmless
from triage.db import directorylock, units
from triage.db.engine import Database
from triage.db.units import UnitRow
from triage.errors import NotFoundError
from triage.service import unitaudit
from triage.service.means import Means
from triage.service.unitentries import COLUMNS, Entry, Where, entry_of, read_rows


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    added: int
    changed: int
    same: int

    @property
    def counted(self) -> Mapping[str, int]:
        """What the audit keeps of it."""
        return {"added": self.added, "changed": self.changed}


def import_csv(database: Database, means: Means, text: str, *, actor: str, dry_run: bool = False) -> Imported:
    """Bring a CSV file into the directory: all of it or, at the first mistake, nothing.

    A row is the unit of its number, else of its name and treasury. Raises RefusalError, naming the line.
    """
    with database.write() as connection:
        trial = connection.begin_nested()
        done = bring_in(connection, means, text, actor=actor)
        if dry_run:
            trial.rollback()
        else:
            trial.commit()
            unitaudit.note(connection, means.clock.now(), actor, unitaudit.IMPORTED, done.counted)
    return done


def bring_in(connection: Connection, means: Means, text: str, *, actor: str) -> Imported:
    """Do what ``import_csv`` does in the transaction of its caller."""
    directorylock.hold(connection)
    now = means.clock.now()
    added = changed = same = 0
    for line, row in read_rows(text):
        where = Where(f"line {line}", line)
        entry = entry_of(row, means.rules, where)
        known = known_as(connection, entry)
        if known and is_same(known, entry):
            same += 1
            continue
        put(connection, known.id if known else None, entry, now, actor=actor, where=where)
        added, changed = (added, changed + 1) if known else (added + 1, changed)
    return Imported(added, changed, same)


def known_as(connection: Connection, entry: Entry) -> UnitRow | None:
    """Give the unit that an entry speaks of: that of its number, else of its name and treasury."""
    if entry.code:
        return units.find(connection, code=entry.code)
    return units.by_name(connection, entry.name, entry.treasury)


def is_same(known: UnitRow, entry: Entry) -> bool:
    """Whether a unit stands in the directory just as an entry says."""
    stands = (known.code, known.name, known.treasury, known.sort, known.software, known.phone, known.senders)
    return stands == (
        entry.code, entry.name, entry.treasury, entry.sort.value, entry.software, entry.phone, entry.senders
    )  # fmt: skip


def put(
    connection: Connection, unit_id: int | None, entry: Entry, now: datetime, *, actor: str, where: Where
) -> int:
    """Write a unit, new or known, and give its id.

    Raises RefusedActError where a number or an address belongs to another one.
    """
    other = units.find(connection, code=entry.code) if entry.code else None
    if other and other.id != unit_id:
        sentence = f"{entry.code} is the number of “{other.name}” already."
        raise where.wrong("unit_code_taken", sentence, written=entry.code, owner=other.name)
    for sender in entry.senders:
        if "@" in sender and (owner := units.owner_of(connection, sender, but=unit_id)):
            sentence = f"{sender} belongs to “{owner}” already."
            raise where.wrong("unit_owned", sentence, written=sender, owner=owner)
    values = {
        "code": entry.code or None,
        "name": entry.name,
        "treasury": entry.treasury,
        "sort": entry.sort.value,
        "software": entry.software,
        "phone": entry.phone,
        "changed_at": now,
        "changed_by": actor,
    }
    return units.put(connection, unit_id, values, entry.senders)


def export_csv(database: Database, like: str = "", treasuries: Sequence[str] | None = None) -> Iterator[str]:
    """Give the directory as lines of CSV that can be imported again; no cell can act as a formula.

    ``like`` and ``treasuries`` as in ``db.units.page``. It is read a part at a time, so that nobody waits
    for whoever saves it slowly.
    """
    yield _line(COLUMNS)
    after = None
    while True:
        with database.read() as connection:
            found = units.page(
                connection, like=like, treasuries=treasuries, after=after, size=units.MOST_LISTED
            )
        for row in found.rows:
            senders = " ".join(row.senders)
            yield _line((row.code, row.name, row.treasury, row.sort, row.software, row.phone, senders))
        if found.after is None:
            return
        after = found.after


def _line(cells: Sequence[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def listed(database: Database, like: str = "") -> list[UnitRow]:
    """Give the units whose name, number or sender holds these characters."""
    with database.read() as connection:
        return units.rows(connection, like=like.strip())


def remove(database: Database, means: Means, unit_id: int, *, actor: str) -> UnitRow:
    """Take a unit out of the directory. Raises NotFoundError."""
    with database.write() as connection:
        found = take_out(connection, means, unit_id, actor=actor)
        unitaudit.note(connection, means.clock.now(), actor, unitaudit.REMOVED, {"unit": unit_id})
    return found


def take_out(connection: Connection, means: Means, unit_id: int, *, actor: str) -> UnitRow:
    """Do what ``remove`` does in the transaction of its caller."""
    directorylock.hold(connection)
    found = of_id(connection, unit_id)
    units.remove(connection, unit_id, means.clock.now(), actor=actor)
    return found


def of_id(connection: Connection, unit_id: int, treasuries: Sequence[str] | None = None) -> UnitRow:
    """Give a unit, of one of these treasuries only where they are named. Raises NotFoundError."""
    found = units.find(connection, unit_id=unit_id)
    if found is None or (treasuries is not None and found.treasury not in treasuries):
        raise NotFoundError(f"There is no unit {unit_id}; triage units list shows what there is.")
    return found
