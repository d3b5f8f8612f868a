"""What somebody is writing on a ticket, kept here and not in the browser."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from triage.core.erased import without_address
from triage.db.mentions import holding
from triage.db.schema import drafts
from triage.db.upsert import Upsert

ANSWER = "answer"
NOTE = "note"
PROPOSED = "proposed"
"""An answer that its writer has left for approval."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was not sent yet; ``ticket_version`` is what its writer had before him."""

    body: str
    ticket_version: int
    updated_at: datetime


_PUT = Upsert(
    drafts,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["ticket_id", "person_id", "sort"],
        set_={
            "body": insert.excluded.body,
            "ticket_version": insert.excluded.ticket_version,
            "updated_at": insert.excluded.updated_at,
        },
    ),
)


def put(
    connection: Connection,
    ticket_id: int,
    person_id: int,
    sort: str,
    *,
    body: str,
    version: int,
    now: datetime,
) -> None:
    """Keep a text in place of the one that was kept before."""
    values = {
        "ticket_id": ticket_id,
        "person_id": person_id,
        "sort": sort,
        "body": body,
        "ticket_version": version,
        "updated_at": now,
    }
    connection.execute(_PUT.on(connection), values)


def find(connection: Connection, ticket_id: int, person_id: int, sort: str) -> Draft | None:
    """Give what this person was writing."""
    query = select(*(drafts.c[name] for name in Draft.__dataclass_fields__))
    row = connection.execute(query.where(*_which(ticket_id, person_id, sort))).first()
    return Draft(*row) if row else None


def of_person(connection: Connection, ticket_id: int, person_id: int) -> dict[str, str]:
    """Give what this person was writing on a ticket, by sort."""
    query = select(drafts.c.sort, drafts.c.body).where(
        drafts.c.ticket_id == ticket_id, drafts.c.person_id == person_id
    )
    return {row.sort: row.body for row in connection.execute(query)}


def remove(connection: Connection, ticket_id: int, person_id: int, sort: str) -> None:
    """Throw a draft away."""
    connection.execute(delete(drafts).where(*_which(ticket_id, person_id, sort)))


def blank(connection: Connection, own: Collection[int], address: str, mark: str) -> None:
    """Throw away what is being written on a person's ``own`` tickets; elsewhere only his address goes."""
    query = select(drafts.c.id, drafts.c.ticket_id, drafts.c.body)
    about = or_(drafts.c.ticket_id.in_(own), holding(drafts.c.body, address))
    for row in connection.execute(query.where(about)).all():
        if row.ticket_id in own:
            connection.execute(delete(drafts).where(drafts.c.id == row.id))
        else:
            body = without_address(row.body, address, mark, own=False)
            connection.execute(update(drafts).where(drafts.c.id == row.id).values(body=body))


def _which(ticket_id: int, person_id: int, sort: str) -> tuple[ColumnElement[bool], ...]:
    return drafts.c.ticket_id == ticket_id, drafts.c.person_id == person_id, drafts.c.sort == sort
