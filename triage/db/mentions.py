"""Where the address of a person stands in what is stored on other people's mails."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, select

from triage.core.erased import mentions
from triage.db import campaignprivacy
from triage.db.schema import decisions, mail_marks, mails, ticket_events, unit_proposals, unit_senders
from triage.db.storedjson import to_json


def exactly(address: str) -> str:
    """Write an address so that LIKE takes it literally; case is what it shall not mind."""
    return address.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def holding(column: ColumnElement[Any], address: str) -> ColumnElement[bool]:
    """Sift out rows whose JSON can hold an address; whether it is not part of another, ``mentions`` says."""
    return cast(column, Text).ilike(f"%{exactly(to_json(address)[1:-1])}%", escape="\\")


def decisions_naming(
    connection: Connection, address: str, own: frozenset[int]
) -> tuple[tuple[int, ...], set[int]]:
    """Give the decisions on mails of others that name an address, and the tickets of these mails."""
    query = (
        select(
            decisions.c.id, decisions.c.mail_id, mails.c.ticket_id, decisions.c.facts, decisions.c.document
        )
        .join(mails, mails.c.id == decisions.c.mail_id)
        .where(or_(holding(decisions.c.facts, address), holding(decisions.c.document, address)))
    )
    rows = [
        row
        for row in connection.execute(query)
        if row.mail_id not in own and mentions([row.facts, row.document], address)
    ]
    tickets_of = {row.ticket_id for row in rows if row.ticket_id is not None}
    return tuple(sorted(row.id for row in rows)), tickets_of


def events_naming(connection: Connection, address: str) -> list[Any]:
    """Give the rows of histories that name an address."""
    query = select(ticket_events).where(holding(ticket_events.c.data, address)).order_by(ticket_events.c.id)
    return [row for row in connection.execute(query) if mentions(row.data, address)]


def proposals_naming(connection: Connection, address: str) -> list[Any]:
    """Give the registration forms that came from an address or name it."""
    query = (
        select(unit_proposals)
        .where(or_(unit_proposals.c.sender == address, holding(unit_proposals.c.form, address)))
        .order_by(unit_proposals.c.id)
    )
    return [row for row in connection.execute(query) if mentions([row.sender, row.form], address)]


def noted(connection: Connection, address: str) -> int:
    """Count what units, registration forms, the marks of impostors and their campaigns hold on an address."""
    senders = select(func.count()).select_from(unit_senders).where(unit_senders.c.sender == address)
    marks = select(func.count()).select_from(mail_marks).where(mail_marks.c.mark == address)
    counted = (connection.execute(query).scalar_one() for query in (senders, marks))
    named = campaignprivacy.count_naming(connection, address)
    return sum(counted) + len(proposals_naming(connection, address)) + named


def told_of(
    connection: Connection, own_tickets: Collection[int], decided: Iterable[int], address: str
) -> Iterator[dict[str, Any]]:
    """Give what the histories and decisions of others say of a person, without what they say of others."""
    for row in events_naming(connection, address):
        if row.ticket_id not in own_tickets:
            told = mentions(row.data, address)
            yield {
                "in": "ticket_events",
                "id": row.id,
                "ticket_id": row.ticket_id,
                "at": row.at,
                "says": told,
            }
    for number in decided:
        row = connection.execute(select(decisions).where(decisions.c.id == number)).one()
        told = mentions({"facts": row.facts, "document": row.document}, address)
        yield {"in": "decisions", "id": row.id, "mail_id": row.mail_id, "says": told}
