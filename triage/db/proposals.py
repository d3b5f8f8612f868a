"""Answers that wait for approval: drafts that their writers have left for somebody who may send them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from triage.core.people import Person
from triage.db.schema import OPEN, PROPOSED as WAITING, drafts, people, tickets
from triage.db.visibility import visible_to

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Proposal:
    """One answer that waits; ``writer`` is a login, ``proposed_at`` UTC."""

    writer: str
    writer_name: str
    body: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One answer that waits as a list shows it, without its words."""

    code: str
    subject: str
    queue: str
    writer_name: str
    proposed_at: datetime


def on(connection: Connection, ticket_id: int) -> list[Proposal]:
    """Give what waits on a ticket that somebody sees, the oldest first."""
    query = (
        select(people.c.name, people.c.display_name, drafts.c.body, drafts.c.updated_at)
        .join(people, people.c.id == drafts.c.person_id)
        .where(WAITING, drafts.c.ticket_id == ticket_id)
        .order_by(drafts.c.updated_at, drafts.c.id)
    )
    return [Proposal(*row) for row in connection.execute(query)]


def listed(connection: Connection, person: Person, now: datetime) -> list[ProposalRow]:
    """Give what waits on open tickets that this person sees, the oldest first, at most MOST_SHOWN."""
    columns = (tickets.c.code, tickets.c.subject, tickets.c.queue, people.c.display_name, drafts.c.updated_at)
    query = (
        _waiting(select(*columns), person, now)
        .join(people, people.c.id == drafts.c.person_id)
        .order_by(drafts.c.updated_at, drafts.c.id)
    )
    return [ProposalRow(*row) for row in connection.execute(query.limit(MOST_SHOWN))]


def count(connection: Connection, person: Person, now: datetime) -> int:
    """Count what waits on open tickets that this person sees."""
    return connection.scalar(_waiting(select(func.count()), person, now)) or 0


def _waiting(query: Select[Any], person: Person, now: datetime) -> Select[Any]:
    return (
        query.select_from(drafts)
        .join(tickets, tickets.c.id == drafts.c.ticket_id)
        .where(WAITING, OPEN, visible_to(person, now))
    )
