"""Acts by the key that their form carried: a form sent twice acts once, and its answer is the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from triage.core.erased import without_address
from triage.db.mentions import holding
from triage.db.schema import acts
from triage.db.upsert import Upsert


@dataclass(frozen=True, slots=True)
class Act:
    """One act that was done; ``result`` holds ``told``, the sentence about it, and what undoing needs."""

    key: str
    person_id: int
    at: datetime
    action: str
    result: dict[str, Any]
    undone_at: datetime | None


_BEGIN = Upsert(acts, lambda insert: insert.on_conflict_do_nothing().returning(acts.c.key))


def begin(connection: Connection, key: str, person_id: int, action: str, now: datetime) -> bool:
    """Take a key for an act, in the act's own transaction; False where it was taken before.

    Two requests with one key at the same moment: the later one waits until the first has ended.
    """
    values = {"key": key, "person_id": person_id, "at": now, "action": action, "result": {}}
    return connection.execute(_BEGIN.on(connection), values).first() is not None


def finish(connection: Connection, key: str, result: dict[str, Any]) -> None:
    """Write down what an act has done."""
    connection.execute(update(acts).where(acts.c.key == key).values(result=result))


def find(connection: Connection, key: str, person_id: int) -> Act | None:
    """Give an act of this person; the acts of others are nobody's business."""
    query = select(*(acts.c[name] for name in Act.__dataclass_fields__))
    row = connection.execute(query.where(acts.c.key == key, acts.c.person_id == person_id)).first()
    return Act(*row) if row else None


def mark_undone(connection: Connection, key: str, now: datetime) -> bool:
    """Note that an act was undone; False where it was undone before."""
    result = connection.execute(
        update(acts).where(acts.c.key == key, acts.c.undone_at.is_(None)).values(undone_at=now)
    )
    return result.rowcount > 0


def blank(connection: Connection, address: str, mark: str) -> None:
    """Take an address out of what acts have said and kept of themselves."""
    query = select(acts.c.key, acts.c.result).where(holding(acts.c.result, address))
    for row in connection.execute(query).all():
        finish(connection, row.key, without_address(row.result, address, mark, own=False))
