"""Reads PostgreSQL's index of words from the newest day back, no further than one question may cost.

A GIN index gives all messages that hold a word, in no order: of a word in every third one, a million. So the
day of each message stands in the index beside its words, and it is asked for some days at a time. Where words
are frequent, the first days hold enough; where they are rare, after a few steps it is asked for all.

Whatever is asked, one question reads at most MOST_READ messages and those of one step more. Words of which
there are more are looked for in the newest messages alone, and ``is_last`` never comes true.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from triage.db.searchindex import day_of

AT_ONCE = 4000
"""Messages that one step may read. Of a single day that holds more, some are left out."""

MOST_READ = 12_000
"""After so many messages no further step is taken."""

FIRST_DAYS = 3
FASTER = 8
"""How many days the first step reads, and how many times more than the last one each other may."""

LONGEST_LIST = 256
"""Days that can be looked up one by one; whoever would read more reads all that is there instead."""

_AIM = AT_ONCE * 3 // 4
"""Messages that a step should read, so that it seldom has to be taken anew with fewer days."""

_BEFORE_ANY_MAIL = datetime(2000, 1, 1, tzinfo=UTC)

# Order, places and weights of words are not in the index, only in the messages themselves. So it is asked for
# the words alone: what is bounded is how many messages are read, and not how many of them fit.
_READ = (
    "SELECT count(*), array_agg(entry_id) FILTER (WHERE fits) "
    "FROM (SELECT entry_id, words @@ CAST(:exact AS tsquery) AS fits FROM search_words "
    "WHERE words @@ CAST(:plain AS tsquery){days} LIMIT :most) AS held"
)
_OF_DAYS = text(_READ.format(days=" AND ARRAY[day] && CAST(:days AS integer[])"))
_OF_ALL_DAYS = text(_READ.format(days=""))

# The planner takes words for frequent that are so one by one and never stand together, and would read the
# whole table from its beginning in the hope that enough of them turn up soon.
_BY_INDEX_ALONE = text("SET LOCAL enable_seqscan = off")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question as tsqueries: ``exact`` as was asked, ``plain`` as the index alone can tell."""

    exact: str
    plain: str


@dataclass(frozen=True, slots=True)
class Days:
    """The days within which a question is asked, counted from 1970 in UTC."""

    oldest: int
    newest: int


@dataclass(frozen=True, slots=True)
class Step:
    """Messages that fit, the newest first; ``is_last`` where none is left unread."""

    entry_ids: list[int]
    is_last: bool


def days_between(after: datetime | None, before: datetime | None, now: datetime) -> Days:
    """Give the days between two moments, each of which may be left open."""
    tomorrow = now + timedelta(days=1)
    return Days(day_of(after or _BEFORE_ANY_MAIL), day_of(min(before or tomorrow, tomorrow)))


def read_back(connection: Connection, words: Words, days: Days) -> Iterator[Step]:
    """Give what fits, step by step, until the oldest day or until enough was read.

    A message that is dated ahead, or before there were mails, is found by words that are rare. For the rest
    of the transaction no table is read from its beginning.
    """
    connection.execute(_BY_INDEX_ALONE)
    unread, span, read, left_out, asked_for_all = days.newest, FIRST_DAYS, 0, False, False
    while unread >= days.oldest and read < MOST_READ:
        if span > LONGEST_LIST and not asked_for_all:
            asked_for_all = True
            seen, found = _read(connection, words, None)
            read += seen
            if seen <= AT_ONCE:
                yield Step(found, is_last=True)
                return
        span = min(span, LONGEST_LIST, unread - days.oldest + 1)
        seen, found = _read(connection, words, range(unread - span + 1, unread + 1))
        read += seen
        if seen > AT_ONCE and span > 1:
            span = max(1, span // FASTER)
            continue
        unread -= span
        left_out = left_out or seen > AT_ONCE
        yield Step(found, is_last=unread < days.oldest and not left_out)
        span = max(1, min(span * FASTER, span * _AIM // max(seen, 1)))


def _read(connection: Connection, words: Words, days: range | None) -> tuple[int, list[int]]:
    values = {"exact": words.exact, "plain": words.plain, "most": AT_ONCE + 1}
    if days is None:
        seen, found = connection.execute(_OF_ALL_DAYS, values).one()
    else:
        seen, found = connection.execute(_OF_DAYS, values | {"days": list(days)}).one()
    return seen, sorted(found or (), reverse=True)
