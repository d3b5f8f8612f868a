"""Mails and letters that go from one ticket to another, and back: a merge, a split."""

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from triage.core.searchentry import EntryKind
from triage.db import searchindex
from triage.db.schema import TOLD, mails, outbox, ticket_parties, tickets


def belongings(connection: Connection, ticket_id: int) -> tuple[list[int], list[int]]:
    """Give the ids of all mails and of all letters of a ticket."""
    received = select(mails.c.id).where(mails.c.ticket_id == ticket_id).order_by(mails.c.id)
    sent = select(outbox.c.id).where(outbox.c.ticket_id == ticket_id).order_by(outbox.c.id)
    return list(connection.scalars(received)), list(connection.scalars(sent))


def move(
    connection: Connection, mail_ids: Collection[int], letter_ids: Collection[int], from_id: int, to_id: int
) -> None:
    """Move those of these mails and letters that still belong to a ticket to another one."""
    for table, ids, kind in ((mails, mail_ids, EntryKind.MAIL), (outbox, letter_ids, EntryKind.LETTER)):
        if ids:
            which = table.c.id.in_(ids), table.c.ticket_id == from_id
            moving = update(table).where(*which).values(ticket_id=to_id).returning(table.c.id)
            searchindex.follow(connection, kind, list(connection.scalars(moving)), to_id)


def writers(connection: Connection, ticket_id: int) -> set[str]:
    """Give the addresses that mails of a ticket came from."""
    return set(connection.scalars(select(mails.c.from_address).where(mails.c.ticket_id == ticket_id)))


def letters_of(connection: Connection, mail_ids: Collection[int]) -> list[int]:
    """Give the letters that answer these mails by themselves."""
    return list(connection.scalars(select(outbox.c.id).where(outbox.c.mail_id.in_(mail_ids))))


def give_back_parties(
    connection: Connection, ticket_id: int, added: Collection[str], raised: Collection[str]
) -> None:
    """Take off a ticket whom a merge added, and lower whom it raised, unless they wrote on it since."""
    wrote = writers(connection, ticket_id)
    of_ticket = ticket_parties.c.ticket_id == ticket_id
    if gone := [address for address in added if address not in wrote]:
        connection.execute(ticket_parties.delete().where(of_ticket, ticket_parties.c.address.in_(gone)))
    if lowered := [address for address in raised if address not in wrote]:
        connection.execute(
            update(ticket_parties).where(of_ticket, ticket_parties.c.address.in_(lowered)).values(role=TOLD)
        )


def repoint(
    connection: Connection, from_id: int, to_id: int, *, only: Collection[int] | None = None
) -> list[int]:
    """Lead tickets that were merged into one on to another; gives their ids."""
    condition = tickets.c.merged_into == from_id
    if only is not None:
        condition &= tickets.c.id.in_(only)
    statement = update(tickets).where(condition).values(merged_into=to_id).returning(tickets.c.id)
    return list(connection.scalars(statement))
