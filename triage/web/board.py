"""What somebody sees first after signing in: how all queues stand, or his own queue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse, Response

from triage.core.people import Right
from triage.db import counters, incidents, loads, mails, outbox, proposals, queues
from triage.db.counters import Count
from triage.db.loads import Load
from triage.db.queues import EVERY_OPEN, Wanted
from triage.service import taking
from triage.service.queues import all_queues
from triage.web import boardfilter, chips, tiles
from triage.web.access import Asking, DeskRouter
from triage.web.boardfilter import BoardFilter
from triage.web.desk import Ask
from triage.web.filters import soon_until
from triage.web.queue import MOST_AT_ONCE, seen_queues
from triage.web.shown import visible
from triage.web.ticketact import LONGEST_KEY, Short, new_key, ticket_path
from triage.web.tiles import APART, Maker, Tile

router = DeskRouter()

_UNDELIVERED = Wanted(statuses=EVERY_OPEN, undelivered=True)

MOST_INCIDENTS = 5
"""Open incidents that the board shows."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the queues of one person stand at one moment.

    Incidents are told to everybody, mails and letters only to who oversees them all, what waits for approval
    only to who may send it.
    """

    counts: list[Count]
    loads: list[Load]
    stuck: int
    failed: int
    undelivered: int
    proposed: int
    incidents: list[tuple[int, str, int]]


@router.page("/", Right.READ)
def board(ask: Asking, view: str = "", region: str = "", due: str = "") -> Response:
    """Show how every queue stands; who looks after one queue goes straight to it."""
    if ask.person.sees_all:
        narrowed = boardfilter.read(view, region, due, _regions(ask))
        return _board(ask, all_queues(ask.desk.app.means.rules), narrowed)
    own = seen_queues(ask)
    if len(own) == 1:
        return RedirectResponse(f"/queues/{own[0]}", status_code=303)
    return _board(ask, own, boardfilter.read(view, "", "", {}))


@router.act("/tickets/take-oldest", Right.WORK)
def take_oldest(
    ask: Asking, key: Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)], region: Short = ""
) -> Response:
    """Take the ticket that has waited longest and go there; of a region only where one is named."""

    def tell(code: str) -> str:
        return ask.words.say("Bạn đã nhận xử lý phiếu %(code)s.", code=code)

    desk, places = ask.desk, _regions(ask).get(region, ())
    code = taking.take_oldest(desk.database, desk.app.means.clock, ask.person, key, tell, queues=places)
    return ask.go(ticket_path(code), act=key)


def _board(ask: Ask, places: tuple[str, ...], narrowed: BoardFilter) -> Response:
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    found = _standing(ask, now, narrowed)
    maker = Maker(ask.words, rules, now)
    every = [one for one in maker.tiles(places, found.counts, found.loads) if narrowed.holds(one.queue)]
    shown = [one for one in every if narrowed.shows(one)]
    apart = {one.queue: one for one in shown if one.queue in APART}
    busy = [one for one in shown if one.queue not in APART and one.open]
    quiet = [one for one in shown if one.queue not in APART and not one.open]
    return ask.page(
        "desk/board.html",
        totals=tiles.totals(every),
        apart=[apart[name] for name in APART if name in apart],
        regions=maker.regions(busy) if ask.person.sees_all else [],
        busy=busy,
        quiet=_by_name(quiet),
        stuck=found.stuck,
        failed=found.failed,
        undelivered=found.undelivered,
        proposed=found.proposed,
        incidents=[(number, visible(title), count) for number, title, count in found.incidents],
        oversees=ask.person.may(Right.OVERSEE),
        none_at_all=not places,
        narrowed=narrowed,
        strange=list(chips.strange(ask.words, narrowed.strange)),
        choices=[(one, tiles.region_name(ask.words, one)) for one in _regions(ask)],
        key=new_key(),
    )


def _regions(ask: Ask) -> dict[str, list[str]]:
    """Give the regions with their queues, in the order of the directory."""
    rules = ask.desk.app.means.rules
    found: dict[str, list[str]] = {}
    for queue in rules.treasuries.queues:
        found.setdefault(tiles.region_of(rules, queue), []).append(queue)
    return found


def _standing(ask: Ask, now: datetime, narrowed: BoardFilter) -> _Standing:
    until = soon_until(ask.desk.app.means.rules.calendar, now)
    oversees = ask.person.may(Right.OVERSEE)
    undelivered = replace(_UNDELIVERED, queues=tuple(sorted(narrowed.queues)))
    with ask.desk.database.read() as connection:
        return _Standing(
            counts=counters.seen_by(connection, ask.person, now),
            loads=loads.by_queue(connection, ask.person, now, until),
            stuck=mails.count_stuck(connection) if oversees else 0,
            failed=outbox.count_failed(connection) if oversees else 0,
            undelivered=queues.count(connection, ask.person, now, undelivered, MOST_AT_ONCE),
            proposed=proposals.count(connection, ask.person, now) if ask.person.may(Right.WORK) else 0,
            incidents=incidents.open_counts(connection, MOST_INCIDENTS),
        )


def _by_name(some: list[Tile]) -> list[Tile]:
    return sorted(some, key=lambda one: one.queue)
