"""Who sees to the mails of a day that name no treasury, and how many of those there were."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, func, select

from triage.core.decision import UNROUTED
from triage.db.schema import duties, ticket_events, tickets
from triage.db.upsert import Upsert

_SET = Upsert(
    duties,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["day"],
        set_={name: insert.excluded[name] for name in ("name", "at", "set_by")},
    ),
)


@dataclass(frozen=True, slots=True)
class Untagged:
    """Tickets that came unrouted: how many, how many still wait, have a treasury now, are closed."""

    came: int = 0
    waiting: int = 0
    routed: int = 0
    closed: int = 0


def who(connection: Connection, day: date) -> str | None:
    """Give the login of whoever has the duty of a local day; None where nobody has it."""
    found: str | None = connection.scalar(select(duties.c.name).where(duties.c.day == day))
    return found


def put(connection: Connection, day: date, name: str, now: datetime, actor: str) -> None:
    """Note who has the duty of a local day, in place of whoever had it."""
    connection.execute(_SET.on(connection), {"day": day, "name": name, "at": now, "set_by": actor})


def untagged(connection: Connection, start: datetime, end: datetime) -> Untagged:
    """Count the tickets that were opened from ``start`` on and before ``end`` and came unrouted."""
    came = ticket_events.c.data["queue"].as_string() == UNROUTED
    closed = tickets.c.closed_at.is_not(None)
    here = tickets.c.queue == UNROUTED
    sums = (and_(here, ~closed), and_(~here, ~closed), closed)
    query = (
        select(func.count(), *(func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in sums))
        .select_from(tickets.join(ticket_events, ticket_events.c.ticket_id == tickets.c.id))
        .where(
            tickets.c.opened_at >= start, tickets.c.opened_at < end, ticket_events.c.verb == "opened", came
        )
    )
    return Untagged(*map(int, connection.execute(query).one()))
