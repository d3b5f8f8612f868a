"""What the words of one ticket are made from, read again: its head, its mails, our letters, its notes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, true

from triage.core.history import WARNED
from triage.core.letternames import WRITTEN
from triage.db import links, rawmails, searchindex
from triage.db.conversation import SAID
from triage.db.outbox import ANSWERED
from triage.db.rawmails import Kept
from triage.db.schema import ACTING, decisions, mails, outbox, ticket_events, tickets

ERASED = "erased"
"""The verb of the event that an act of erasure leaves."""

HEAD = frozenset({"subject", "requester_name", "requester_address", "unit_name"})
"""What of a ticket's columns stands at its head in the index, besides its code, which never changes."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of a ticket with its bytes as they are kept."""

    id: int
    ticket_id: int
    received_at: datetime
    kept: Kept

    def raw(self) -> bytes | None:
        """Give the bytes as they were received, or None where they cannot be had."""
        return self.kept.readable()


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter of ours that belongs to a ticket.

    ``own`` is what its writer wrote, without what every such letter says; empty where nobody knows.
    """

    id: int
    ticket_id: int
    created_at: datetime
    content: bytes
    own: str


def erased_at(connection: Connection, ticket_id: int) -> datetime | None:
    """Give when a person was last erased from a ticket, or None."""
    moment: datetime | None = connection.scalar(
        select(func.max(ticket_events.c.at)).where(
            ticket_events.c.ticket_id == ticket_id, ticket_events.c.verb == ERASED
        )
    )
    return moment


def mails_of(connection: Connection, ticket_id: int, since: datetime | None) -> Iterator[StoredMail]:
    """Give the mails of a ticket that were acted on and not erased, one at a time: each may be large.

    Raises StorageError.
    """
    acted_on = select(decisions.c.id).where(decisions.c.mail_id == mails.c.id, ACTING).exists()
    query = (
        select(mails.c.id, mails.c.ticket_id, mails.c.received_at)
        .where(mails.c.ticket_id == ticket_id, mails.c.erased_at.is_(None), acted_on)
        .where(_after(mails.c.received_at, since))
        .order_by(mails.c.id)
    )
    for row in connection.execute(query).all():
        kept = rawmails.kept_one(connection, row.id)
        if kept is not None:
            yield StoredMail(row.id, row.ticket_id, row.received_at, kept)


def letters_of(connection: Connection, ticket_id: int, since: datetime | None) -> Iterator[StoredLetter]:
    """Give the letters that people wrote on a ticket; nobody looks for the others, which all say the same."""
    query = (
        select(outbox.c.id, outbox.c.message_id, outbox.c.created_at, outbox.c.content)
        .where(outbox.c.ticket_id == ticket_id, outbox.c.letter.in_(WRITTEN), outbox.c.state != "recalled")
        .where(_after(outbox.c.created_at, since))
        .order_by(outbox.c.id)
    )
    rows = connection.execute(query).all()
    own = _written(connection, ticket_id) if rows else {}
    for row in rows:
        yield StoredLetter(row.id, ticket_id, row.created_at, row.content, own.get(row.message_id, ""))


def own_words(text: str, signs: Iterable[str] = ()) -> str:
    """Give what somebody wrote for a letter: his text and, of a warning, the signs one a line."""
    return "\n\n".join(filter(None, (text, "\n".join(signs))))


def _written(connection: Connection, ticket_id: int) -> dict[str, str]:
    """Give what people wrote on a ticket by the Message-ID of the letter that it went out with.

    Letters move with a merge, and the history of their ticket stays where it is.
    """
    query = (
        select(ticket_events.c.data)
        .where(ticket_events.c.ticket_id.in_(links.merged_with(connection, ticket_id)))
        .where(ticket_events.c.verb.in_((ANSWERED, WARNED)))
        .order_by(ticket_events.c.id)
    )
    return {
        str(message_id): own_words(str(data.get("text", "")), data.get("signs", ()))
        for data in connection.scalars(query)
        for message_id in (data.get("message_id"), *data.get("message_ids", ()))
    }


_HEAD_OF = select(*(tickets.c[name] for name in sorted(HEAD | {"opened_at", "code"}))).where(
    tickets.c.id == bindparam("ticket_id")
)


def write_head(connection: Connection, ticket_id: int) -> None:
    """Put the head of a ticket into the index as it stands now."""
    row = connection.execute(_HEAD_OF, {"ticket_id": ticket_id}).mappings().one()
    _put_head(connection, ticket_id, dict(row), is_new=False)


def write_new_head(connection: Connection, ticket_id: int, values: Mapping[str, Any]) -> None:
    """Put the head of a ticket into the index that was opened with these columns in this transaction."""
    _put_head(connection, ticket_id, values, is_new=True)


def _put_head(connection: Connection, ticket_id: int, row: Mapping[str, Any], *, is_new: bool) -> None:
    sender = f"{row['requester_name']} <{row['requester_address']}> {row.get('unit_name', '')} {row['code']}"
    searchindex.write_ticket(
        connection, ticket_id, row["opened_at"], subject=row["subject"], sender=sender, is_new=is_new
    )


def write_notes(connection: Connection, ticket_id: int, since: datetime | None) -> None:
    """Put the notes and calls on a ticket into the index."""
    query = (
        select(ticket_events.c.id, ticket_events.c.at, ticket_events.c.data)
        .where(ticket_events.c.ticket_id == ticket_id, ticket_events.c.verb.in_(SAID))
        .where(_after(ticket_events.c.at, since))
        .order_by(ticket_events.c.id)
    )
    for row in connection.execute(query).all():
        searchindex.write_note(connection, ticket_id, row.id, row.at, str(row.data.get("text", "")))


def _after(column: Any, since: datetime | None) -> ColumnElement[bool]:  # noqa: ANN401 - a column of moments
    return true() if since is None else column > since
