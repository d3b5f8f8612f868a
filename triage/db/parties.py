"""Who takes part in a ticket: addresses that may write on it, and those that were only told of its matter."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from triage.db.schema import TOLD, WRITER, ticket_parties
from triage.db.upsert import Upsert

_ADD = Upsert(
    ticket_parties,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["ticket_id", "address"],
        set_={"role": WRITER},
        where=(insert.excluded.role == WRITER) & (ticket_parties.c.role != WRITER),
    ),
)
_OF_TICKET = (
    select(ticket_parties.c.address, ticket_parties.c.role)
    .where(ticket_parties.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_parties.c.role.desc(), ticket_parties.c.address)
)


def add_writers(connection: Connection, ticket_id: int, addresses: Iterable[str]) -> None:
    """Note addresses that may write on a ticket, also those that were only told of it before."""
    add(connection, ticket_id, writers=addresses, told=())


def add(connection: Connection, ticket_id: int, *, writers: Iterable[str], told: Iterable[str]) -> None:
    """Note addresses that may write on a ticket, and those that a mail told of its matter.

    Who was only told before may write from now on; who may write on it already still may.
    """
    roles = dict.fromkeys(told, TOLD) | dict.fromkeys(writers, WRITER)
    rows = [
        {"ticket_id": ticket_id, "address": address[:400], "role": role}
        for address, role in roles.items()
        if address
    ]
    if rows:
        connection.execute(_ADD.on(connection), rows)


def of_ticket(connection: Connection, ticket_id: int) -> list[tuple[str, str]]:
    """Give the addresses on a ticket with their roles, writers first."""
    return [(address, role) for address, role in connection.execute(_OF_TICKET, {"ticket_id": ticket_id})]
