"""The directory of units: who writes from which address, and which treasury is theirs."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.core.text import without_unseen
from triage.core.units import UnitSort
from triage.db import colleagues, mails, queues, tickets, units
from triage.db.units import Page, Place, UnitRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.service import unitforms, units as service
from triage.service.unitentries import COLUMNS, LONGEST_FIELD, LONGEST_PHONE
from triage.service.unitforms import UnitForm
from triage.web import mailboxes, refusals, wording
from triage.web.access import Asking, DeskRouter
from triage.web.csvlines import csv_file
from triage.web.desk import Ask
from triage.web.queue import seen_queues
from triage.web.rownumbers import After, Number
from triage.web.shown import visible
from triage.web.templating import Words
from triage.web.ticketact import LONGEST_KEY, LONGEST_WORDS, digest_of, new_key
from triage.web.ticketrows import Around, Teller

router = DeskRouter()

ROWS = 50
"""Units of one page."""

MOST_TICKETS = 20
"""Tickets that the page of a unit shows, the newest."""

Key = Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)]
Field = Annotated[str, Form(max_length=LONGEST_FIELD)]
Search = Annotated[str, Query(max_length=200)]


def written(
    code: Field = "",
    name: Field = "",
    treasury: Field = "",
    sort: Field = "",
    software: Field = "",
    phone: Annotated[str, Form(max_length=LONGEST_PHONE)] = "",
    senders: Annotated[str, Form(max_length=LONGEST_WORDS * 10)] = "",
) -> dict[str, str]:
    """Read what a form says of a unit."""
    return {
        "code": code,
        "name": name,
        "treasury": treasury,
        "class": sort,
        "software": software,
        "phone": phone,
        "senders": senders,
    }


Written = Annotated[dict[str, str], Depends(written)]


@router.page("/units", Right.READ)
def page(
    ask: Asking,
    q: Search = "",
    treasury: Search = "",
    after: After = None,
    name: Annotated[str, Query(max_length=LONGEST_FIELD)] = "",
) -> HTMLResponse:
    """Show fifty units by name; ``after`` and ``name`` are the last one that was seen already.

    Who looks after some queues sees the units of their treasuries and no others.
    """
    place = Place(name, after) if after is not None else None
    with ask.desk.database.read() as connection:
        waiting = units.count_open(connection) if ask.offers("/units/proposals") else 0
    found = _found(ask, q, treasury, place)
    kept = {name: value for name, value in {"q": q.strip(), "treasury": treasury}.items() if value}
    following = found.after
    return ask.page(
        "desk/units.html",
        rows=found.rows,
        q=q,
        treasury=treasury,
        treasuries=treasuries(ask),
        waiting=waiting,
        export=f"/units.csv?{urlencode(kept)}" if kept else "/units.csv",
        first=f"/units?{urlencode(kept)}" if place else "",
        next=f"/units?{urlencode({**kept, 'after': following.id, 'name': following.name})}"
        if following
        else "",
        form=dict.fromkeys(COLUMNS, "") | {"class": UnitSort.BUDGET.value},
        error="",
        **_common(ask),
    )


@router.page("/units.csv", Right.EXPORT, fresh=True)
def export(ask: Asking, q: Search = "", treasury: Search = "") -> Response:
    """Give the units of the list as a CSV file that can be brought in again."""
    lines = service.export_csv(ask.desk.database, q.strip(), _codes(ask, treasury))
    return csv_file("don-vi.csv", lines)


@router.act("/units", Right.UNITS)
def add(ask: Asking, said: Written, key: Key) -> Response:
    """Write a new unit into the directory; what was typed stays where it is refused."""
    words = ask.words

    def tell(row: UnitRow) -> str:
        return words.say("Đã thêm “%(name)s” vào danh bạ.", name=visible(row.name))

    desk = ask.desk
    try:
        unit_id = unitforms.add(desk.database, desk.app.means, form_of(ask, key, said), said, tell)
    except RefusedActError as error:
        return _refused(ask, "desk/unit_new.html", said, error)
    return ask.go(f"/units/{unit_id}", act=key)


@router.page("/units/{unit_id}", Right.READ)
def one(ask: Asking, unit_id: Number) -> HTMLResponse:
    """Show a unit with the tickets that came from it, of which everybody sees what he may."""
    row = _unit(ask, unit_id)
    return _page(ask, row, _as_written(row))


@router.act("/units/{unit_id}", Right.UNITS)
def change(
    ask: Asking, unit_id: Number, said: Written, key: Key, was: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Change a unit; what was typed stays where it is refused."""
    words, desk = ask.words, ask.desk

    def tell(row: UnitRow) -> str:
        return words.say("Đã sửa “%(name)s”.", name=visible(row.name))

    form = form_of(ask, key, said)
    try:
        unitforms.change(desk.database, desk.app.means, form, unit_id, said, tell, was=was)
    except RefusedActError as error:
        return _page(ask, _unit(ask, unit_id), said, refusals.worded(words, error), 409)
    return ask.go(f"/units/{unit_id}", act=key)


