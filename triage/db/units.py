"""The directory of units: who writes from which address, and which treasury is theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)

from triage.core.onespelling import one_spelling, spellings
from triage.core.text import fold
from triage.core.units import UnitBy, UnitFact, UnitSort
from triage.db.schema import LISTED, mails, tickets, unit_proposals, unit_senders, units

MOST_LISTED = 1_000

_COLUMNS = (units.c.id, units.c.code, units.c.name, units.c.treasury, units.c.sort, units.c.software)
_BY_SENDER = (
    select(*_COLUMNS, unit_senders.c.sender)
    .join(unit_senders, unit_senders.c.unit_id == units.c.id)
    .where(LISTED, unit_senders.c.sender.in_(bindparam("senders", expanding=True)))
    .limit(20)
)
_BY_CODE = select(*_COLUMNS).where(LISTED, units.c.code.in_(bindparam("codes", expanding=True)))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as it stands in the directory; moments are aware, ``senders`` addresses and domains."""

    id: int
    code: str
    name: str
    treasury: str
    sort: str
    software: str
    phone: str
    senders: tuple[str, ...]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """An entry that a registration form proposes, and what became of it."""

    id: int
    mail_id: int
    ticket_code: str | None
    sender: str
    form: Mapping[str, Any]
    created_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    unit_id: int | None


def matching(connection: Connection, sender: str, codes: Sequence[str]) -> tuple[UnitFact | None, bool]:
    """Give the unit of an address, else of its domain where that is one unit's alone, else of a number.

    Several numbers in one mail name nobody. The second value says whether the very domain of the address is
    that of several units, who are strangers to one another.
    """
    sender = one_spelling(sender)
    domains = _domains(sender)
    known = _by_spelling(connection, [sender, *domains]) if sender else {}
    shared = bool(domains) and len({row.id for row in known.get(domains[0], ())}) > 1
    for wanted in (sender, *domains):
        if found := known.get(wanted):
            if len(found) == 1:
                return _fact(found[0], UnitBy.ADDRESS if wanted == sender else UnitBy.DOMAIN), shared
            break
    named = connection.execute(_BY_CODE, {"codes": codes}).all() if codes else []
    return _fact(named[0], UnitBy.CODE) if len(named) == len(codes) == 1 else None, shared


def _by_spelling(connection: Connection, senders: Sequence[str]) -> dict[str, list[Any]]:
    """Give the rows of units by what they are known by, each in its one spelling."""
    asked = [form for one in senders for form in spellings(one)]
    known: dict[str, list[Any]] = {}
    for row in connection.execute(_BY_SENDER, {"senders": asked}):
        known.setdefault(one_spelling(row.sender), []).append(row)
    return known


def _domains(sender: str) -> list[str]:
    labels = sender.rpartition("@")[2].split(".")[-6:]
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _fact(row: Any, by: UnitBy) -> UnitFact:  # noqa: ANN401 - a row of either query
    return UnitFact(row.id, row.code or "", row.name, row.treasury, UnitSort(row.sort), row.software, by)


def find(connection: Connection, *, unit_id: int | None = None, code: str = "") -> UnitRow | None:
    """Give one unit by its id or its number."""
    condition = units.c.id == unit_id if unit_id is not None else units.c.code == code
    return next(iter(_rows(connection, condition)), None)


def by_name(connection: Connection, name: str, treasury: str) -> UnitRow | None:
    """Give the unit of a name and a treasury that has no number."""
    condition = (units.c.name == name) & (units.c.treasury == treasury) & units.c.code.is_(None)
    return next(iter(_rows(connection, condition)), None)


def among(connection: Connection, codes: Sequence[str], names: Sequence[str]) -> list[UnitRow]:
    """Give the units of these numbers, and those without a number that have one of these names."""
    nameless = units.c.code.is_(None) & units.c.name.in_(names)
    return _rows(connection, or_(units.c.code.in_([one for one in codes if one]), nameless))


