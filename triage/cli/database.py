"""triage db: the revision of the database."""

import typer

from triage.app import open_database
from triage.cli.context import config_of
from triage.db import migrate

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="The revision of the database.")
app.add_typer(group, name="db")


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the database to the revision that this program needs."""
    database = open_database(config_of(ctx))
    before = migrate.current_revision(database)
    migrate.upgrade(database)
    after = migrate.current_revision(database)
    told = "nothing to do" if before == after else f"from {before}" if before else "new database"
    typer.echo(f"Database {database.label} is at revision {after} ({told}).")


@group.command()
def check(ctx: typer.Context) -> None:
    """Say whether the database is at the revision that this program needs."""
    database = open_database(config_of(ctx))
    migrate.demand_newest(database)
    typer.echo(
        f"Database {database.label} is at revision {migrate.current_revision(database)}, as it should be."
    )
