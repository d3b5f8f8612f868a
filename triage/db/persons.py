"""What is held on one person, found by address; and how it is made neutral."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, literal, or_, select, update

from triage.core.erased import (
    NEUTRAL_LETTER,
    NEUTRAL_TEXT,
    neutral_document,
    neutral_form,
    without_address,
)
from triage.core.letternames import QUOTING, WARNINGS
from triage.core.searchentry import EntryKind
from triage.db import campaignprivacy, rawmails, searchindex, searchsources
from triage.db.lists import in_lists, in_order
from triage.db.mentions import decisions_naming, events_naming, exactly, noted, proposals_naming, told_of
from triage.db.schema import (
    decisions,
    drafts,
    erasures,
    mail_marks,
    mails,
    outbox,
    sender_list,
    ticket_events,
    ticket_parties,
    tickets,
    unit_proposals,
    unit_senders,
)


@dataclass(frozen=True, slots=True)
class Held:
    """The rows that belong to one person: mails he wrote, tickets he opened, letters to him.

    ``involved`` are all tickets that his name stands on, those of others among them. ``named_in`` are the
    decisions on other people's mails that name him, as one who got a copy or the author of what was sent on;
    ``noted`` counts what the directory of units, registration forms and the marks of impostors hold.
    """

    mails: tuple[int, ...]
    tickets: tuple[int, ...]
    letters: tuple[int, ...]
    involved: tuple[int, ...]
    listed: int
    named_in: tuple[int, ...] = ()
    noted: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is held."""
        rows = (self.mails, self.tickets, self.letters, self.involved, self.named_in)
        return not (any(rows) or self.listed or self.noted)