def rows(connection: Connection, *, like: str = "", limit: int | None = MOST_LISTED) -> list[UnitRow]:
    """Give units by name; with ``like`` those whose name, number or sender holds these characters.

    Names are compared without tones and case, which no database does of itself.
    """
    if not like:
        return _rows(connection, None, limit)
    return page(connection, like=like, size=limit or MOST_LISTED).rows


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two units of the directory, which stands by name: after the one of this name and id."""

    name: str
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some units; ``after`` is where the next page begins, None on the last one."""

    rows: list[UnitRow]
    after: Place | None = None


def page(
    connection: Connection,
    *,
    like: str = "",
    treasuries: Sequence[str] | None = None,
    after: Place | None = None,
    size: int,
) -> Page:
    """Give up to ``size`` units by name, from a place on.

    ``like`` is looked for in names without regard to case and tones, in numbers, addresses and domains;
    ``treasuries`` are the codes of treasuries whose units are meant, None for all.
    """
    wanted = fold(like)
    told = _holds(like, wanted) if wanted else true()
    query = select(units.c.id, units.c.name, told.label("told")).where(LISTED)
    if treasuries is not None:
        query = query.where(units.c.treasury.in_(treasuries))
    if after is not None:
        query = query.where(tuple_(units.c.name, units.c.id) > tuple_(literal(after.name), literal(after.id)))
    query = query.order_by(units.c.name, units.c.id)
    if not wanted:
        ids = [row.id for row in connection.execute(query.limit(size + 1))]
    else:
        query = query.where(or_(told, ~_IS_FOLDED))
        with connection.execute(query, execution_options={"yield_per": size + 1}) as found:
            fitting = (row.id for row in found if row.told or wanted in fold(row.name))
            ids = list(islice(fitting, size + 1))
    rows = _rows(connection, units.c.id.in_(ids[:size]))
    last = rows[-1] if len(ids) > size and rows else None
    return Page(rows, Place(last.name, last.id) if last else None)


_IS_FOLDED = and_(
    units.c.folded.is_not(None), func.coalesce(units.c.folded_for == units.c.changed_at, false())
)
"""Whether the folded form of a name is that of the name as it stands; else the name itself is looked at."""


def _holds(like: str, folded: str) -> ColumnElement[bool]:
    """Whether name, number, address or domain of a unit holds some characters, as far as SQL can tell."""
    sender = unit_senders.c.sender.contains(like.lower(), autoescape=True)
    return or_(
        and_(_IS_FOLDED, units.c.folded.contains(folded, autoescape=True)),
        func.coalesce(units.c.code, "").contains(like, autoescape=True),
        units.c.id.in_(select(unit_senders.c.unit_id).where(sender)),
    )


def _rows(connection: Connection, condition: Any, limit: int | None = MOST_LISTED) -> list[UnitRow]:  # noqa: ANN401 - any SQL condition
    query = select(units).where(LISTED).order_by(units.c.name, units.c.id).limit(limit)
    found = connection.execute(query if condition is None else query.where(condition)).all()
    known = select(unit_senders).where(unit_senders.c.unit_id.in_([row.id for row in found]))
    senders: dict[int, list[str]] = {}
    for row in connection.execute(known.order_by(unit_senders.c.sender)):
        senders.setdefault(row.unit_id, []).append(row.sender)
    return [
        UnitRow(
            row.id,
            row.code or "",
            row.name,
            row.treasury,
            row.sort,
            row.software,
            row.phone,
            tuple(senders.get(row.id, ())),
            row.changed_at,
            row.changed_by,
        )
        for row in found
    ]


