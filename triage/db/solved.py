"""Solved tickets whose answers may be of use again: their words, and what they were answered.

Only tickets of senders whom nobody doubts, and only as far as ``visible`` lets them be seen. Each question is
bounded, however many tickets there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from triage.core.decision import Verdict
from triage.core.erased import NEUTRAL_TEXT
from triage.core.searchentry import EntryKind
from triage.db.outbox import ANSWERED
from triage.db.schema import SOLVED, outbox, search_entries, ticket_events, tickets

NEWEST = 2_000
"""The newest solved tickets of a category, among which those are looked for that somebody sees."""

COMPARED = 100
"""Tickets whose words are compared."""

MOST_SAID = 1_000
"""Characters of a mail that are compared."""

BELIEVED = (Verdict.TRUSTED.value, Verdict.ORDINARY.value)
"""Verdicts of senders whom nobody doubts."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A solved ticket of a sender whom nobody doubts; ``closed_at`` is UTC."""

    id: int
    code: str
    closed_at: datetime | None
    requester_name: str
    unit_name: str


def solved(connection: Connection, category: str, visible: ColumnElement[bool], *, but: int) -> list[Solved]:
    """Give the newest solved tickets of a category that may be seen, without the one ``but``."""
    newest = (
        select(tickets.c.id)
        .where(SOLVED, tickets.c.category == category)
        .order_by(tickets.c.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    query = (
        select(*(tickets.c[name] for name in Solved.__dataclass_fields__))
        .join(newest, newest.c.id == tickets.c.id)
        .where(visible, tickets.c.verdict.in_(BELIEVED), tickets.c.answered_at.is_not(None))
        .where(tickets.c.id != but, tickets.c.merged_into.is_(None))
        .order_by(tickets.c.id.desc())
        .limit(COMPARED)
    )
    return [Solved(*tuple(row)) for row in connection.execute(query)]


def first_words(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, str]:
    """Give subject and text of the first mail of each ticket as the index of words keeps them.

    A ticket has none where its mail was erased; secrets are hidden.
    """
    first = (
        select(func.min(search_entries.c.id).label("id"))
        .where(search_entries.c.ticket_id.in_(ticket_ids), search_entries.c.kind == EntryKind.MAIL.value)
        .group_by(search_entries.c.ticket_id)
        .subquery()
    )
    query = select(
        search_entries.c.ticket_id,
        search_entries.c.subject,
        func.substr(search_entries.c.body, 1, MOST_SAID).label("body"),
    ).join(first, first.c.id == search_entries.c.id)
    return {row.ticket_id: f"{row.subject}\n{row.body}" for row in connection.execute(query)}


def answers(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, list[str]]:
    """Give what people answered on tickets, the newest first: only what has gone out and was not erased."""
    message_id = ticket_events.c.data["message_id"].as_string()
    query = (
        select(ticket_events.c.ticket_id, ticket_events.c.data)
        .join(outbox, outbox.c.message_id == message_id)
        .where(ticket_events.c.ticket_id.in_(ticket_ids), ticket_events.c.verb == ANSWERED)
        .where(outbox.c.state == "sent")
        .order_by(ticket_events.c.id.desc())
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        text = str(row.data.get("text", ""))
        if text.strip() and text != NEUTRAL_TEXT:
            found[row.ticket_id].append(text)
    return found
