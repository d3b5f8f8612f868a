"""The database: SQLite for one machine, PostgreSQL for one or many."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError as SqlDatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from triage.db.savepoints import OF_A_GUEST, savepoint
from triage.db.storedjson import to_json
from triage.db.turns import SharedCommit, Turns
from triage.errors import ConfigError, ConflictError, DatabaseError
from triage.ports import Objects

Done = TypeVar("Done")

STATEMENTS = 250
"""Statements that a connection to SQLite keeps ready; what is not kept is planned anew.

Python's 128 are fewer than pages and mails need side by side. One with a list of a thousand values takes
0.2 MB, and each length of a list is another statement.
"""

MOST_GUESTS = 3
"""How many others may share a commit, should there ever be so many: whoever was first waits for them all."""

BUSY_SECONDS = 30
"""How long a write waits for another process to let go of an SQLite file."""

POSTGRES_SETTINGS = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c statement_timeout=300s -c lock_timeout=60s -c synchronous_commit=on",
}
"""Limits in seconds (tcp_user_timeout: milliseconds), so that a dead network cannot hold a stage for ever.

A commit is durable when it returns, whatever the server is set to: after it letters leave.
"""


MOST_CONFLICTS = 5
"""How often a transaction is begun anew that PostgreSQL has undone in favour of another."""


class Database:
    """A database with two doors: ``write`` opens a transaction that commits, ``read`` one that cannot.

    Both raise DatabaseError when the database cannot be reached or written at all; a broken constraint comes
    through as SQLAlchemy's IntegrityError, since it is an answer. ``name`` is what a server knows us by;
    ``guard``, where one is set, is asked at the beginning of every transaction that writes. ``objects`` is
    where new raw mail goes; None keeps it in the table. Every connection knows it (triage.db.rawmails).
    """

    def __init__(self, url: str, name: str = "triage", objects: Objects | None = None) -> None:
        self.url = _readable(url)
        self.objects = objects
        self.engine = _make_engine(url, name)
        self.engine.update_execution_options(triage_objects=objects)
        self.guard: Callable[[Connection], None] | None = None
        self.shared = False
        """Whether other processes write beside this one: each ticket locks the counter of its day's codes."""
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Threads of one process queue here instead of in SQLite's busy handler, which sleeps and is unfair.
        self._writers = Turns() if self.is_sqlite else None

    @property
    def label(self) -> str:
        """The database as a person may see it: without the password."""
        return (
            self.url.database or "memory" if self.is_sqlite else self.url.render_as_string(hide_password=True)
        )

    @property
    def wanted(self) -> bool:
        """Whether others may wait to write: who has much to write lets them in between."""
        return self.shared or (self._writers is not None and self._writers.wanted)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end of the block and rolls back on any exception."""
        with self.unguarded() as connection:
            if self.guard:
                self.guard(connection)
            yield connection

    @contextmanager
    def unguarded(self) -> Iterator[Connection]:
        """Do the same without asking the guard, as the guard itself must."""
        with self._writers or nullcontext(), self.translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write_together(self, *, lends: bool = True) -> Iterator[Connection]:
        """Open a transaction like ``write`` that may share its commit with others who wait to write.

        For short ones that come often: on SQLite, where one writes at a time, each commit waits for the disk.
        What cannot wait for the work of another joins and does not ``lend``. When this returns, all is on
        disk. Raises DatabaseError where the common commit failed.
        """
        if self._writers is None:
            with self.write() as connection:
                yield connection
            return
        shared = self._writers.enter(joins=True)
        with (
            self._as_guest(shared)
            if shared is not None
            else self._as_owner(self._writers, lends) as connection
        ):
            yield connection

    @contextmanager
    def _as_guest(self, shared: SharedCommit) -> Iterator[Connection]:
        try:
            with self.translated(), savepoint(shared.connection, OF_A_GUEST):
                if self.guard:
                    self.guard(shared.connection)
                yield shared.connection
        finally:
            shared.give_back()
        failure = shared.result()
        if failure is not None:
            raise DatabaseError(failure)

    @contextmanager
    def _as_owner(self, writers: Turns, lends: bool) -> Iterator[Connection]:  # noqa: FBT001 - of one caller
        shared: SharedCommit | None = None
        failure: str | None = f"Database {self.label}: the commit that was shared with others failed."
        try:
            with self.translated(), self.engine.begin() as connection:
                if self.guard:
                    self.guard(connection)
                yield connection
                if lends:
                    shared = SharedCommit(connection)
                    self._take_along(writers, shared)
            failure = None
        finally:
            if shared is not None:
                shared.settle(failure)
            writers.leave()

    def _take_along(self, writers: Turns, shared: SharedCommit) -> None:
        """Let those who wait do their work before the commit, as long as the transaction lives.

        A full disk may undo all of it within a guest's statement (SQLite, "Response To Errors Within A
        Transaction"), and what is committed then would be nothing, without an error.
        """
        raw: Any = shared.connection.connection.driver_connection
        for _ in range(MOST_GUESTS):
            if not raw.in_transaction or not writers.invite(shared):
                break
            shared.wait_for_guest()
        if not raw.in_transaction:
            raise DatabaseError(f"Database {self.label}: it has undone what was written, as on a full disk.")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment and changes nothing."""
        with self.translated(), self.engine.connect() as connection:
            yield connection.execution_options(triage_read_only=True)

    def transact(self, work: Callable[[Connection], Done], *, together: bool = False) -> Done:
        """Do work in a transaction that commits at its end, anew where it was undone in favour of another.

        The work must touch nothing but the database. Raises ConflictError where it never comes through.
        ``together`` is as in ``write_together``.
        """
        write = self.write_together if together else self.write
        for _ in range(MOST_CONFLICTS - 1):
            with suppress(ConflictError), write() as connection:
                return work(connection)
        with write() as connection:
            return work(connection)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Tell the database's troubles in one sentence; an answer about values comes through as it is."""
        try:
            yield
        except (IntegrityError, DataError):
            raise
        except DBAPIError as error:
            kind = ConflictError if _sqlstate(error) in CONFLICTS else DatabaseError
            raise kind(f"Database {self.label}: {_first_line(error)}.") from error


