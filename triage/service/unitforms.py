"""The directory of units as forms change it: each act once for its key, with a line in the audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.people import Person
from triage.db import acts, directorylock
from triage.db.engine import Database
from triage.db.units import UnitRow
from triage.errors import RefusedActError
from triage.service import registering, unitaudit, units
from triage.service.errands import done_before
from triage.service.means import Means
from triage.service.registering import Filled
from triage.service.unitaudit import ACCEPTED, ADDED, CHANGED, IMPORTED, REFUSED, REMOVED
from triage.service.unitentries import Where, entry_of, read_rows
from triage.service.units import Imported

MOST_ROWS = 1_000
"""Rows of a file that a page takes in; more are brought in from a terminal, where nobody waits for a page."""


@dataclass(frozen=True, slots=True)
class UnitForm:
    """One form: who sent it and from where, its key, the digest of what was filled in."""

    person: Person
    key: str
    network: str
    digest: str


Written = Mapping[str, str]
"""What a form says of a unit, by the columns of the CSV file."""


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One line of a file as a trial found it: ``known`` is the unit that it would change.

    ``error`` is why it cannot be brought in; ``same`` that it says nothing new.
    """

    number: int
    name: str
    known: UnitRow | None = None
    same: bool = False
    error: RefusedActError | None = None


def add(
    database: Database, means: Means, form: UnitForm, written: Written, tell: Callable[[UnitRow], str]
) -> int:
    """Write a new unit and give its id; ``tell`` makes the sentence about it. Raises RefusedActError."""

    def act(connection: Connection, now: datetime) -> _Done:
        entry = entry_of(written, means.rules, Where())
        directorylock.hold(connection)
        if known := units.known_as(connection, entry):
            told = f"“{known.name}” stands in the directory already."
            raise RefusedActError("unit_known", told, name=known.name)
        unit_id = units.put(connection, None, entry, now, actor=form.person.name, where=Where())
        return _Done(tell(units.of_id(connection, unit_id)), {"unit": unit_id})

    return int(_once(database, means, form, ADDED, act)["unit"])


def change(
    database: Database,
    means: Means,
    form: UnitForm,
    unit_id: int,
    written: Written,
    tell: Callable[[UnitRow], str],
    *,
    was: str,
) -> None:
    """Change a unit; ``was`` is the moment of its last change as the form knew it (ISO 8601).

    Raises NotFoundError, and RefusedActError where somebody else has changed it since.
    """

    def act(connection: Connection, now: datetime) -> _Done:
        directorylock.hold(connection)
        known = units.of_id(connection, unit_id)
        entry = entry_of(written, means.rules, Where())
        if units.is_same(known, entry):
            raise RefusedActError("unit_same", "The unit says that already.")
        if known.changed_at.isoformat() != was:
            told = f"{known.changed_by} has changed the unit meanwhile."
            raise RefusedActError("unit_changed", told, who=known.changed_by)
        units.put(connection, unit_id, entry, now, actor=form.person.name, where=Where())
        return _Done(tell(units.of_id(connection, unit_id)), {"unit": unit_id})

    _once(database, means, form, CHANGED, act)


def remove(
    database: Database, means: Means, form: UnitForm, unit_id: int, tell: Callable[[UnitRow], str]
) -> None:
    """Take a unit out of the directory. Raises NotFoundError."""

    def act(connection: Connection, now: datetime) -> _Done:
        del now
        return _Done(
            tell(units.take_out(connection, means, unit_id, actor=form.person.name)), {"unit": unit_id}
        )

    _once(database, means, form, REMOVED, act)


def accept(
    database: Database,
    means: Means,
    form: UnitForm,
    proposal_id: int,
    filled: Filled,
    tell: Callable[[UnitRow], str],
) -> None:
    """Take what a registration form proposes into the directory. Raises as ``registering.take_in``."""

    def act(connection: Connection, now: datetime) -> _Done:
        del now
        taken = registering.take_in(connection, means, proposal_id, filled, actor=form.person.name)
        return _Done(tell(taken), {"unit": taken.id})

    _once(database, means, form, ACCEPTED, act)


def refuse(
    database: Database, means: Means, form: UnitForm, proposal_id: int, told: str, *, reason: str
) -> None:
    """Leave what a registration form proposes out of the directory. Raises as ``registering.refuse``."""

    def act(connection: Connection, now: datetime) -> _Done:
        del now
        registering.leave_out(connection, means, proposal_id, actor=form.person.name, reason=reason)
        return _Done(told, {"proposal": proposal_id})

    _once(database, means, form, REFUSED, act)


def bring_in(
    database: Database, means: Means, form: UnitForm, text: str, tell: Callable[[Imported], str]
) -> None:
    """Bring in a file, all of it or, at the first mistake, nothing. Raises RefusedActError."""

    def act(connection: Connection, now: datetime) -> _Done:
        del now
        done = units.bring_in(connection, means, text, actor=form.person.name)
        return _Done(tell(done), done.counted)

    _once(database, means, form, IMPORTED, act)


def try_file(database: Database, means: Means, text: str, *, actor: str) -> list[TriedLine]:
    """Say of every line of a file what bringing it in would do, and do nothing.

    Each line is tried on what the lines before it would have written; one that is wrong writes nothing.
    Raises RefusedActError for what is no such file, or too long a one.
    """
    rows = list(read_rows(text))
    if len(rows) > MOST_ROWS:
        told = f"The file has {len(rows):,} rows; a page takes {MOST_ROWS:,}."
        raise RefusedActError("unit_rows", told, rows=len(rows), most=MOST_ROWS)
    with database.write() as connection:
        directorylock.hold(connection)
        trial = connection.begin_nested()
        tried = [_try(connection, means, line, row, actor=actor) for line, row in rows]
        trial.rollback()
    return tried


def _try(
    connection: Connection, means: Means, line: int, row: Mapping[str, str | None], *, actor: str
) -> TriedLine:
    where = Where(f"line {line}", line)
    name = (row.get("name") or "")[:200]
    try:
        entry = entry_of(row, means.rules, where)
        known = units.known_as(connection, entry)
        if known and units.is_same(known, entry):
            return TriedLine(line, name, known, same=True)
        unit_id = known.id if known else None
        units.put(connection, unit_id, entry, means.clock.now(), actor=actor, where=where)
    except RefusedActError as error:
        return TriedLine(line, name, error=error)
    return TriedLine(line, name, known)


@dataclass(frozen=True, slots=True)
class _Done:
    """The sentence about an act, and the numbers that the audit keeps of it: no names, no addresses."""

    told: str
    data: Mapping[str, Any]


def _once(
    database: Database,
    means: Means,
    form: UnitForm,
    action: str,
    act: Callable[[Connection, datetime], _Done],
) -> Mapping[str, Any]:
    with database.write() as connection:
        now = means.clock.now()
        if not acts.begin(connection, form.key, form.person.id, action, now):
            return done_before(connection, form.key, form.person, action, form.digest)
        done = act(connection, now)
        unitaudit.note(connection, now, form.person.name, action, done.data, network=form.network)
        result = {"told": done.told, "form": form.digest, **done.data}
        acts.finish(connection, form.key, result)
    return result
