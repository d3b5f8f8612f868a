"""Lists that a person keeps under a name: an address with its conditions, never what it found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from triage.core.people import Person
from triage.db.schema import saved_views
from triage.db.upsert import Upsert


@dataclass(frozen=True, slots=True)
class SavedView:
    """One list; ``address`` begins at our root."""

    id: int
    name: str
    address: str


_KEEP = Upsert(
    saved_views,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["person_id", "name"], set_={"address": insert.excluded.address}
    ),
)


def of(connection: Connection, person: Person) -> list[SavedView]:
    """Give the lists of a person by name."""
    query = select(saved_views.c.id, saved_views.c.name, saved_views.c.address)
    query = query.where(saved_views.c.person_id == person.id).order_by(saved_views.c.name)
    return [SavedView(*row) for row in connection.execute(query)]


def number_of(connection: Connection, person: Person) -> int:
    """Count the lists of a person."""
    query = select(func.count()).select_from(saved_views).where(saved_views.c.person_id == person.id)
    return connection.scalar(query) or 0


def keep(connection: Connection, person: Person, name: str, address: str, now: datetime) -> None:
    """Keep an address under a name; what stood there under this name is replaced."""
    values = {"person_id": person.id, "name": name, "address": address, "created_at": now}
    connection.execute(_KEEP.on(connection), values)


def drop(connection: Connection, person: Person, view_id: int) -> str | None:
    """Delete a list of this person and give its name; None where he has no such list."""
    statement = delete(saved_views).where(saved_views.c.id == view_id, saved_views.c.person_id == person.id)
    return connection.scalar(statement.returning(saved_views.c.name))
