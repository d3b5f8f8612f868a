"""Pages to the security officers: tickets that are still to be told, and what the webhook has not got yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, update

from triage.core.paging import MOST_LISTED, Alert, Cause, wait_after
from triage.core.people import Person, Role
from triage.db.readers import is_here
from triage.db.schema import UNTOLD, WAITING, people, security_alerts, security_pages, tickets
from triage.db.sessions import person_of
from triage.db.upsert import Upsert

NOBODY, QUEUED, SENT, FAILED = "none", "waiting", "sent", "failed"
"""How far the webhook is: there is none, it waits, it has the page, it never took it."""

_RAISE = Upsert(
    security_alerts, lambda insert: insert.on_conflict_do_nothing().returning(security_alerts.c.ticket_id)
)
_LOCK = 0x70_6167_65
"""PostgreSQL's advisory lock of whoever makes a page; SQLite has one writer anyway."""
_REACHED = (people.c.role == Role.SECURITY.value) & people.c.disabled_at.is_(None) & (people.c.email != "")


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page that the webhook has not taken yet; ``body`` are the very words of each try."""

    id: int
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Untaken:
    """Pages that the webhook has refused since it last took one: how many, since when (UTC), what it said."""

    number: int
    since: datetime
    error: str


def raise_alert(connection: Connection, ticket_id: int, cause: Cause, now: datetime) -> bool:
    """Note that the officers must hear of a ticket; False where they have been told of it, or will be."""
    values = {"ticket_id": ticket_id, "reason": cause.value, "raised_at": now}
    return connection.execute(_RAISE.on(connection), values).first() is not None


def any_untold(connection: Connection) -> bool:
    """Whether there is a ticket that nobody was paged about."""
    return connection.scalar(select(security_alerts.c.ticket_id).where(UNTOLD).limit(1)) is not None


def hold(connection: Connection) -> None:
    """Let nobody else make a page until this transaction has ended: two at once would be two pages."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def last_at(connection: Connection) -> datetime | None:
    """Give the moment of the last page."""
    query = select(security_pages.c.at).order_by(security_pages.c.id.desc()).limit(1)
    found: datetime | None = connection.scalar(query)
    return found


def add(connection: Connection, now: datetime, state: str) -> tuple[int, list[int]]:
    """Make a page of all that is untold; gives its id and those of its tickets, ascending."""
    values = {"at": now, "body": "", "state": state, "next_try_at": now}
    page_id: int = connection.execute(
        security_pages.insert().returning(security_pages.c.id), values
    ).scalar_one()
    taken = connection.scalars(
        update(security_alerts).where(UNTOLD).values(page_id=page_id).returning(security_alerts.c.ticket_id)
    )
    return page_id, sorted(taken)


def say(connection: Connection, page_id: int, body: str) -> None:
    """Write down what the webhook is told."""
    connection.execute(update(security_pages).where(security_pages.c.id == page_id).values(body=body))


def first_of(connection: Connection, ticket_ids: Sequence[int]) -> list[Alert]:
    """Give the first of these tickets, as many as a page names."""
    columns = ("code", "queue", "category", "requester_address", "opened_at")
    query = (
        select(*(tickets.c[name] for name in columns), security_alerts.c.reason, security_alerts.c.raised_at)
        .join(tickets, tickets.c.id == security_alerts.c.ticket_id)
        .where(security_alerts.c.ticket_id.in_(ticket_ids[:MOST_LISTED]))
        .order_by(security_alerts.c.ticket_id)
    )
    return [Alert(*row[:5], Cause(row.reason), row.raised_at) for row in connection.execute(query)]


def officers(connection: Connection, now: datetime) -> list[Person]:
    """Give the security officers with an address who are at work; all of them where none is."""
    every = [
        person_of(row) for row in connection.execute(select(people).where(_REACHED).order_by(people.c.id))
    ]
    here = set(connection.scalars(select(people.c.id).where(is_here(now))))
    return [one for one in every if one.id in here] or every


def any_officer(connection: Connection) -> bool:
    """Whether there is a security officer whom a letter can reach, on leave or not."""
    return connection.scalar(select(people.c.id).where(_REACHED).limit(1)) is not None


def take(connection: Connection, now: datetime) -> OpenPage | None:
    """Take the oldest page that the webhook is due to be told; another try comes later, whatever happens."""
    due = select(security_pages.c.id, security_pages.c.at, security_pages.c.body, security_pages.c.attempts)
    query = due.where(
        WAITING, or_(security_pages.c.next_try_at.is_(None), security_pages.c.next_try_at <= now)
    )
    row = connection.execute(
        query.order_by(security_pages.c.id).limit(1).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    _change(connection, row.id, attempts=row.attempts + 1, next_try_at=now + wait_after(row.attempts))
    return OpenPage(row.id, row.at, row.body)


def settle(connection: Connection, page_id: int, state: str, error: str | None = None) -> None:
    """Note what came of a try."""
    _change(connection, page_id, state=state, error=error)


def untaken(connection: Connection) -> Untaken | None:
    """Give the pages that were tried in vain; None where there are none, or where a later one got through."""
    taken = select(func.max(security_pages.c.id)).where(security_pages.c.state == SENT).scalar_subquery()
    tried = (
        security_pages.c.error.is_not(None),
        security_pages.c.state.in_((QUEUED, FAILED)),
        security_pages.c.id > func.coalesce(taken, 0),
    )
    columns = (security_pages.c.id, security_pages.c.at, security_pages.c.error)
    rows = connection.execute(select(*columns).where(*tried).order_by(security_pages.c.id)).all()
    return Untaken(len(rows), rows[0].at, rows[-1].error) if rows else None


def _change(connection: Connection, page_id: int, **values: object) -> None:
    connection.execute(update(security_pages).where(security_pages.c.id == page_id).values(**values))
