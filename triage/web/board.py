"""What somebody sees first after signing in: how all queues stand, or his own queue."""

from dataclasses import dataclass
from datetime import datetime

from fastapi.responses import RedirectResponse, Response

from triage.core.people import Right
from triage.db import counters, loads, mails, outbox, queues
from triage.db.counters import Count
from triage.db.loads import Load
from triage.db.queues import EVERY_OPEN, Wanted
from triage.service.queues import all_queues
from triage.web import tiles
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.filters import soon_until
from triage.web.queue import MOST_AT_ONCE, seen_queues
from triage.web.tiles import APART, Maker, Tile

router = DeskRouter()

_UNDELIVERED = Wanted(statuses=EVERY_OPEN, undelivered=True)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the queues of one person stand at one moment; mails and letters only for who oversees them all."""

    counts: list[Count]
    loads: list[Load]
    stuck: int
    failed: int
    undelivered: int


@router.page("/", Right.READ)
def board(ask: Asking, view: str = "") -> Response:
    """Show how every queue stands; who looks after one queue goes straight to it."""
    if ask.person.sees_all:
        return _board(ask, all_queues(ask.desk.app.means.rules), view)
    own = seen_queues(ask)
    if len(own) == 1:
        return RedirectResponse(f"/queues/{own[0]}", status_code=303)
    return _board(ask, own, view)


def _board(ask: Ask, places: tuple[str, ...], view: str) -> Response:
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    found = _standing(ask, now)
    maker = Maker(ask.words, rules, now)
    every = maker.tiles(places, found.counts, found.loads)
    apart = {one.queue: one for one in every if one.queue in APART}
    busy = [one for one in every if one.queue not in APART and one.open]
    quiet = [one for one in every if one.queue not in APART and not one.open]
    return ask.page(
        "desk/board.html",
        totals=tiles.totals(every),
        apart=[apart[name] for name in APART if name in apart],
        regions=maker.regions(busy) if ask.person.sees_all else [],
        busy=busy,
        quiet=_by_name(quiet),
        table=view == "table",
        stuck=found.stuck,
        failed=found.failed,
        undelivered=found.undelivered,
        oversees=ask.person.may(Right.OVERSEE),
        none_at_all=not places,
    )


def _standing(ask: Ask, now: datetime) -> _Standing:
    until = soon_until(ask.desk.app.means.rules.calendar, now)
    oversees = ask.person.may(Right.OVERSEE)
    with ask.desk.database.read() as connection:
        return _Standing(
            counts=counters.seen_by(connection, ask.person, now),
            loads=loads.by_queue(connection, ask.person, now, until),
            stuck=mails.count_stuck(connection) if oversees else 0,
            failed=outbox.count_failed(connection) if oversees else 0,
            undelivered=queues.count(connection, ask.person, now, _UNDELIVERED, MOST_AT_ONCE),
        )


def _by_name(some: list[Tile]) -> list[Tile]:
    return sorted(some, key=lambda one: one.queue)
