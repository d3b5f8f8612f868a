"""The lists of senders: who is allowed, blocked and watched, by whom, why and until when."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Form, Query
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.core.senderlists import LONGEST_MARK, Entry, ListSort, read_entry
from triage.service import senderforms, senders
from triage.service.senderforms import SenderForm
from triage.service.senders import Added
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.rownumbers import After
from triage.web.senderwords import sort_words
from triage.web.shown import visible
from triage.web.templating import Words
from triage.web.ticketact import LONGEST_KEY, LONGEST_WORDS, digest_of, new_key
from triage.web.wording import moment

router = DeskRouter()

ROWS = 50
"""Entries of one page."""

MOST_TOLD = 5
"""Tickets that the sentence about a new entry names."""

Key = Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)]
Which = Annotated[ListSort, Form()]
Written = Annotated[str, Form(max_length=LONGEST_MARK)]
Why = Annotated[str, Form(max_length=LONGEST_WORDS)]
Until = Annotated[date | None, Form(lt=date(2100, 1, 1))]


@router.page("/senders", Right.TRUST)
def page(
    ask: Asking,
    wanted: Annotated[Literal["", "allow", "block", "watch"], Query(alias="list")] = "",
    q: Annotated[str, Query(max_length=LONGEST_MARK)] = "",
    past: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query has names
    before: After = None,
) -> HTMLResponse:
    """Show fifty entries in force, of one list or with some words where asked; ``past`` those that ended too.

    A number or an address is looked for as it stands on a list, however it is written here.
    """
    calendar, asked = ask.desk.app.means.rules.calendar, read_entry(q)
    rows = senders.listed(
        ask.desk.database,
        ask.desk.app.means,
        sort=ListSort(wanted) if wanted else None,
        past=past,
        like=asked.text if asked else q,
        before=before,
        limit=ROWS + 1,
    )
    kept = {name: value for name, value in {"list": wanted, "q": q.strip(), "past": past}.items() if value}
    older = f"/senders?{urlencode({**kept, 'before': rows[ROWS - 1].id})}" if len(rows) > ROWS else ""
    return ask.page(
        "desk/senders.html",
        rows=rows[:ROWS],
        older=older,
        newest=f"/senders?{urlencode(kept)}" if before else "",
        sorts={one.value: sort_words(ask.words, one) for one in ListSort},
        chosen=wanted,
        q=q,
        past=past,
        now=ask.desk.now(),
        key=new_key(),
        moment=lambda at: moment(at, calendar),
        visible=visible,
    )


@router.act("/senders/add", Right.TRUST)
def add(ask: Asking, sort: Which, entry: Written, reason: Why, key: Key, until: Until = None) -> Response:
    """Put an address, a domain or a phone number on a list."""

    def told(added: Added) -> str:
        return _told(ask.words, sort, added)

    form = _form(ask, sort, entry, key, reason, str(until or ""))
    senderforms.add(ask.desk.database, ask.desk.app.means, form, reason=reason, until=until, tell=told)
    return ask.go("/senders", act=key)


@router.act("/senders/remove", Right.TRUST)
def remove(ask: Asking, sort: Which, entry: Written, key: Key, reason: Why = "") -> Response:
    """Take an entry off one list; why stands with it among those that ended."""

    def told(taken: Entry) -> str:
        return ask.words.say(
            "Đã gỡ %(entry)s khỏi danh sách “%(list)s”.",
            entry=visible(taken.text),
            list=sort_words(ask.words, sort),
        )

    form = _form(ask, sort, entry, key, reason)
    senderforms.remove(ask.desk.database, ask.desk.app.means, form, reason=reason, tell=told)
    return ask.go("/senders", act=key)


def _form(ask: Ask, sort: ListSort, entry: str, key: str, *more: str) -> SenderForm:
    digest = digest_of([("sort", sort.value), ("entry", entry), *(("", one) for one in more)])
    return SenderForm(ask.person, key, ask.network, sort, entry, digest)


def _told(words: Words, sort: ListSort, added: Added) -> str:
    listed = words.say(
        "Đã thêm %(entry)s vào danh sách “%(list)s”.",
        entry=visible(added.entry.text),
        list=sort_words(words, sort),
    )
    codes = list(dict.fromkeys(one.ticket_code for one in added.seen_again if one.ticket_code))
    if not codes:
        return listed
    named = ", ".join(codes[:MOST_TOLD]) + (", …" if len(codes) > MOST_TOLD else "")
    found = words.count(
        "Thấy trong %(num)s phiếu 90 ngày qua: %(codes)s.",
        "Thấy trong %(num)s phiếu 90 ngày qua: %(codes)s.",
        len(codes),
        codes=named,
    )
    return f"{listed} {found}"
