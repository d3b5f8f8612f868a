"""Which waiting mails are worked on now, and which of them were there when a process died."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    TextClause,
    and_,
    bindparam,
    case,
    exists,
    not_,
    or_,
    select,
    update,
)

from triage.db.schema import IN_FORCE, WAITING, mails, nodes

ALONE_AFTER = 3
LONGEST_WAIT = timedelta(hours=1)
"""No mail is ever put off for so long."""
TRIED = " tried"
"""What follows a worker's name on a mail that a process apart has read without harm."""


def of_another(
    claimed_by: ColumnElement[str | None], *which: ColumnElement[bool] | TextClause
) -> ColumnElement[bool]:
    """Whether a claim is that of another node which is alive: then it is not for ``:worker`` to take.

    ``which`` asks for other nodes than those that are alive.
    """
    claimant = or_(claimed_by == nodes.c.name, claimed_by == nodes.c.name + TRIED)
    others = exists().where(*(which or (IN_FORCE,)), nodes.c.name != bindparam("worker"), claimant)
    return and_(claimed_by.is_not(None), others)


_WAITING = select(mails.c.id, mails.c.size, mails.c.crashes, mails.c.claimed_by).where(
    WAITING, not_(of_another(mails.c.claimed_by))
)
# A clock that was ahead for a while has put some off into a time that may be years away.
_DUE = or_(
    mails.c.next_try_at.is_(None),
    mails.c.next_try_at <= bindparam("now"),
    mails.c.next_try_at > bindparam("beyond"),
)
_ORDINARY = (
    _WAITING.where(mails.c.crashes < ALONE_AFTER)
    .order_by(mails.c.received_at, mails.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
)
_NOT_IN_HAND = mails.c.id.not_in(bindparam("beside", expanding=True))
_RISKY = (
    _WAITING.where(mails.c.crashes >= ALONE_AFTER)
    .order_by(mails.c.next_try_at.nulls_first(), mails.c.crashes, mails.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def claim(
    connection: Connection,
    worker: str,
    now: datetime,
    *,
    count: int,
    size: int,
    ignore_delay: bool,
    beside: Collection[int] = (),
) -> list[int]:
    """Mark the oldest waiting mails as taken by this worker and give their ids.

    At most ``count`` mails and about ``size`` bytes are taken, always at least one where any waits. A mail
    that was there at several deaths is taken alone and after all others, the one with the fewest deaths
    first: so it can neither pull its neighbours down nor hold them up. ``beside`` are mails that the worker
    has in hand already: they are not given again.
    """
    values = {"count": count, "now": now, "beyond": now + LONGEST_WAIT, "worker": worker}
    in_hand = {"beside": list(beside)} if beside else {}
    turns = [(_ORDINARY, {}), (_RISKY, {"next_try_at": now})]
    if beside:
        turns = [(_ORDINARY.where(_NOT_IN_HAND), {})]
    for query, turn in turns:
        due = query if ignore_delay else query.where(_DUE)
        if chosen := _fitting(connection.execute(due, values | in_hand).all(), size):
            _count_deaths(connection, chosen, worker)
            ids = [row.id for row in chosen]
            connection.execute(update(mails).where(mails.c.id.in_(ids)).values(claimed_by=worker, **turn))
            return ids
    return []


def note_deadly(connection: Connection, ids: Sequence[int]) -> None:
    """Note that a process which read mails ahead died of these: from now on they are tried apart first."""
    connection.execute(update(mails).where(mails.c.id.in_(ids), WAITING).values(crashes=mails.c.crashes + 1))


def note_tried(connection: Connection, worker: str, ids: Sequence[int]) -> None:
    """Note that a process apart has read mails without harm: from now on a death speaks against them."""
    mine = (mails.c.id.in_(ids), WAITING, mails.c.claimed_by == worker)
    connection.execute(update(mails).where(*mine).values(claimed_by=worker + TRIED))


_AT = bindparam("received_at", type_=mails.c.received_at.type)
_OLDER = or_(mails.c.received_at < _AT, and_(mails.c.received_at == _AT, mails.c.id < bindparam("mail_id")))
# What a node had in hand when it ended is the next that somebody takes, unless it is risky: such come last.
_IN_HAND = or_(IN_FORCE, mails.c.crashes < ALONE_AFTER)
_ELDERS = select(mails.c.id).where(WAITING, _OLDER, of_another(mails.c.claimed_by, _IN_HAND)).limit(1)


def elders_elsewhere(connection: Connection, worker: str, mail_id: int, received_at: datetime) -> bool:
    """Whether another node has mails in hand that come before this one: it may answer one of them.

    "Before" is the order in which mails are claimed, so that none waits for one that comes after it.
    """
    asked = {"mail_id": mail_id, "received_at": received_at, "worker": worker}
    return connection.scalar(_ELDERS, asked) is not None


def put_back(connection: Connection, mail_id: int, next_try_at: datetime) -> None:
    """Let a mail wait as if nobody had taken it."""
    values = {"claimed_by": None, "next_try_at": next_try_at}
    connection.execute(update(mails).where(mails.c.id == mail_id).values(**values))


def put_off(connection: Connection, worker: str, ids: Sequence[int], next_try_at: datetime) -> None:
    """Let mails wait behind others that are under suspicion and that there was no time to try.

    They are tried apart before anybody reads them, as after the first death; no more speaks against them.
    """
    mine = (mails.c.id.in_(ids), WAITING, mails.c.claimed_by.in_([worker, worker + TRIED]))
    suspected = case((mails.c.crashes == 0, 1), else_=mails.c.crashes)
    values = {"claimed_by": None, "next_try_at": next_try_at, "crashes": suspected}
    connection.execute(update(mails).where(*mine).values(**values))


def let_go(connection: Connection, worker: str, ids: Sequence[int]) -> None:
    """Give back mails that this worker has taken and cannot work on: another node may be able to."""
    mine = (mails.c.id.in_(ids), WAITING, mails.c.claimed_by.in_([worker, worker + TRIED]))
    connection.execute(update(mails).where(*mine).values(claimed_by=None))


_Claimable = Row[int, int, int, str | None]


def _fitting(rows: Sequence[_Claimable], size: int) -> list[_Claimable]:
    """Give the first of the mails, as many as fit, at least one."""
    chosen: list[_Claimable] = []
    for row in rows:
        if chosen and sum(other.size for other in chosen) + row.size > size:
            break
        chosen.append(row)
    return chosen


def _count_deaths(connection: Connection, chosen: Sequence[_Claimable], worker: str) -> None:
    """Count the death of another worker that had taken a mail and never finished it.

    From the third on it counts only where the process apart had read the mail, and the worker died for all
    that. What ends both of them, a kill or a power cut in the middle of the trial, says nothing of the mail.
    """
    left = [row for row in chosen if row.claimed_by not in {None, worker, worker + TRIED}]
    if not left:
        return
    counts = or_(mails.c.crashes < ALONE_AFTER, mails.c.claimed_by.endswith(TRIED, autoescape=True))
    deaths = mails.c.crashes + case((counts, 1), else_=0)
    connection.execute(update(mails).where(mails.c.id.in_([row.id for row in left])).values(crashes=deaths))
