"""Which waiting mails are worked on now, and which of them were there when a process died."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
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
    has in hand already: they are not given again. Who ignores that mails were put off is given them after
    those that are due.
    """
    values = {"count": count, "now": now, "beyond": now + LONGEST_WAIT, "worker": worker}
    in_hand = {"beside": list(beside)} if beside else {}
    for query, turn in _turns(now, ignore_delay=ignore_delay, alone=not beside):
        if chosen := _fitting(connection.execute(query, values | in_hand).all(), size):
            _count_deaths(connection, chosen, worker)
            ids = [row.id for row in chosen]
            connection.execute(update(mails).where(mails.c.id.in_(ids)).values(claimed_by=worker, **turn))
            return ids
    return []


def _turns(
    now: datetime, *, ignore_delay: bool, alone: bool
) -> Iterator[tuple[Select[int, int, int, str | None], dict[str, datetime]]]:
    """Give which mails are asked for, one after the other until there are some, and what is noted of them.

    Two queries instead of one that sorts: each walks along the index of what waits, however much that is.
    """
    ordinary = _ORDINARY if alone else _ORDINARY.where(_NOT_IN_HAND)
    yield ordinary.where(_DUE), {}
    if ignore_delay:
        yield ordinary, {}
    if alone:
        yield _RISKY if ignore_delay else _RISKY.where(_DUE), {"next_try_at": now}


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
# May have been put off, and what it is will soon be known: what was tried has failed or has its ticket. Those
# that are risky come last.
_UNTRIED = and_(mails.c.crashes.between(1, ALONE_AFTER - 1), mails.c.attempts == 0)
_ELDERS = (
    select(mails.c.next_try_at)
    .where(WAITING, _OLDER, or_(_UNTRIED, of_another(mails.c.claimed_by, _IN_HAND)))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Elder:
    """A mail that comes before another one; ``next_try_at`` says when it is due, None where it is now."""

    next_try_at: datetime | None


def elder(connection: Connection, worker: str, mail_id: int, received_at: datetime) -> Elder | None:
    """Give a mail before this one that another node has in hand or that waits to be tried: it may answer it.

    "Before" is the order in which mails are claimed, so that none waits for one that comes after it. None
    waits for ever: a mail is waited for until its first trial, in each turn one at least is tried, and those
    that are tried before it are older ones, which fail for good after some attempts.
    """
    asked = {"mail_id": mail_id, "received_at": received_at, "worker": worker}
    row = connection.execute(_ELDERS, asked).first()
    return Elder(row.next_try_at) if row else None


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
