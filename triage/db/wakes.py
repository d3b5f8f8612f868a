"""PostgreSQL's LISTEN and NOTIFY: what one node has written lets the stages of all others look at once.

It is a hint and no more. Whoever misses one finds the work at the next tick.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, func, select

from triage.db.engine import Database
from triage.errors import DatabaseError

log = structlog.get_logger()

CHANNEL = "triage"
PROCESS, DELIVER = "process", "deliver"
PAGES = "pages"
"""Told by a trigger of the database: something has happened to a ticket."""
LISTEN_SECONDS = 1.0
"""How soon listening ends when it is over."""

PAUSE_SECONDS = 5.0
"""After a connection that broke."""

_NOTIFY = select(func.pg_notify(CHANNEL, bindparam("stage")))


def tell(connection: Connection, stage: str) -> None:
    """Let every node look for work of a stage once this transaction is committed; SQLite has none to tell."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY, {"stage": stage})


@dataclass
class Listener:
    """Wakes stages of this process when any node has work for them; runs in a thread of its own."""

    database: Database
    wake: Mapping[str, Callable[[], object]]
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Listen until it is over; a connection that breaks is made anew after a pause."""
        while not self._over.is_set():
            try:
                with self.database.translated():
                    self._listen()
            except DatabaseError as error:
                log.warning("not_listening", error=str(error))
            except Exception:
                # No connection left in the pool, say: nobody would begin to listen again.
                log.exception("listening_broken")
            self._over.wait(PAUSE_SECONDS)

    def stop(self) -> None:
        """End within a second."""
        self._over.set()

    def _listen(self) -> None:
        connection = self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            raw: Any = connection.connection.driver_connection
            self._wake_all()  # what was told while nobody listened
            while not self._over.is_set():
                for told in raw.notifies(timeout=LISTEN_SECONDS):
                    if told.payload in self.wake:
                        self.wake[told.payload]()
                    if self._over.is_set():
                        return
        except self.database.engine.dialect.loaded_dbapi.Error as error:
            raise DatabaseError(f"Database {self.database.label}: {error}") from error
        finally:
            # never given back to the pool: it would go on listening
            connection.invalidate()
            connection.close()

    def _wake_all(self) -> None:
        for wake in self.wake.values():
            wake()
