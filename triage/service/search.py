"""Answers a question from the search box: what fits, ranked, counted and within the asker's rights."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from triage.core.people import Person
from triage.core.searchquery import ME, NOBODY, SearchQuery
from triage.db import queues, search, throttles, tickets
from triage.db.engine import Database
from triage.db.search import Bounds, Candidate, Hit
from triage.db.visibility import visible_to

MOST_HITS = 200
"""Tickets that can be paged through; whoever has more narrows the question."""

PAGE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer.

    ``total`` counts tickets, ``counts`` them by state, queue and kind, each the most frequent first. ``more``
    tells that only the newest messages were looked at, ranked and counted.
    """

    hits: Sequence[Hit]
    total: int
    page: int
    pages: int
    counts: Mapping[str, Sequence[tuple[str, int]]]
    more: bool


NOTHING = Found((), 0, 1, 1, {"status": (), "queue": (), "category": ()}, more=False)


def find(
    database: Database, person: Person, query: SearchQuery, now: datetime, zone: tzinfo, page: int = 1
) -> Found:
    """Give one page of what a person finds; nothing where nothing is asked."""
    if query.is_empty:
        return NOTHING
    visible = visible_to(person, now)
    with database.read() as connection:
        if query.queues and not person.sees_all:
            query = _without_foreign_queues(query, queues.mine(connection, person, now))
            if not query.queues:
                return NOTHING
        fitting, whole = search.candidates(connection, query, bounds_of(query, person, now, zone), visible)
        best = _first_of_each_ticket(fitting)
        pages = max(1, -(-min(len(best), MOST_HITS) // PAGE))
        page = min(max(page, 1), pages)
        shown = best[:MOST_HITS][(page - 1) * PAGE : page * PAGE]
        hits = search.hits(connection, [one.entry_id for one in shown], visible)
    return Found(hits, len(best), page, pages, _counts(best), more=not whole)


def _without_foreign_queues(query: SearchQuery, seen: Iterable[str]) -> SearchQuery:
    """Leave out queues that the asker does not see: the database would read them through to find nothing."""
    mine = frozenset(seen)
    return replace(query, queues=tuple(one for one in query.queues if one in mine))


def take_turn(database: Database, person: Person, now: datetime, limit: int, window: timedelta) -> bool:
    """Count one question of a person; False where he has asked too many within the window."""
    with database.write() as connection:
        return throttles.take(connection, f"search:{person.name}", now, limit, window)


def code_of(database: Database, person: Person, query: SearchQuery, now: datetime) -> str | None:
    """Give the code of the ticket that a question names, where this person sees it."""
    if query.code is None:
        return None
    with database.read() as connection:
        row = tickets.find(connection, str(query.code), visible=visible_to(person, now))
    return row.code if row else None


def bounds_of(query: SearchQuery, person: Person, now: datetime, zone: tzinfo) -> Bounds:
    """Make the days of a question moments, and its assignees names."""
    names = tuple(person.name if one == ME else one for one in query.assignees if one != NOBODY)
    return Bounds(
        now=now,
        before=_midnight(query.before, zone),
        after=_midnight(query.after, zone),
        assignees=names,
        nobody=NOBODY in query.assignees,
    )


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    """Give the beginning of a local day; a day at the end of time has none that can be stored."""
    if day is None:
        return None
    return datetime.combine(max(min(day, _LAST_DAY), _FIRST_DAY), time(), zone)


_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9998, 12, 31)


def _first_of_each_ticket(fitting: Iterable[Candidate]) -> list[Candidate]:
    best: dict[int, Candidate] = {}
    for one in fitting:
        best.setdefault(one.ticket_id, one)
    return list(best.values())


def _counts(best: Sequence[Candidate]) -> dict[str, list[tuple[str, int]]]:
    return {
        "status": Counter(one.status for one in best).most_common(),
        "queue": Counter(one.queue for one in best).most_common(),
        "category": Counter(one.category for one in best).most_common(),
    }
