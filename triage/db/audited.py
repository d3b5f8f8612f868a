"""What rows of the audit speak of: the codes of tickets, and the lines of their histories.

The audit keeps of a line nothing but its digest. The line itself is looked up here, and told only where it
still has that digest: what was erased or changed since is not.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from triage.db import history, people
from triage.db.audit import AuditRow
from triage.db.history import Event
from triage.db.schema import ticket_events, tickets as ticket_rows

_TICKET = re.compile(r"ticket ([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What some rows speak of: codes by the number of a ticket, lines by the id of a row, names by login."""

    codes: dict[int, str] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def spoken_of(connection: Connection, rows: Sequence[AuditRow]) -> Spoken:
    """Look up what rows speak of, by three questions whatever their number."""
    about = {row.id: number for row in rows if (number := ticket_number(row.object)) is not None}
    events = _events(connection, [row for row in rows if row.id in about], about)
    logins = {row.actor for row in rows} | {
        value
        for told in (*(one.data for one in events.values()), *(_data(row) for row in rows))
        for value in told.values()
        if isinstance(value, str)
    }
    logins |= {row.object.removeprefix("people/") for row in rows if row.object.startswith("people/")}
    codes = select(ticket_rows.c.id, ticket_rows.c.code).where(ticket_rows.c.id.in_(set(about.values())))
    return Spoken(
        codes={row.id: row.code for row in connection.execute(codes)} if about else {},
        events=events,
        names=people.display_names(connection, logins),
    )


def ticket_number(what: str) -> int | None:
    """Give the number of the ticket that a row is about; None for a row about something else."""
    found = _TICKET.fullmatch(what)
    return int(found[1]) if found else None


def object_of(connection: Connection, code: str) -> str:
    """Give what rows about the ticket of a code call it; empty where there is no such ticket."""
    number = connection.scalar(select(ticket_rows.c.id).where(ticket_rows.c.code == code))
    return f"ticket {number}" if number is not None else ""


def _events(connection: Connection, rows: Sequence[AuditRow], about: dict[int, int]) -> dict[int, Event]:
    """Give the line of each row, found by ticket and moment and told apart by its digest."""
    if not rows:
        return {}
    query = select(ticket_events).where(
        ticket_events.c.ticket_id.in_({about[row.id] for row in rows}),
        ticket_events.c.at.in_({row.at for row in rows}),
    )
    found = {
        (one.ticket_id, one.actor, one.verb, history.digest_of(one.data)): Event(
            one.at, one.actor, one.verb, one.mail_id, one.data
        )
        for one in connection.execute(query)
    }
    keys = {row.id: (about[row.id], row.actor, row.action, _data(row).get("digest")) for row in rows}
    return {number: found[key] for number, key in keys.items() if key in found}


def _data(row: AuditRow) -> dict[str, Any]:
    read = json.loads(row.data)
    return read if isinstance(read, dict) else {}
