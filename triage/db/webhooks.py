"""Webhooks, and the messages that wait for them.

A trigger of ``ticket_events`` writes a message for each webhook in the very transaction of an event. Whoever
sends claims messages that are due by putting their next try off, so that those of one who dies come again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, delete, func, or_, select, update

from triage.core.people import Person
from triage.core.webhookevents import PAUSES, WebhookEvent, read_events
from triage.db.schema import IN_FORCE, WAITING, people, ticket_events, tickets, webhook_messages, webhooks
from triage.db.sessions import person_of
from triage.db.visibility import visible_to


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One webhook as its owner sees it, with how many messages wait and how many were given up.

    ``failures`` counts the tries in a row that failed, ``failing_since`` is when the oldest event happened
    that it has not taken, ``due_at`` when the next message is due, ``response`` the last answer. UTC.
    """

    id: int
    login: str
    address: str
    events: tuple[WebhookEvent, ...]
    created_at: datetime
    created_by: str
    waiting: int
    failed: int
    paused_at: datetime | None
    failures: int
    failing_since: datetime | None
    due_at: datetime | None
    retry_at: datetime | None
    delivered: int
    delivered_at: datetime | None
    response: str | None

    @property
    def next_try_at(self) -> datetime | None:
        """When a message is tried next; None where none waits."""
        return max(filter(None, (self.due_at, self.retry_at))) if self.due_at else None


@dataclass(frozen=True, slots=True)
class Way:
    """Where the messages of a webhook go, and the secret that they are signed with."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message that was claimed: whom it goes to, and the event that it tells of."""

    id: int
    webhook_id: int
    person_id: int
    address: str
    secret: str
    events: tuple[WebhookEvent, ...]
    failures: int
    in_force: bool
    message_id: str
    attempts: int
    ticket_id: int
    verb: str
    at: datetime


def _number(state: str) -> ColumnElement[int]:
    own = webhook_messages.c.webhook_id == webhooks.c.id
    counted = select(func.count()).where(own, webhook_messages.c.state == state)
    return counted.scalar_subquery()


_OWN = webhook_messages.c.webhook_id == webhooks.c.id
_TRIED_IN_VAIN = (
    select(func.min(ticket_events.c.at))
    .join(webhook_messages, webhook_messages.c.event_id == ticket_events.c.id)
    .where(_OWN, WAITING, webhook_messages.c.response != "")
)
_ANSWERED = (
    select(webhook_messages.c.response)
    .where(_OWN, webhook_messages.c.response != "")
    # one that waits was tried after all that are done
    .order_by(case((WAITING, 0), else_=1), webhook_messages.c.done_at.desc(), webhook_messages.c.id.desc())
    .limit(1)
)


_LISTED = select(
    webhooks.c.id,
    people.c.name.label("login"),
    webhooks.c.address,
    webhooks.c.events,
    webhooks.c.created_at,
    webhooks.c.created_by,
    _number("waiting").label("waiting"),
    _number("failed").label("failed"),
    webhooks.c.paused_at,
    webhooks.c.failures,
    _TRIED_IN_VAIN.scalar_subquery().label("failing_since"),
    select(func.min(webhook_messages.c.next_try_at)).where(_OWN, WAITING).scalar_subquery().label("due_at"),
    webhooks.c.retry_at,
    _number("delivered").label("delivered"),
    select(func.max(webhook_messages.c.done_at))
    .where(_OWN, webhook_messages.c.state == "delivered")
    .scalar_subquery()
    .label("delivered_at"),
    _ANSWERED.scalar_subquery().label("response"),
).join(people, people.c.id == webhooks.c.person_id)
_DUE = (
    select(
        webhook_messages.c.id,
        webhook_messages.c.webhook_id,
        webhooks.c.person_id,
        webhooks.c.address,
        webhooks.c.secret,
        webhooks.c.events,
        webhooks.c.failures,
        and_(webhooks.c.ended_at.is_(None), webhooks.c.paused_at.is_(None)).label("in_force"),
        webhook_messages.c.message_id,
        webhook_messages.c.attempts,
        ticket_events.c.ticket_id,
        ticket_events.c.verb,
        ticket_events.c.at,
    )
    .join(webhooks, webhooks.c.id == webhook_messages.c.webhook_id)
    .join(ticket_events, ticket_events.c.id == webhook_messages.c.event_id)
)


