"""Finds messages by their words, within what a person sees: the clause of sight is part of the question.

Of a word that stands in a million messages nobody reads more than the first page. So the newest CANDIDATES
are taken, those with the tones that were typed first, and ranked among themselves. SQLite is read from the
newest row back until there are so many; how far PostgreSQL is read stands in searchback.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Float,
    Row,
    Select,
    and_,
    any_,
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
from triage.db.queues import TO_DO
from triage.db.schema import SEARCH_WORDS, search_entries, tickets
from triage.db.searchback import Words, days_between, read_back
from triage.db.searchmatch import FIELDS, Fields, by_reading, for_fts5, for_tsquery, weighed, words_alone

CANDIDATES = 500
"""How many messages are ranked, and counted by state, queue and kind."""

FEW_TICKETS = 2000
"""How many tickets are read one by one rather than looked for by their words."""

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


@dataclass(slots=True)
class Fitting:
    """What fits, as it is found; ``whole`` while no message was left unread that might fit as well."""

    ranked: dict[int, tuple[int, float, Candidate]] = field(default_factory=dict)
    whole: bool = True

    def add(self, tier: int, rows: Iterable[Row[Any]]) -> None:
        """Take messages of one tier; one that is there already stays in its better tier."""
        for row in rows:
            found = Candidate(row.id, row.ticket_id, row.status, row.queue, row.category)
            self.ranked.setdefault(row.id, (tier, -row.score, found))

    def is_full(self) -> bool:
        """Whether there are as many as are ranked."""
        return len(self.ranked) >= CANDIDATES

    def best(self) -> list[Candidate]:
        """Give them, the best first."""
        ordered = sorted(self.ranked.values(), key=lambda one: (one[0], one[1], -one[2].entry_id))
        return [found for _, _, found in ordered[:CANDIDATES]]


def candidates(
    connection: Connection, query: SearchQuery, bounds: Bounds, visible: ColumnElement[bool]
) -> tuple[list[Candidate], bool]:
    """Give the messages that fit, best first, at most CANDIDATES, and whether these are all that there are.

    Messages with the tones that were typed come before all others, whatever their age.
    """
    of_tickets = [visible, *_of_tickets(query, bounds)]
    conditions = [*of_tickets, *_of_messages(query, bounds)]
    ids = connection.scalars(select(tickets.c.id).where(*of_tickets).limit(FEW_TICKETS + 1)).all()
    few = ids if len(ids) <= FEW_TICKETS else None
    fitting = Fitting()
    tiers = (True, False) if _has_tones(query) else (False,)
    for tier, toned in enumerate(tiers):
        if fitting.is_full():
            break
        asked = _question(connection, query, few, toned=toned).where(*conditions)
        if few is None and query.wanted and connection.dialect.name != "sqlite":
            for rows, whole in _read_back(connection, query, bounds, asked, toned=toned):
                fitting.add(tier, rows)
                fitting.whole = whole
                if fitting.is_full():
                    break
        else:
            fitting.add(tier, connection.execute(asked))
    return fitting.best(), fitting.whole and not fitting.is_full()


def _has_tones(query: SearchQuery) -> bool:
    return any(term.toned for term in query.wanted)


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


def _question(
    connection: Connection, query: SearchQuery, few: Sequence[int] | None, *, toned: bool
) -> Select[Any]:
    """Ask for messages by their words; where no word is asked for, for tickets by their heads.

    ``few`` are the only tickets that the other conditions leave, where these are not many. Then the database
    goes from them to their messages: of those that hold a common word it would find a million first.
    """
    sqlite = connection.dialect.name == "sqlite"
    if not query.wanted:
        asked = _by_conditions(query)
    elif not sqlite:
        asked = _by_tsvector(query, toned=toned)
    else:
        asked = _by_fts5(query, toned=toned) if few is None else _by_reading(query, toned=toned)
    if few is None:
        return asked
    # With a bare column to order by, both databases would rather walk along all messages.
    newest = (search_entries.c.id + 0).desc()
    return asked.where(search_entries.c.ticket_id.in_(few)).order_by(None).order_by(newest)


def _by_conditions(query: SearchQuery) -> Select[Any]:
    kind = search_entries.c.kind
    which = kind == "mail" if query.has_files else kind == "ticket"
    return _rows(_NONE).where(which).order_by(search_entries.c.at.desc(), search_entries.c.id.desc())


_PLACES = {name: f"c{place}" for place, name in enumerate(FIELDS)}
_KEPT = table(f"{SEARCH_WORDS}_content", column("id"), *map(column, _PLACES.values()))
"""The plain table in which FTS5 keeps what it was given: columns id, c0, c1 … (fts5.html, section 9.4)."""
_FOLDED: Fields = {name: _KEPT.c[place] for name, place in _PLACES.items()}


def _by_reading(query: SearchQuery, *, toned: bool) -> Select[Any]:
    asked = _rows(weighed(query, _FOLDED)).join(_KEPT, _KEPT.c.id == search_entries.c.id)
    return asked.where(by_reading(query, _FOLDED, toned=toned))


def _by_fts5(query: SearchQuery, *, toned: bool) -> Select[Any]:
    index = table(SEARCH_WORDS, column("rowid"))
    whole: ColumnElement[Any] = literal_column(SEARCH_WORDS)
    words: BindParameter[str] = bindparam("words", for_fts5(query, toned=toned))
    return (
        _rows(weighed(query, _FOLDED))
        .join(index, index.c.rowid == search_entries.c.id)
        .join(_KEPT, _KEPT.c.id == index.c.rowid)
        .where(whole.op("MATCH", is_comparison=True)(words))
        .order_by(index.c.rowid.desc())
    )


def _read_back(
    connection: Connection, query: SearchQuery, bounds: Bounds, asked: Select[Any], *, toned: bool
) -> Iterator[tuple[Sequence[Row[Any]], bool]]:
    """Give the newest messages with the words, and after each lot whether none is left unread."""
    exact = for_tsquery(query, toned=toned)
    if not toned and _has_tones(query):  # those with the tones were taken before
        exact = f"({exact}) & !({for_tsquery(query, toned=True)})"
    words = Words(exact, words_alone(query, toned=toned))
    of_some = asked.where(search_entries.c.id == any_(bindparam("some", type_=ARRAY(BigInteger))))
    for step in read_back(connection, words, days_between(bounds.after, bounds.before, bounds.now)):
        # Who sees every ticket has enough with the first ones.
        for some in (step.entry_ids[:CANDIDATES], step.entry_ids[CANDIDATES:]):
            if some:
                yield connection.execute(of_some, {"some": some}).all(), False
        yield (), step.is_last


def _by_tsvector(query: SearchQuery, *, toned: bool) -> Select[Any]:
    words = for_tsquery(query, toned=toned)
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


def _of_tickets(query: SearchQuery, bounds: Bounds) -> list[ColumnElement[bool]]:
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
    if query.overdue:
        found.append(and_(tickets.c.due_at < bounds.now, tickets.c.status.in_(TO_DO)))
    return found


def _of_messages(query: SearchQuery, bounds: Bounds) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if bounds.before:
        found.append(search_entries.c.at < bounds.before)
    if bounds.after:
        found.append(search_entries.c.at >= bounds.after)
    if query.has_files:
        found.append(search_entries.c.has_files)
    return found
