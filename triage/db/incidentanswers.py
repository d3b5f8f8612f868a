"""Answers to all tickets of an incident: who wrote and approved them, and to which tickets they went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from triage.core.erased import without_address
from triage.db.mentions import holding
from triage.db.schema import (
    DUE,
    OPEN,
    STANDING,
    incident_answers,
    incident_letters,
    incident_tickets,
    tickets,
)
from triage.db.upsert import Upsert

PROPOSED = "proposed"
APPROVED = "approved"
DROPPED = "dropped"

SKIPPED_CLOSED = "closed"
SKIPPED_LEFT = "left"
SKIPPED_NOBODY = "nobody"
SKIPPED_UNWRITTEN = "unwritten"
"""Why a ticket got no letter: it was closed, it left the incident, nobody on it may be answered, or the
letter could not be written; the log says why.
"""


@dataclass(frozen=True, slots=True)
class IncidentAnswer:
    """One answer; ``due``, ``written`` and ``skipped`` count the tickets that it goes to. Times are UTC."""

    id: int
    incident_id: int
    state: str
    body: str
    writer: str
    written_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    outcome: str | None
    due: int = 0
    written: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class DueLetter:
    """One letter that is still to be written."""

    answer_id: int
    ticket_id: int


_COLUMNS = tuple(
    incident_answers.c[name] for name in IncidentAnswer.__dataclass_fields__ if name in incident_answers.c
)
_ADD_LETTER = Upsert(incident_letters, lambda insert: insert.on_conflict_do_nothing())


def add(connection: Connection, incident_id: int, state: str, body: str, writer: str, now: datetime) -> int:
    """Write an answer down and give its number."""
    values = {
        "incident_id": incident_id,
        "state": state,
        "body": body,
        "writer": writer,
        "written_at": now,
    }
    statement = incident_answers.insert().values(**values).returning(incident_answers.c.id)
    number: int = connection.execute(statement).scalar_one()
    return number


def decide(
    connection: Connection,
    number: int,
    state: str,
    now: datetime,
    *,
    actor: str,
    body: str | None = None,
    outcome: str | None = None,
) -> bool:
    """Approve or drop a proposed answer; False where somebody was faster."""
    statement = (
        update(incident_answers)
        .where(incident_answers.c.id == number, incident_answers.c.state == PROPOSED)
        .values(
            state=state,
            decided_by=actor,
            decided_at=now,
            outcome=outcome,
            **({} if body is None else {"body": body}),
        )
    )
    return connection.execute(statement).rowcount > 0


def of_incident(connection: Connection, incident_id: int) -> list[IncidentAnswer]:
    """Give the answers of an incident, the newest first, without those that were dropped."""
    query = (
        select(*_COLUMNS, *(_of_state(state) for state in ("due", "written", "skipped")))
        .join(incident_letters, incident_letters.c.answer_id == incident_answers.c.id, isouter=True)
        .where(incident_answers.c.incident_id == incident_id, incident_answers.c.state != DROPPED)
        .group_by(*_COLUMNS)
        .order_by(incident_answers.c.id.desc())
    )
    return [IncidentAnswer(*row) for row in connection.execute(query)]


def find(connection: Connection, number: int) -> IncidentAnswer | None:
    """Give one answer, without the counts of its letters."""
    row = connection.execute(select(*_COLUMNS).where(incident_answers.c.id == number)).first()
    return IncidentAnswer(*row) if row else None


def newest_approved(connection: Connection, incident_id: int) -> int | None:
    """Give the answer that tickets get which join an incident now."""
    query = (
        select(incident_answers.c.id)
        .where(incident_answers.c.incident_id == incident_id, incident_answers.c.state == APPROVED)
        .order_by(incident_answers.c.id.desc())
        .limit(1)
    )
    found: int | None = connection.scalar(query)
    return found


def send_to(connection: Connection, answer_id: int, ticket_ids: Collection[int]) -> None:
    """Put down that an answer is to go to tickets; one that it goes to already gets it no second time."""
    rows = [{"answer_id": answer_id, "ticket_id": one} for one in ticket_ids]
    if rows:
        connection.execute(_ADD_LETTER.on(connection), rows)


def send_to_all(connection: Connection, answer_id: int, incident_id: int) -> int:
    """Put down that an answer is to go to every open ticket of its incident; gives how many."""
    query = (
        select(tickets.c.id)
        .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
        .where(incident_tickets.c.incident_id == incident_id, STANDING, OPEN)
    )
    found = list(connection.scalars(query))
    send_to(connection, answer_id, found)
    return len(found)


def due(connection: Connection, most: int) -> list[DueLetter]:
    """Give letters that are still to be written; nobody else gets them before this transaction has ended."""
    query = (
        select(incident_letters.c.answer_id, incident_letters.c.ticket_id)
        .where(DUE)
        .order_by(incident_letters.c.ticket_id, incident_letters.c.answer_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [DueLetter(*row) for row in connection.execute(query)]


def mark(connection: Connection, letter: DueLetter, state: str, why: str | None = None) -> None:
    """Note what became of a letter."""
    statement = (
        update(incident_letters)
        .where(
            incident_letters.c.answer_id == letter.answer_id,
            incident_letters.c.ticket_id == letter.ticket_id,
        )
        .values(state=state, why=why)
    )
    connection.execute(statement)


def skip_all(connection: Connection, incident_id: int, ticket_ids: Collection[int], why: str) -> None:
    """Write no letter any more to tickets that leave an incident."""
    answers = select(incident_answers.c.id).where(incident_answers.c.incident_id == incident_id)
    statement = (
        update(incident_letters)
        .where(DUE, incident_letters.c.ticket_id.in_(ticket_ids), incident_letters.c.answer_id.in_(answers))
        .values(state="skipped", why=why)
    )
    connection.execute(statement)


def waiting_for(connection: Connection, ticket_ids: Collection[int]) -> set[int]:
    """Give those of the tickets to which a letter is still to be written."""
    query = select(incident_letters.c.ticket_id).where(DUE, incident_letters.c.ticket_id.in_(ticket_ids))
    return set(connection.scalars(query))


def blank(connection: Connection, address: str, mark: str) -> None:
    """Take an address out of what was written to all tickets of an incident."""
    query = select(incident_answers.c.id, incident_answers.c.body)
    for row in connection.execute(query.where(holding(incident_answers.c.body, address))).all():
        body = without_address(row.body, address, mark, own=False)
        connection.execute(update(incident_answers).where(incident_answers.c.id == row.id).values(body=body))


def _of_state(state: str) -> ColumnElement[int]:
    return func.count(case((incident_letters.c.state == state, 1)))
