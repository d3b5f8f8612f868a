"""What most commands begin with: the settings, the database, the whole application."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from triage.adapters.configfile import Config, load_config
from triage.adapters.configplace import find_config, place_of
from triage.app import App, build, open_database
from triage.db import migrate
from triage.db.engine import Database


def config_of(ctx: typer.Context) -> Config:
    """Load the settings that the command line names. Raises ConfigError."""
    return load_config(ctx.obj)


@contextmanager
def database_of(ctx: typer.Context) -> Iterator[Database]:
    """Give the database, at the right revision. Raises ConfigError and DatabaseError."""
    database = open_database(config_of(ctx))
    try:
        migrate.demand_newest(database)
        yield database
    finally:
        database.close()


@contextmanager
def app_of(ctx: typer.Context) -> Iterator[App]:
    """Give the whole application with its database at the right revision."""
    app = build(config_of(ctx), place_of(find_config(ctx.obj)))
    try:
        migrate.demand_newest(app.database)
        yield app
    finally:
        if app.means.readers:
            app.means.readers.close()
        app.database.close()


def actor() -> str:
    """Name the person at the terminal, for the history of a ticket."""
    return f"terminal:{getpass.getuser()}"
