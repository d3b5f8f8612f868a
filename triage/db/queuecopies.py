"""Which mails should stand in the folders of queues, and which copies are noted to stand there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    TextClause,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    union,
    union_all,
    update,
)

from triage.core.closings import Closing
from triage.core.decision import SECURITY
from triage.core.queuefolders import CLOSED, OVERDUE, Copy
from triage.core.tickets import TicketStatus
from triage.db.held import ENDINGS
from triage.db.lists import in_lists
from triage.db.queues import TO_DO
from triage.db.schema import ACTING, OPEN, decisions, mails, queue_copies, ticket_events, tickets
from triage.db.upsert import Upsert


@dataclass(frozen=True, slots=True)
class WantedMail:
    """A mail that should stand in a folder, with the marks of its ticket."""

    mail_id: int
    ticket_id: int
    marks: str


# A second delivery would show the same mail twice; what was erased is no mail any more.
_SHOWN = and_(
    mails.c.state == "processed",
    mails.c.erased_at.is_(None),
    exists().where(decisions.c.mail_id == mails.c.id, ACTING),
)
_HELD_WHEN_CLOSED = exists().where(
    ticket_events.c.ticket_id == tickets.c.id,
    ticket_events.c.verb.in_(ENDINGS),
    ticket_events.c.data["before"].as_string() == TicketStatus.HELD.value,
)
_NOTE = Upsert(
    queue_copies,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["mail_id", "place"],
        set_={name: insert.excluded[name] for name in ("uidvalidity", "uid", "marks")},
    ),
)


def _open(now: datetime, *which: ColumnElement[bool]) -> Select[int, int, str, str]:
    overdue = and_(tickets.c.status.in_(TO_DO), tickets.c.due_at < now)
    return _of_tickets(
        tickets.c.queue,
        tickets.c.status + case((overdue, OVERDUE), else_=""),
        OPEN,
        tickets.c.status != TicketStatus.HELD.value,
        *which,
    )


def _closed(since: datetime, *which: ColumnElement[bool]) -> Select[int, int, str, str]:
    return _of_tickets(
        tickets.c.queue + CLOSED,
        tickets.c.status,
        tickets.c.status == TicketStatus.CLOSED.value,
        # Told twice, since the index knows the moment of the last change alone.
        tickets.c.updated_at >= since,
        tickets.c.closed_at >= since,
        func.coalesce(tickets.c.outcome, "") != Closing.IMPOSTOR.value,
        ~_HELD_WHEN_CLOSED,
        *which,
    )


def _of_tickets(
    place: ColumnElement[str], marks: ColumnElement[str], *which: ColumnElement[bool] | TextClause
) -> Select[int, int, str, str]:
    return (
        select(
            mails.c.id.label("mail_id"),
            tickets.c.id.label("ticket_id"),
            place.label("place"),
            marks.label("marks"),
        )
        .join(tickets, tickets.c.id == mails.c.ticket_id)
        .where(tickets.c.queue != SECURITY, _SHOWN, *which)
    )


def _wanted(now: datetime, since: datetime) -> CompoundSelect[int, int, str, str]:
    """Give all that should stand anywhere, with its place; closed tickets since a moment."""
    # Two questions and no OR: each finds its own index.
    return union_all(_open(now), _closed(since))


def out_of_step(connection: Connection, now: datetime, since: datetime) -> list[str]:
    """Give the places where what should stand and what is noted differ."""
    wanted = _wanted(now, since).cte("wanted")
    same = and_(queue_copies.c.mail_id == wanted.c.mail_id, queue_copies.c.place == wanted.c.place)
    missing = (
        select(wanted.c.place)
        .outerjoin(queue_copies, same)
        .where(or_(queue_copies.c.mail_id.is_(None), queue_copies.c.marks != wanted.c.marks))
    )
    surplus = select(queue_copies.c.place).outerjoin(wanted, same).where(wanted.c.mail_id.is_(None))
    return sorted(connection.scalars(union(missing, surplus)))


def places(connection: Connection) -> list[str]:
    """Give the places where copies are noted."""
    return list(connection.scalars(select(queue_copies.c.place).distinct().order_by(queue_copies.c.place)))


def count(connection: Connection) -> int:
    """Give how many copies are noted."""
    return connection.scalar(select(func.count()).select_from(queue_copies)) or 0


def wanted_in(
    connection: Connection, place: str, now: datetime, since: datetime, mail_id: int | None = None
) -> dict[int, WantedMail]:
    """Give the mails that should stand in one place, or the one that is asked for, if it should."""
    which = [tickets.c.queue == place.removesuffix(CLOSED)]
    if mail_id is not None:
        which.append(mails.c.id == mail_id)
    query = _closed(since, *which) if place.endswith(CLOSED) else _open(now, *which)
    rows = connection.execute(query)
    return {row.mail_id: WantedMail(row.mail_id, row.ticket_id, row.marks) for row in rows}


def noted_in(connection: Connection, place: str) -> list[Copy]:
    """Give the copies that are noted to stand in one place."""
    columns = (queue_copies.c[name] for name in ("mail_id", "uidvalidity", "uid", "marks"))
    query = (
        select(*columns, mails.c.received_at)
        .join(mails, mails.c.id == queue_copies.c.mail_id)
        .where(queue_copies.c.place == place)
        .order_by(queue_copies.c.mail_id)
    )
    return [Copy(*tuple(row)) for row in connection.execute(query)]


def note(connection: Connection, place: str, copies: Iterable[Copy]) -> None:
    """Note that these copies stand in a place; what was noted of other mails under their UIDs was wrong."""
    names = ("mail_id", "uidvalidity", "uid", "marks")
    values = [{"place": place, **{name: getattr(one, name) for name in names}} for one in copies]
    for one in values:
        connection.execute(
            delete(queue_copies).where(
                queue_copies.c.mail_id != one["mail_id"],
                *(queue_copies.c[name] == one[name] for name in ("place", "uidvalidity", "uid")),
            )
        )
    if values:
        connection.execute(_NOTE.on(connection), values)


def mark(connection: Connection, place: str, mail_ids: Sequence[int], marks: str) -> None:
    """Note that copies in a place bear other marks now."""
    for some in in_lists(mail_ids):
        connection.execute(
            update(queue_copies)
            .where(queue_copies.c.place == place, queue_copies.c.mail_id.in_(some))
            .values(marks=marks)
        )


def forget(connection: Connection, place: str, mail_ids: Sequence[int]) -> None:
    """Note that these copies do not stand in a place any more."""
    for some in in_lists(mail_ids):
        connection.execute(
            delete(queue_copies).where(queue_copies.c.place == place, queue_copies.c.mail_id.in_(some))
        )
