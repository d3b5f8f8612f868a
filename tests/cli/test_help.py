"""What --help prints is what the program has to say, whole, brackets too."""

from typing import Any

import pytest
import typer
from support.command_docs import commands
from typer.testing import CliRunner

from triage.cli.root import COMMANDS, app


def groups() -> dict[tuple[str, ...], list[Any]]:
    """Every group of commands with what is in it, the program itself with all."""
    root: Any = typer.main.get_command(app)
    found = {(): [root.get_command(None, name) for name in COMMANDS]}
    for command in found[()]:
        if children := getattr(command, "commands", None):
            found[command.name,] = list(children.values())
    return found


def asked(*path: str) -> str:
    """What --help prints, without blanks: lines are broken anywhere."""
    result = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    return "".join(result.output.split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("path", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in commands()])
def test_help_says_every_word_of_a_command(path: tuple[str, ...], command: Any) -> None:
    told = asked(*path)
    assert squeezed(command.help) in told
    for parameter in command.params:
        assert squeezed(parameter.help) in told, parameter.name
    assert "<bool>" not in told, "no value follows a flag"


@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path) or "triage") for path in groups()])
def test_lists_of_commands_say_the_whole_first_paragraph_of_each(path: tuple[str, ...]) -> None:
    told = asked(*path)
    for command in groups()[path]:
        assert command.name + squeezed(command.help.partition("\n\n")[0]) in told
