"""Finds messages by their words, within what a person sees: the clause of sight is part of the question.

Of a word that stands in a million messages nobody reads more than the first page. So the newest CANDIDATES
are taken, those with the tones that were typed first, and ranked among themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from triage.core.searchquery import SearchQuery
from triage.core.tickets import TicketStatus
from triage.db.schema import SEARCH_WORDS, search_entries, tickets
from triage.db.searchmatch import for_fts5, for_tsquery

CANDIDATES = 1000
"""How many messages are ranked, and counted by state, queue and kind."""

MOST_SHOWN = 6000
"""Characters of a text in which the line is looked for that is shown."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The conditions of a question with names and days made sure of; moments are UTC."""

    now: datetime
    before: datetime | None = None
    after: datetime | None = None
    assignees: tuple[str, ...] = ()
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that fits, and what its ticket is counted by."""

    entry_id: int
    ticket_id: int
    status: str
    queue: str
    category: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that is shown, with its words as they were written, and its ticket."""

    entry_id: int
    kind: str
    at: datetime
    subject: str
    sender: str
    recipients: str
    files: str
    body: str
    code: str
    ticket_subject: str
    status: str
    queue: str
    category: str
    due_at: datetime | None


def candidates(
    connection: Connection, query: SearchQuery, bounds: Bounds, visible: ColumnElement[bool]
) -> list[Candidate]:
    """Give the messages that fit, best first, at most CANDIDATES.

    Messages with the tones that were typed come before all others, whatever their age.
    """
    ranked: dict[int, tuple[int, float, Candidate]] = {}
    tiers = (True, False) if any(term.toned for term in query.wanted) else (False,)
    for tier, toned in enumerate(tiers):
        if len(ranked) < CANDIDATES:
            asked = _question(connection, query, toned=toned).where(*_conditions(query, bounds), visible)
            for row in connection.execute(asked):
                found = Candidate(row.id, row.ticket_id, row.status, row.queue, row.category)
                ranked.setdefault(row.id, (tier, -row.score, found))
    best = sorted(ranked.values(), key=lambda one: (one[0], one[1], -one[2].entry_id))
    return [found for _, _, found in best[:CANDIDATES]]


def hits(connection: Connection, entry_ids: Sequence[int], visible: ColumnElement[bool]) -> list[Hit]:
    """Give messages with their words, in the order of their ids; those that may not be seen are left out."""
    query = (
        select(
            *(
                search_entries.c[name]
                for name in ("id", "kind", "at", "subject", "sender", "recipients", "files")
            ),
            func.substr(search_entries.c.body, 1, MOST_SHOWN),
            tickets.c.code,
            tickets.c.subject,
            *(tickets.c[name] for name in ("status", "queue", "category", "due_at")),
        )
        .join(tickets, tickets.c.id == search_entries.c.ticket_id)
        .where(search_entries.c.id.in_(entry_ids), visible)
    )
    found = {row[0]: Hit(*tuple(row)) for row in connection.execute(query)}
    return [found[one] for one in entry_ids if one in found]


_NONE: ColumnElement[float] = literal_column("0.0", Float)


def _question(connection: Connection, query: SearchQuery, *, toned: bool) -> Select[Any]:
    """Ask for messages by their words; where no word is asked for, for tickets by their heads."""
    if not query.wanted:
        kind = search_entries.c.kind
        which = kind == "mail" if query.has_files else kind == "ticket"
        return _rows(_NONE).where(which).order_by(search_entries.c.id.desc())
    if connection.dialect.name == "sqlite":
        return _by_fts5(for_fts5(query, toned=toned))
    return _by_tsvector(for_tsquery(query, toned=toned))


def _by_fts5(words: str) -> Select[Any]:
    index = table(SEARCH_WORDS, column("rowid"))
    whole: ColumnElement[Any] = literal_column(SEARCH_WORDS)
    # Weights of subject, sender, recipients, files, body and of the toned words, which are counted once.
    score = -func.bm25(whole, 8.0, 5.0, 2.0, 4.0, 1.0, 0.0)
    return (
        _rows(score)
        .join(index, index.c.rowid == search_entries.c.id)
        .where(whole.op("MATCH", is_comparison=True)(bindparam("words", words)))
        .order_by(index.c.rowid.desc())
    )


def _by_tsvector(words: str) -> Select[Any]:
    index = table(SEARCH_WORDS, column("entry_id"), column("words"))
    asked = cast(bindparam("words", words), TSQUERY)
    score = func.ts_rank(literal_column("'{0.1, 0.4, 0.6, 1.0}'::float4[]"), index.c.words, asked, 1)
    return (
        _rows(score)
        .join(index, index.c.entry_id == search_entries.c.id)
        .where(index.c.words.op("@@", is_comparison=True)(asked))
        .order_by(index.c.entry_id.desc())
    )


def _rows(score: ColumnElement[float]) -> Select[Any]:
    return (
        select(
            search_entries.c.id,
            search_entries.c.ticket_id,
            tickets.c.status,
            tickets.c.queue,
            tickets.c.category,
            score.label("score"),
        )
        .join(tickets, tickets.c.id == search_entries.c.ticket_id)
        .limit(CANDIDATES)
    )


def _conditions(query: SearchQuery, bounds: Bounds) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, values in (
        ("queue", query.queues),
        ("status", query.statuses),
        ("category", query.categories),
    ):
        if values:
            found.append(tickets.c[name].in_(values))
    if bounds.assignees or bounds.nobody:
        nobody = [tickets.c.assignee.is_(None)] if bounds.nobody else []
        found.append(or_(tickets.c.assignee.in_(bounds.assignees), *nobody))
    if bounds.before:
        found.append(search_entries.c.at < bounds.before)
    if bounds.after:
        found.append(search_entries.c.at >= bounds.after)
    if query.has_files:
        found.append(search_entries.c.has_files)
    if query.overdue:
        found.append(and_(tickets.c.due_at < bounds.now, tickets.c.status != TicketStatus.CLOSED.value))
    return found
