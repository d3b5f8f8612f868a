"""Loads the rows of a desk into a database, as fast as it takes them."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from deskcopies import connected, multiply, without_indexes
from deskrows import FRESH, Row, Years
from sqlalchemy import make_url

from triage.db import migrate
from triage.db.engine import Database
from triage.db.schema import metadata

if TYPE_CHECKING:
    import psycopg

_BATCH = 5000
_COUNTS = (
    "INSERT INTO ticket_counts (queue, status, flagged, count) SELECT queue, status, "
    "(verdict in ('suspicious', 'impersonation')), count(*) FROM tickets GROUP BY 1, 2, 3"
)

_COUNT_ON = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), (SELECT max(id) FROM {0}))"


def load(url: str, years: Years, parts: int = 1) -> None:
    """Make the tables and fill them; counters and statistics are made as the service has them.

    With ``parts``, on PostgreSQL alone, only the oldest and the newest of so many are made row by row. Raises
    ValueError where that cannot be, or where some of the fresh tickets would lie between the two.
    """
    if parts > 1 and (url.startswith("sqlite") or parts * FRESH > 1 or years.count % parts):
        raise ValueError(f"{years.count} tickets in {url.partition(':')[0]} cannot be made as {parts} parts")
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    if database.is_sqlite:
        _load_sqlite(str(make_url(url).database), years)
    else:
        _load_postgres(url.replace("+psycopg", ""), years, parts)


def _columns(table: str, rows: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    """Give the columns that rows fill, which are the first ones of their table, and the rows.

    What a release adds stands behind them and has a default. Raises ValueError where a row has more.
    """
    first = next(rows)
    names = [column.name for column in metadata.tables[table].columns]
    if len(first) > len(names):
        raise ValueError(f"a row of {table} has {len(first)} cells, the table {len(names)} columns")
    return names[: len(first)], chain([first], rows)


def _load_postgres(url: str, years: Years, parts: int) -> None:
    with connected(url) as connection:
        with without_indexes(url):
            size = years.count // parts
            _fill(connection, years.of(range(1, size + 1)))
            if parts > 1:
                multiply(url, years, parts)
                _fill(connection, years.of(range(size * (parts - 1) + 1, years.count + 1)))
        connection.execute(_COUNTS)
        for table in ("tickets", "mails", "decisions", "ticket_events", "outbox", "search_entries"):
            # what was copied in has numbers that the counters of the database know nothing of
            connection.execute(_COUNT_ON.format(table).encode())
        connection.execute("VACUUM ANALYZE")


def _fill(connection: "psycopg.Connection[Any]", years: Years) -> None:
    for table, rows in years.tables():
        _copy(connection, table, *_columns(table, iter(rows)))
    _copy(connection, "search_words", ["entry_id", "words", "day"], years.words(sqlite=False))


def _copy(connection: "psycopg.Connection[Any]", table: str, columns: list[str], rows: Iterator[Row]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _load_sqlite(path: str, years: Years) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    for table, rows in years.tables():
        _insert(connection, table, *_columns(table, iter(rows)))
    columns = ["rowid", "subject", "sender", "recipients", "files", "body", "toned"]
    _insert(connection, "search_words", columns, years.words(sqlite=True))
    connection.execute("DELETE FROM ticket_count_changes")
    connection.execute(_COUNTS)
    connection.execute("ANALYZE")
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, columns: list[str], rows: Iterator[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of ours
    while some := list(islice(rows, _BATCH)):
        connection.execute("BEGIN")
        connection.executemany(statement, [tuple(map(_plain, row)) for row in some])
        connection.execute("COMMIT")


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Give a cell as SQLAlchemy stores it in SQLite."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return value
