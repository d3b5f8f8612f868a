"""Copies of a whole database, made while others write: one moment of it, and nothing half.

SQLite is copied page by page by its own backup. PostgreSQL is exported by COPY, table by table, from one
snapshot, into a zip; its index of words is left out and built anew.
"""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, delete, text

from triage.db.engine import Database
from triage.db.schema import api_tokens, metadata, one_time_tokens, web_sessions
from triage.errors import RefusalError

_MANIFEST = "manifest.json"
_MAGIC = b"SQLite format 3\0"
_CHUNK = 1024 * 1024


def copied_tables() -> list[Table]:
    """Give the tables that an export holds, those that others refer to first."""
    return [table for table in metadata.sorted_tables if not table.name.startswith("search_")]


def save_sqlite(database: Database, path: Path) -> None:
    """Copy an SQLite database into an empty file. Readers and writers go on meanwhile."""
    with _raw(database) as source, closing(sqlite3.connect(path)) as target:
        # All pages in one step: a copy in several begins anew whenever somebody else writes.
        cast("sqlite3.Connection", source).backup(target, pages=-1)
        # A copy is one file, so its journal must not lie beside it.
        target.execute("PRAGMA journal_mode = DELETE")
        _demand_whole(target, path)


def load_sqlite(database: Database, path: Path) -> None:
    """Copy a backup into an empty SQLite database. Raises RefusalError where it is none."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise RefusalError(f"{path} is no copy of an SQLite database.")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
        _demand_whole(source, path)
        with _raw(database) as target:
            source.backup(cast("sqlite3.Connection", target))


def save_postgres(database: Database, path: Path, revision: str) -> None:
    """Export a PostgreSQL database into an empty file, as it stands at one moment."""
    with _raw(database) as raw, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        source = cast("psycopg.Connection[Any]", raw)
        with source.transaction(), source.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            for table in copied_tables():
                with archive.open(f"{table.name}.copy", "w", force_zip64=True) as member:
                    for part in _copied(cursor, _copy(table, "TO STDOUT")):
                        member.write(part)
        archive.writestr(_MANIFEST, json.dumps({"format": 1, "revision": revision}))


def revision_of(path: Path) -> str:
    """Give the revision of an export of PostgreSQL. Raises RefusalError where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return str(json.loads(archive.read(_MANIFEST))["revision"])
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise RefusalError(f"{path} is no export of a PostgreSQL database.") from None


def load_postgres(database: Database, path: Path) -> None:
    """Load an export into a database whose tables are there, at its revision, and empty."""
    with _raw(database) as raw, zipfile.ZipFile(path) as archive:
        target = cast("psycopg.Connection[Any]", raw)
        with target.transaction(), target.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            for table in copied_tables():
                # What the triggers count is in the export already.
                cursor.execute(_alter(table, "DISABLE"))
                with (
                    archive.open(f"{table.name}.copy") as member,
                    cursor.copy(_copy(table, "FROM STDIN")) as copy,
                ):
                    while part := member.read(_CHUNK):
                        copy.write(part)
                cursor.execute(_alter(table, "ENABLE"))
            for table in copied_tables():
                _set_sequence(cursor, table)


def end_sessions(connection: Connection) -> None:
    """Let nobody in by a session, an invitation or a token of before."""
    connection.execute(delete(web_sessions))
    connection.execute(delete(api_tokens))
    connection.execute(delete(one_time_tokens))


def count_rows(connection: Connection, table: str) -> int:
    """Count what a copy holds; ``table`` is one of ours."""
    return connection.scalar(text(f"SELECT count(*) FROM {metadata.tables[table].name}")) or 0  # noqa: S608 - a name of ours


def _demand_whole(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise RefusalError(f"{path} is damaged: {found}.")


def _copied(cursor: psycopg.Cursor[Any], statement: sql.Composed) -> Iterator[bytes]:
    with cursor.copy(statement) as copy:
        for part in copy:
            yield bytes(part)


def _copy(table: Table, way: str) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    # A table in partitions is read by a query alone.
    form = "COPY {1} ({0}) {2}" if way.startswith("FROM") else "COPY (SELECT {0} FROM {1}) {2}"
    return sql.SQL(cast("Any", form)).format(columns, sql.Identifier(table.name), sql.SQL(cast("Any", way)))


def _alter(table: Table, how: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(
        sql.Identifier(table.name), sql.SQL(cast("Any", how))
    )


def _set_sequence(cursor: psycopg.Cursor[Any], table: Table) -> None:
    """Let new rows be numbered from behind the last one."""
    if "id" not in table.columns:
        return
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table.name])
    [sequence] = cursor.fetchone() or [None]
    if sequence:
        cursor.execute(
            sql.SQL("SELECT setval(%s, coalesce(max(id), 0) + 1, false) FROM {}").format(
                sql.Identifier(table.name)
            ),
            [sequence],
        )


@contextmanager
def _raw(database: Database) -> Iterator[object]:
    """Lend the driver's own connection; it is closed for good afterwards."""
    with database.translated():
        lent = database.engine.raw_connection()
    try:
        yield lent.driver_connection
    finally:
        lent.invalidate()
