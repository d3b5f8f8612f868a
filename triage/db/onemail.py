"""One stored mail as somebody at the desk may see it: by the ticket that it belongs to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from triage.core.people import Person
from triage.db import rawmails
from triage.db.schema import mails, tickets
from triage.db.visibility import visible_to


@dataclass(frozen=True, slots=True)
class OneMail:
    """A mail without its bytes, and what of its ticket matters for showing it; times are UTC.

    ``error`` is why it could not be processed, ``mailbox`` what it is stored under. The last three are None
    where it belongs to no ticket.
    """

    id: int
    received_at: datetime
    size: int
    state: str
    attempts: int
    error: str | None
    kind: str | None
    erased_at: datetime | None
    mailbox: str
    code: str | None
    status: str | None
    verdict: str | None

    @property
    def may_be_read(self) -> bool:
        """Whether a worker has come through with it before, and its bytes are still there."""
        return self.state == "processed" and self.erased_at is None


_OF_TICKET = ("code", "status", "verdict")
_COLUMNS = tuple((tickets if name in _OF_TICKET else mails).c[name] for name in OneMail.__dataclass_fields__)
_JOINED = select(*_COLUMNS).join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)


def find(connection: Connection, mail_id: int, person: Person, now: datetime) -> OneMail | None:
    """Give a mail that this person sees: one of a ticket of his sight; one of none where he sees all."""
    of_ticket = and_(mails.c.ticket_id.is_not(None), visible_to(person, now))
    seen = or_(of_ticket, mails.c.ticket_id.is_(None)) if person.sees_all else of_ticket
    row = connection.execute(_JOINED.where(mails.c.id == mail_id, seen)).first()
    return OneMail(*tuple(row)) if row else None


def shown_bytes(connection: Connection, mail_id: int) -> tuple[datetime, bytes] | None:
    """Give receipt and bytes of a mail that may be read in this process; None for any other.

    What no worker has come through with may kill its reader, and what was erased is gone.
    Raises StorageError.
    """
    return _bytes(connection, mail_id, mails.c.state == "processed")


def raw_bytes(connection: Connection, mail_id: int) -> bytes | None:
    """Give the bytes of a mail as they came; None where they are gone or damaged. Raises StorageError."""
    found = _bytes(connection, mail_id, true())
    return found[1] if found else None


def _bytes(connection: Connection, mail_id: int, which: ColumnElement[bool]) -> tuple[datetime, bytes] | None:
    query = select(mails.c.received_at).where(mails.c.id == mail_id, mails.c.erased_at.is_(None), which)
    received_at = connection.scalar(query)
    kept = rawmails.kept_one(connection, mail_id) if received_at else None
    raw = kept.readable() if kept else None
    return None if received_at is None or raw is None else (received_at, raw)
