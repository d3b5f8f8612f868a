"""The index of words: what is written into it and taken out, in the transaction of what it tells of.

SQLite keeps a full-text table (FTS5), PostgreSQL a column of type tsvector. Both are given the same words,
cut and folded here, so that both find the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from triage.core.searchentry import EntryKind, Said
from triage.core.searchwords import forms_in
from triage.db.lists import in_lists
from triage.db.schema import search_backlog, search_entries
from triage.db.upsert import Upsert

TO = "to_"
"""Stands before the words of recipients in a tsvector, which has no more weights to tell them by; the words
themselves hold no such sign."""

WEIGHTS = (("subject", "A"), ("sender", "B"), ("recipients", "C"), ("files", "C"), ("body", "D"))
"""The fields in the order of their words, and the weight that tells each in a tsvector."""

_MOST_PLACES = 255
_LAST_PLACE = 16_383
"""What a tsvector can hold: places of one word, and the highest place."""

_ADD = insert(search_entries).returning(search_entries.c.id)
_ADD_SQLITE = text(
    "INSERT INTO search_words (rowid, subject, sender, recipients, files, body, toned) "
    "VALUES (:id, :subject, :sender, :recipients, :files, :body, :toned)"
)
_ADD_POSTGRES = text(
    "INSERT INTO search_words (entry_id, words, day) VALUES (:id, CAST(:words AS tsvector), :day)"
)
_THERE = select(search_entries.c.id).where(
    search_entries.c.kind == bindparam("sort"), search_entries.c.source_id == bindparam("source")
)
_REMOVE_SQLITE = text("DELETE FROM search_words WHERE rowid = :id")


def write(connection: Connection, ticket_id: int, said: Said, *, is_new: bool = False) -> None:
    """Put the words of one message into the index, in the place of those that it had there.

    ``is_new`` says that it cannot have had any: its ticket was opened, or its mail decided, only now.
    """
    if not is_new:
        # the statement is built once: every mail comes through here
        _remove(
            connection, connection.scalars(_THERE, {"sort": said.kind.value, "source": said.source_id}).all()
        )
    fields = {name: getattr(said, name) for name, _ in WEIGHTS}
    values = {
        "ticket_id": ticket_id,
        "kind": said.kind.value,
        "source_id": said.source_id,
        "at": said.at,
        "has_files": bool(said.files),
        **fields,
    }
    entry_id = connection.execute(_ADD, values).scalar_one()
    if connection.dialect.name == "sqlite":
        connection.execute(_ADD_SQLITE, {"id": entry_id, **columns(said)})
    else:
        connection.execute(_ADD_POSTGRES, {"id": entry_id, "words": vector(said), "day": day_of(said.at)})


def write_ticket(
    connection: Connection, ticket_id: int, at: datetime, *, subject: str, sender: str, is_new: bool = False
) -> None:
    """Put what stands at the head of a ticket into the index."""
    said = Said(EntryKind.TICKET, ticket_id, at, subject=subject, sender=sender)
    write(connection, ticket_id, said.bounded(), is_new=is_new)


def write_note(connection: Connection, ticket_id: int, event_id: int, at: datetime, words: str) -> None:
    """Put a note into the index; its secrets are hidden already."""
    write(connection, ticket_id, Said(EntryKind.NOTE, event_id, at, body=words).bounded())


def remove(connection: Connection, kind: EntryKind, source_ids: Iterable[int]) -> None:
    """Take messages out of the index."""
    for some in in_lists(source_ids):
        entries = search_entries.c.kind == kind.value, search_entries.c.source_id.in_(some)
        _remove(connection, connection.scalars(select(search_entries.c.id).where(*entries)).all())


def follow(connection: Connection, kind: EntryKind, source_ids: Iterable[int], ticket_id: int) -> None:
    """Let messages that went to another ticket be found there, and by those who see that one alone."""
    for some in in_lists(source_ids):
        entries = search_entries.c.kind == kind.value, search_entries.c.source_id.in_(some)
        connection.execute(update(search_entries).where(*entries).values(ticket_id=ticket_id))


def remove_tickets(connection: Connection, ticket_ids: Iterable[int]) -> None:
    """Take everything that belongs to tickets out of the index."""
    for some in in_lists(ticket_ids):
        query = select(search_entries.c.id).where(search_entries.c.ticket_id.in_(some))
        _remove(connection, connection.scalars(query).all())


def _remove(connection: Connection, entry_ids: Sequence[int]) -> None:
    if not entry_ids:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_REMOVE_SQLITE, [{"id": one} for one in entry_ids])
    for some in in_lists(entry_ids):
        connection.execute(delete(search_entries).where(search_entries.c.id.in_(some)))


def forget_removed(connection: Connection) -> None:
    """Write the index anew where it still holds words that were taken out.

    FTS5 notes only that a row is gone and keeps its words until it merges; PostgreSQL lets go of rows when it
    vacuums.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))


def vector(said: Said) -> str:
    """Write the words of a message as a tsvector: each with its places, a toned word beside its plain one."""
    places: dict[str, list[str]] = defaultdict(list)
    place = count(1)
    for name, weight in WEIGHTS:
        for plain, toned in forms_in(getattr(said, name)):
            here = f"{min(next(place), _LAST_PLACE)}{weight}"
            for one in _forms(plain, toned, to=name == "recipients"):
                places[one].append(here)
        next(place)  # a phrase does not reach from one field into the next
    return " ".join(f"'{word}':{','.join(where[:_MOST_PLACES])}" for word, where in places.items())


def _forms(plain: str, toned: str, *, to: bool) -> Iterator[str]:
    for word in filter(None, (plain, toned)):
        yield word
        if to:
            yield f"{TO}{word}"


def columns(said: Said) -> dict[str, str]:
    """Give the words of a message as the columns of the table in SQLite."""
    found = {name: list(forms_in(getattr(said, name))) for name, _ in WEIGHTS}
    toned = " ".join(toned for forms in found.values() for _, toned in forms if toned)
    return {name: " ".join(plain for plain, _ in forms) for name, forms in found.items()} | {"toned": toned}


_ADD_BACKLOG = Upsert(search_backlog, lambda insert: insert.on_conflict_do_nothing())


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(at: datetime) -> int:
    """Give the day of a moment, counted from 1970 in UTC."""
    return (at - _EPOCH) // timedelta(days=1)


def put_off(connection: Connection, ticket_ids: Iterable[int]) -> None:
    """Have tickets indexed anew by whoever works off the backlog."""
    if rows := [{"ticket_id": one} for one in set(ticket_ids)]:
        connection.execute(_ADD_BACKLOG.on(connection), rows)


def put_off_all(connection: Connection) -> None:
    """Have every ticket indexed anew."""
    connection.execute(delete(search_backlog))
    connection.execute(text("INSERT INTO search_backlog (ticket_id) SELECT id FROM tickets"))


def take_backlog(connection: Connection, most: int) -> list[int]:
    """Take some tickets out of the backlog, the newest first; a rollback puts them back."""
    query = select(search_backlog.c.ticket_id).order_by(search_backlog.c.ticket_id.desc()).limit(most)
    taken = list(connection.scalars(query.with_for_update(skip_locked=True)))
    if taken:
        connection.execute(delete(search_backlog).where(search_backlog.c.ticket_id.in_(taken)))
    return taken


def count_backlog(connection: Connection) -> int:
    """Give how many tickets wait to be indexed."""
    return connection.scalar(select(func.count()).select_from(search_backlog)) or 0
