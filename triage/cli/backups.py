"""triage backup and triage restore: a copy of the database, and the way back."""

from pathlib import Path
from typing import Annotated

import typer

from triage.app import open_database
from triage.cli.context import config_of, database_of
from triage.cli.output import plural
from triage.service import backups
from triage.service.backups import Copied

app = typer.Typer()

LEFT_OUT = (
    "Keep config.toml, the files with passwords and keys, and rules/ apart: none of them is in the copy. "
    "The copy itself holds people's mail and the hashes and secrets of accounts: encrypt it."
)

NEXT = (
    "Everybody must sign in again. Run triage db upgrade before the service. Mails that came after the copy "
    "lie in the processed folder of the mail server: move them back, and they are fetched again."
)


@app.command()
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file that is written; it must not exist.")],
) -> None:
    """Write a copy of the whole database while the service runs."""
    with database_of(ctx) as database:
        done = backups.back_up(database, file)
    typer.echo(f"{file}: {_told(done)}.")
    typer.echo(LEFT_OUT, err=True)


@app.command()
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A copy that triage backup wrote.")],
) -> None:
    """Fill the empty database that config.toml names from a copy; one with anything in it is refused."""
    database = open_database(config_of(ctx))
    try:
        done = backups.restore(database, file)
    finally:
        database.close()
    typer.echo(f"Database {database.label}: {_told(done)}.")
    typer.echo(NEXT, err=True)


def _told(done: Copied) -> str:
    rows = done.rows
    return (
        f"{plural(rows['mails'], 'mail')}, {plural(rows['tickets'], 'ticket')}, "
        f"{plural(rows['outbox'], 'letter')}, revision {done.revision}"
    )
