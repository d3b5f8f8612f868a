"""What the centre must do now: the mails that name no treasury, by age, and who sees to them today."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from fastapi.responses import HTMLResponse, Response

from triage.core.decision import UNROUTED
from triage.core.people import Person, Right
from triage.db import colleagues, duties, handovers, mails, queues
from triage.db.duties import Untagged
from triage.db.queues import Page, Wanted
from triage.service import duty, told
from triage.web import mailboxes
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.queue import MOST_AT_ONCE
from triage.web.ticketact import Short
from triage.web.ticketrows import Around, Teller

router = DeskRouter()

PAGE = 200
"""Tickets that the page shows; the rest stands in the queue."""


@dataclass(frozen=True, slots=True)
class _Found:
    page: Page
    around: Around
    on_duty: str | None
    names: dict[str, Person]
    workers: list[Person]
    came: Untagged


@router.page("/today", Right.OVERSEE)
def today(ask: Asking) -> HTMLResponse:
    """Show what came without a treasury and waits, that of days before first, and who sees to it."""
    now, rules, zone = ask.desk.now(), ask.desk.app.means.rules, ask.desk.app.means.zone
    day = now.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone)
    found = _found(ask, day, begins, now)
    rows = Teller(ask.words, rules, ask.person, now).rows(found.page.rows, found.around)
    holder = found.names.get(found.on_duty or "")
    return ask.page(
        "desk/today.html",
        day=f"{day:%d/%m/%Y}",
        older=[one for one in rows if one.ticket.opened_at < begins],
        fresh=[one for one in rows if one.ticket.opened_at >= begins],
        rows=rows,
        total=len(rows),
        most=MOST_AT_ONCE,
        more=found.page.after is not None,
        came=found.came,
        on_duty=holder.display_name if holder else found.on_duty or "",
        mine=found.on_duty == ask.person.name,
        workers=found.workers,
        acts=ask.offers("/tickets/bulk", "POST"),
        here="/queues/" + UNROUTED,
        key=secrets.token_urlsafe(18),
    )


@router.act("/today/duty", Right.WORK)
def set_duty(ask: Asking, to: Short = "", key: Short = "") -> Response:
    """Note who sees to the mails of today: a colleague, oneself where nobody is named."""
    desk, name = ask.desk, to or ask.person.name
    day = desk.now().astimezone(desk.app.means.zone).date()
    duty.take(desk.database, desk.app.means.clock, ask.person, day, name)
    sentence = ask.words.say("Người trực hôm nay: %(name)s.", name=ask.name_of(name))
    told.keep(desk.database, desk.app.means.clock, key, ask.person.id, "duty_set", sentence)
    return ask.go("/today", act=key)


def _found(ask: Ask, day: date, begins: datetime, now: datetime) -> _Found:
    me, config = ask.person, ask.desk.app.config
    with ask.desk.database.read() as connection:
        page = queues.page(connection, me, now, Wanted(queues=(UNROUTED,)), None, PAGE)
        ids = [row.id for row in page.rows]
        on_duty = duties.who(connection, day)
        names = colleagues.by_login(connection, [*(row.assignee or "" for row in page.rows), on_duty or ""])
        around = Around(
            people=names,
            present=colleagues.present_on(connection, ids, now, but=me),
            unread=frozenset(colleagues.unread_on(connection, me, ids)),
            at_province=handovers.among(connection, ids),
            mailboxes=mailboxes.of_tickets(config, ids, partial(mails.first_mailboxes, connection)),
        )
        workers = colleagues.workers(connection) if me.may(Right.WORK) else []
        came = duties.untagged(connection, begins, begins + timedelta(days=1))
    return _Found(page, around, on_duty, names, workers, came)
