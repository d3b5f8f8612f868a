"""What registration forms (Decision 935) propose for the directory of units, and what is made of it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from sqlalchemy import Connection

from triage.core.tokens import hash_of
from triage.core.units import UnitSort
from triage.db import directorylock, units as rows
from triage.db.engine import Database
from triage.db.units import ProposalRow, UnitRow
from triage.errors import NotFoundError, RefusedActError
from triage.service import unitaudit, units
from triage.service.means import Means
from triage.service.unitentries import Entry, Where, entry_of

Find = Callable[[Entry], UnitRow | None]
"""Finds the unit that an entry speaks of."""


def proposals(database: Database, *, state: str | None = "open") -> list[ProposalRow]:
    """Give what registration forms propose."""
    with database.read() as connection:
        return rows.proposals(connection, state=state)


@dataclass(frozen=True, slots=True)
class Compared:
    """A proposal beside the directory: what accepting it would write, and the unit ``known`` that it changes.

    ``error`` is why it cannot be accepted as it is; then there is no entry.
    """

    proposal: ProposalRow
    entry: Entry | None = None
    known: UnitRow | None = None
    error: RefusedActError | None = None

    @property
    def seen(self) -> str:
        """What tells later whether it is still the same."""
        return mark(self.proposal, self.known)


def mark(proposal: ProposalRow, known: UnitRow | None) -> str:
    """Give what stands for a proposal and the unit that it would change, as they are now."""
    stands = asdict(known) if known else None
    return hash_of(json.dumps([dict(proposal.form), stands], sort_keys=True, default=str))


def compared(database: Database, means: Means, most: int) -> tuple[list[Compared], int]:
    """Give the oldest open proposals, each beside the directory, and how many more there are."""
    with database.read() as connection:
        waiting = rows.proposals(connection)
        forms = [one.form for one in waiting[:most]]
        found = rows.among(connection, [one["code"] for one in forms], [one["name"] for one in forms])
    by_code = {one.code: one for one in found if one.code}
    by_name = {(one.name, one.treasury): one for one in found if not one.code}

    def known(entry: Entry) -> UnitRow | None:
        return by_code.get(entry.code) if entry.code else by_name.get((entry.name, entry.treasury))

    return [_compared(means, one, known) for one in waiting[:most]], max(0, len(waiting) - most)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a person adds to a proposal that he accepts: what the form lacks, and the ``mark`` that he saw.

    ``seen`` is None where he was shown none, as at a terminal.
    """

    treasury: str = ""
    sender: str = ""
    seen: str | None = None


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
        taken = take_in(connection, means, proposal_id, Filled(treasury, sender), actor=actor)
        unitaudit.note(connection, means.clock.now(), actor, unitaudit.ACCEPTED, {"unit": taken.id})
    return taken


def take_in(connection: Connection, means: Means, proposal_id: int, filled: Filled, *, actor: str) -> UnitRow:
    """Do what ``accept`` does in the transaction of its caller.

    Raises RefusedActError also where it is not what was seen any more.
    """
    directorylock.hold(connection)
    now, found = means.clock.now(), _open_proposal(connection, proposal_id)
    where = Where(f"proposal {proposal_id}")
    entry, known = proposed(
        means,
        found,
        where,
        partial(units.known_as, connection),
        treasury=filled.treasury,
        sender=filled.sender,
    )
    if filled.seen is not None and filled.seen != mark(found, known):
        raise _unseen(found, known, filled.treasury)
    unit_id = units.put(connection, known.id if known else None, entry, now, actor=actor, where=where)
    if not rows.decide_proposal(connection, proposal_id, now, state="accepted", actor=actor, unit_id=unit_id):
        raise _settled(_any_proposal(connection, proposal_id))
    return units.of_id(connection, unit_id)


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
        unitaudit.note(connection, means.clock.now(), actor, unitaudit.REFUSED, {"proposal": proposal_id})


def leave_out(connection: Connection, means: Means, proposal_id: int, *, actor: str, reason: str) -> None:
    """Do what ``refuse`` does in the transaction of its caller."""
    if not reason.strip():
        raise RefusedActError("no_reason", "A refusal needs a reason.")
    directorylock.hold(connection)
    _open_proposal(connection, proposal_id)
    now, why = means.clock.now(), reason.strip()
    if not rows.decide_proposal(connection, proposal_id, now, state="refused", actor=actor, reason=why):
        raise _settled(_any_proposal(connection, proposal_id))


def _open_proposal(connection: Connection, proposal_id: int) -> ProposalRow:
    found = _any_proposal(connection, proposal_id)
    if found.state != "open":
        raise _settled(found)
    return found


def _unseen(found: ProposalRow, known: UnitRow | None, treasury: str) -> RefusedActError:
    """Say why accepting would do what nobody has seen: a change meanwhile, or another treasury's unit."""
    if known and treasury not in {"", found.form["treasury"]}:
        told = f"“{known.name}” stands in the directory already."
        return RefusedActError("unit_known", told, name=known.name)
    return RefusedActError("proposal_stale", f"Proposal {found.id} or its unit has changed meanwhile.")


def _any_proposal(connection: Connection, proposal_id: int) -> ProposalRow:
    found = rows.proposal(connection, proposal_id)
    if found is None:
        raise NotFoundError(
            f"There is no proposal {proposal_id}; triage units proposals shows what there is."
        )
    return found


def _settled(found: ProposalRow) -> RefusedActError:
    told = f"Proposal {found.id} was {found.state} by {found.decided_by} already."
    return RefusedActError(f"proposal_{found.state}", told, who=found.decided_by)
