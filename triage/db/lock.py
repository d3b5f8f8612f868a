"""Who may work on a database: one process alone, or, on PostgreSQL, any number of nodes together.

On SQLite a second process says so instead of sending letters twice. On PostgreSQL nodes share the lock that
whoever must be alone (a restore, ``run --once``) takes for itself.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from triage.db.engine import Database, make_file
from triage.errors import DatabaseError, RefusalError

LOCK_NUMBER = 7102_2021
"""The advisory lock that a working process holds on PostgreSQL; any number that nobody else uses."""


class Lock(Protocol):
    """A hold on a database."""

    def demand(self) -> None:
        """Raise RefusalError where the hold has been lost."""
        ...


@contextmanager
def working_alone(database: Database) -> Iterator[Lock]:
    """Hold the database for this process; the kernel or the server lets go when the process dies.

    Raises RefusalError when another process works on it.
    """
    with _sqlite_lock(database) if database.is_sqlite else _postgres_lock(database) as lock:
        yield lock


@contextmanager
def working_together(database: Database) -> Iterator[Lock]:
    """Hold the database beside other nodes; on SQLite alone.

    Raises RefusalError when another process works on it alone.
    """
    with _sqlite_lock(database) if database.is_sqlite else _postgres_lock(database, shared=True) as lock:
        yield lock


class _FileLock:
    """A lock that only the end of the process takes away."""

    def demand(self) -> None:
        """Find it held."""


class _SessionLock:
    """An advisory lock, which ends with the session that took it."""

    def __init__(self, database: Database, *, shared: bool) -> None:
        self._database = database
        self._try = text(f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}(:n)")
        self._connection: Connection | None = None

    def take(self) -> None:
        """Take the lock over a new session. Raises RefusalError when another process has it."""
        with self._database.translated():
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            got = connection.scalar(self._try, {"n": LOCK_NUMBER})
        self._connection = connection
        if not got:
            raise _taken(self._database)

    def demand(self) -> None:
        """Ask over the session itself; a broken one has lost the lock, which is then taken anew.

        While the database is away nobody works on it, so the next demand is soon enough. Raises RefusalError
        where another process was faster.
        """
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return
        except SQLAlchemyError:
            self.let_go()
        with suppress(DatabaseError):
            self.take()

    def let_go(self) -> None:
        """End the session for good and do not give it back to the pool: with it goes the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()
                connection.close()


@contextmanager
def _sqlite_lock(database: Database) -> Iterator[Lock]:
    path = Path(f"{str(database.url.database).removeprefix('file:').partition('?')[0]}.lock")
    make_file(path, 0o644)
    try:
        file = path.open("a")
    except OSError as error:
        raise DatabaseError(
            f"Lock {path} cannot be opened: {error.strerror}; "
            "it must belong to the user of the service, as must its folder."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(database) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield _FileLock()


@contextmanager
def _postgres_lock(database: Database, *, shared: bool = False) -> Iterator[Lock]:
    lock = _SessionLock(database, shared=shared)
    try:
        lock.take()
        yield lock
    finally:
        lock.let_go()


def _taken(database: Database) -> RefusalError:
    return RefusalError(f"Another triage process is working on {database.label}; stop it first.")
