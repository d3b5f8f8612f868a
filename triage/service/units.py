"""The directory of units as people keep it: imported and exported as CSV, and fed by registration forms."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import StringIO

from sqlalchemy import Connection

from triage.core.spreadsheet import harmless
from triage.core.units import UnitSort
from triage.db import units
from triage.db.engine import Database
from triage.db.units import ProposalRow, UnitRow
from triage.errors import NotFoundError, RefusedActError
from triage.service.means import Means
from triage.service.unitentries import COLUMNS, Entry, Where, entry_of, read_rows

Find = Callable[[Entry], UnitRow | None]
"""Finds the unit that an entry speaks of."""


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
    with database.write() as connection:
        trial = connection.begin_nested()
        done = bring_in(connection, means, text, actor=actor)
        if dry_run:
            trial.rollback()
        else:
            trial.commit()
    return done


def bring_in(connection: Connection, means: Means, text: str, *, actor: str) -> Imported:
    """Do what ``import_csv`` does in the transaction of its caller."""
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
        return take_out(connection, means, unit_id, actor=actor)


def take_out(connection: Connection, means: Means, unit_id: int, *, actor: str) -> UnitRow:
    """Do what ``remove`` does in the transaction of its caller."""
    found = of_id(connection, unit_id)
    units.remove(connection, unit_id, means.clock.now(), actor=actor)
    return found


def of_id(connection: Connection, unit_id: int, treasuries: Sequence[str] | None = None) -> UnitRow:
    """Give a unit, of one of these treasuries only where they are named. Raises NotFoundError."""
    found = units.find(connection, unit_id=unit_id)
    if found is None or (treasuries is not None and found.treasury not in treasuries):
        raise NotFoundError(f"There is no unit {unit_id}; triage units list shows what there is.")
    return found


def proposals(database: Database, *, state: str | None = "open") -> list[ProposalRow]:
    """Give what registration forms propose."""
    with database.read() as connection:
        return units.proposals(connection, state=state)


@dataclass(frozen=True, slots=True)
class Compared:
    """A proposal beside the directory: what accepting it would write, and the unit ``known`` that it changes.

    ``error`` is why it cannot be accepted as it is; then there is no entry.
    """

    proposal: ProposalRow
    entry: Entry | None = None
    known: UnitRow | None = None
    error: RefusedActError | None = None


def compared(database: Database, means: Means, most: int) -> tuple[list[Compared], int]:
    """Give the oldest open proposals, each beside the directory, and how many more there are."""
    with database.read() as connection:
        rows = units.proposals(connection)
        forms = [one.form for one in rows[:most]]
        found = units.among(connection, [one["code"] for one in forms], [one["name"] for one in forms])
    by_code = {one.code: one for one in found if one.code}
    by_name = {(one.name, one.treasury): one for one in found if not one.code}

    def known(entry: Entry) -> UnitRow | None:
        return by_code.get(entry.code) if entry.code else by_name.get((entry.name, entry.treasury))

    return [_compared(means, one, known) for one in rows[:most]], max(0, len(rows) - most)


def _compared(means: Means, proposal: ProposalRow, find: Find) -> Compared:
    try:
        entry, known = proposed(means, proposal, Where(), find)
    except RefusedActError as error:
        return Compared(proposal, error=error)
    return Compared(proposal, entry, known)


def accept(
    database: Database, means: Means, proposal_id: int, *, actor: str, treasury: str = "", sender: str = ""
) -> UnitRow:
    """Take a proposed entry into the directory; ``treasury`` and ``sender`` fill in what the form lacks.

    The address that the form came from is taken only where a person names it: anybody may send a form.
    Raises NotFoundError and RefusalError.
    """
    with database.write() as connection:
        return take_in(connection, means, proposal_id, actor=actor, treasury=treasury, sender=sender)


def take_in(
    connection: Connection, means: Means, proposal_id: int, *, actor: str, treasury: str, sender: str
) -> UnitRow:
    """Do what ``accept`` does in the transaction of its caller."""
    now, found = means.clock.now(), _open_proposal(connection, proposal_id)
    where = Where(f"proposal {proposal_id}")
    entry, known = proposed(
        means, found, where, partial(known_as, connection), treasury=treasury, sender=sender
    )
    unit_id = put(connection, known.id if known else None, entry, now, actor=actor, where=where)
    if not units.decide_proposal(
        connection, proposal_id, now, state="accepted", actor=actor, unit_id=unit_id
    ):
        raise _settled(_any_proposal(connection, proposal_id))
    return of_id(connection, unit_id)


def proposed(
    means: Means,
    proposal: ProposalRow,
    where: Where,
    find: Find,
    *,
    treasury: str = "",
    sender: str = "",
) -> tuple[Entry, UnitRow | None]:
    """Give the entry that accepting a form would write, and the unit that it would change, if any."""
    form = proposal.form
    row = {
        "code": form["code"],
        "name": form["name"],
        "treasury": treasury or form["treasury"],
        "class": UnitSort.CONNECTING.value if form["software"] else UnitSort.BUDGET.value,
        "software": form["software"],
        "phone": form["phone"],
        "senders": sender,
    }
    entry = entry_of(row, means.rules, where)
    known = find(entry)
    if known:
        merged = tuple(sorted({*known.senders, *entry.senders}))
        entry = Entry(
            entry.code, entry.name, entry.treasury or known.treasury, entry.sort,
            entry.software or known.software, entry.phone or known.phone, merged,
        )  # fmt: skip
    return entry, known


def refuse(database: Database, means: Means, proposal_id: int, *, actor: str, reason: str) -> None:
    """Leave a proposed entry out of the directory. Raises NotFoundError and RefusalError."""
    with database.write() as connection:
        leave_out(connection, means, proposal_id, actor=actor, reason=reason)


def leave_out(connection: Connection, means: Means, proposal_id: int, *, actor: str, reason: str) -> None:
    """Do what ``refuse`` does in the transaction of its caller."""
    if not reason.strip():
        raise RefusedActError("no_reason", "A refusal needs a reason.")
    _open_proposal(connection, proposal_id)
    now, why = means.clock.now(), reason.strip()
    if not units.decide_proposal(connection, proposal_id, now, state="refused", actor=actor, reason=why):
        raise _settled(_any_proposal(connection, proposal_id))


def _open_proposal(connection: Connection, proposal_id: int) -> ProposalRow:
    found = _any_proposal(connection, proposal_id)
    if found.state != "open":
        raise _settled(found)
    return found


def _any_proposal(connection: Connection, proposal_id: int) -> ProposalRow:
    found = units.proposal(connection, proposal_id)
    if found is None:
        raise NotFoundError(
            f"There is no proposal {proposal_id}; triage units proposals shows what there is."
        )
    return found


def _settled(found: ProposalRow) -> RefusedActError:
    told = f"Proposal {found.id} was {found.state} by {found.decided_by} already."
    return RefusedActError(f"proposal_{found.state}", told, who=found.decided_by)
