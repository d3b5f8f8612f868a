"""Keeping and dropping lists under a name, each once for the form that asks for it."""

from triage.core.people import Person
from triage.core.text import clean, one_line
from triage.db import acts, savedviews
from triage.db.engine import Database
from triage.errors import NotFoundError, RefusedActError
from triage.ports import Clock
from triage.service.errands import done_before

MOST = 30
"""Lists that one person keeps."""

LONGEST_NAME = 80


def keep(
    database: Database, clock: Clock, person: Person, key: str, *, name: str, address: str, told: str
) -> None:
    """Keep an address under a name. Raises RefusedActError without a name and where there are too many."""
    plain = one_line(clean(name))[:LONGEST_NAME].strip()
    if not plain:
        raise RefusedActError("view_name", "A list needs a name.")
    with database.write() as connection:
        now = clock.now()
        if not acts.begin(connection, key, person.id, "view_kept", now):
            done_before(connection, key, person, "view_kept", f"{plain} {address}")
            return
        if savedviews.number_of(connection, person) >= MOST:
            raise RefusedActError("views", f"Nobody keeps more than {MOST} lists.", most=MOST)
        savedviews.keep(connection, person, plain, address, now)
        acts.finish(connection, key, {"told": told, "form": f"{plain} {address}"})


def drop(database: Database, clock: Clock, person: Person, key: str, view_id: int, *, told: str) -> None:
    """Drop a list. Raises NotFoundError where this person has none of this number."""
    with database.write() as connection:
        if not acts.begin(connection, key, person.id, "view_dropped", clock.now()):
            done_before(connection, key, person, "view_dropped", str(view_id))
            return
        if savedviews.drop(connection, person, view_id) is None:
            raise NotFoundError(f"There is no list {view_id}.")
        acts.finish(connection, key, {"told": told, "form": str(view_id)})
