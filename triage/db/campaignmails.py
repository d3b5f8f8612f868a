"""Mails of impostors and reports of them: which there are, what they are known by, which campaign has them.

Which mails count is asked of mails and tickets as they stand, never of what happened to them: so nothing is
missed whoever changes a ticket, and whatever dies in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, not_, or_, select, union, update
from sqlalchemy.sql import func

from triage.core.campaigns import Fingerprint, Home, Sign, SignSort, Weight
from triage.core.closings import Closing
from triage.core.decision import Kind
from triage.core.impostorsigns import Telling
from triage.core.tickets import TicketStatus
from triage.core.wordprints import keys_of
from triage.db.lists import in_lists
from triage.db.schema import (
    ACTING,
    HELD,
    IMPOSTORS,
    REPORTS,
    campaign_mails,
    campaign_signs,
    campaigns,
    decisions,
    mails,
    tickets,
)

WROTE, REPORTED = "wrote", "reported"
"""What a mail has to do with an impostor: he wrote it, or somebody reports him in it."""

_LOCK = 0x6361_6D70
"""PostgreSQL's advisory lock of campaigns; SQLite has one writer anyway."""

_HIS_TICKET = or_(
    tickets.c.status == TicketStatus.HELD.value,
    func.coalesce(tickets.c.outcome, "") == Closing.IMPOSTOR.value,
)
_BY_HIM = and_(_HIS_TICKET, mails.c.from_address == tickets.c.requester_address)
_NO_TICKET = tickets.c.id.is_(None)
STANDS: ColumnElement[bool] = or_(
    and_(campaign_mails.c.role == WROTE, not_(_NO_TICKET), _BY_HIM),
    and_(
        campaign_mails.c.role == REPORTED,
        mails.c.kind == Kind.IMPERSONATION_REPORT.value,
        or_(_NO_TICKET, not_(_BY_HIM)),
    ),
)
"""Whether a mail still counts: a released one does so no longer. It is asked beside mails and tickets."""

_ACTED_ON = exists().where(decisions.c.mail_id == mails.c.id, ACTING)
_KNOWN = exists().where(campaign_mails.c.mail_id == mails.c.id)
_READABLE = and_(mails.c.state == "processed", mails.c.erased_at.is_(None), _ACTED_ON, ~_KNOWN)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mail that counts and is not compared with the others yet."""

    mail_id: int
    role: str
    from_address: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail with what it is compared by, and where it stands."""

    print: Fingerprint
    home: Home
    reasons: list[dict[str, Any]]


def hold(connection: Connection) -> None:
    """Let nobody else put mails into campaigns until this transaction has ended."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def fresh(connection: Connection, limit: int) -> list[Candidate]:
    """Give mails that count and are not known here yet, the oldest first."""
    # Tickets by their small index first, then their mails: a join lets SQLite read all mails there are, and
    # without the order it reads all tickets.
    requester = select(tickets.c.requester_address).where(tickets.c.id == mails.c.ticket_id).scalar_subquery()
    his = (
        select(mails.c.id, mails.c.from_address).where(
            mails.c.ticket_id.in_(select(tickets.c.id).where(sort).order_by(tickets.c.id)),
            mails.c.from_address == requester,
            _READABLE,
        )
        for sort in (HELD, IMPOSTORS)
    )
    told = (
        select(mails.c.id, mails.c.from_address)
        .join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)
        .where(REPORTS, _READABLE, or_(_NO_TICKET, not_(_BY_HIM)))
    )
    written = union(*his).subquery()
    queries = {
        WROTE: select(written).order_by(written.c.id).limit(limit),
        REPORTED: told.order_by(mails.c.id).limit(limit),
    }
    found = [
        Candidate(row[0], role, row[1])
        for role, query in queries.items()
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda one: one.mail_id)[:limit]


def stands(connection: Connection, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Give those of the candidates that are still such, in the transaction that writes them down."""
    wanted = {one.mail_id: one for one in candidates}
    still: list[Candidate] = []
    for some in in_lists(wanted):
        query = (
            select(mails.c.id, func.coalesce(_BY_HIM, False), mails.c.kind)
            .join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)
            .where(mails.c.id.in_(some), _READABLE)
        )
        for number, by_him, kind in connection.execute(query):
            role = WROTE if by_him else REPORTED
            told = by_him or kind == Kind.IMPERSONATION_REPORT.value
            if told and wanted[number].role == role:
                still.append(wanted[number])
    return still


def fallen(connection: Connection) -> list[int]:
    """Give the mails here that count no longer, or in another role."""
    query = (
        select(campaign_mails.c.mail_id)
        .join(mails, mails.c.id == campaign_mails.c.mail_id)
        .join(tickets, tickets.c.id == mails.c.ticket_id, isouter=True)
        .where(not_(func.coalesce(STANDS, False)))
        .order_by(campaign_mails.c.mail_id)
    )
    return list(connection.scalars(query))


def take_out(connection: Connection, mail_ids: Sequence[int]) -> set[int]:
    """Forget mails that count no longer; gives the campaigns that they were of."""
    touched: set[int] = set()
    for some in in_lists(mail_ids):
        of = select(campaign_mails.c.campaign_id).where(campaign_mails.c.mail_id.in_(some))
        touched.update(number for number in connection.scalars(of) if number is not None)
        connection.execute(delete(campaign_signs).where(campaign_signs.c.mail_id.in_(some)))
        connection.execute(delete(campaign_mails).where(campaign_mails.c.mail_id.in_(some)))
    return touched


