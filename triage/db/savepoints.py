"""Savepoints under few names, so that neither SQLAlchemy nor the driver meets a new statement in each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

OF_A_GUEST: Final = "triage_guest"
"""Of the whole work of one who shares the transaction of another; within it there are others."""


@contextmanager
def savepoint(
    connection: Connection, name: Literal["triage_savepoint", "triage_guest"] = "triage_savepoint"
) -> Iterator[None]:
    """Undo what was written in the block where it raises, and go on with the transaction.

    ``Connection.begin_nested`` numbers its savepoints: each is compiled anew, and every connection keeps it
    as a statement of its own. Of one name a database takes the latest, so one within the other has another
    name where the outer one must be undone even if the inner one could not be.
    """
    connection.exec_driver_sql(f"SAVEPOINT {name}")
    try:
        yield
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
    except BaseException as error:
        if not _all_is_undone(connection, error):
            connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")
            connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
        raise


def _all_is_undone(connection: Connection, error: BaseException) -> bool:
    """Whether the error itself ended the transaction, so that it is what must be told.

    The connection is gone, or SQLite has undone everything, as on a full disk.
    """
    if connection.invalidated:
        return True
    return isinstance(error, DBAPIError) and not getattr(
        connection.connection.driver_connection, "in_transaction", True
    )
