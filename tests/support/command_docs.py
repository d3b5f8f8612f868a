"""Renders docs/commands.md from the command line's own texts: ``python tests/support/command_docs.py``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from triage.cli.root import COMMANDS, app

INTRODUCTION = """\
# Commands

`triage [--config FILE] [--debug] COMMAND`. Without `--config`: `$TRIAGE_CONFIG`, `./config.toml`,
`/etc/triage/config.toml`. Data goes to standard output, talk and logs to standard error. Tables are drawn
on a terminal, and a narrow one shows fewer columns; elsewhere they are lines with tabs. What stands in
brackets can be left out.
"""
DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"


def leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every command below a command, with its full name."""
    children = getattr(command, "commands", None)
    if not children:
        yield path, command
        return
    for name, child in children.items():
        yield from leaves(child, (*path, name))


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every command that a person can type."""
    root: Any = typer.main.get_command(app)
    for name in COMMANDS:
        yield from leaves(root.get_command(None, name), (name,))


def render() -> str:
    """Write the whole document."""
    sections = [INTRODUCTION]
    sections += [section(path, command) for path, command in commands()]
    return "\n".join(sections)


def section(path: tuple[str, ...], command: Any) -> str:
    """Write what one command does and takes."""
    rows = [f"| `{name}` | {words} |" for name, words in parameters(command)]
    table = "\n\n| | |\n|---|---|\n" + "\n".join(rows) if rows else ""
    return f"## triage {' '.join(path)}\n\n{command.help.strip()}\n\n    {usage(path, command)}{table}\n"


def usage(path: tuple[str, ...], command: Any) -> str:
    """Write how one command is typed."""
    arguments, options = _parted(command)
    return " ".join(
        [
            "triage",
            *path,
            *(_optional(_option(one), one) for one in options),
            *(_optional(one.name.upper() + ("…" if one.nargs != 1 else ""), one) for one in arguments),
        ]
    )


def parameters(command: Any) -> list[tuple[str, str]]:
    """Give every argument and option of a command as it is typed, with what it does."""
    arguments, options = _parted(command)
    return [
        *((one.name.upper(), _help(one)) for one in arguments),
        *((_option(one), _help(one)) for one in options),
    ]


def _parted(command: Any) -> tuple[list[Any], list[Any]]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and "--help" not in one.opts]
    return arguments, options


def _option(option: Any) -> str:
    """Write an option as it is typed, with a word for its value where it takes one."""
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"


def _optional(text: str, parameter: Any) -> str:
    return text if parameter.required else f"[{text}]"


def _help(parameter: Any) -> str:
    return f"{parameter.help or ''}{' Required.' if parameter.required and '--' in parameter.opts[0] else ''}"


if __name__ == "__main__":
    DOCUMENT.write_text(render(), encoding="utf-8")