@router.act("/units/{unit_id}/remove", Right.UNITS)
def remove(ask: Asking, unit_id: Number, key: Key) -> Response:
    """Take a unit out of the directory; its tickets stay."""
    words, desk = ask.words, ask.desk

    def tell(row: UnitRow) -> str:
        return words.say("Đã xóa “%(name)s” khỏi danh bạ.", name=visible(row.name))

    form = form_of(ask, key, {"unit": str(unit_id)})
    unitforms.remove(desk.database, desk.app.means, form, unit_id, tell)
    return ask.go("/units", act=key)


def form_of(ask: Ask, key: str, said: Mapping[str, str]) -> UnitForm:
    """Give what every form about the directory carries."""
    return UnitForm(ask.person, key, ask.network, digest_of(said.items()))


def treasuries(ask: Ask) -> list[tuple[str, str]]:
    """Give the treasuries whose units somebody may ask for, as queue and name."""
    rules = ask.desk.app.means.rules
    named = set(rules.treasuries.queues)
    return [
        (queue, wording.queue_name(ask.words, rules, queue)) for queue in seen_queues(ask) if queue in named
    ]


def sort_words(words: Words, sort: str) -> str:
    """Say what sort of unit it is."""
    told = {
        UnitSort.BUDGET.value: words.say("Đơn vị sử dụng ngân sách"),
        UnitSort.CONNECTING.value: words.say("Đơn vị kết nối"),
    }
    return told.get(sort, sort)


def treasury_name(ask: Ask, code: str) -> str:
    """Give the name of the treasury that a code leads to; empty where it leads nowhere."""
    found = ask.desk.app.means.rules.treasuries.lookup(code) if code else None
    return (found.office or found.treasury).full_name if found else ""


def _common(ask: Ask) -> dict[str, Any]:
    return {
        "sorts": {one.value: sort_words(ask.words, one.value) for one in UnitSort},
        "treasury_name": lambda code: treasury_name(ask, code),
        "key": new_key(),
        "visible": visible,
        "keeps": ask.person.may(Right.UNITS),
    }


def _codes(ask: Ask, treasury: str = "") -> tuple[str, ...] | None:
    """Give the codes of the treasuries whose units are shown; None for all."""
    rules = ask.desk.app.means.rules
    if ask.person.sees_all:
        return rules.treasuries.codes_of([treasury]) if treasury else None
    with ask.desk.database.read() as connection:
        own = queues.mine(connection, ask.person, ask.desk.now())
    return rules.treasuries.codes_of([one for one in own if treasury in {"", one}])


def _found(ask: Ask, q: str, treasury: str, place: Place | None) -> Page:
    codes = _codes(ask, treasury)
    with ask.desk.database.read() as connection:
        return units.page(connection, like=q.strip(), treasuries=codes, after=place, size=ROWS)


def _unit(ask: Ask, unit_id: int) -> UnitRow:
    codes = _codes(ask)
    with ask.desk.database.read() as connection:
        return service.of_id(connection, unit_id, codes)


def _page(
    ask: Ask, row: UnitRow, form: Mapping[str, str], error: str = "", status: int = 200
) -> HTMLResponse:
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    with ask.desk.database.read() as connection:
        addresses = [one for one in row.senders if "@" in one]
        found = tickets.of_unit(
            connection, row.id, addresses, visible_to(ask.person, now), limit=MOST_TICKETS
        )
        people = colleagues.by_login(
            connection, [row.changed_by, *(one.assignee for one in found if one.assignee)]
        )
        boxes = mailboxes.of_tickets(
            ask.desk.app.config, [one.id for one in found], partial(mails.first_mailboxes, connection)
        )
    editor = people.get(row.changed_by)
    return ask.page(
        "desk/unit.html",
        status,
        row=row,
        form=form,
        error=error,
        rows=Teller(ask.words, rules, ask.person, now).rows(found, Around(people=people, mailboxes=boxes)),
        most=MOST_TICKETS if len(found) == MOST_TICKETS else 0,
        changed_at=wording.moment(row.changed_at, rules.calendar),
        changed_by=editor.display_name if editor else row.changed_by,
        was=row.changed_at.isoformat(),
        **_common(ask),
    )


def _as_written(row: UnitRow) -> dict[str, str]:
    return {
        "code": row.code,
        "name": without_unseen(row.name),
        "treasury": row.treasury,
        "class": row.sort,
        "software": without_unseen(row.software),
        "phone": without_unseen(row.phone),
        "senders": "\n".join(row.senders),
    }


def _refused(ask: Ask, template: str, said: Mapping[str, str], error: RefusedActError) -> HTMLResponse:
    return ask.page(template, 409, form=said, error=refusals.worded(ask.words, error), **_common(ask))
