"""Databases at the newest revision, copied from one that was migrated once: migrating anew takes far longer.

What the migrations themselves do is tested in tests/migrations, on databases that really went through them.
"""

import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url
from support.fastfolder import fast_folder

from triage.db import migrate
from triage.db.engine import Database

_TEMPLATE = "triage_migrated"


def migrated(url: str) -> Database:
    """Open a new database at the newest revision; what was at the address before is gone."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        _copy_database(address)
    elif address.database:
        _copy_file(Path(address.database))
    else:
        return _in_place(url)
    return Database(url)


def empty(url: str) -> str:
    """Make an empty database where none is yet, and give its address; SQLite makes its file by itself."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        with _admin_beside(address) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(address.database or "")))
    return url


def _in_place(url: str) -> Database:
    database = Database(url)
    migrate.upgrade(database)
    return database


def _copy_file(path: Path) -> None:
    shutil.copyfile(_migrated_file(), path)
    path.chmod(0o600)


def _migrated_file() -> Path:
    return Path(_folder().name) / "triage.sqlite"


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="triage-migrated-", dir=fast_folder())
    _migrate(f"sqlite:///{folder.name}/triage.sqlite")
    return folder


def _copy_database(address: URL) -> None:
    with _admin_beside(address) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
            _migrate(address.set(database=_TEMPLATE).render_as_string(hide_password=False))
        name = sql.Identifier(address.database or "")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                name, sql.Identifier(_TEMPLATE)
            )
        )


def _migrate(url: str) -> None:
    _in_place(url).close()


def _admin_beside(address: URL) -> psycopg.Connection[Any]:
    beside = address.set(drivername="postgresql", database="postgres")
    return psycopg.connect(beside.render_as_string(hide_password=False), autocommit=True)
