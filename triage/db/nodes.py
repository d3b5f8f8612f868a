"""The processes that work on one PostgreSQL together: who is there, who has ended, who holds which lease.

A node that has ended, be it that others took it for dead, writes nothing any more: each of its transactions
asks first (``demand``), and holds its row until it ends, so that it cannot be ended in between. Moments are
those of the database and are shown only; nothing is decided by comparing clocks.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, text, update
from sqlalchemy.sql.elements import TextClause

from triage.db.schema import IN_FORCE, leases, nodes
from triage.db.upsert import Upsert
from triage.errors import FencedError

_NOW = func.clock_timestamp()
_HOLDING = (
    select(nodes.c.id)
    .where(nodes.c.id == bindparam("node_id"), IN_FORCE)
    .with_for_update(key_share=True, read=True)
)
_UNWANTED = or_(leases.c.wanted_by.is_(None), leases.c.wanted_by.not_in(select(nodes.c.id).where(IN_FORCE)))
_TAKE = Upsert(leases, lambda insert: insert.on_conflict_do_nothing(index_elements=["name"]))


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as others see it; ``leases`` are the names of what it alone does. Times are UTC."""

    id: int
    name: str
    host: str
    place: str
    beats: int
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    leases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """Who holds a lease, and who has asked for it: its holder himself where he offers it to anybody."""

    name: str
    node_id: int
    wanted_by: int | None

    @property
    def offered(self) -> bool:
        """Whether its holder would rather leave it to another."""
        return self.wanted_by == self.node_id


def enter(connection: Connection, name: str, host: str, place: str) -> int:
    """Let a node begin to work; gives its number."""
    values = {"name": name, "host": host[:255], "place": place, "started_at": _NOW, "seen_at": _NOW}
    number: int = connection.execute(nodes.insert().values(**values).returning(nodes.c.id)).scalar_one()
    return number


def beat(connection: Connection, node_id: int) -> bool:
    """Say that a node is there; False where it has been ended."""
    statement = update(nodes).where(nodes.c.id == node_id, IN_FORCE)
    return connection.execute(statement.values(beats=nodes.c.beats + 1, seen_at=_NOW)).rowcount == 1


def demand(connection: Connection, node_id: int) -> None:
    """Raise FencedError unless a node may still write; until this transaction ends it then may."""
    if connection.scalar(_HOLDING, {"node_id": node_id}) is None:
        raise FencedError("Another node has taken over from this one, which changes nothing any more.")


def alive(connection: Connection) -> list[NodeRow]:
    """Give the nodes that have not ended, the newest first."""
    return _rows(connection, IN_FORCE)


def listed(connection: Connection, limit: int) -> list[NodeRow]:
    """Give all nodes that there were of late, the newest first."""
    return _rows(connection, limit=limit)


def cut_off(connection: Connection, name: str) -> None:
    """End the sessions of a node, and with them whatever it had begun and not committed."""
    connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = current_user AND application_name = :name AND pid <> pg_backend_pid()"
        ),
        {"name": name},
    )


def end(connection: Connection, node_id: int, by: str, beats: int | None = None) -> bool:
    """End a node, unless it has gone on since its ``beats`` were read; tells whether this ended it."""
    found = select(nodes.c.id).where(nodes.c.id == node_id, IN_FORCE)
    if beats is not None:
        found = found.where(nodes.c.beats == beats)
        # Whoever waits here says nothing meanwhile: it comes again rather than be taken for dead itself.
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
    # The lock waits for what the node has under way; what it begins after that finds itself ended.
    if connection.scalar(found.with_for_update()) is None:
        return False
    connection.execute(update(nodes).where(nodes.c.id == node_id).values(ended_at=_NOW, ended_by=by))
    return True


def end_all(connection: Connection, by: str) -> None:
    """End every node: whoever works alone knows that there is no other."""
    connection.execute(update(nodes).where(IN_FORCE).values(ended_at=func.now(), ended_by=by))


def hold(connection: Connection, lease: str, node_id: int) -> bool:
    """Take a lease that nobody alive holds; tells whether this node holds it now."""
    values = {"name": lease, "node_id": node_id, "taken_at": _NOW}
    connection.execute(_TAKE.on(connection).values(**values))
    holder = connection.scalar(select(leases.c.node_id).where(leases.c.name == lease).with_for_update())
    if holder == node_id:
        return True
    # A question of its own: only it sees who took the lease while the one before waited for the lock.
    if connection.scalar(select(nodes.c.id).where(nodes.c.id == holder, IN_FORCE)) is not None:
        return False
    values = {"node_id": node_id, "taken_at": _NOW, "wanted_by": None}
    connection.execute(update(leases).where(leases.c.name == lease).values(**values))
    return True


def held(connection: Connection) -> list[LeaseRow]:
    """Give the leases of nodes that have not ended; a wish counts as long as who has it has not ended."""
    holder, asker = nodes.alias("holder"), nodes.alias("asker")
    query = (
        select(leases.c.name, leases.c.node_id, asker.c.id)
        .join(holder, and_(holder.c.id == leases.c.node_id, holder.c.ended_at.is_(None)))
        .outerjoin(asker, and_(asker.c.id == leases.c.wanted_by, asker.c.ended_at.is_(None)))
        .order_by(leases.c.name)
    )
    return [LeaseRow(*row) for row in connection.execute(query)]


def ask(connection: Connection, lease: str, node_id: int) -> None:
    """Ask whoever holds a lease to give it; where somebody has asked before, nothing changes."""
    free = or_(_UNWANTED, leases.c.wanted_by == leases.c.node_id)
    connection.execute(update(leases).where(leases.c.name == lease, free).values(wanted_by=node_id))


def offer(connection: Connection, lease: str, node_id: int, *, offered: bool) -> bool:
    """Say that its holder would rather leave a lease, or keep it after all; tells whether that is new.

    The wish of another stays for as long as that one has not ended.
    """
    before = _UNWANTED if offered else leases.c.wanted_by == node_id
    mine = and_(leases.c.name == lease, leases.c.node_id == node_id, before)
    changed = update(leases).where(mine).values(wanted_by=node_id if offered else None)
    return connection.execute(changed).rowcount == 1


def give(connection: Connection, lease: str, node_id: int, to: int) -> None:
    """Give a lease to the node that has asked for it, unless it has gone elsewhere meanwhile."""
    mine = and_(leases.c.name == lease, leases.c.node_id == node_id, leases.c.wanted_by == to)
    connection.execute(update(leases).where(mine).values(node_id=to, taken_at=_NOW, wanted_by=None))


def _rows(
    connection: Connection, *which: ColumnElement[bool] | TextClause, limit: int = 1000
) -> list[NodeRow]:
    held: dict[int, list[str]] = {}
    for name, node_id in connection.execute(select(leases.c.name, leases.c.node_id).order_by(leases.c.name)):
        held.setdefault(node_id, []).append(name)
    columns = [nodes.c[name] for name in NodeRow.__dataclass_fields__ if name != "leases"]
    query = select(*columns).where(*which).order_by(nodes.c.id.desc()).limit(limit)
    return [replace(NodeRow(*row), leases=tuple(held.get(row.id, ()))) for row in connection.execute(query)]
