"""Acts on many tickets of a list at once, and the undoing of such an act.

An act that needs to know more, and one on everything that a list holds, first shows a page that says how many
tickets it will change; what was said there is what is changed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Form
from fastapi.responses import Response

from triage.core.closings import CHOSEN, Closing
from triage.core.people import Right
from triage.core.snoozing import choices
from triage.db import queues
from triage.service import bulk as service
from triage.service.bulk import MOST, Assign, Bulk, Close, Done, Order, Reroute, Snooze
from triage.service.queues import all_queues
from triage.web import bulkwords, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.queue import read_filters
from triage.web.views import list_address

router = DeskRouter()

ASKED = ("close", "reroute", "snooze")
"""Acts that need to know more than which tickets."""

_LONGEST_WHY = 500
_MOST_NAMED = 20

Word = Annotated[str, Form(max_length=64)]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tickets a form names: codes, or with ``all`` what the list at ``here`` holds.

    ``sure`` where the page was seen that says how many there are.
    """

    key: str
    codes: tuple[str, ...]
    all: bool
    sure: bool
    here: str


@dataclass(frozen=True, slots=True)
class Details:
    """What is to be done with them, as a form says it."""

    act: str
    to: str
    outcome: str
    queue: str
    why: str
    rest: str


def choice(
    key: Annotated[str, Form(min_length=8, max_length=64)],
    code: Annotated[list[str] | None, Form(max_length=MOST)] = None,
    all: Annotated[bool, Form()] = False,  # noqa: A002, FBT002 - the name of the field, which a form sends
    sure: Annotated[bool, Form()] = False,  # noqa: FBT002 - same
    here: Annotated[str, Form(max_length=1000)] = "/tickets",
) -> Choice:
    """Read which tickets are meant."""
    return Choice(key, tuple(dict.fromkeys(code or ())), all, sure, here)


def details(
    act: Word = "",
    to: Word = "",
    outcome: Word = "",
    queue: Word = "",
    why: Annotated[str, Form(max_length=_LONGEST_WHY)] = "",
    rest: Word = "",
) -> Details:
    """Read what is to be done."""
    return Details(act, to, outcome, queue, why.strip(), rest)


@router.act("/tickets/bulk", Right.WORK, lists=("code",))
def bulk(
    ask: Asking, chosen: Annotated[Choice, Depends(choice)], said: Annotated[Details, Depends(details)]
) -> Response:
    """Do one act on many tickets, or first show how many there are and ask for what is missing."""
    here = list_address(ask, chosen.here)
    codes = _everything(ask, here) if chosen.all and not chosen.sure else list(chosen.codes)
    if not codes or len(codes) > MOST:
        return _confirm(ask, here, codes, said, 409)
    order = _order(ask, said)
    if order is None or (chosen.all and not chosen.sure):
        return _confirm(ask, here, codes, said, 409 if chosen.sure else 200)
    words, rules = ask.words, ask.desk.app.means.rules

    def tell(done: Done) -> str:
        return bulkwords.told(words, rules, order, done, me=ask.person.name, to=to)

    to = ask.name_of(order.to) if isinstance(order, Assign) and order.to else ""
    asked = Bulk(ask.person, chosen.key, codes)
    service.run(ask.desk.database, ask.desk.app.means.clock, rules, asked, order, tell)
    return ask.go(here, act=chosen.key)


@router.act("/acts/{of}/undo", Right.WORK)
def undo(
    ask: Asking,
    of: str,
    key: Annotated[str, Form(min_length=8, max_length=64)],
    here: Annotated[str, Form(max_length=1000)] = "/tickets",
) -> Response:
    """Undo an act of one's own."""
    words = ask.words

    def tell(done: Done) -> str:
        return bulkwords.undone(words, done)

    back = list_address(ask, here)
    service.undo(ask.desk.database, ask.desk.app.means.clock, Bulk(ask.person, key, ()), of[:64], tell)
    return ask.go(back, act=key)


def _everything(ask: Ask, here: str) -> list[str]:
    """Give the codes of what a list holds, one more than may be changed where there are too many."""
    parts = urlsplit(here)
    queue = parts.path.removeprefix("/queues/") if parts.path != "/tickets" else ""
    narrowed = read_filters(ask, parse_qsl(parts.query), queue)
    narrowed = narrowed.within(queue) if queue else narrowed
    now = ask.desk.now()
    wanted = narrowed.wanted(ask.person.name, ask.desk.app.means.rules.calendar, now)
    with ask.desk.database.read() as connection:
        return queues.codes(connection, ask.person, now, wanted, MOST + 1)


def _order(ask: Ask, said: Details) -> Order | None:
    """Give what is to be done; None where something is missing, or where there is no such act."""
    direct = {"take": Assign(ask.person.name), "unassign": Assign(None)}
    if said.act in direct:
        return direct[said.act]
    match said.act:
        case "assign" if said.to:
            return Assign(said.to)
        case "close" if said.outcome in {one.value for one in CHOSEN}:
            return Close(Closing(said.outcome))
        case "reroute" if said.why and said.queue in all_queues(ask.desk.app.means.rules):
            return Reroute(said.queue, said.why)
        case "snooze" if until := _rests(ask).get(said.rest):
            return Snooze(until)
        case _:
            return None


def _rests(ask: Ask) -> dict[str, datetime]:
    """Give the moments until which tickets may rest, by the word that a form says for each."""
    found = choices(ask.desk.app.means.rules.calendar, ask.desk.now())
    return {rest.value: moment for rest, moment in found.items()}


def _confirm(ask: Ask, here: str, codes: list[str], said: Details, status: int) -> Response:
    """Show how many tickets are meant and ask for what the act needs; what was typed stays."""
    words, rules = ask.words, ask.desk.app.means.rules
    return ask.page(
        "desk/bulk.html",
        status,
        here=here,
        codes=codes,
        named=codes[:_MOST_NAMED],
        most=MOST,
        said=said,
        asked=said.act in ASKED,
        missing=status != HTTPStatus.OK,
        outcomes=bulkwords.outcomes(words),
        rests=[(name, wording.moment(one, rules.calendar)) for name, one in _rests(ask).items()],
        queues=[(one, wording.queue_name(words, rules, one)) for one in all_queues(rules)],
        key=secrets.token_urlsafe(18),
    )
