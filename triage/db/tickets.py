"""Tickets: their rows, opened, changed and found.

Rows are locked by FOR NO KEY UPDATE: of two who change a ticket one waits, and nobody who only writes a line,
notice or link that names it, which a plain FOR UPDATE would hold up (PostgreSQL manual, 13.3.2).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, case, or_, select, text, update

from triage.core.text import fold
from triage.core.tickets import TicketStatus
from triage.db import handovers, searchsources
from triage.db.schema import OF_A_UNIT, OPEN, mails, tickets

RESTING = frozenset({TicketStatus.WAITING.value, TicketStatus.SNOOZED.value})
"""States in which nobody works on a ticket, and which a mail of its unit ends."""

RUNS = or_(tickets.c.paused_at.is_(None), tickets.c.status.not_in(RESTING))
"""The working time of a ticket runs; ``TicketRow.stands_since`` says the same of a row."""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket as lists show it. Times are UTC."""

    id: int
    code: str
    queue: str
    treasury: str | None
    status: str
    subject: str
    requester_name: str
    requester_address: str
    category: str
    priority: int
    verdict: str
    assignee: str | None
    opened_at: datetime
    due_at: datetime | None
    updated_at: datetime
    closed_at: datetime | None
    version: int
    excerpt: str
    unit_name: str
    answered_at: datetime | None
    outcome: str | None
    snoozed_until: datetime | None
    merged_into: int | None
    unit_id: int | None
    clock_from: datetime | None
    paused_at: datetime | None
    paused_seconds: int | None

    @property
    def started_at(self) -> datetime:
        """From when its working time is counted: since it was opened, or opened again."""
        return self.clock_from or self.opened_at

    @property
    def stands_since(self) -> datetime | None:
        """Since when its working time stands still; None where it runs.

        What the release before took up again has the mark still, so the state is asked as well.
        """
        return self.paused_at if self.status in RESTING else None


_OPEN = tickets.insert().returning(tickets.c.id)


