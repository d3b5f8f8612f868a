"""Who sees to the mails of today that name no treasury."""

from datetime import date

from triage.core.people import Person
from triage.db import audit, colleagues, duties
from triage.db.engine import Database
from triage.errors import RefusedActError
from triage.ports import Clock


def take(database: Database, clock: Clock, person: Person, day: date, name: str) -> None:
    """Note who has the duty of a local day: oneself or a colleague. Raises RefusedActError for others."""
    with database.write() as connection:
        now = clock.now()
        if name not in {one.name for one in colleagues.workers(connection)}:
            raise RefusedActError("not_a_colleague", f"{name!r} cannot be given work.", name=name)
        before = duties.who(connection, day)
        duties.put(connection, day, name, now, person.name)
        data = {"day": day.isoformat(), "before": before, "after": name}
        audit.append(connection, now, person.name, "duty_set", "duty", data=data)
