"""Every command by its name, and what stands before each of them.

Each group of commands is a module that is imported when it is needed, so that a short command starts fast.
"""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "init": "setup",
    "doctor": "diagnosing",
    "healthcheck": "diagnosing",
    "run": "running",
    "nodes": "nodes",
    "demo": "demo",
    "explain": "explaining",
    "check-sender": "judging",
    "tickets": "tickets",
    "incidents": "incidents",
    "senders": "senders",
    "campaigns": "campaigns",
    "units": "units",
    "mails": "mails",
    "replay": "replaying",
    "outbox": "outbox",
    "users": "users",
    "tokens": "tokens",
    "webhooks": "webhooks",
    "audit": "audit",
    "export": "privacy",
    "erase": "privacy",
    "retention": "privacy",
    "hold": "privacy",
    "backup": "backups",
    "restore": "backups",
    "db": "database",
    "storage": "storing",
    "rules": "rules",
    "access-token": "accesstokens",
    "completion": "completing",
}
"""Which module below triage.cli has which command; a test compares it with docs/commands.md."""


class LazyGroup(TyperGroup):
    """Finds commands by name and imports their module only then."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer's context
        """Give the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - Typer's command
        """Give one command, or None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"triage.cli.{COMMANDS[cmd_name]}")
        # Rich takes what stands in brackets for markup, as in "of [mailbox]", and prints none of it.
        module.app.rich_markup_mode = app.rich_markup_mode
        group: Any = typer.main.get_command(module.app)
        command = group.commands[cmd_name]
        _listed_whole(command)
        return command


def _listed_whole(command: Any) -> None:  # noqa: ANN401 - Typer's command
    """Have lists of commands show all of the first paragraph, which they would cut to one line."""
    command.short_help = " ".join((command.help or "").partition("\n\n")[0].split())
    for child in getattr(command, "commands", {}).values():
        _listed_whole(child)


app = typer.Typer(
    cls=LazyGroup,
    help="Email triage for the State Treasury's IT support mailbox.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from triage.cli.output import version_line

        typer.echo(version_line())
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The configuration file.", metavar="FILE")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Email triage for the State Treasury's IT support mailbox."""
    ctx.obj = config
    ctx.meta["debug"] = debug
