"""What somebody who has the desk open should learn at once: which of the tickets that he sees have changed.

Each look asks anew whose sessions are open and which of the changed tickets each of these people sees at that
moment. What somebody may not see is not counted for him either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from triage.core.people import Person
from triage.db import news
from triage.db.engine import Database
from triage.db.news import Seen
from triage.db.visibility import visible_to
from triage.ports import Clock

MOST_AT_ONCE = 500
"""News that one look tells; who missed more is told to load the page anew."""


@dataclass(frozen=True, slots=True)
class News:
    """One change of a ticket as its reader may know it; no ``code`` means "load the page anew"."""

    id: int
    code: str = ""
    queue: str = ""
    what: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """An open session; ``after`` is the last piece of news that it had, None where it has had all so far."""

    session_id: int
    after: int | None = None


@dataclass
class Newsreader:
    """Looks for news; it remembers how far it has read, so one thread at a time may ask it."""

    database: Database
    clock: Clock
    idle: timedelta
    _seen: set[int] = field(default_factory=set)
    _last: int | None = None

    def start_anew(self) -> None:
        """Forget how far it has read: the next look begins with what comes from then on."""
        self._last, self._seen = None, set()

    def newest(self) -> int:
        """Give the number of the newest piece of news: where somebody begins to listen."""
        with self.database.read() as connection:
            return news.newest(connection)

    def look(self, listeners: Iterable[Listener]) -> Mapping[Listener, list[News] | None]:
        """Give the news for each listener; None where the session has ended."""
        now = self.clock.now()
        told: dict[Listener, list[News] | None] = dict.fromkeys(listeners)
        with self.database.read() as connection:
            there = news.still_there(connection, {one.session_id for one in told}, now, now - self.idle)
            fresh = self._fresh(connection)
            for listener in told:
                if person := there.get(listener.session_id):
                    told[listener] = _for(connection, person, listener, fresh, now)
        return told

    def _fresh(self, connection: Connection) -> list[int]:
        """Give the numbers of what was written since the last look; the first look only takes its place."""
        first = self._last is None
        last = news.newest(connection) if self._last is None else self._last
        read = news.since(connection, max(0, last - news.OVERLAP), MOST_AT_ONCE + news.OVERLAP)
        fresh = [number for number in read if number not in self._seen]
        self._last = max([last, *fresh])
        self._seen = {number for number in (*self._seen, *fresh) if number >= self._last - news.OVERLAP}
        return [] if first else fresh


def _for(
    connection: Connection, person: Person, listener: Listener, fresh: list[int], now: datetime
) -> list[News]:
    visible = visible_to(person, now)
    if listener.after is None:
        seen = news.among(connection, fresh, visible) if fresh else []
    else:
        seen = news.missed(connection, listener.after, visible, MOST_AT_ONCE)
        if len(seen) == MOST_AT_ONCE:
            return [News(news.newest(connection))]
    return [_of(one, person) for one in seen]


def _of(seen: Seen, person: Person) -> News:
    return News(seen.id, seen.code, seen.queue, seen.verb, seen.actor == person.name)
