"""Savepoints under one name, so that neither SQLAlchemy nor the driver meets a new statement in each."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

_NAME = "triage_savepoint"


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Undo what was written in the block where it raises, and go on with the transaction.

    ``Connection.begin_nested`` numbers its savepoints: each is compiled anew, and every connection keeps it
    as a statement of its own. One within the other is allowed, since a database takes the latest of a name.
    """
    connection.exec_driver_sql(f"SAVEPOINT {_NAME}")
    try:
        yield
    except BaseException:
        # With a connection that is gone there is nothing to undo, and its end is what must be told.
        if not connection.invalidated:
            connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_NAME}")
            connection.exec_driver_sql(f"RELEASE SAVEPOINT {_NAME}")
        raise
    connection.exec_driver_sql(f"RELEASE SAVEPOINT {_NAME}")
