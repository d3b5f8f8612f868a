"""triage completion: what a shell needs to complete commands and options."""

import os
from contextlib import redirect_stdout, suppress
from enum import StrEnum
from io import StringIO
from typing import Annotated

import typer

app = typer.Typer()


class Shell(StrEnum):
    """The shells that can be told how."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.callback()
def _apart() -> None:
    """Keep completion a command of its own."""


@app.command()
def completion(
    shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.")],
) -> None:
    """Print the script by which a shell completes commands and options; docs/howto/install.md uses it."""
    from triage.cli.root import app as root

    # Typer prints it where this variable asks for it, by the name of the program, and ends.
    os.environ["_TRIAGE_COMPLETE"] = f"source_{shell}"
    with redirect_stdout(StringIO()) as told, suppress(SystemExit):
        root(prog_name="triage")
    # zsh looks for its mark on the first line alone.
    typer.echo(told.getvalue().strip())
