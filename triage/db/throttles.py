"""How often something was tried of late, counted by the minute."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from triage.db.schema import throttles
from triage.db.upsert import Upsert

_COUNT = Upsert(
    throttles,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[throttles.c.key, throttles.c.window_start],
        set_={"count": throttles.c.count + 1},
    ),
)


def take(connection: Connection, key: str, now: datetime, limit: int, window: timedelta) -> bool:
    """Count one try and say whether it is within the limit; one beyond it is not counted.

    The row is written before the sum is asked for, so that of many tries at the same moment no more get
    through than may.
    """
    minute = now.replace(second=0, microsecond=0)
    connection.execute(_COUNT.on(connection), {"key": key, "window_start": minute, "count": 1})
    query = select(func.sum(throttles.c.count)).where(
        throttles.c.key == key, throttles.c.window_start > now - window
    )
    if (connection.scalar(query) or 0) <= limit:
        return True
    _give_back(connection, key, minute)
    return False


def give_back(connection: Connection, key: str, now: datetime) -> None:
    """Take back a try of this minute that turned out to be right."""
    _give_back(connection, key, now.replace(second=0, microsecond=0))


def clear(connection: Connection, key: str) -> None:
    """Forget every try under a key."""
    connection.execute(throttles.delete().where(throttles.c.key == key))


def _give_back(connection: Connection, key: str, minute: datetime) -> None:
    connection.execute(
        update(throttles)
        .where(throttles.c.key == key, throttles.c.window_start == minute, throttles.c.count > 0)
        .values(count=throttles.c.count - 1)
    )
