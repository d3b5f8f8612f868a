"""The treasuries: their codes, who looks after them, how their queues stand, where notices for them go.

Codes, names, regions and the addresses of the rules are facts of treasuries.toml, which no page changes. Who
of the desk looks after a queue is written here, from the side of the treasury, as on the page of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right, Role
from triage.core.tickets import TicketStatus
from triage.core.treasuries import CENTRAL_QUEUE, Level, Treasury
from triage.db import activity, counters, loads, people, units
from triage.db.activity import Activity
from triage.db.people import Account
from triage.errors import NotFoundError
from triage.service import told, treasuries as service
from triage.service.treasuries import Coordinator
from triage.web import tiles, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.filters import soon_until
from triage.web.queue import seen_queues
from triage.web.shown import visible
from triage.web.ticketact import LONGEST_KEY, new_key

router = DeskRouter()

MOST_OFFICES = 60
"""Offices of a province that its page names."""

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}

Key = Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)]
Login = Annotated[str, Form(max_length=64)]


@dataclass(frozen=True, slots=True)
class Line:
    """One treasury of the list; ``queue`` is empty where its code is not known, so that none leads there."""

    code: str
    name: str
    queue: str
    people: Sequence[Coordinator]
    addresses: Sequence[str]
    open: int = 0
    overdue: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the queues of one reader stand at one moment."""

    open: Mapping[str, int]
    overdue: Mapping[str, int]
    activity: Activity
    people: Mapping[str, Sequence[Coordinator]]
    accounts: Sequence[Account]


@router.page("/treasuries", Right.READ)
def page(ask: Asking) -> HTMLResponse:
    """Show the treasuries of every region; who looks after some sees these."""
    found = _standing(ask)
    regions: dict[str, list[Line]] = {}
    for one in _shown(ask):
        key = _region(one)
        regions.setdefault(key, []).append(_line(ask, one, found))
    return ask.page(
        "desk/treasuries.html",
        regions=[(tiles.region_name(ask.words, key), regions[key]) for key in sorted(regions, key=_order)],
        moment=lambda at: wording.moment(at, ask.desk.app.means.rules.calendar),
    )


@router.page("/treasuries/{queue}", Right.READ)
def one(ask: Asking, queue: str) -> HTMLResponse:
    """Show one treasury with its people, its offices and its units. Raises NotFoundError."""
    treasury, rules = _treasury(ask, queue), ask.desk.app.means.rules
    found = _standing(ask)
    codes = rules.treasuries.codes_of([queue])
    with ask.desk.database.read() as connection:
        number = units.count_of(connection, codes)
    there = {one.name for one in found.people.get(queue, ()) if not one.stands_in}
    return ask.page(
        "desk/treasury.html",
        line=_line(ask, treasury, found),
        region=tiles.region_name(ask.words, _region(treasury)),
        treasuries=[
            one for one in rules.treasuries.treasuries if one.queue == queue and one.level is not Level.OFFICE
        ],
        offices=[
            one for one in rules.treasuries.treasuries if one.level is Level.OFFICE and one.code in codes
        ][:MOST_OFFICES],
        units=number,
        others=[
            one
            for one in found.accounts
            if one.role is Role.COORDINATOR and one.disabled_at is None and one.name not in there
        ]
        if ask.person.may(Right.PEOPLE)
        else [],
        key=new_key(),
        visible=visible,
        moment=lambda at: wording.moment(at, rules.calendar),
    )


@router.act("/treasuries/{queue}/coordinators", Right.PEOPLE, fresh="/treasuries")
def give(ask: Asking, queue: str, key: Key, name: Login = "") -> Response:
    """Let a coordinator look after this treasury too."""
    _treasury(ask, queue)
    means, words = ask.desk.app.means, ask.words
    account = service.give(ask.desk.database, means.clock, means.rules, queue, name, actor=ask.person.name)
    sentence = words.say("%(name)s nay phụ trách kho bạc này.", name=visible(account.display_name))
    return _told(ask, key, queue, sentence)