def add(connection: Connection, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new webhook and give its id."""
    created: int = connection.execute(
        webhooks.insert().values(**values).returning(webhooks.c.id)
    ).scalar_one()
    return created


def listed(
    connection: Connection, *, person_id: int | None = None, webhook_id: int | None = None
) -> list[WebhookRow]:
    """Give the webhooks that are in force, of one person or of all, or the one of an id."""
    query = _LISTED.where(webhooks.c.ended_at.is_(None)).order_by(webhooks.c.id)
    if person_id is not None:
        query = query.where(webhooks.c.person_id == person_id)
    if webhook_id is not None:
        query = query.where(webhooks.c.id == webhook_id)
    return [WebhookRow(**_read(WebhookRow, row)) for row in connection.execute(query)]


def count(connection: Connection, person_id: int) -> int:
    """Count the webhooks of a person that are in force."""
    query = select(func.count()).select_from(webhooks).where(IN_FORCE, webhooks.c.person_id == person_id)
    return connection.scalar(query) or 0


def end(
    connection: Connection, webhook_id: int, now: datetime, why: str, *, person_id: int | None = None
) -> bool:
    """End a webhook for good, with ``person_id`` only one of that person; what waits for it goes unsent."""
    which = [webhooks.c.id == webhook_id]
    if person_id is not None:
        which.append(webhooks.c.person_id == person_id)
    return _end(connection, now, why, *which) > 0


def end_all(connection: Connection, person_id: int, now: datetime, why: str) -> int:
    """End every webhook of a person for good; gives how many."""
    return _end(connection, now, why, webhooks.c.person_id == person_id)


def way(connection: Connection, webhook_id: int) -> Way | None:
    """Give where messages of a webhook go; None where it is not in force."""
    query = select(webhooks.c.address, webhooks.c.secret).where(IN_FORCE, webhooks.c.id == webhook_id)
    row = connection.execute(query).first()
    return Way(row.address, row.secret) if row else None


def pause(connection: Connection, webhook_id: int, now: datetime) -> bool:
    """Switch a webhook off: what waits goes unsent. False where it is off already, or has ended."""
    on = update(webhooks).where(IN_FORCE, webhooks.c.id == webhook_id, webhooks.c.paused_at.is_(None))
    if not connection.execute(on.values(paused_at=now, failures=0, retry_at=None)).rowcount:
        return False
    connection.execute(delete(webhook_messages).where(WAITING, webhook_messages.c.webhook_id == webhook_id))
    return True


def resume(connection: Connection, webhook_id: int) -> bool:
    """Switch a webhook on: it is told what happens from now on. False where it is on, or has ended."""
    off = update(webhooks).where(IN_FORCE, webhooks.c.id == webhook_id, webhooks.c.paused_at.is_not(None))
    if not connection.execute(off.values(paused_at=None)).rowcount:
        return False
    # what happened meanwhile and was not dropped yet
    connection.execute(delete(webhook_messages).where(WAITING, webhook_messages.c.webhook_id == webhook_id))
    return True


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether any message could be claimed."""
    return connection.scalar(_due(now).limit(1)) is not None


def claim(connection: Connection, now: datetime, until: datetime, count: int) -> list[DueMessage]:
    """Take messages that are due, the ones least tried first; nobody else takes them before ``until``."""
    ordered = _due(now).order_by(webhook_messages.c.attempts, webhook_messages.c.id).limit(count)
    chosen = connection.scalars(ordered.with_for_update(skip_locked=True, of=webhook_messages)).all()
    if not chosen:
        return []
    connection.execute(
        update(webhook_messages)
        .where(webhook_messages.c.id.in_(chosen))
        .values(next_try_at=until, attempts=webhook_messages.c.attempts + 1)
    )
    taken = _DUE.where(webhook_messages.c.id.in_(chosen))
    rows = connection.execute(taken.order_by(webhook_messages.c.attempts, webhook_messages.c.id))
    return [DueMessage(**_read(DueMessage, row)) for row in rows]


def _due(now: datetime) -> Select[int]:
    # a clock that was ahead for a while has put some off into a time that may be years away
    beyond = now + PAUSES[-1] + timedelta(hours=1)
    at, rest = webhook_messages.c.next_try_at, webhooks.c.retry_at
    return (
        select(webhook_messages.c.id)
        .join(webhooks, webhooks.c.id == webhook_messages.c.webhook_id)
        .where(
            WAITING,
            or_(at <= now, at > beyond),
            or_(rest.is_(None), rest <= now, rest > beyond),
        )
    )


def owner(connection: Connection, person_id: int) -> Person | None:
    """Give whom a webhook belongs to, as he is now; None where he may do nothing any more."""
    row = connection.execute(
        select(people).where(people.c.id == person_id, people.c.disabled_at.is_(None))
    ).first()
    return person_of(row) if row else None


def seen_code(connection: Connection, ticket_id: int, person: Person, now: datetime) -> str | None:
    """Give the code of a ticket that somebody sees at this moment."""
    query = select(tickets.c.code).where(tickets.c.id == ticket_id, visible_to(person, now))
    code: str | None = connection.scalar(query)
    return code


def drop(connection: Connection, ids: Sequence[int]) -> None:
    """Forget messages that nobody is to get."""
    connection.execute(delete(webhook_messages).where(webhook_messages.c.id.in_(ids)))


def delivered(connection: Connection, message: DueMessage, now: datetime, response: str) -> None:
    """Note that a message was taken."""
    _finish(connection, message.id, state="delivered", done_at=now, response=response)
    if message.failures:
        well = update(webhooks).where(webhooks.c.id == message.webhook_id)
        connection.execute(well.values(failures=0, retry_at=None))


def rest(connection: Connection, webhook_id: int, until: datetime) -> None:
    """Leave a webhook alone for a while, since it did not take a message."""
    tired = update(webhooks).where(webhooks.c.id == webhook_id)
    connection.execute(tired.values(failures=webhooks.c.failures + 1, retry_at=until))


def put_off(connection: Connection, message_id: int, until: datetime, response: str) -> None:
    """Note that a message was not taken, and when to try again."""
    _finish(connection, message_id, next_try_at=until, response=response)


def hand_back(connection: Connection, message_id: int, until: datetime) -> None:
    """Give back a message that was claimed and not tried."""
    _finish(connection, message_id, next_try_at=until, attempts=webhook_messages.c.attempts - 1)


def give_up(connection: Connection, message_id: int, now: datetime, response: str) -> None:
    """Note that a message is tried no more."""
    _finish(connection, message_id, state="failed", done_at=now, response=response)


def give_up_old(connection: Connection, webhook_id: int, before: datetime, now: datetime) -> int:
    """Note that what happened before a moment is told to a webhook no more; gives how many messages."""
    old = select(ticket_events.c.id).where(ticket_events.c.at < before)
    waiting = update(webhook_messages).where(
        WAITING, webhook_messages.c.webhook_id == webhook_id, webhook_messages.c.event_id.in_(old)
    )
    return connection.execute(waiting.values(state="failed", done_at=now)).rowcount


def _read(sort: type[WebhookRow | DueMessage], row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    named = dict(zip(sort.__dataclass_fields__, tuple(row), strict=True))
    return {**named, "events": read_events(named["events"])}


def _finish(connection: Connection, message_id: int, **values: Any) -> None:  # noqa: ANN401 - column values
    if "response" in values:
        values["response"] = values["response"][:200]
    connection.execute(
        update(webhook_messages).where(WAITING, webhook_messages.c.id == message_id).values(**values)
    )


def _end(connection: Connection, now: datetime, why: str, *which: ColumnElement[bool]) -> int:
    ended = update(webhooks).where(webhooks.c.ended_at.is_(None), *which)
    return connection.execute(ended.values(ended_at=now, ended_why=why)).rowcount
