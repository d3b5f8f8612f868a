"""INSERT … ON CONFLICT: both databases have it, and SQLAlchemy has a spelling for each."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

Begun = sqlite.Insert | postgresql.Insert


class Upsert:
    """One statement in the spelling of each database, built once and then reused."""

    def __init__(self, table: Table, finish: Callable[[Begun], Insert]) -> None:
        self._spellings: Mapping[str, Insert] = {
            "sqlite": finish(sqlite.insert(table)),
            "postgresql": finish(postgresql.insert(table)),
        }

    def on(self, connection: Connection) -> Insert:
        """Give the statement as the database of this connection understands it."""
        return self._spellings[connection.dialect.name]