def keep(connection: Connection, one: Candidate, telling: Telling, now: datetime) -> None:
    """Write down what a mail is known by; it belongs to no campaign yet."""
    connection.execute(
        campaign_mails.insert().values(
            mail_id=one.mail_id,
            role=one.role,
            joined_at=now,
            reasons=[],
            words=list(telling.words),
            names=list(telling.names),
            wording=telling.wording,
        )
    )
    rows = [(sign.sort.value, sign.value, sign.weight.value) for sign in telling.signs]
    rows += [(SignSort.WORDS.value, str(key), Weight.OWN.value) for key in keys_of(telling.words)]
    if rows:
        values = [
            {"mail_id": one.mail_id, "sort": sort, "value": value, "weight": weight}
            for sort, value, weight in rows
        ]
        connection.execute(campaign_signs.insert(), values)


def neighbours(connection: Connection, mail_ids: Sequence[int]) -> set[int]:
    """Give the mails that share a sign with some others which could join them, these themselves too."""
    theirs = campaign_signs.alias("theirs")
    found = set(mail_ids)
    for some in in_lists(mail_ids):
        query = (
            select(theirs.c.mail_id)
            .distinct()
            .join(
                campaign_signs,
                and_(campaign_signs.c.value == theirs.c.value, campaign_signs.c.sort == theirs.c.sort),
            )
            .where(
                campaign_signs.c.mail_id.in_(some),
                # What many share joins nobody without a sign that is an impostor's own.
                campaign_signs.c.weight != Weight.SHARED.value,
                theirs.c.weight != Weight.SHARED.value,
            )
        )
        found.update(connection.scalars(query))
    return found


def members(connection: Connection, numbers: Iterable[int]) -> set[int]:
    """Give the mails of some campaigns, without those that a person has parted from them."""
    query = select(campaign_mails.c.mail_id).where(
        campaign_mails.c.campaign_id.in_(sorted(set(numbers))), campaign_mails.c.apart_at.is_(None)
    )
    return set(connection.scalars(query))


def campaigns_of(connection: Connection, mail_ids: Iterable[int]) -> set[int]:
    """Give the campaigns of some mails."""
    found: set[int] = set()
    ids = sorted(set(mail_ids))
    for some in in_lists(ids):
        query = select(campaign_mails.c.campaign_id).where(
            campaign_mails.c.mail_id.in_(some),
            campaign_mails.c.apart_at.is_(None),
        )
        found.update(number for number in connection.scalars(query) if number is not None)
    return found


def kept(connection: Connection, mail_ids: Iterable[int]) -> list[Kept]:
    """Give mails with what they are compared by, the oldest first; those parted by a person are left out."""
    ids, found = sorted(set(mail_ids)), []
    ties = _ties(connection)
    for some in in_lists(ids):
        signs: dict[int, list[Sign]] = {}
        query = select(campaign_signs).where(
            campaign_signs.c.mail_id.in_(some), campaign_signs.c.sort != SignSort.WORDS.value
        )
        for row in connection.execute(query.order_by(campaign_signs.c.sort, campaign_signs.c.value)):
            sign = Sign(SignSort(row.sort), row.value, Weight(row.weight))
            signs.setdefault(row.mail_id, []).append(sign)
        rows = select(campaign_mails).where(
            campaign_mails.c.mail_id.in_(some), campaign_mails.c.apart_at.is_(None)
        )
        for row in connection.execute(rows):
            tie = ties.get(row.first_id) if row.first_id is not None else None
            print_ = Fingerprint(row.mail_id, tuple(signs.get(row.mail_id, ())), tuple(row.words), tie)
            found.append(Kept(print_, Home(row.campaign_id, row.first_id), row.reasons))
    return sorted(found, key=lambda one: one.print.mail)


def _ties(connection: Connection) -> dict[int, int]:
    """Give, by number, the lowest of the campaigns that people have brought together with it."""
    query = select(campaigns.c.id, campaigns.c.merged_into).where(campaigns.c.merged_by.is_not(None))
    lowest: dict[int, int] = {}
    for one, other in connection.execute(query.order_by(campaigns.c.id)):
        first, second = sorted((lowest.get(one, one), lowest.get(other, other)))
        lowest = {key: first if value == second else value for key, value in lowest.items()}
        lowest |= {one: first, other: first, first: first, second: first}
    return lowest


def settle(
    connection: Connection,
    mail_id: int,
    *,
    campaign_id: int | None,
    first_id: int | None,
    reasons: list[dict[str, Any]],
) -> None:
    """Say which campaign a mail belongs to, and why."""
    connection.execute(
        update(campaign_mails)
        .where(campaign_mails.c.mail_id == mail_id)
        .values(campaign_id=campaign_id, first_id=first_id, reasons=reasons)
    )


def anchor(connection: Connection, number: int) -> None:
    """Let every mail of a campaign count as having come to it first: a person says what becomes of it."""
    connection.execute(
        update(campaign_mails).where(campaign_mails.c.campaign_id == number).values(first_id=number)
    )


def parted(connection: Connection, numbers: Iterable[int]) -> set[int]:
    """Give the mails that people have parted from some campaigns."""
    query = select(campaign_mails.c.mail_id).where(
        campaign_mails.c.campaign_id.in_(sorted(set(numbers))), campaign_mails.c.apart_at.is_not(None)
    )
    return set(connection.scalars(query))
