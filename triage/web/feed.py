"""The open streams of this process: one look at the database for all of them, a second after the last one.

Where the database tells of news (PostgreSQL) the look follows at once, and without news there is one in five
seconds, in case that was missed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from anyio.to_thread import run_sync

from triage.errors import DatabaseError
from triage.ports import Clock
from triage.service.bell import Bell
from triage.service.news import MOST_AT_ONCE, Listener, News, Newsreader

EVERY_SECONDS = 1.0
EVERY_SECONDS_BY_BELL = 5.0
BREATH_SECONDS = 0.1
"""Between two looks, however often there is news."""

LONGEST = timedelta(minutes=15)
"""After this a stream ends, and the browser opens another."""

SEATS_OF_ONE = 5
SEATS_IN_ALL = 1000

_log = structlog.get_logger(__name__)


class FullError(Exception):
    """Somebody has too many streams, or all together have."""


@dataclass(eq=False)
class Seat:
    """One open stream; None in ``news`` ends it."""

    listener: Listener
    person_id: int
    taken_at: datetime
    stopping: Callable[[], bool]
    news: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(2 * MOST_AT_ONCE))

    def hand(self, told: Iterable[News | None]) -> None:
        """Hand over news; a reader too slow for them is sent away, and comes back for what he missed."""
        try:
            for one in told:
                self.news.put_nowait(one)
        except asyncio.QueueFull:
            while not self.news.empty():
                self.news.get_nowait()
            self.news.put_nowait(None)


@dataclass
class Feed:
    """All open streams. It looks only while somebody listens."""

    reader: Newsreader
    clock: Clock
    bell: Bell = field(default_factory=Bell)
    _seats: set[Seat] = field(default_factory=set)
    _watching: asyncio.Task[None] | None = None

    def take(self, listener: Listener, person_id: int, stopping: Callable[[], bool]) -> Seat:
        """Open a stream, which ends by itself when the server stops. Raises FullError."""
        of_one = sum(seat.person_id == person_id for seat in self._seats)
        if of_one >= SEATS_OF_ONE or len(self._seats) >= SEATS_IN_ALL:
            raise FullError
        seat = Seat(listener, person_id, self.clock.now(), stopping)
        self._seats.add(seat)
        if self._watching is None or self._watching.done():
            self.reader.start_anew()
            self._watching = asyncio.get_running_loop().create_task(self._watch())
        return seat

    def leave(self, seat: Seat) -> None:
        """Close a stream."""
        self._seats.discard(seat)

    async def follow(self, seat: Seat) -> AsyncIterator[News]:
        """Give the news of a stream until it ends."""
        while (one := await seat.news.get()) is not None:
            yield one

    async def _watch(self) -> None:
        """Look until nobody listens; what ends it otherwise ends every stream, so that browsers come back."""
        news, loop = asyncio.Event(), asyncio.get_running_loop()

        def hear() -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it whoever would look
                loop.call_soon_threadsafe(news.set)

        try:
            with self.bell.heard(hear):
                await self._look_on(news)
        finally:
            for seat in list(self._seats):
                seat.hand([None])

    async def _look_on(self, news: asyncio.Event) -> None:
        while self._seats:
            news.clear()
            seats = list(self._seats)
            try:
                await self._round(seats)
            except DatabaseError as error:
                _log.warning("news_unread", error=str(error))
            for seat in seats:
                if seat.stopping() or self.clock.now() - seat.taken_at >= LONGEST:
                    seat.hand([None])
            await self._rest(news)

    async def _rest(self, news: asyncio.Event) -> None:
        await asyncio.sleep(BREATH_SECONDS)
        longest = EVERY_SECONDS_BY_BELL if self.bell.is_hung else EVERY_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), longest)

    async def _round(self, seats: list[Seat]) -> None:
        """Hand out what one look finds."""
        listeners = [seat.listener for seat in seats]
        told = await run_sync(self.reader.look, listeners)
        for seat, listener in zip(seats, listeners, strict=True):
            its = told[listener]
            seat.hand([None] if its is None else its)
            seat.listener = Listener(listener.session_id)
