"""A copy of everything that the database holds, and the way back from it."""

import os
from dataclasses import dataclass
from pathlib import Path

from triage.db import copies, migrate, rawmails
from triage.db.engine import Database
from triage.db.lock import working_alone
from triage.errors import RefusalError
from triage.service import searchindex

COUNTED = ("mails", "tickets", "outbox")
"""Tables whose rows are told, so that whoever restores sees at once what he has."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: the revision, and how many rows the chief tables have."""

    revision: str
    rows: dict[str, int]


def back_up(database: Database, path: Path) -> Copied:
    """Write a copy while the service runs; the file is made and readable for its owner alone.

    It holds everything of the database: mails with what their writers gave away, accounts with hashes of
    passwords and the secrets of authenticators. Raises RefusalError where the file exists.
    """
    part = path.with_name(f"{path.name}.part")
    _make_private(path)
    try:
        _make_private(part)
        revision = migrate.current_revision(database) or ""
        if database.is_sqlite:
            copies.save_sqlite(database, part)
        else:
            copies.save_postgres(database, part, revision)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise
    return _told(database)


def restore(database: Database, path: Path) -> Copied:
    """Fill an empty database from a copy; sessions and invitations of then end, words are indexed anew.

    Raises RefusalError where the database is not empty, where a service works on it, or where the file is no
    copy for it.
    """
    if not path.is_file():
        raise RefusalError(f"{path}: there is no such file.")
    with working_alone(database):
        if migrate.current_revision(database) is not None:
            raise RefusalError(f"Database {database.label} is not empty; restore into a new one.")
        if database.is_sqlite:
            copies.load_sqlite(database, path)
        else:
            migrate.upgrade(database, _known(path))
            copies.load_postgres(database, path)
            searchindex.start_anew(database)
        with database.write() as connection:
            copies.end_sessions(connection)
            # The storage belongs to the database that the copy is of, until somebody says otherwise.
            rawmails.forget_token(connection)
    return _told(database)


def _known(path: Path) -> str:
    revision = copies.revision_of(path)
    if not migrate.is_known(revision):
        raise RefusalError(f"{path} is of a newer triage (revision {revision}); restore it with that one.")
    return revision


def _told(database: Database) -> Copied:
    with database.read() as connection:
        rows = {table: copies.count_rows(connection, table) for table in COUNTED}
    return Copied(migrate.current_revision(database) or "", rows)


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise RefusalError(f"{path} exists already; name another file.") from None
    except OSError as error:
        raise RefusalError(f"{path}: cannot be written: {error.strerror}.") from None