def open_ticket(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new ticket and give its id."""
    ticket_id: int = connection.execute(_OPEN, values).scalar_one()
    searchsources.write_new_head(connection, ticket_id, values)
    return ticket_id


def change(connection: Connection, ticket_id: int, now: datetime, **values: Any) -> None:  # noqa: ANN401 - same
    """Change columns of a ticket."""
    connection.execute(_changing(now, values).where(tickets.c.id == ticket_id))
    if "queue" in values:
        handovers.end_elsewhere(connection, ticket_id, values["queue"], now)
    if searchsources.HEAD & values.keys():
        searchsources.write_head(connection, ticket_id)


def _changing(now: datetime, values: dict[str, Any]) -> Update:
    return update(tickets).values(updated_at=now, version=tickets.c.version + 1, **values)


def change_from(
    connection: Connection,
    ticket_id: int,
    before: TicketStatus,
    now: datetime,
    **values: Any,  # noqa: ANN401 - same
) -> bool:
    """Change columns of a ticket that stands so, and tell whether it did: of two people who act, one wins."""
    result = connection.execute(
        _changing(now, values).where(tickets.c.id == ticket_id, tickets.c.status == before.value)
    )
    if result.rowcount and "queue" in values:
        handovers.end_elsewhere(connection, ticket_id, values["queue"], now)
    return result.rowcount > 0


def rested(connection: Connection, now: datetime) -> list[TicketRow]:
    """Give the tickets whose rest is over, and let nobody else change them meanwhile."""
    query = (
        _rows()
        .where(text("status = 'snoozed'"), tickets.c.snoozed_until <= now)
        .order_by(tickets.c.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [TicketRow(*tuple(row)) for row in connection.execute(query)]


def wake(
    connection: Connection,
    ticket_id: int,
    now: datetime,
    *,
    reopen_due_at: datetime | None,
    reopen_as: TicketStatus = TicketStatus.NEW,
    **clock: Any,  # noqa: ANN401 - column values
) -> None:
    """Note that the requester wrote again: what waited for them goes on, what was closed begins anew.

    ``reopen_due_at`` is the new deadline of a closed ticket; None where the ticket was not closed. ``clock``
    are the columns of its working time.
    """
    if reopen_due_at is not None:
        change(
            connection,
            ticket_id,
            now,
            status=reopen_as.value,
            closed_at=None,
            outcome=None,
            due_at=reopen_due_at,
            **clock,
        )
        return
    status = case((tickets.c.status.in_(RESTING), TicketStatus.IN_PROGRESS.value), else_=tickets.c.status)
    change(connection, ticket_id, now, status=status, snoozed_until=None, **clock)


def supply(connection: Connection, ticket_id: int, parts: Collection[str]) -> None:
    """Note which parts of a request a later mail has brought, where the first one lacked any."""
    lacking = connection.scalar(select(tickets.c.lacking).where(tickets.c.id == ticket_id))
    left = ",".join(part for part in (lacking or "").split(",") if part not in parts)
    if lacking and left != lacking:
        connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(lacking=left))


def of_mail(connection: Connection, mail_id: int) -> tuple[int | None, str | None]:
    """Give id and code of the ticket that a mail belongs to, or None twice."""
    row = connection.execute(
        select(tickets.c.id, tickets.c.code)
        .join(mails, mails.c.ticket_id == tickets.c.id)
        .where(mails.c.id == mail_id)
    ).first()
    return (row.id, row.code) if row else (None, None)


def _rows() -> Select[Any]:
    return select(*(tickets.c[name] for name in TicketRow.__dataclass_fields__))


def find(
    connection: Connection, code: str, *, visible: ColumnElement[bool] | None = None, lock: bool = False
) -> TicketRow | None:
    """Give the ticket with that code; with ``visible`` only where that condition lets it be seen.

    With ``lock`` nobody else changes it before this transaction ends.
    """
    query = _rows().where(tickets.c.code == code)
    query = query if visible is None else query.where(visible)
    row = connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    return TicketRow(*tuple(row)) if row else None


def find_by_id(
    connection: Connection, ticket_id: int, *, visible: ColumnElement[bool], lock: bool = False
) -> TicketRow | None:
    """Give the ticket with that id where ``visible`` lets it be seen."""
    query = _rows().where(tickets.c.id == ticket_id, visible)
    row = connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    return TicketRow(*tuple(row)) if row else None


def locked(connection: Connection, codes: Sequence[str], *, visible: ColumnElement[bool]) -> list[TicketRow]:
    """Give those of these tickets that ``visible`` lets be seen, and let nobody else change them meanwhile.

    They are locked in the order of their ids, so that two acts on the same tickets never wait crosswise.
    """
    query = (
        _rows()
        .where(tickets.c.code.in_(codes), visible)
        .order_by(tickets.c.id)
        .with_for_update(key_share=True)
    )
    return [TicketRow(*tuple(row)) for row in connection.execute(query)]


def by_ids(connection: Connection, ids: Sequence[int], *, lock: bool = False) -> list[TicketRow]:
    """Give tickets in the order of their ids; with ``lock`` nobody else changes them meanwhile."""
    query = _rows().where(tickets.c.id.in_(ids)).order_by(tickets.c.id)
    rows = connection.execute(query.with_for_update(key_share=True) if lock else query)
    return [TicketRow(*tuple(row)) for row in rows]


def listed(  # noqa: PLR0913 - one for each option of the list
    connection: Connection,
    *,
    queue: str | None = None,
    status: str | None = None,
    assignee: str | None = None,
    overdue_at: datetime | None = None,
    sender: str = "",
    text: str = "",
    limit: int | None = None,
) -> list[TicketRow]:
    """Give tickets, the newest first; closed ones too unless a status or ``overdue_at`` is asked for.

    ``sender`` is looked for in the requester's name and address, ``text`` in the subject, both without regard
    to case and tones. That is compared here, since no database folds Vietnamese as ``fold`` does.
    """
    query = _rows().order_by(tickets.c.id.desc())
    if queue:
        query = query.where(tickets.c.queue == queue)
    if status:
        query = query.where(tickets.c.status == status)
    if assignee:
        query = query.where(tickets.c.assignee == assignee)
    if overdue_at:
        late = tickets.c.due_at < overdue_at
        query = query.where(late, tickets.c.status != TicketStatus.CLOSED.value, RUNS)
    if not (sender or text):
        return [TicketRow(*tuple(row)) for row in connection.execute(query.limit(limit))]
    wanted_sender, wanted_text = fold(sender), fold(text)
    rows = connection.execute(query, execution_options={"yield_per": 500})
    found = (TicketRow(*tuple(row)) for row in rows)
    fitting = (
        row
        for row in found
        if wanted_sender in fold(f"{row.requester_name} {row.requester_address}")
        and wanted_text in fold(row.subject)
    )
    return list(islice(fitting, limit))


def of_unit(
    connection: Connection,
    unit_id: int,
    addresses: Sequence[str],
    visible: ColumnElement[bool],
    *,
    limit: int,
) -> list[TicketRow]:
    """Give the tickets that came from a unit or from one of its addresses, the newest first."""
    theirs = or_(and_(OF_A_UNIT, tickets.c.unit_id == unit_id), tickets.c.requester_address.in_(addresses))
    query = _rows().where(theirs, visible).order_by(tickets.c.id.desc()).limit(limit)
    return [TicketRow(*tuple(row)) for row in connection.execute(query)]


def waiting(connection: Connection, visible: ColumnElement[bool], *, limit: int) -> list[TicketRow]:
    """Give tickets that are not closed, the oldest deadline first."""
    query = _rows().where(OPEN, visible).order_by(tickets.c.due_at, tickets.c.id).limit(limit)
    return [TicketRow(*tuple(row)) for row in connection.execute(query)]


def next_to_work(
    connection: Connection, visible: ColumnElement[bool], name: str, queue: str, *, but: str
) -> str | None:
    """Give the code of an open ticket that waits for work: this person's, then nobody's in that queue."""
    at_work = tickets.c.status.in_([TicketStatus.NEW.value, TicketStatus.IN_PROGRESS.value])
    nobodys = tickets.c.assignee.is_(None) & ~handovers.at_province()
    for mine in (tickets.c.assignee == name, nobodys & (tickets.c.queue == queue), nobodys):
        query = select(tickets.c.code).where(OPEN, at_work, visible, mine, tickets.c.code != but)
        found: str | None = connection.scalar(query.order_by(tickets.c.due_at, tickets.c.id).limit(1))
        if found is not None:
            return found
    return None


def mail_ids(connection: Connection, ticket_id: int) -> list[int]:
    """Give the ids of the mails that belong to a ticket, in order of receipt."""
    query = select(mails.c.id).where(mails.c.ticket_id == ticket_id).order_by(mails.c.received_at, mails.c.id)
    return list(connection.scalars(query))
