"""The page of one ticket: its conversation, and beside it what somebody needs to know to answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from triage.core.decision import Part
from triage.core.people import Right
from triage.db import dossier as files
from triage.db.conversation import turn_of
from triage.db.dossier import Dossier, Wanted
from triage.db.visibility import visible_to
from triage.service import desk as service
from triage.web import actpanel, mailboxes, shown, sidepanel, verdictwords, wording
from triage.web.access import Asking, DeskRouter
from triage.web.conversation import ShownTurn, shown_turns
from triage.web.desk import Ask
from triage.web.historyvalues import outcome_words
from triage.web.historywords import History
from triage.web.rownumbers import Since
from triage.web.tellings import Telling
from triage.web.tickettimes import deadline, times

router = DeskRouter()

Cursor = Annotated[str, Query(max_length=80)]


@router.page("/tickets/{code}", Right.READ)
def ticket(
    ask: Asking,
    code: str,
    before: Cursor = "",
    open: Cursor = "",  # noqa: A002 - the name in the address
    since: Since = None,
    all: Cursor = "",  # noqa: A002 - same
) -> HTMLResponse:
    """Show a ticket that this person sees; the newest ten turns are open, older ones are one line each."""
    wanted = Wanted(turn_of(before), everything=bool(all), turn=open)
    return ask.page("desk/ticket.html", **page_of(ask, read(ask, code, wanted), since=since))


def read(ask: Ask, code: str, wanted: Wanted = Wanted()) -> Dossier:  # noqa: B008 - a frozen value
    """Read all that the page needs in one transaction. Raises NotFoundError, alike for what is not seen."""
    visible = visible_to(ask.person, ask.desk.now())
    with ask.desk.database.read() as connection:
        row = service.find(connection, code, visible=visible)
        return files.read(connection, row, visible, wanted)


def page_of(ask: Ask, dossier: Dossier, *, since: int | None = None) -> dict[str, Any]:
    """Give what the template of a ticket is filled with."""
    rules, now, row = ask.desk.app.means.rules, ask.desk.now(), dossier.ticket
    telling = Telling(ask.words, dossier.codes)
    told_at = partial(wording.moment, calendar=rules.calendar)
    doubted = verdictwords.shows_text_only(row.status, row.verdict)
    mailbox_of = partial(mailboxes.called, ask.desk.app.config)
    turns = shown_turns(dossier, ask.words, None if doubted else ask.desk.images, told_at, mailbox_of)
    history = History(dossier, rules, telling, told_at)
    return {
        "ticket": row,
        "head": _head(ask, dossier, now),
        "band": verdictwords.band(dossier, telling),
        "turns": turns,
        "before": dossier.wanted.before.cursor if dossier.wanted.before else "",
        "any_folded": any(not turn.is_open for turn in turns),
        "older": dossier.turns[-1].cursor if dossier.older else "",
        "side": sidepanel.side(
            dossier, rules, telling, _supplied(dossier, turns), mailbox_of(dossier.first_mailbox)
        ),
        "history": history.newest(),
        "changes": history.since(since) if since is not None else (),
        "text_only": doubted,
        "acts": actpanel.panel(ask, row),
        "told_at": told_at,
        "incident": (dossier.incident[0], shown.visible(dossier.incident[1])) if dossier.incident else None,
    }


@dataclass(frozen=True, slots=True)
class _Head:
    """The first lines of the page, in words."""

    subject: str
    status: str
    queue: str
    category: str
    priority: str
    deadline: wording.Deadline
    assignee: str
    outcome: str
    times: tuple[str, ...]


def _head(ask: Ask, dossier: Dossier, now: datetime) -> _Head:
    row, words, rules = dossier.ticket, ask.words, ask.desk.app.means.rules
    telling = Telling(words, dossier.codes)
    closed = row.status == "closed"
    return _Head(
        subject=telling.text(row.subject) or words.say("(không có chủ đề)"),
        status=wording.status(words, row.status),
        queue=wording.queue_name(words, rules, row.queue),
        category=wording.category(words, rules.categories, row.category),
        priority=wording.priority(words, row.priority),
        deadline=deadline(words, rules.calendar, row, now),
        assignee=dossier.names.get(row.assignee or "", row.assignee or ""),
        outcome=outcome_words(words, row.outcome) if closed and row.outcome else "",
        times=times(words, rules.calendar, row),
    )


def _supplied(dossier: Dossier, turns: Iterable[ShownTurn]) -> frozenset[Part]:
    """Give the parts of a request that later mails on this page bring; of the first the decision tells."""
    later = frozenset(part for turn in turns if turn.mail != dossier.first_mail for part in turn.supplies)
    cards = (one.get("contact") for mail, one in dossier.documents.items() if mail != dossier.first_mail)
    reachable = any(isinstance(card, dict) and card.get("phones") for card in cards)
    # which numbers are the writer's own only the decision knows
    return later | {Part.CONTACT} if reachable else later - {Part.CONTACT}
