"""When each stage last finished a round: progress, which says more than a living process."""

from datetime import datetime

from sqlalchemy import Connection, select

from triage.db.schema import heartbeats
from triage.db.upsert import Upsert

MAILBOX = "mailbox"
"""Under this name the health records keep what the server refuses, although mail goes on coming in."""

LOSS = "loss"
"""Under this name they keep which mails are on the server and not stored."""

RULES = "rules"
"""Under this name they keep why the rules that were to be read again were refused."""

_BEAT = Upsert(
    heartbeats,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["stage"], set_={"at": insert.excluded.at, "error": insert.excluded.error}
    ),
)


def beat(connection: Connection, stage: str, now: datetime, error: str | None) -> None:
    """Note that a stage finished a round, well or with an error."""
    connection.execute(_BEAT.on(connection), {"stage": stage, "at": now, "error": error})


def beats(connection: Connection) -> dict[str, tuple[datetime, str | None]]:
    """Give, by stage, when it last finished a round, and the error if that round had one."""
    rows = connection.execute(select(heartbeats.c.stage, heartbeats.c.at, heartbeats.c.error))
    return {stage: (at, error) for stage, at, error in rows}
