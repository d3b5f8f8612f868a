"""What a report tells beside deadlines: first contact, missing parts, people, impostors, both sides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, text

from triage.core.closings import Closing
from triage.core.people import Person
from triage.core.reports import IMPERSONATION
from triage.db.counters import DOUBTED
from triage.db.handovers import at_province
from triage.db.queues import TO_DO
from triage.db.schema import ACTS, ANSWERS, OPEN, handovers, ticket_events, tickets
from triage.db.tallies import Span
from triage.db.visibility import sees

_SOLVED = (Closing.SOLVED.value, Closing.ADVISED.value)


@dataclass(frozen=True, slots=True)
class FirstContact:
    """How many tickets were solved, and how many of them by their first answer."""

    solved: int
    at_first: int


@dataclass(frozen=True, slots=True)
class Act:
    """How often somebody did something; ``after`` is what stood then, as the history keeps it."""

    actor: str
    verb: str
    after: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at a province with the ticket's moments, UTC."""

    handed_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    ending: str | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None


def first_contact(
    connection: Connection, person: Person, now: datetime, span: Span, within: timedelta
) -> FirstContact:
    """Count what was solved by one answer, and not opened again ``within`` a time after that answer."""
    events = ticket_events.c
    of_ticket = and_(ANSWERS, events.ticket_id == tickets.c.id)

    def number(verb: str) -> ColumnElement[int]:
        return select(func.count()).where(of_ticket, events.verb == verb).scalar_subquery()

    again = select(func.min(events.at)).where(of_ticket, events.verb == "reopened").scalar_subquery()
    solved = (
        select(
            tickets.c.answered_at,
            (number("answered") - number("recalled")).label("answers"),
            again.label("again"),
        )
        .where(span.of_tickets(person, now), text("status = 'closed'"), tickets.c.outcome.in_(_SOLVED))
        .subquery()
    )
    once = and_(solved.c.answers == 1, solved.c.answered_at.is_not(None))
    sums = (func.count(), func.count().filter(and_(once, solved.c.again.is_(None))))
    every, first = connection.execute(select(*sums).select_from(solved)).one()
    # few were opened again: whether soon is compared here, where both databases reckon alike
    reopened = select(solved.c.answered_at, solved.c.again).where(once, solved.c.again.is_not(None))
    late = sum(row.again > row.answered_at + within for row in connection.execute(reopened))
    return FirstContact(every, first + late)


def missing(
    connection: Connection, person: Person, now: datetime, span: Span
) -> list[tuple[str | None, bool, int]]:
    """Give which parts first mails lacked, whether later ones brought them all, and how many that were."""
    whole = case((tickets.c.lacking == "", 1), else_=0).label("whole")
    parts = select(tickets.c.missing, whole).where(span.of_tickets(person, now)).subquery()
    query = select(parts.c.missing, parts.c.whole, func.count()).group_by(parts.c.missing, parts.c.whole)
    return [(row[0], bool(row[1]), row[2]) for row in connection.execute(query)]


def acts(connection: Connection, person: Person, now: datetime, span: Span) -> list[Act]:
    """Count what people did from the beginning of a span to its end, whenever the tickets were opened."""
    events = ticket_events.c
    done = (
        select(events.actor, events.verb, events.data["after"].as_string().label("after"))
        .join(tickets, tickets.c.id == events.ticket_id)
        .where(ACTS, events.at >= span.start, events.at < span.end, span.without_time(person, now))
        .subquery()
    )
    group = (done.c.actor, done.c.verb, done.c.after)
    return [Act(*row) for row in connection.execute(select(*group, func.count()).group_by(*group))]


def held_now(connection: Connection, person: Person, now: datetime, span: Span) -> dict[str, int]:
    """Count by login the open tickets that people have now."""
    query = (
        select(tickets.c.assignee, func.count())
        .where(OPEN, tickets.c.assignee.is_not(None), span.without_time(person, now))
        .group_by(tickets.c.assignee)
    )
    return {row[0]: row[1] for row in connection.execute(query) if row[0]}


def impostors(
    connection: Connection, person: Person, now: datetime, span: Span
) -> list[tuple[str, datetime]]:
    """Give when a mail was held, an impostor reported or confirmed; each with its word."""
    events = ticket_events.c
    ours = span.without_time(person, now)
    by_hand = (
        select(events.verb, events.at)
        .join(tickets, tickets.c.id == events.ticket_id)
        .where(ACTS, events.verb.in_(("held", "confirmed_impostor")))
        .where(events.at >= span.start, events.at < span.end, ours)
    )
    at_once = (
        select(text("'held'"), tickets.c.opened_at)
        .join(ticket_events, events.ticket_id == tickets.c.id)
        .where(span.of_tickets(person, now), tickets.c.verdict.in_(DOUBTED))
        .where(events.verb == "opened", events.data["status"].as_string() == "held")
    )
    told = select(text("'reported'"), tickets.c.opened_at).where(
        span.of_tickets(person, now), tickets.c.category == IMPERSONATION
    )
    found: list[tuple[str, datetime]] = []
    for query in (by_hand, at_once, told):
        found += [(row[0], row[1]) for row in connection.execute(query)]
    return found


def stays(connection: Connection, person: Person, now: datetime, span: Span) -> list[Stay]:
    """Give what was given to provinces in a span, of the queues that somebody sees."""
    columns: list[Any] = [handovers.c[name] for name in ("handed_at", "taken_at", "answered_at")]
    columns += [handovers.c[name] for name in ("ended_at", "ending", "reason")]
    query = (
        select(*columns, tickets.c.opened_at, tickets.c.closed_at)
        .join(tickets, tickets.c.id == handovers.c.ticket_id)
        .where(
            handovers.c.handed_at >= span.start,
            handovers.c.handed_at < span.end,
            sees(handovers.c.queue, person, now),
        )
    )
    if span.queues:
        query = query.where(handovers.c.queue.in_(span.queues))
    if span.category:
        query = query.where(tickets.c.category == span.category)
    return [Stay(*tuple(row)) for row in connection.execute(query)]


def standing(connection: Connection, person: Person, now: datetime, span: Span) -> tuple[int, int]:
    """Count what waits now at the centre, and at provinces."""
    there = case((at_province(), 1), else_=0).label("there")
    waiting = select(there).where(OPEN, tickets.c.status.in_(TO_DO), span.without_time(person, now))
    placed = waiting.subquery()
    every, away = connection.execute(
        select(func.count(), func.coalesce(func.sum(placed.c.there), 0)).select_from(placed)
    ).one()
    return int(every) - int(away), int(away)
