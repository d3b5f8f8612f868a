"""What explain and check-sender share: the rules, and the database where somebody asks for it."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from triage.adapters.configplace import find_config
from triage.adapters.rulefiles import load_rulebook
from triage.core.rules import Rulebook
from triage.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.db.engine import Database

Known = Annotated[
    bool,
    typer.Option("--known", help="Use what the database knows too: threads, tickets, lists, dealings."),
]
"""Judging needs no database; this option reads it and still writes nothing."""


@contextmanager
def database_if(ctx: typer.Context, *, wanted: bool) -> "Iterator[Database | None]":
    """Give the configured database where it is wanted; without it no settings are needed at all."""
    if not wanted:
        yield None
        return
    from triage.cli.context import database_of

    with database_of(ctx) as database:
        yield database


def rules_of(ctx: typer.Context) -> Rulebook:
    """Give the configured rules; those of the release where nothing is configured."""
    if find_config(ctx.obj) is None:
        return load_rulebook(resource("rules"))
    from triage.adapters.configfile import load_config
    from triage.app import rules_folder, rules_for

    config = load_config(ctx.obj)
    return rules_for(config, rules_folder(config))


def printable(line: str) -> str:
    """Make sure that a mail cannot move the cursor or colour the terminal of who looks at it."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else "\ufffd" for char in line)
