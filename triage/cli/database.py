"""triage db: the revision of the database."""

from typing import Annotated

import typer

from triage.app import open_database
from triage.cli.context import config_of
from triage.cli.output import plural
from triage.db import migrate
from triage.db.lock import working_alone
from triage.errors import NotFoundError

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
def downgrade(
    ctx: typer.Context,
    revision: Annotated[
        str, typer.Argument(help="The revision, as triage --version of the release before prints it.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the database back to the revision of the release before; what only this one can keep is lost."""
    database = open_database(config_of(ctx))
    with working_alone(database):
        before = migrate.current_revision(database)
        if revision not in migrate.below(before):
            raise NotFoundError(
                f"Database {database.label} is at revision {before}, which does not build on {revision}; "
                "triage --version of the release before prints the one that it needs."
            )
        if not yes:
            typer.confirm(
                f"Take {database.label} from {before} to {revision}? What is newer is lost", abort=True
            )
        migrate.downgrade(database, revision)
    typer.echo(f"Database {database.label} is at revision {revision} (from {before}).")


@group.command()
def check(ctx: typer.Context) -> None:
    """Say whether the database is at the revision that this program needs."""
    database = open_database(config_of(ctx))
    migrate.demand_newest(database)
    typer.echo(
        f"Database {database.label} is at revision {migrate.current_revision(database)}, as it should be."
    )


@group.command()
def reindex(
    ctx: typer.Context,
    again: Annotated[
        bool, typer.Option("--all", help="Index every ticket anew, not only those that wait.")
    ] = False,
) -> None:
    """Write the words of tickets that search does not know yet into its index; may be ended and repeated."""
    from triage.service import searchindex

    database = open_database(config_of(ctx))
    migrate.demand_newest(database)
    if again:
        searchindex.start_anew(database)
    done = 0
    while batch := searchindex.work_off_batch(database):
        done += batch
    typer.echo(f"{plural(done, 'ticket')} indexed.")
