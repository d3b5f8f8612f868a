"""Keeps what an act has told its person, for the page that follows it.

For acts on accounts, which do the same when they are done twice; others write their key in their own
transaction (``db.acts.begin``).
"""

from triage.db import acts
from triage.db.engine import Database
from triage.ports import Clock


def keep(database: Database, clock: Clock, key: str, person_id: int, action: str, told: str) -> None:
    """Write down the sentence about an act under the key of its form; the first one stays."""
    if not key:
        return
    with database.write() as connection:
        if acts.begin(connection, key, person_id, action, clock.now()):
            acts.finish(connection, key, {"told": told})
