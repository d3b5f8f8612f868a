"""triage storage: raw mail that lies outside the database."""

from enum import StrEnum
from typing import Annotated

import typer

from triage.adapters.clock import SystemClock
from triage.cli.context import database_of
from triage.cli.output import plural
from triage.service import storage

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Raw mail that lies outside the database.")
app.add_typer(group, name="storage")


class Place(StrEnum):
    """Where raw mail may lie."""

    S3 = "s3"
    TABLE = "table"


@app.callback()
def _apart() -> None:
    """Keep the group a group."""


@group.command()
def status(ctx: typer.Context) -> None:
    """Say how many mails lie in the database and outside, and what waits to be removed."""
    with database_of(ctx) as database:
        found = storage.standing(database)
        place = database.objects.label if database.objects else "Storage: [storage] names no bucket"
    typer.echo(f"{place}.")
    typer.echo(f"{plural(found.inside, 'mail')} in the database, {plural(found.outside, 'mail')} outside.")
    if found.since:
        since = f"{found.since:%d/%m/%Y %H:%M} UTC"
        typer.echo(f"{plural(found.unwanted, 'object')} to be removed, the oldest since {since}.")


@group.command()
def move(
    ctx: typer.Context,
    to: Annotated[Place, typer.Option("--to", help="Where all raw mail shall lie: s3 or table.")],
) -> None:
    """Move raw mail that is kept already; the service may run, and what was begun can be gone on with."""
    moved = 0
    with database_of(ctx) as database:
        way = storage.move_out if to is Place.S3 else storage.move_in
        for number in way(database, SystemClock()):
            moved += number
            typer.echo(f"\r{plural(moved, 'mail')}", nl=False, err=True)
    typer.echo(err=True)
    typer.echo(f"{plural(moved, 'mail')} moved.")


@group.command()
def tidy(
    ctx: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Look at all objects, not only those of this month and the last.")
    ] = False,
) -> None:
    """Remove the objects of erased and moved mails, and what a crash left behind; the service does so too."""
    with database_of(ctx) as database:
        clock = SystemClock()
        removed = storage.remove_unwanted(database, clock)
        left = storage.remove_left_behind(database, clock, everything=everything)
        waiting = storage.standing(database).unwanted
    typer.echo(f"{plural(removed, 'object')} of erased or moved mails and {left} left behind are removed.")
    if waiting:
        minutes = int(storage.GRACE.total_seconds() // 60)
        typer.echo(f"{plural(waiting, 'object')} wait: unwanted for less than {minutes} minutes.")


@group.command()
def claim(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make the storage this database's own, after a restore; the one of before may not use it any more."""
    with database_of(ctx) as database:
        place = database.objects.label if database.objects else "storage"
        if not yes:
            typer.confirm(f"Take {place} from the database that had it before?", abort=True)
        storage.claim(database, SystemClock())
    typer.echo(f"{place} belongs to this database.")