def unread(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Give the mails that have not been processed, with their bytes: who wrote them, no column says yet."""
    query = select(mails.c.id).where(mails.c.state != "processed", mails.c.erased_at.is_(None))
    for mail_id in connection.scalars(query).all():
        kept = rawmails.kept_one(connection, mail_id)
        raw = kept.readable() if kept else None
        if raw is not None:
            yield mail_id, raw


def find(connection: Connection, addresses: Sequence[str], unread_mails: Sequence[int] = ()) -> Held:
    """Find what belongs to a person.

    ``addresses`` are all spellings of his address, lower case (core.onespelling); ``unread_mails`` are his
    that wait or are stuck.
    """
    own = [*connection.scalars(select(mails.c.id).where(mails.c.from_address.in_(addresses))), *unread_mails]
    opened = connection.scalars(select(tickets.c.id).where(tickets.c.requester_address.in_(addresses))).all()
    to_him = (outbox.c.recipient.ilike(exactly(address), escape="\\") for address in addresses)
    letters = connection.scalars(select(outbox.c.id).where(or_(*to_him))).all()
    party = connection.scalars(
        select(ticket_parties.c.ticket_id).where(ticket_parties.c.address.in_(addresses))
    )
    joined = _tickets_of(connection, own)
    lists = len(connection.execute(select(sender_list.c.id).where(sender_list.c.entry.in_(addresses))).all())
    decided: set[int] = set()
    named: set[int] = set()
    for address in addresses:
        numbers, theirs = decisions_naming(connection, address, frozenset(own))
        decided.update(numbers)
        named.update(theirs, (row.ticket_id for row in events_naming(connection, address)))
    return Held(
        mails=tuple(sorted(set(own))),
        tickets=tuple(sorted(opened)),
        letters=tuple(sorted(letters)),
        involved=tuple(sorted({*opened, *party, *joined, *named})),
        listed=lists,
        named_in=tuple(sorted(decided)),
        noted=sum(noted(connection, address) for address in addresses),
    )


def _tickets_of(connection: Connection, mail_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in in_order(mail_ids):
        query = select(mails.c.ticket_id).where(mails.c.id.in_(some), mails.c.ticket_id.is_not(None))
        found.update(ticket_id for ticket_id in connection.scalars(query) if ticket_id is not None)
    return found


def rows(connection: Connection, held: Held, addresses: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Give everything but bytes as plain rows, by the name of their table."""
    proposed = {row.id for address in addresses for row in proposals_naming(connection, address)}
    some_mails = mails.c.id.in_(held.mails)
    queries = {
        "mails": select(mails).where(some_mails).order_by(mails.c.id),
        "decisions": select(decisions).where(decisions.c.mail_id.in_(held.mails)).order_by(decisions.c.id),
        "tickets": select(tickets).where(tickets.c.id.in_(held.tickets)).order_by(tickets.c.id),
        "ticket_events": select(ticket_events)
        .where(or_(ticket_events.c.ticket_id.in_(held.tickets), ticket_events.c.mail_id.in_(held.mails)))
        .order_by(ticket_events.c.id),
        "ticket_parties": select(ticket_parties).where(ticket_parties.c.address.in_(addresses)),
        "letters": select(*(column for column in outbox.c if column.name != "content"))
        .where(outbox.c.id.in_(held.letters))
        .order_by(outbox.c.id),
        "drafts": select(drafts).where(drafts.c.ticket_id.in_(held.tickets)).order_by(drafts.c.id),
        "sender_list": select(sender_list).where(sender_list.c.entry.in_(addresses)),
        "mail_marks": select(mail_marks).where(
            or_(mail_marks.c.mark.in_(addresses), mail_marks.c.mail_id.in_(held.mails))
        ),
        "unit_senders": select(unit_senders).where(unit_senders.c.sender.in_(addresses)),
        "unit_proposals": select(unit_proposals).where(
            or_(
                unit_proposals.c.id.in_(sorted(proposed)),
                unit_proposals.c.mail_id.in_(held.mails),
            )
        ),
        **campaignprivacy.rows_of(held.mails, addresses),
    }
    found = {
        name: [dict(row) for row in connection.execute(query).mappings()] for name, query in queries.items()
    }
    told = (one for address in addresses for one in told_of(connection, held.tickets, held.named_in, address))
    return {**found, "mentions": [one for one in told if one["says"]]}


def raw_bytes(connection: Connection, mail_id: int) -> bytes:
    """Give the bytes of one mail; empty where they cannot be had. Raises StorageError."""
    kept = rawmails.kept_one(connection, mail_id)
    return (kept.readable() if kept else None) or b""


def record(connection: Connection, now: datetime, *, actor: str, reason: str, held: Held) -> int:
    """Write down an act of erasure and give its number."""
    values = {
        "at": now,
        "actor": actor,
        "reason": reason,
        "mails": len(held.mails),
        "tickets": len(held.tickets),
        "letters": len(held.letters),
    }
    number: int = connection.execute(erasures.insert().returning(erasures.c.id), values).scalar_one()
    return number


def erase_raw(connection: Connection, mail_ids: Iterable[int], now: datetime) -> int:
    """Put a neutral mail in the place of raw bytes; keeps SHA-256 of what they were. Gives how many."""
    ids = list(mail_ids)
    searchindex.remove(connection, EntryKind.MAIL, ids)
    return sum(rawmails.erase(connection, mail_id, now) for mail_id in ids)


def blank_mails(connection: Connection, mail_ids: Iterable[int], mark: str) -> None:
    """Make neutral what columns say of mails and of how they were decided; nothing waits any more."""
    for some in in_order(mail_ids):
        connection.execute(
            update(mails)
            .where(mails.c.id.in_(some))
            .values(from_name="", from_address=mark, subject=NEUTRAL_TEXT, message_id="", error=None)
        )
        connection.execute(
            update(mails)
            .where(mails.c.id.in_(some), mails.c.state != "processed")
            .values(state="processed", claimed_by=None, next_try_at=None)
        )
        connection.execute(delete(mail_marks).where(mail_marks.c.mail_id.in_(some)))
        query = select(decisions.c.id, decisions.c.document).where(decisions.c.mail_id.in_(some))
        for row in connection.execute(query).all():
            values = {"facts": {}, "document": neutral_document(row.document)}
            connection.execute(update(decisions).where(decisions.c.id == row.id).values(**values))
        forms = select(unit_proposals.c.id, unit_proposals.c.form).where(unit_proposals.c.mail_id.in_(some))
        for row in connection.execute(forms).all():
            blank = {"sender": mark, "form": neutral_form(row.form), "reason": ""}
            connection.execute(update(unit_proposals).where(unit_proposals.c.id == row.id).values(**blank))


def blank_tickets(connection: Connection, held: Held, addresses: Sequence[str], mark: str) -> None:
    """Make neutral what tickets say of a person; codes, counts, states and times stay."""
    for some in in_order(held.tickets):
        connection.execute(
            update(tickets)
            .where(tickets.c.id.in_(some))
            .values(
                subject=NEUTRAL_TEXT, requester_name="", requester_address=mark, unit_name="", unit_id=None
            )
        )
    for some in in_order(held.involved):
        # the first words of a mail may be anybody's: a forward begins with its author
        connection.execute(update(tickets).where(tickets.c.id.in_(some)).values(excerpt=""))
    _blank_parties(connection, addresses, mark)
    own = set(held.tickets)
    for some in in_order(held.involved):
        query = select(ticket_events.c.id, ticket_events.c.ticket_id, ticket_events.c.data)
        for row in connection.execute(query.where(ticket_events.c.ticket_id.in_(some))).all():
            data = row.data
            for address in addresses:
                data = without_address(data, address, mark, own=row.ticket_id in own)
            if data != row.data:
                connection.execute(
                    update(ticket_events).where(ticket_events.c.id == row.id).values(data=data)
                )


def _blank_parties(connection: Connection, addresses: Sequence[str], mark: str) -> None:
    """Put the mark in the place of a party: one mark for all spellings, a writer where any of them was."""
    his = ticket_parties.c.address.in_(addresses)
    once = (
        select(
            ticket_parties.c.ticket_id,
            literal(mark).label("address"),
            func.max(ticket_parties.c.role).label("role"),
        )
        .where(his)
        .group_by(ticket_parties.c.ticket_id)
    )
    marked = connection.execute(once).mappings().all()
    connection.execute(delete(ticket_parties).where(his))
    if marked:
        connection.execute(ticket_parties.insert(), [dict(row) for row in marked])


def blank_mentions(connection: Connection, held: Held, address: str, mark: str) -> None:
    """Take an address out of how other people's mails were decided, and what is known of impostors by it."""
    connection.execute(delete(mail_marks).where(mail_marks.c.mark == address))
    for some in in_order(held.named_in):
        query = select(decisions.c.id, decisions.c.facts, decisions.c.document)
        for row in connection.execute(query.where(decisions.c.id.in_(some))).all():
            values = {
                "facts": without_address(row.facts, address, mark, own=False),
                "document": without_address(row.document, address, mark, own=False),
            }
            if values != {"facts": row.facts, "document": row.document}:
                connection.execute(update(decisions).where(decisions.c.id == row.id).values(**values))


def blank_index(connection: Connection, held: Held) -> None:
    """Take a person's mails and the tickets that name him out of the index of words.

    What others wrote on these tickets may quote him, so it goes too; the heads, neutral by now, come back.
    """
    searchindex.remove(connection, EntryKind.MAIL, held.mails)
    searchindex.remove_tickets(connection, held.involved)
    for ticket_id in held.involved:
        searchsources.write_head(connection, ticket_id)
    searchindex.forget_removed(connection)


def overwrite_what_goes(connection: Connection) -> None:
    """Let SQLite write zeros over what is deleted from now on; PostgreSQL does so when it vacuums."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def blank_letters(connection: Connection, letter_ids: Iterable[int], mark: str) -> None:
    """Make neutral what the outbox holds for a person; what has not gone out never will."""
    for some in in_order(letter_ids):
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(some))
            .values(
                recipient=mark,
                counted_as=mark,
                domain="",
                subject=NEUTRAL_TEXT,
                content=NEUTRAL_LETTER,
                response=None,
            )
        )
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(some), outbox.c.state.in_(["queued", "sending"]))
            .values(state="failed", claimed_by=None, next_try_at=None)
        )


def blank_letters_to_others(connection: Connection, held: Held) -> None:
    """Empty what others were told of a person: digests quote subjects, warnings of an impostor name him."""
    first = connection.scalar(select(func.min(tickets.c.opened_at)).where(tickets.c.id.in_(held.tickets)))
    if first is not None:
        _empty(connection, outbox.c.letter.in_(QUOTING) & (outbox.c.created_at >= first))
    for some in in_order(held.tickets):
        _empty(connection, outbox.c.letter.in_(WARNINGS) & outbox.c.ticket_id.in_(some))


def _empty(connection: Connection, which: ColumnElement[bool]) -> None:
    connection.execute(
        update(outbox)
        .where(which)
        .values(
            content=NEUTRAL_LETTER,
            state=case((outbox.c.state.in_(["queued", "sending"]), "recalled"), else_=outbox.c.state),
            claimed_by=None,
            next_try_at=None,
        )
    )


def forget_in_campaigns(connection: Connection, held: Held, addresses: Sequence[str], mark: str) -> None:
    """Take a person out of campaigns of impostors, and out of what coordinators were told of them."""
    letters = campaignprivacy.forget(connection, held.mails, addresses, mark)
    for some in in_lists(letters):
        _empty(connection, outbox.c.message_id.in_(some))


def forget_unit(connection: Connection, address: str, mark: str) -> None:
    """Take an address out of the directory of units and out of what registration forms proposed."""
    connection.execute(delete(unit_senders).where(unit_senders.c.sender == address))
    for row in proposals_naming(connection, address):
        values = (
            {"sender": mark, "form": neutral_form(row.form)}
            if row.sender == address
            else {"form": without_address(row.form, address, mark, own=False)}
        )
        connection.execute(update(unit_proposals).where(unit_proposals.c.id == row.id).values(**values))


def as_plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row as JSON takes it: moments in ISO 8601."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
