"""How each alarm stands, kept so that a restart repeats nothing."""

from sqlalchemy import Connection, delete, select

from triage.core.alarms import Standing
from triage.db.schema import alarms
from triage.db.upsert import Upsert

_VALUES = ("raised_at", "told_at", "quiet_until", "sentence")

_KEEP = Upsert(
    alarms,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["name"], set_={name: insert.excluded[name] for name in _VALUES}
    ),
)


def standings(connection: Connection) -> dict[str, Standing]:
    """Give by name how every alarm stands that is kept."""
    rows = connection.execute(select(alarms.c.name, *(alarms.c[name] for name in _VALUES)))
    return {name: Standing(*values) for name, *values in rows}


def keep(connection: Connection, name: str, standing: Standing | None) -> None:
    """Keep how an alarm stands; None forgets it."""
    if standing is None:
        connection.execute(delete(alarms).where(alarms.c.name == name))
        return
    values = {one: getattr(standing, one) for one in _VALUES}
    connection.execute(_KEEP.on(connection), {"name": name, **values})
