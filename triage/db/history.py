"""The history of a ticket: every line that was written down of it, and who wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, select

from triage.core.privacy import mask
from triage.db import audit, searchindex
from triage.db.conversation import SAID
from triage.db.schema import ticket_events
from triage.db.storedjson import to_json

SERVICE = "triage"
"""The actor of what the service does by itself."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a ticket's history."""

    at: datetime
    actor: str
    verb: str
    mail_id: int | None
    data: dict[str, Any]


_ADD_EVENT = ticket_events.insert().returning(ticket_events.c.id)
_NEWEST_EVENTS = (
    select(*(ticket_events.c[name] for name in Event.__dataclass_fields__))
    .where(ticket_events.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_events.c.id.desc())
    .limit(bindparam("count"))
)
_OPENED_BY = (
    select(ticket_events.c.mail_id)
    .where(ticket_events.c.ticket_id == bindparam("ticket_id"), ticket_events.c.mail_id.is_not(None))
    .order_by(ticket_events.c.id)
    .limit(1)
)


def add_event(
    connection: Connection,
    ticket_id: int,
    now: datetime,
    verb: str,
    *,
    actor: str = SERVICE,
    mail_id: int | None = None,
    **data: Any,  # noqa: ANN401 - JSON
) -> None:
    """Add a line to a ticket's history; secrets in what somebody wrote into it are hidden.

    What a person did stands in the audit as well.
    """
    masked = {key: mask(value) if isinstance(value, str) else value for key, value in data.items()}
    values = {
        "ticket_id": ticket_id,
        "at": now,
        "actor": actor,
        "verb": verb,
        "mail_id": mail_id,
        "data": masked,
    }
    event_id = connection.execute(_ADD_EVENT, values).scalar_one()
    if verb in SAID:
        searchindex.write_note(connection, ticket_id, event_id, now, str(masked.get("text", "")))
    if actor != SERVICE:
        # The history may be erased and the audit may not, so that keeps a digest of what stood there.
        data = {"digest": digest_of(masked)}
        audit.append(connection, now, actor, verb, f"ticket {ticket_id}", data=data)


def digest_of(data: Mapping[str, Any]) -> str:
    """Give the digest by which the audit knows the particulars of a line of a history."""
    return sha256(to_json(data).encode("utf-8", "surrogatepass")).hexdigest()


def events(connection: Connection, ticket_id: int) -> list[Event]:
    """Give everything that happened to a ticket, oldest first."""
    columns = (
        ticket_events.c.at,
        ticket_events.c.actor,
        ticket_events.c.verb,
        ticket_events.c.mail_id,
        ticket_events.c.data,
    )
    query = select(*columns).where(ticket_events.c.ticket_id == ticket_id).order_by(ticket_events.c.id)
    return [Event(*row) for row in connection.execute(query)]


def newest_events(connection: Connection, ticket_id: int, count: int) -> list[Event]:
    """Give so many events of a ticket, the newest first."""
    asked = {"ticket_id": ticket_id, "count": count}
    return [Event(*row) for row in connection.execute(_NEWEST_EVENTS, asked)]


def first_mail_id(connection: Connection, ticket_id: int) -> int | None:
    """Give the mail that opened a ticket; None where there was none, as after a phone call."""
    found: int | None = connection.scalar(_OPENED_BY, {"ticket_id": ticket_id})
    return found
