"""Tickets that wait for somebody to judge their sender, with what was found about him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text

from triage.core.people import Person
from triage.core.tickets import TicketStatus
from triage.db.schema import OPEN, decisions, mails, ticket_events, tickets
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to

MOST = 200
"""Held tickets that are shown at once, the oldest ones."""


@dataclass(frozen=True, slots=True)
class Held:
    """One held ticket; ``sender`` is the judgement of its first mail, as it was stored."""

    ticket: TicketRow
    sender: dict[str, Any]


def listed(connection: Connection, person: Person, now: datetime) -> list[Held]:
    """Give the held tickets that a person sees, the oldest first."""
    columns = (tickets.c[name] for name in TicketRow.__dataclass_fields__)
    query = select(*columns).where(OPEN, text("status = 'held'"), visible_to(person, now))
    rows = connection.execute(query.order_by(tickets.c.opened_at, tickets.c.id).limit(MOST))
    found = [TicketRow(*tuple(row)) for row in rows]
    senders = _senders(connection, [row.id for row in found])
    return [Held(row, senders.get(row.id, {})) for row in found]


ENDINGS = ("closed", "answered", "merged", "confirmed_impostor")
"""Verbs under which a ticket is closed."""


def when_closed(connection: Connection, ticket_id: int) -> bool:
    """Whether a closed ticket was held until then, or closed as an impostor's: nobody has released it."""
    query = (
        select(ticket_events.c.verb, ticket_events.c.data)
        .where(ticket_events.c.ticket_id == ticket_id, ticket_events.c.verb.in_(ENDINGS))
        .order_by(ticket_events.c.id.desc())
        .limit(1)
    )
    last = connection.execute(query).first()
    if last is None:
        return False
    return bool(last.verb == "confirmed_impostor" or last.data.get("before") == TicketStatus.HELD.value)


def _senders(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give, by ticket, the newest judgement of its first mail."""
    if not ticket_ids:
        return {}
    query = (
        select(mails.c.ticket_id, decisions.c.document)
        .join(decisions, decisions.c.mail_id == mails.c.id)
        .where(mails.c.ticket_id.in_(ticket_ids))
        .order_by(mails.c.id.desc(), decisions.c.id)
    )
    return {ticket_id: document.get("sender") or {} for ticket_id, document in connection.execute(query)}
