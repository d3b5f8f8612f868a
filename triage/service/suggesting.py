"""Answers that solved tickets of the same category got, nearest by their words: shown, and never sent."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection

from triage.core.nearest import Near, Nearness, nearest
from triage.core.neutral import neutral, places_of
from triage.core.people import Person
from triage.core.rules import Rulebook
from triage.core.text import fold
from triage.core.tickets import TicketStatus
from triage.db import solved
from triage.db.engine import Database
from triage.db.solved import BELIEVED, Solved
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import desk, drafting

MOST = 3
"""Answers that are suggested."""

LONGEST = 6_000
"""Characters of an answer that are shown; longer ones are a case of their own."""

_NEAR = 10
"""Near tickets whose answers are looked at: not each has one, and some have the same."""

_FEWEST_LETTERS = 20
"""What is shorter ("Đã xong ạ.") helps nobody."""

_REQUESTS = "de viec xu ly duoc nhanh chong"
"""How a request for what is missing begins (core.missingrequest); it answers nothing."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer to a like case, names and numbers hidden; ``shared`` are words that both cases have."""

    code: str
    closed_at: datetime | None
    nearness: Nearness
    shared: tuple[str, ...]
    text: str


def may_be_suggested(ticket: TicketRow) -> bool:
    """Whether answers are suggested for a ticket at all: never to a sender who is doubted."""
    over = {TicketStatus.CLOSED.value, TicketStatus.HELD.value}
    return ticket.status not in over and ticket.verdict in BELIEVED


def suggestions(
    database: Database, clock: Clock, rules: Rulebook, person: Person, code: str
) -> tuple[TicketRow, tuple[Suggestion, ...]]:
    """Give a ticket that this person sees and up to MOST answers for it, the nearest first.

    They come from tickets that he sees as well. Raises NotFoundError.
    """
    visible = visible_to(person, clock.now())
    with database.read() as connection:
        ticket = desk.find(connection, code, visible=visible)
        found = _found(connection, ticket, visible, rules) if may_be_suggested(ticket) else ()
    return ticket, tuple(found)


def take_over(
    database: Database,
    clock: Clock,
    rules: Rulebook,
    person: Person,
    code: str,
    *,
    source: str,
    version: int | None,
) -> None:
    """Put the answer of the ticket ``source`` below the draft of this person; nothing is sent.

    Raises NotFoundError, and RefusedActError where it is not among the suggestions any more.
    """
    _, found = suggestions(database, clock, rules, person, code)
    chosen = next((one for one in found if one.code == source), None)
    if chosen is None:
        raise RefusedActError(
            "no_suggestion", f"The answer of {source} is not suggested for {code} any more."
        )
    drafting.add(database, clock, person, code, more=chosen.text, version=version)


def _found(
    connection: Connection, ticket: TicketRow, visible: ColumnElement[bool], rules: Rulebook
) -> Sequence[Suggestion]:
    others = {one.id: one for one in solved.solved(connection, ticket.category, visible, but=ticket.id)}
    if not others:
        return ()
    said = solved.first_words(connection, [ticket.id, *others])
    asked = said.pop(ticket.id, "")
    compared = [number for number in others if number in said]
    near = nearest(asked, [said[number] for number in compared], _NEAR)
    answers = solved.answers(connection, [compared[one.place] for one in near])
    places = places_of(rules.treasuries)
    chosen: list[Suggestion] = []
    seen: set[str] = set()
    for one in near:
        other = others[compared[one.place]]
        text = next(_useful(answers.get(other.id, ()), other, places), "")
        if text and text not in seen:
            seen.add(text)
            chosen.append(_suggestion(one, other, text))
        if len(chosen) == MOST:
            break
    return chosen


def _useful(answers: Sequence[str], other: Solved, places: Collection[str]) -> Iterator[str]:
    """Give those answers that explain something, neutral; the last one stands first."""
    for answer in answers:
        is_request = fold(answer).lstrip().startswith(_REQUESTS)
        if not is_request and len(answer.strip()) >= _FEWEST_LETTERS and len(answer) <= LONGEST:
            yield neutral(answer.strip(), (other.requester_name, other.unit_name), places)


def _suggestion(near: Near, other: Solved, text: str) -> Suggestion:
    return Suggestion(other.code, other.closed_at, near.nearness, near.shared, text)