def _readable(url: str) -> URL:
    """Take an address apart. Raises ConfigError, which never repeats it: it holds a password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or "@" in (parsed.host or ""):
        raise ConfigError(
            "[database] url cannot be read as an address; in its password @ is written %40 and / is %2F."
        )
    return parsed


def is_transient(error: SQLAlchemyError) -> bool:
    """Whether the world is at fault (lock, disk, connection), so that the same work may succeed later.

    PostgreSQL says so by SQLSTATE: its drivers put limits that one value breaks into the same class of Python
    exception as a lost connection. A connection that is gone has no SQLSTATE at all.
    """
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError | DataError):
        return False
    state = _sqlstate(error)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError) or type(error) is SqlDatabaseError
    return state.startswith(WORLDLY_STATES)


def _sqlstate(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return None if state is None else str(state)


CONFLICTS = {"40001", "40P01"}
"""serialization_failure and deadlock_detected (PostgreSQL manual, appendix A)."""


WORLDLY_STATES = ("08", "25", "40", "53", "55", "57", "58", "42501", "XX")
"""Connection, read-only, rollback, resources, locks, operator, system, rights, internal errors."""


_WAYS_OUT = {
    "unable to open database file": "it must belong to the user of the service, as must its folder",
    "attempt to write a readonly database": "it must belong to the user of the service",
}
"""What SQLite says where a file was made by somebody else, as by a restore as root."""


def _first_line(error: DBAPIError) -> str:
    said = str(error.orig).strip().partition("\n")[0].rstrip(".")
    return f"{said}; {_WAYS_OUT[said]}" if said in _WAYS_OUT else said


def _make_engine(url: str, name: str) -> Engine:
    # Values of a statement are people's mail; no message and no log repeats them.
    common: dict[str, Any] = {"json_serializer": to_json, "hide_parameters": True}
    if make_url(url).get_backend_name() != "sqlite":
        settings = {**POSTGRES_SETTINGS, "application_name": name}
        return create_engine(url, pool_pre_ping=True, connect_args=settings, **common)
    _make_private(make_url(url).database)
    settings = {"timeout": BUSY_SECONDS, "cached_statements": STATEMENTS}
    engine = create_engine(url, connect_args=settings, **common)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: str | None) -> None:
    """Make a new database file that only its owner reads: it holds people's mail, passwords among it.

    SQLite gives its journals the rights and the owner of the file.
    """
    if path and path != ":memory:" and not path.startswith("file:"):
        make_file(Path(path), 0o600)


def make_file(path: Path, mode: int) -> None:
    """Make a file where there is none; what root makes belongs to the owner of its folder, who works with it.

    One that cannot be made is told when it is opened.
    """
    with suppress(OSError):
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        try:
            if os.geteuid() == 0:
                folder = path.absolute().parent.stat()
                os.fchown(file, folder.st_uid, folder.st_gid)
        finally:
            os.close(file)


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """Take transactions into our own hands and make every commit durable before it returns."""
    del record
    raw: Any = connection
    raw.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a read that turns into a write later would fail instead of wait."""
    read_only = connection.get_execution_options().get("triage_read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
