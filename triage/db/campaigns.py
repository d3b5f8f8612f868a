"""Campaigns of impostors: their numbers, names and histories, and what lists and pages show of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from triage.core.campaigns import Sign, SignSort, Weight
from triage.core.people import Person
from triage.db.campaignmails import STANDS
from triage.db.schema import (
    campaign_events,
    campaign_mails,
    campaign_signs,
    campaigns,
    mails,
    outbox,
    tickets,
    units,
)
from triage.db.tallies import Span

MOST_LISTED = 50
"""Campaigns that a list shows, those seen last ahead."""

MOST_MEMBERS = 500
"""Mails of one campaign that its page tells of, the newest ones."""

_MANY, _LAST = func.count(), func.max(mails.c.received_at)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign; ``merged_into`` is the one that its mails belong to now."""

    id: int
    name: str
    created_at: datetime
    merged_into: int | None
    merged_by: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """How many mails a campaign has, and when the first and the last of them came, UTC."""

    id: int
    name: str
    mails: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One mail of a campaign with the ticket that it stands on; ``received_at`` is UTC.

    ``treasury`` is the code of the unit's treasury, else of the one that the mail names. ``reasons`` are the
    mails that it belongs to, each under ``with``, and by which ``signs``.
    """

    mail_id: int
    campaign_id: int
    role: str
    received_at: datetime
    from_address: str
    names: list[str]
    wording: str
    reasons: list[dict[str, Any]]
    apart_by: str | None
    ticket_id: int | None
    code: str | None
    status: str | None
    queue: str | None
    treasury: str | None
    unit_name: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a campaign; ``at`` is UTC."""

    at: datetime
    actor: str
    verb: str
    data: dict[str, Any]


def add(connection: Connection, now: datetime) -> int:
    """Begin a campaign and give its number."""
    number: int = connection.execute(
        campaigns.insert().values(created_at=now).returning(campaigns.c.id)
    ).scalar_one()
    return number


