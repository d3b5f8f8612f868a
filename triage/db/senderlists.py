"""The lists of senders, and the marks that later entries find old mails by."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, exists, literal, or_, select, update

from triage.core.closings import Closing
from triage.core.decision import Kind, Verdict
from triage.core.onespelling import spellings
from triage.core.senderlists import Entry, EntryKind, ListedSender, ListSort
from triage.core.text import fold
from triage.core.tickets import TicketStatus
from triage.db.schema import LISTED, mail_marks, mails, outbox, sender_list, ticket_events, tickets
from triage.db.upsert import Upsert

CONFIRMED_IMPOSTOR = "confirmed_impostor"
"""The event on a ticket whose sender a person found to be an impostor."""

MOST_TICKETS = 20
"""Latest tickets of a sender that are asked whether he was answered before."""

MOST_FOUND = 1000
"""Old mails that one act finds again at most, the newest first."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One entry as lists show it. Times are UTC; ``ticket_code`` names the ticket that it came from.

    ``removed_reason`` is why somebody took it off; empty where an expired entry only made room.
    """

    id: int
    sort: str
    kind: str
    entry: str
    reason: str
    author: str
    created_at: datetime
    expires_at: datetime | None
    ticket_code: str | None
    removed_at: datetime | None
    removed_by: str | None
    removed_reason: str


@dataclass(frozen=True, slots=True)
class MarkedMail:
    """An old mail that holds one of the marks that were looked for."""

    mail_id: int
    ticket_id: int | None
    ticket_code: str | None
    mark: str


_MARKS: BindParameter[str] = bindparam("marks", expanding=True)
_ACTIVE = and_(LISTED, or_(sender_list.c.expires_at.is_(None), sender_list.c.expires_at > bindparam("now")))
_MATCHING = (
    select(sender_list.c.sort, sender_list.c.kind, sender_list.c.entry, sender_list.c.reason)
    .where(_ACTIVE, sender_list.c.entry.in_(_MARKS))
    .order_by(sender_list.c.id)
)
_SENDERS: BindParameter[str] = bindparam("senders", expanding=True)
_LATEST = (
    select(tickets.c.id)
    .where(tickets.c.requester_address.in_(_SENDERS))
    .order_by(tickets.c.id.desc())
    .limit(MOST_TICKETS)
)
_GOT_A_LETTER = exists().where(
    outbox.c.ticket_id == tickets.c.id, outbox.c.recipient.in_(_SENDERS), outbox.c.state == "sent"
)
_WAS_SETTLED = and_(
    tickets.c.status == TicketStatus.CLOSED.value, tickets.c.verdict != Verdict.IMPERSONATION.value
)
_IMPOSTOR = exists().where(
    ticket_events.c.ticket_id == tickets.c.id, ticket_events.c.verb == CONFIRMED_IMPOSTOR
)
ANSWERED = exists().where(tickets.c.id.in_(_LATEST), ~_IMPOSTOR, or_(_GOT_A_LETTER, _WAS_SETTLED))
"""Whether a request of one of the ``senders``, spellings of one address, was answered, and that one was never
found an impostor.
"""
_ADD_MARK = Upsert(mail_marks, lambda insert: insert.on_conflict_do_nothing())


def matching(connection: Connection, marks: Sequence[str], now: datetime) -> tuple[ListedSender, ...]:
    """Give the entries in force that are among the marks of a mail."""
    if not marks:
        return ()
    rows = connection.execute(_MATCHING, {"marks": marks, "now": now})
    return tuple(
        ListedSender(ListSort(row.sort), Entry(EntryKind(row.kind), row.entry), row.reason) for row in rows
    )


def was_settled(connection: Connection, sender: str) -> bool:
    """Tell whether a person settled a request of exactly this address; an automatic letter does not count."""
    settled = exists().where(tickets.c.requester_address.in_(spellings(sender)), _WAS_SETTLED, ~_IMPOSTOR)
    return bool(sender) and bool(connection.scalar(select(settled)))


def add(
    connection: Connection,
    one: ListedSender,
    now: datetime,
    *,
    author: str,
    expires_at: datetime | None = None,
    ticket_id: int | None = None,
) -> None:
    """Put an entry on a list. Raises IntegrityError where it stands there already, in force or expired."""
    connection.execute(
        sender_list.insert().values(
            entry=one.entry.text,
            sort=one.sort.value,
            kind=one.entry.kind.value,
            reason=one.reason,
            author=author,
            created_at=now,
            expires_at=expires_at,
            ticket_id=ticket_id,
        )
    )


def remove(
    connection: Connection, sort: ListSort, entry: Entry, now: datetime, *, actor: str, reason: str = ""
) -> bool:
    """Take an entry off a list; the row stays with who took it off and why. Tells whether it was there."""
    result = connection.execute(
        update(sender_list)
        .where(LISTED, sender_list.c.entry == entry.text, sender_list.c.sort == sort.value)
        .values(removed_at=now, removed_by=actor, removed_reason=reason)
    )
    return result.rowcount > 0


def rows(  # noqa: PLR0913 - one for each option of the list
    connection: Connection,
    now: datetime,
    *,
    sort: ListSort | None = None,
    entry: Entry | None = None,
    past: bool = False,
    like: str = "",
    before: int | None = None,
    limit: int | None = None,
) -> list[ListRow]:
    """Give entries, the newest first; with ``past`` those too that expired or were taken off.

    ``like`` is looked for in entries, reasons, authors and codes of tickets without regard to case and
    tones; that is compared here, since no database folds Vietnamese. ``before`` is the id of the last row
    that was seen already.
    """
    query = (
        select(
            *(sender_list.c[name] for name in ListRow.__dataclass_fields__ if name != "ticket_code"),
            tickets.c.code.label("ticket_code"),
        )
        .join(tickets, tickets.c.id == sender_list.c.ticket_id, isouter=True)
        .order_by(sender_list.c.id.desc())
    )
    if before is not None:
        query = query.where(sender_list.c.id < before)
    if sort:
        query = query.where(sender_list.c.sort == sort.value)
    if entry:
        query = query.where(sender_list.c.entry == entry.text)
    if not past:
        query = query.where(_ACTIVE)
    values, wanted = {} if past else {"now": now}, fold(like)
    if not wanted:
        return list(_read(connection.execute(query.limit(limit), values)))
    with connection.execute(query, values, execution_options={"yield_per": 500}) as found:
        return list(islice((row for row in _read(found) if wanted in _told(row)), limit))


def _read(found: Any) -> Iterator[ListRow]:  # noqa: ANN401 - the rows of the query above
    return (ListRow(**row._mapping) for row in found)  # noqa: SLF001 - the public way to a row's names


def _told(row: ListRow) -> str:
    return fold(f"{row.entry} {row.reason} {row.removed_reason} {row.author} {row.ticket_code or ''}")


def add_marks(connection: Connection, mail_id: int, marks: Iterable[str]) -> None:
    """Keep what a mail can be found by later."""
    values = [{"mail_id": mail_id, "mark": mark} for mark in marks]
    if values:
        connection.execute(_ADD_MARK.on(connection), values)


def mails_with(
    connection: Connection, marks: Sequence[str], since: datetime, *, but_ticket: int | None
) -> list[MarkedMail]:
    """Give mails received since then that hold one of the marks, the newest first, at most MOST_FOUND.

    Those of ``but_ticket`` are left out.
    """
    query = (
        select(mails.c.id, mails.c.ticket_id, tickets.c.code, mail_marks.c.mark)
        .join(mails, mails.c.id == mail_marks.c.mail_id)
        .join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)
        .where(mail_marks.c.mark.in_(marks), mails.c.received_at >= since)
        .order_by(mails.c.id.desc(), mail_marks.c.mark)
        .limit(MOST_FOUND)
    )
    if but_ticket is not None:
        query = query.where(or_(mails.c.ticket_id.is_(None), mails.c.ticket_id != but_ticket))
    return [MarkedMail(*row) for row in connection.execute(query)]


def is_house(connection: Connection, domain: str, *, but: str) -> bool:
    """Tell whether somebody else at a domain had a request settled by a person: then it is a house.

    An automatic letter does not count: an impostor may have drawn one for each of his addresses.
    """
    there = or_(*(tickets.c.requester_address.endswith(f"{mark}{domain}", autoescape=True) for mark in "@."))
    settled = exists().where(there, tickets.c.requester_address != but, _WAS_SETTLED, ~_IMPOSTOR)
    return bool(connection.scalar(select(settled)))


def helped_marks(connection: Connection, marks: Sequence[str], reporter: str) -> frozenset[str]:
    """Give those of some marks that belong to people whose request was solved: no impostor alone has them.

    An address or a domain is theirs where they wrote from it; a number where ``reporter`` has named it in
    such a request, since what others ask about may be an impostor's.
    """
    host = literal("%@").concat(mail_marks.c.mark)
    from_there = or_(mails.c.from_address == mail_marks.c.mark, mails.c.from_address.like(host))
    query = (
        select(mail_marks.c.mark)
        .distinct()
        .join(mails, mails.c.id == mail_marks.c.mail_id)
        .join(tickets, tickets.c.id == mails.c.ticket_id)
        .where(
            mail_marks.c.mark.in_(marks),
            or_(from_there, mails.c.from_address == reporter),
            mails.c.kind != Kind.IMPERSONATION_REPORT.value,
            tickets.c.outcome.in_([Closing.SOLVED.value, Closing.ADVISED.value]),
            _WAS_SETTLED,
            ~_IMPOSTOR,
        )
    )
    return frozenset(connection.scalars(query))
