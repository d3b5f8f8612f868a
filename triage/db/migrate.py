"""The revision of the database: Alembic's migrations are the only thing that builds or changes tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from triage.errors import RevisionError
from triage.resources import resource

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig
    from sqlalchemy import Connection

    from triage.db.engine import Database

_ASSIGNED = re.compile(r'^(revision|down_revision) = "([^"]+)"', re.MULTILINE)
_VERSION = table("alembic_version", column("version_num"))
"""Where Alembic notes the revision. Every command looks there, and Alembic itself is slow to import."""


def newest_revision() -> str:
    """Give the revision that this program was written for: the one that no other builds on."""
    scripts = _scripts()
    built_on = {script.get("down_revision") for script in scripts}
    return next((one["revision"] for one in scripts if one["revision"] not in built_on), "")


def current_revision(database: Database) -> str | None:
    """Give the revision that the database is at; None for an empty one."""
    with database.read() as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return None
        return connection.scalar(select(_VERSION.c.version_num))


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to a revision. Raises DatabaseError."""
    from alembic import command

    with database.translated(), database.engine.connect() as connection:
        command.upgrade(_alembic(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database down to a revision; data that only the newer one can hold is lost."""
    from alembic import command

    with database.translated(), database.engine.connect() as connection:
        command.downgrade(_alembic(connection), revision)


def demand_newest(database: Database) -> None:
    """Raise RevisionError, saying which command helps, unless the database is at our revision."""
    wanted, found = newest_revision(), current_revision(database)
    if found == wanted:
        return
    if found is None:
        raise RevisionError(f"Database {database.label} is empty; run triage db upgrade.")
    if is_known(found):
        raise RevisionError(
            f"Database {database.label} is at revision {found}, this program needs {wanted}; "
            "run triage db upgrade."
        )
    raise RevisionError(
        f"Database {database.label} is at revision {found}, which this program does not know; "
        "a newer triage has upgraded it, so run that one."
    )


def is_known(revision: str) -> bool:
    """Whether this program knows a revision."""
    return revision in {script["revision"] for script in _scripts()}


def below(revision: str | None) -> tuple[str, ...]:
    """Give every revision that one builds on, the nearest first."""
    built_on = {script["revision"]: script.get("down_revision") for script in _scripts()}
    found = []
    while revision and (revision := built_on.get(revision)):
        found.append(revision)
    return tuple(found)


def _scripts() -> list[dict[str, str]]:
    """Read from each migration what it makes and what it builds on."""
    files = sorted((resource("migrations") / "versions").glob("*.py"))
    return [dict(_ASSIGNED.findall(file.read_text(encoding="utf-8"))) for file in files]


def _alembic(connection: Connection) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
