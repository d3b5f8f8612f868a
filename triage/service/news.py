"""What somebody who has the desk open should learn at once: which of the tickets that he sees have changed.

Each look asks anew whose sessions are open and which of the changed tickets each of these people sees at that
moment. What somebody may not see is not counted for him either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection

from triage.core.gaps import Gaps
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
    """One change of a ticket as its reader may know it; no ``code`` means "load the page anew".

    ``place`` is where somebody goes on who has had this and all before it: what was still to be committed
    then comes after it.
    """

    id: int
    place: int
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
    _gaps: Gaps | None = None

    def start_anew(self) -> None:
        """Forget how far it has read: the next look begins with what comes from then on."""
        self._gaps = None

    def place(self) -> int:
        """Give where somebody begins to listen: the newest piece of news before which none is missing."""
        with self.database.read() as connection:
            newest = news.newest(connection)
        gaps = self._gaps
        return min(newest, gaps.mark) if gaps else newest

    def look(self, listeners: Iterable[Listener]) -> Mapping[Listener, list[News] | None]:
        """Give the news for each listener; None where the session has ended."""
        now = self.clock.now()
        told: dict[Listener, list[News] | None] = dict.fromkeys(listeners)
        with self.database.read() as connection:
            there = news.still_there(connection, {one.session_id for one in told}, now, now - self.idle)
            gaps, fresh = self._fresh(connection, now)
            for listener in told:
                if person := there.get(listener.session_id):
                    seen = _for(connection, visible_to(person, now), listener.after, fresh)
                    told[listener] = _told(seen, person, gaps)
        return told

    def _fresh(self, connection: Connection, now: datetime) -> tuple[Gaps, list[int]]:
        """Give the numbers of what was written since the last look; the first look only takes its place."""
        if self._gaps is None:
            start = max(0, news.newest(connection) - news.OVERLAP)
            self._gaps = Gaps(start)
            self._gaps.see(news.since(connection, start, 2 * news.OVERLAP), now)
            return self._gaps, []
        read = news.since(connection, self._gaps.last, MOST_AT_ONCE)
        if waited := self._gaps.missing:
            read += news.there(connection, waited)
        return self._gaps, self._gaps.see(read, now)


def _for(
    connection: Connection, visible: ColumnElement[bool], after: int | None, fresh: list[int]
) -> list[Seen]:
    """Give what one listener is told; whoever begins after a number is also told what came late before it."""
    late = fresh if after is None else [number for number in fresh if number <= after]
    seen = news.among(connection, late, visible) if late else []
    return seen if after is None else [*seen, *news.missed(connection, after, visible, MOST_AT_ONCE)]


def _told(seen: Sequence[Seen], person: Person, gaps: Gaps) -> list[News]:
    if len(seen) >= MOST_AT_ONCE:
        return [News(gaps.last, gaps.mark)]
    return [
        News(one.id, min(one.id, gaps.mark), one.code, one.queue, one.verb, one.actor == person.name)
        for one in seen
    ]