@router.act("/treasuries/{queue}/coordinators/remove", Right.PEOPLE, fresh="/treasuries")
def take(ask: Asking, queue: str, key: Key, name: Login = "") -> Response:
    """Let a coordinator look after this treasury no more; what he saw of it is gone with his next page."""
    _treasury(ask, queue)
    means, words = ask.desk.app.means, ask.words
    account = service.take(ask.desk.database, means.clock, queue, name, actor=ask.person.name)
    sentence = words.say("%(name)s không còn phụ trách kho bạc này.", name=visible(account.display_name))
    return _told(ask, key, queue, sentence)


def _told(ask: Ask, key: str, queue: str, sentence: str) -> Response:
    told.keep(ask.desk.database, ask.desk.app.means.clock, key, ask.person.id, "queues_changed", sentence)
    return ask.go(f"/treasuries/{queue}", act=key)


def _shown(ask: Ask) -> list[Treasury]:
    """Give the treasuries of the list: the centre, then each province, with or without a code."""
    every = ask.desk.app.means.rules.treasuries.treasuries
    centre = [one for one in every if one.level is Level.CENTRAL][:1]
    listed = [*centre, *(one for one in every if one.level is Level.PROVINCE)]
    if ask.person.sees_all:
        return listed
    own = seen_queues(ask)
    return [one for one in listed if one.queue in own]


def _treasury(ask: Ask, queue: str) -> Treasury:
    """Give the treasury of a queue that somebody sees. Raises NotFoundError, alike where there is none."""
    found = next((one for one in _shown(ask) if one.queue and one.queue == queue), None)
    if found is None:
        raise NotFoundError(f"There is no treasury with the queue {queue!r}.")
    return found


def _standing(ask: Ask) -> _Standing:
    now, calendar = ask.desk.now(), ask.desk.app.means.rules.calendar
    with ask.desk.database.read() as connection:
        counted = counters.seen_by(connection, ask.person, now)
        waiting = loads.by_queue(connection, ask.person, now, soon_until(calendar, now))
        accounts = people.accounts(connection)
        last = activity.by_queue(connection, ask.person, now)
    number: dict[str, int] = {}
    for one in counted:
        if one.status != TicketStatus.CLOSED:
            number[one.queue] = number.get(one.queue, 0) + one.number
    overdue = {one.queue: one.overdue for one in waiting}
    return _Standing(number, overdue, last, service.coordinators(accounts, now), accounts)


def _line(ask: Ask, treasury: Treasury, found: _Standing) -> Line:
    rules, queue = ask.desk.app.means.rules, treasury.queue
    there = found.people.get(queue, ()) if queue else ()
    centre = treasury.level is Level.CENTRAL
    return Line(
        code="" if centre else treasury.code,
        name=wording.queue_name(ask.words, rules, queue) if centre else treasury.full_name,
        queue=queue,
        people=there,
        addresses=service.addresses(rules, queue, there) if queue else (),
        open=found.open.get(queue, 0) if queue else 0,
        overdue=found.overdue.get(queue, 0) if queue else 0,
        last=_last(ask, found.activity, queue) if queue else "",
    )


def _last(ask: Ask, found: Activity, queue: str) -> str:
    def told(at: datetime) -> str:
        return wording.moment(at, ask.desk.app.means.rules.calendar)

    if at := found.last.get(queue):
        return told(at)
    return ask.words.say("trước %(at)s", at=told(found.since)) if found.since else ""


def _order(region: str) -> tuple[int, int, str]:
    """Give the place of a region in the list: the centre, then by number, then what has none."""
    place = {tiles.CENTRE: 0, tiles.UNKNOWN: 2}.get(region, 1)
    values = [_ROMAN.get(letter, 0) for letter in region]
    following = [*values[1:], 0]
    number = sum(-value if value < after else value for value, after in zip(values, following, strict=True))
    return place, number, region


def _region(treasury: Treasury) -> str:
    if treasury.queue == CENTRAL_QUEUE:
        return tiles.CENTRE
    return treasury.region or tiles.UNKNOWN
