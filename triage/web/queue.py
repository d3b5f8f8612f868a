"""Lists of tickets: one queue, or all that somebody sees; each opens on what is to be done now."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse, Response

from triage.core.people import Person, Right
from triage.core.tickets import TicketStatus
from triage.db import colleagues, counters, handovers, incidents, mails, queues, savedviews
from triage.db.queues import Page, Place
from triage.db.savedviews import SavedView
from triage.errors import NotFoundError
from triage.service.queues import all_queues
from triage.web import filters, mailboxes, wording
from triage.web.access import Asking, DeskRouter
from triage.web.chips import chips, strange
from triage.web.desk import Ask, Desk
from triage.web.filters import Filters
from triage.web.ticketrows import Around, Teller

router = DeskRouter()

PAGE = 50
"""Tickets of one page."""

MOST_AT_ONCE = 500
"""Tickets that one bulk act may change."""


@dataclass(frozen=True, slots=True)
class _List:
    """What was found for one list, all of it at one moment."""

    page: Page
    total: int
    around: Around
    views: list[SavedView]
    workers: list[Person]


@router.page("/tickets", Right.READ, lists=filters.MANY)
def all_tickets(ask: Asking, q: str = "") -> Response:
    """Show what waits in every queue that this person sees."""
    if q.strip():
        return RedirectResponse(f"/search?{urlencode({'q': q.strip()[:200]})}", status_code=303)
    return _list(ask, "/tickets", "")


@router.page("/queues/{queue}", Right.READ, lists=filters.MANY)
def one_queue(ask: Asking, queue: str) -> Response:
    """Show what waits in one queue. A queue of somebody else answers as if there were none."""
    demand_seen(ask, queue)
    return _list(ask, f"/queues/{queue}", queue)


def seen_queues(ask: Ask) -> tuple[str, ...]:
    """Give the queues that whoever asks may look into."""
    return queues_seen_by(ask.desk, ask.person)


def queues_seen_by(desk: Desk, person: Person) -> tuple[str, ...]:
    """Give the queues that somebody may look into, also old ones that hold tickets, as the directory does."""
    known = all_queues(desk.app.means.rules)
    with desk.database.read() as connection:
        if person.sees_all:
            used = {one.queue for one in counters.everything(connection)}
            return (*known, *sorted(used - set(known)))
        own = queues.mine(connection, person, desk.now())
    return (*(one for one in known if one in own), *(one for one in own if one not in known))


def demand_seen(ask: Ask, queue: str) -> None:
    """Raise NotFoundError for a queue that somebody does not see, alike where there is none."""
    if queue not in seen_queues(ask):
        raise NotFoundError(f"There is no queue {queue!r}.")


def read_filters(ask: Ask, pairs: list[tuple[str, str]], queue: str) -> Filters:
    """Read the conditions of an address; within a queue, no other one may be asked for."""
    categories = [one.id for one in ask.desk.app.means.rules.categories]
    return filters.read(pairs, () if queue else seen_queues(ask), categories)


def _list(ask: Ask, path: str, queue: str) -> Response:
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    narrowed = read_filters(ask, ask.request.query_params.multi_items(), queue)
    place = filters.read_place(ask.request.query_params.get("after", ""))
    found = _found(ask, narrowed.within(queue) if queue else narrowed, place, now)
    teller = Teller(ask.words, rules, ask.person, now)
    name = wording.queue_name(ask.words, rules, queue) if queue else ""
    after = found.page.after
    return ask.page(
        "desk/queue.html",
        title=name or _title(ask),
        path=path,
        queue=queue,
        narrowed=narrowed,
        here=path + narrowed.query(),
        chips=list(chips(ask.words, rules, found.around.people, path, narrowed)),
        strange=list(strange(ask.words, narrowed.strange)),
        rows=teller.rows(found.page.rows, found.around),
        total=found.total,
        most=MOST_AT_ONCE,
        next_page=path + narrowed.query(after=filters.written_place(after)) if after else "",
        first_page=path + narrowed.query() if place else "",
        export=narrowed.query(),
        views=found.views,
        workers=found.workers,
        acts=ask.offers("/tickets/bulk", "POST"),
        since=now.isoformat(),
        key=secrets.token_urlsafe(18),
        offers=_offers(ask, narrowed, queue),
    )


def _title(ask: Ask) -> str:
    if ask.person.sees_all:
        return ask.words.say("Phiếu của mọi hàng đợi")
    return ask.words.say("Phiếu trong các hàng đợi của tôi")


def _found(ask: Ask, narrowed: Filters, place: Place | None, now: datetime) -> _List:
    me, rules, config = ask.person, ask.desk.app.means.rules, ask.desk.app.config
    wanted = narrowed.wanted(me.name, rules.calendar, now)
    with ask.desk.database.read() as connection:
        page = queues.page(connection, me, now, wanted, place, PAGE)
        whole = page.after is None and place is None
        total = len(page.rows) if whole else queues.count(connection, me, now, wanted, MOST_AT_ONCE + 1)
        ids = [row.id for row in page.rows]
        logins = [row.assignee for row in page.rows if row.assignee]
        around = Around(
            people=colleagues.by_login(connection, [*logins, *_named(me, narrowed)]),
            present=colleagues.present_on(connection, ids, now, but=me),
            unread=frozenset(colleagues.unread_on(connection, me, ids)),
            at_province=handovers.among(connection, ids),
            incidents=incidents.titles(connection, ids),
            mailboxes=mailboxes.of_tickets(config, ids, partial(mails.first_mailboxes, connection)),
        )
        views = savedviews.of(connection, me)
        workers = colleagues.workers(connection) if me.may(Right.WORK) else []
    return _List(page, total, around, views, workers)


def _named(me: Person, narrowed: Filters) -> list[str]:
    """Give the login that a list is narrowed down to; who sees some queues learns nobody by it."""
    return [narrowed.assignee] if me.sees_all else []


def _offers(ask: Ask, narrowed: Filters, queue: str) -> dict[str, list[tuple[str, str]]]:
    """Give what the form for conditions lets one choose, as value and word."""
    words, rules = ask.words, ask.desk.app.means.rules
    others = [one for one in seen_queues(ask) if one not in narrowed.queue] if not queue else []
    return {
        "status": [(one.value, wording.status(words, one.value)) for one in TicketStatus],
        "category": [
            (one.id, wording.category(words, rules.categories, one.id))
            for one in rules.categories
            if one.id not in narrowed.category
        ],
        "queue": [(one, wording.queue_name(words, rules, one)) for one in others],
        "older": [
            (str(days), words.count("Cũ hơn %(num)s ngày", "Cũ hơn %(num)s ngày", days))
            for days in filters.OLDER
        ],
    }
