"""GET /events: what changes is told to open pages as server-sent events (WHATWG HTML, 9.2)."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Header, HTTPException, Request
from fastapi.sse import ServerSentEvent

from triage.core.people import Right
from triage.service.news import Listener
from triage.web.access import DeskRouter, Resting
from triage.web.feed import Feed, FullError, Seat
from triage.web.server import STOPPING

router = DeskRouter()

RETRY_MILLISECONDS = 3000


async def seat_of(
    request: Request, ask: Resting, last_event_id: Annotated[str, Header(max_length=20)] = ""
) -> AsyncIterator[tuple[Feed, Seat]]:
    """Give a stream its place for as long as it lasts; too many of them are told so (429)."""
    feed = ask.desk.feed
    had = last_event_id.isascii() and last_event_id.isdecimal()
    after = int(last_event_id) if had else await run_sync(feed.reader.place)
    try:
        seat = feed.take(Listener(ask.session.id, after), ask.person.id, _stopping(request))
    except FullError:
        raise HTTPException(429) from None
    try:
        yield feed, seat
    finally:
        feed.leave(seat)


def _stopping(request: Request) -> Callable[[], bool]:
    found: Callable[[], bool] = request.scope.get(STOPPING, lambda: False)
    return found


@router.stream("/events", Right.READ)
async def events(seated: Annotated[tuple[Feed, Seat], Depends(seat_of)]) -> AsyncIterator[ServerSentEvent]:
    """Tell which tickets change, until the session ends; no subject, no text, nothing of other queues."""
    feed, seat = seated
    # A browser keeps this number too: who breaks off before the first event misses nothing either.
    yield ServerSentEvent(comment="open", retry=RETRY_MILLISECONDS, id=str(seat.listener.after or 0))
    async for news in feed.follow(seat):
        told = {name: value for name, value in asdict(news).items() if name != "place"}
        yield ServerSentEvent(data=told, event="ticket" if news.code else "reload", id=str(news.place))