def put(
    connection: Connection, unit_id: int | None, values: Mapping[str, Any], senders: Sequence[str]
) -> int:
    """Write a unit, new or known, with all its addresses and domains; gives its id.

    Raises IntegrityError where another unit has the number.
    """
    values = {**values, "folded": fold(values["name"]), "folded_for": values["changed_at"]}
    if unit_id is None:
        unit_id = connection.execute(units.insert().values(**values).returning(units.c.id)).scalar_one()
    else:
        connection.execute(update(units).where(units.c.id == unit_id).values(**values))
        connection.execute(delete(unit_senders).where(unit_senders.c.unit_id == unit_id))
    if senders:
        connection.execute(
            unit_senders.insert(), [{"unit_id": unit_id, "sender": one} for one in dict.fromkeys(senders)]
        )
    return unit_id


def remove(connection: Connection, unit_id: int, now: datetime, *, actor: str) -> None:
    """Take a unit out of the directory; the row stays."""
    values = {"removed_at": now, "changed_at": now, "changed_by": actor}
    connection.execute(update(units).where(units.c.id == unit_id).values(**values))


def owner_of(connection: Connection, sender: str, *, but: int | None) -> str | None:
    """Give the name of another unit that an address belongs to."""
    query = (
        select(units.c.name)
        .join(unit_senders, unit_senders.c.unit_id == units.c.id)
        .where(LISTED, unit_senders.c.sender == sender)
        .limit(1)
    )
    return connection.scalar(query if but is None else query.where(units.c.id != but))


def propose(
    connection: Connection, mail_id: int, sender: str, form: Mapping[str, Any], now: datetime
) -> None:
    """Keep what a registration form proposes, for a person to look at."""
    connection.execute(
        unit_proposals.insert().values(mail_id=mail_id, sender=sender, form=dict(form), created_at=now)
    )


def proposals(connection: Connection, *, state: str | None = "open") -> list[ProposalRow]:
    """Give proposals, the oldest first."""
    return _proposals(connection, unit_proposals.c.state == state if state else None)


def proposal(connection: Connection, proposal_id: int) -> ProposalRow | None:
    """Give one proposal."""
    return next(iter(_proposals(connection, unit_proposals.c.id == proposal_id)), None)


def count_open(connection: Connection) -> int:
    """Count the proposals that nobody has settled."""
    still = unit_proposals.c.state == "open"
    return connection.scalar(select(func.count()).select_from(unit_proposals).where(still)) or 0


def _proposals(connection: Connection, condition: ColumnElement[bool] | None) -> list[ProposalRow]:
    names = [name for name in ProposalRow.__dataclass_fields__ if name != "ticket_code"]
    query = (
        select(*(unit_proposals.c[name] for name in names), tickets.c.code.label("ticket_code"))
        .join(mails, mails.c.id == unit_proposals.c.mail_id)
        .join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)
        .order_by(unit_proposals.c.id)
        .limit(MOST_LISTED)
    )
    chosen = query if condition is None else query.where(condition)
    return [ProposalRow(**row._mapping) for row in connection.execute(chosen)]  # noqa: SLF001 - the public way to a row's names


def decide_proposal(
    connection: Connection,
    proposal_id: int,
    now: datetime,
    *,
    state: str,
    actor: str,
    reason: str = "",
    unit_id: int | None = None,
) -> bool:
    """Settle an open proposal; tells whether it was open."""
    result = connection.execute(
        update(unit_proposals)
        .where(unit_proposals.c.id == proposal_id, unit_proposals.c.state == "open")
        .values(state=state, decided_at=now, decided_by=actor, reason=reason, unit_id=unit_id)
    )
    return result.rowcount > 0


def count_of(connection: Connection, treasuries: Sequence[str]) -> int:
    """Count the units of the treasuries of these codes."""
    query = select(func.count()).select_from(units).where(LISTED, units.c.treasury.in_(treasuries))
    return connection.scalar(query) or 0


def count(connection: Connection) -> int:
    """Count the units in the directory."""
    return connection.scalar(select(func.count()).select_from(units).where(LISTED)) or 0
