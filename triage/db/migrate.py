"""The revision of the database: Alembic's migrations are the only thing that builds or changes tables."""

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from triage.db.engine import Database
from triage.errors import DatabaseError
from triage.resources import resource


def newest_revision() -> str:
    """Give the revision that this program was written for."""
    return ScriptDirectory(str(resource("migrations"))).get_current_head() or ""


def current_revision(database: Database) -> str | None:
    """Give the revision that the database is at; None for an empty one."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to a revision. Raises DatabaseError."""
    with database.translated(), database.engine.connect() as connection:
        command.upgrade(_alembic(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database down to a revision; data that only the newer one can hold is lost."""
    with database.translated(), database.engine.connect() as connection:
        command.downgrade(_alembic(connection), revision)


def demand_newest(database: Database) -> None:
    """Raise DatabaseError, saying which command helps, unless the database is at our revision."""
    wanted, found = newest_revision(), current_revision(database)
    if found == wanted:
        return
    if found is None:
        raise DatabaseError(f"Database {database.label} is empty; run triage db upgrade.")
    if _is_known(found):
        raise DatabaseError(
            f"Database {database.label} is at revision {found}, this program needs {wanted}; "
            "run triage db upgrade."
        )
    raise DatabaseError(
        f"Database {database.label} is at revision {found}, which this program does not know; "
        "a newer triage has upgraded it, so run that one."
    )


def _is_known(revision: str) -> bool:
    scripts = ScriptDirectory(str(resource("migrations")))
    return revision in {script.revision for script in scripts.walk_revisions()}


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
