"""The search: one box, what fits with its words marked, and how it is spread over states, queues, kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import HTTPException, Query
from fastapi.responses import Response

from triage.core.highlight import Piece, Wanted, marked, telling_line, wanted_by
from triage.core.people import Right
from triage.core.searchquery import LONGEST_QUERY, read_query
from triage.core.text import clean
from triage.db.search import Hit
from triage.service import search as service
from triage.service.search import Found
from triage.web import wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.rownumbers import LAST
from triage.web.shown import visible

router = DeskRouter()

LIMIT = 60
WINDOW = timedelta(minutes=1)
"""Questions of one person within a window: more than anybody types, fewer than a copy of all would take."""

MOST_COUNTED = 12
"""Lines of each way to narrow an answer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One hit in the words of the page; texts of strangers are made harmless, and still to be escaped."""

    code: str
    subject: tuple[Piece, ...]
    line: tuple[Piece, ...]
    kind: str
    who: str
    status: str
    queue: str
    at: str


_LONGEST_WHO = 80


@dataclass(frozen=True, slots=True)
class Way:
    """One way to narrow an answer: what it is called, how many tickets are left, and where it leads."""

    label: str
    count: int
    address: str


@router.page("/search", Right.READ)
def search(ask: Asking, q: str = "", page: Annotated[int, Query(ge=0, le=LAST)] = 1) -> Response:
    """Answer a question; a ticket's code alone leads to the ticket."""
    typed = clean(q)[:LONGEST_QUERY].strip()
    query = read_query(typed)
    database, now = ask.desk.database, ask.desk.now()
    if typed and not service.take_turn(database, ask.person, now, LIMIT, WINDOW):
        raise HTTPException(429)
    if code := service.code_of(database, ask.person, query, now):
        return ask.go(f"/tickets/{code}")
    found = service.find(database, ask.person, query, now, ask.desk.app.means.zone, page)
    wanted = wanted_by(query)
    return ask.page(
        "desk/search.html",
        q=typed,
        asked=not query.is_empty or query.code is not None,
        misread=[visible(one) for one in query.misread],
        rows=[_row(ask, hit, wanted) for hit in found.hits],
        found=found,
        ways=_ways(ask, typed, found),
        most=service.MOST_HITS,
        pages=[(number, _address(typed, number)) for number in range(1, found.pages + 1)],
    )


def _row(ask: Ask, hit: Hit, wanted: Wanted) -> Row:
    words, rules = ask.words, ask.desk.app.means.rules
    texts = (hit.body, hit.files, hit.sender, hit.recipients) if hit.kind != "ticket" else (hit.sender,)
    return Row(
        code=hit.code,
        subject=_harmless(marked(hit.ticket_subject, wanted)),
        line=_harmless(telling_line(texts, wanted)),
        kind=_kind(ask, hit.kind),
        who=visible(hit.sender[:_LONGEST_WHO]),
        status=wording.status(words, hit.status),
        queue=wording.queue_name(words, rules, hit.queue),
        at=wording.short_moment(hit.at, rules.calendar, ask.desk.now()),
    )


def _harmless(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(Piece(visible(piece.text), piece.marked) for piece in pieces)


def _kind(ask: Ask, kind: str) -> str:
    told = {
        "ticket": ask.words.say("Phiếu"),
        "mail": ask.words.say("Thư đến"),
        "letter": ask.words.say("Thư trả lời"),
        "note": ask.words.say("Ghi chú nội bộ"),
    }
    return told.get(kind, kind)


def _ways(ask: Ask, typed: str, found: Found) -> list[tuple[str, list[Way]]]:
    """Give the ways to narrow an answer, under their headings; one that narrows nothing is left out."""
    words, rules = ask.words, ask.desk.app.means.rules
    labels: dict[str, tuple[str, Callable[[str], str]]] = {
        "status": (words.say("Trạng thái"), partial(wording.status, words)),
        "queue": (words.say("Hàng đợi"), partial(wording.queue_name, words, rules)),
        "category": (words.say("Loại"), partial(wording.category, words, rules.categories)),
    }
    return [
        (
            heading,
            [
                Way(label(value), count, _address(f"{typed} {name}:{value}"))
                for value, count in found.counts[name][:MOST_COUNTED]
            ],
        )
        for name, (heading, label) in labels.items()
        if len(found.counts[name]) > 1
    ]


def _address(typed: str, page: int = 1) -> str:
    return f"/search?{urlencode({'q': typed} | ({'page': page} if page > 1 else {}))}"
