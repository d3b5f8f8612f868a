"""Who looks at a ticket and whether he writes: advice, no lock."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from triage.db.schema import presence
from triage.db.upsert import Upsert

KEPT = timedelta(hours=1)
"""Older rows are nobody's presence any more; they go with the next sign of life."""

_SEEN = Upsert(
    presence,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["ticket_id", "person_id"], set_={"seen_at": insert.excluded.seen_at}
    ),
)
_WRITING = Upsert(
    presence,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["ticket_id", "person_id"],
        set_={"seen_at": insert.excluded.seen_at, "writing_at": insert.excluded.writing_at},
    ),
)


def touch(connection: Connection, ticket_id: int, person_id: int, now: datetime, *, writing: bool) -> None:
    """Note that somebody has a ticket open now, and that he types where he does."""
    values = {
        "ticket_id": ticket_id,
        "person_id": person_id,
        "seen_at": now,
        "writing_at": now if writing else None,
    }
    connection.execute((_WRITING if writing else _SEEN).on(connection), values)
    connection.execute(delete(presence).where(presence.c.seen_at < now - KEPT))