def find(connection: Connection, number: int, *, lock: bool = False) -> Campaign | None:
    """Give the campaign of a number."""
    query = select(campaigns).where(campaigns.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return Campaign(*row) if row else None


def rename(connection: Connection, number: int, name: str) -> None:
    """Give a campaign a name; an empty one takes it away."""
    connection.execute(update(campaigns).where(campaigns.c.id == number).values(name=name))


def point(connection: Connection, number: int, to: int | None) -> bool:
    """Let a campaign point to the one that has its mails; tells whether it did not do so before.

    What a person has brought together keeps pointing where he said.
    """
    changed = connection.execute(
        update(campaigns)
        .where(
            campaigns.c.id == number,
            campaigns.c.merged_by.is_(None),
            campaigns.c.merged_into.is_distinct_from(to),
        )
        .values(merged_into=to)
    )
    return changed.rowcount > 0


def bring_together(connection: Connection, number: int, to: int, *, actor: str) -> None:
    """Note that a person says that the mails of two campaigns belong together."""
    connection.execute(
        update(campaigns).where(campaigns.c.id == number).values(merged_into=to, merged_by=actor)
    )


def take_apart(connection: Connection, number: int) -> None:
    """Take back that a person has brought a campaign together with another."""
    values = {"merged_into": None, "merged_by": None}
    connection.execute(update(campaigns).where(campaigns.c.id == number).values(**values))


def add_event(
    connection: Connection,
    number: int,
    now: datetime,
    verb: str,
    *,
    actor: str,
    **data: Any,  # noqa: ANN401 - JSON
) -> None:
    """Add a line to the history of a campaign."""
    values = {"campaign_id": number, "at": now, "actor": actor, "verb": verb, "data": data}
    connection.execute(campaign_events.insert().values(**values))


def history(connection: Connection, number: int) -> list[Event]:
    """Give what happened to a campaign, the oldest first."""
    columns = (campaign_events.c[name] for name in Event.__dataclass_fields__)
    query = select(*columns).where(campaign_events.c.campaign_id == number)
    return [Event(*row) for row in connection.execute(query.order_by(campaign_events.c.id))]


def part(connection: Connection, mail_id: int, now: datetime, *, actor: str) -> None:
    """Note that a person says that a mail belongs to no campaign; its row tells which one had it."""
    values = {"apart_at": now, "apart_by": actor, "reasons": []}
    connection.execute(update(campaign_mails).where(campaign_mails.c.mail_id == mail_id).values(**values))


def put_back(connection: Connection, mail_id: int) -> None:
    """Let a mail that was parted be compared with the others again."""
    values = {"apart_at": None, "apart_by": None, "campaign_id": None}
    connection.execute(update(campaign_mails).where(campaign_mails.c.mail_id == mail_id).values(**values))


def listed(connection: Connection, limit: int = MOST_LISTED) -> list[Seen]:
    """Give the campaigns that have mails, the one seen last first."""
    query = _seen().order_by(_LAST.desc(), campaigns.c.id).limit(limit)
    return [Seen(*row) for row in connection.execute(query)]


def within(connection: Connection, person: Person, now: datetime, span: Span) -> list[Seen]:
    """Give the campaigns of which mails came in a span, as far as a person sees them, the largest first."""
    at = mails.c.received_at
    query = _seen().where(at >= span.start, at < span.end, span.without_time(person, now))
    return [Seen(*row) for row in connection.execute(query.order_by(_MANY.desc(), campaigns.c.id))]


def _seen() -> Select[Any]:
    """Count the mails of each campaign, with the first and the last moment at which one came."""
    groups = (campaigns.c.id, campaigns.c.name)
    query = (
        select(*groups, _MANY, func.min(mails.c.received_at), _LAST)
        .select_from(campaign_mails)
        .join(campaigns, campaigns.c.id == campaign_mails.c.campaign_id)
    )
    return _joined(query).where(campaign_mails.c.apart_at.is_(None), STANDS).group_by(*groups)


def members(
    connection: Connection, numbers: Sequence[int], limit: int = MOST_MEMBERS, *, apart: bool = False
) -> list[Member]:
    """Give mails of some campaigns, the newest first; with ``apart`` those that people have parted."""
    parted = campaign_mails.c.apart_at.is_not(None) if apart else campaign_mails.c.apart_at.is_(None)
    columns = (
        *(campaign_mails.c[name] for name in ("mail_id", "campaign_id", "role")),
        mails.c.received_at,
        mails.c.from_address,
        *(campaign_mails.c[name] for name in ("names", "wording", "reasons", "apart_by")),
        tickets.c.id.label("ticket_id"),
        *(tickets.c[name] for name in ("code", "status", "queue")),
        func.coalesce(func.nullif(units.c.treasury, ""), tickets.c.treasury),
        func.coalesce(units.c.name, func.nullif(tickets.c.unit_name, ""), ""),
    )
    query = (
        _joined(select(*columns).select_from(campaign_mails))
        .join(units, units.c.id == tickets.c.unit_id, isouter=True)
        .where(campaign_mails.c.campaign_id.in_(numbers), parted, STANDS)
        .order_by(mails.c.received_at.desc(), campaign_mails.c.mail_id.desc())
        .limit(limit)
    )
    return [Member(*row) for row in connection.execute(query)]


def signs(connection: Connection, number: int) -> list[tuple[Sign, int]]:
    """Give what the mails of a campaign are known by, with how many bear it, the commonest first."""
    many = func.count()
    query = (
        _joined(
            select(campaign_signs.c.sort, campaign_signs.c.value, func.max(campaign_signs.c.weight), many)
            .select_from(campaign_mails)
            .join(campaign_signs, campaign_signs.c.mail_id == campaign_mails.c.mail_id)
        )
        .where(
            campaign_mails.c.campaign_id == number,
            campaign_mails.c.apart_at.is_(None),
            campaign_signs.c.sort != SignSort.WORDS.value,
            STANDS,
        )
        .group_by(campaign_signs.c.sort, campaign_signs.c.value)
        .order_by(many.desc(), campaign_signs.c.sort, campaign_signs.c.value)
    )
    return [
        (Sign(SignSort(sort), value, Weight(weight)), count)
        for sort, value, weight, count in connection.execute(query)
    ]


def pointing_to(connection: Connection, number: int) -> list[int]:
    """Give the campaigns whose mails this one has now, the lowest number first."""
    query = select(campaigns.c.id).where(campaigns.c.merged_into == number).order_by(campaigns.c.id)
    return list(connection.scalars(query))


def brought_together(connection: Connection, number: int) -> list[int]:
    """Give those of them that a person has brought together with it."""
    query = select(campaigns.c.id).where(
        campaigns.c.merged_into == number, campaigns.c.merged_by.is_not(None)
    )
    return list(connection.scalars(query.order_by(campaigns.c.id)))


def others(connection: Connection, number: int, limit: int = MOST_LISTED) -> list[Campaign]:
    """Give campaigns that this one could be brought together with, the newest first."""
    query = select(campaigns).where(campaigns.c.id != number, campaigns.c.merged_into.is_(None))
    return [Campaign(*row) for row in connection.execute(query.order_by(campaigns.c.id.desc()).limit(limit))]


@dataclass(frozen=True, slots=True)
class Told:
    """One letter about a campaign: who got it, and how far it has come."""

    message_id: str
    recipient: str
    state: str
    sent_at: datetime | None


def letters(connection: Connection, message_ids: Iterable[str]) -> list[Told]:
    """Give letters by their Message-IDs, by recipient."""
    columns = (outbox.c[name] for name in Told.__dataclass_fields__)
    query = select(*columns).where(outbox.c.message_id.in_(list(message_ids)))
    return [Told(*row) for row in connection.execute(query.order_by(outbox.c.recipient))]


def _joined(query: Select[Any]) -> Select[Any]:
    """Add the mails and tickets that ``STANDS`` asks about."""
    return query.join(mails, mails.c.id == campaign_mails.c.mail_id).join(
        tickets, tickets.c.id == mails.c.ticket_id, isouter=True
    )
