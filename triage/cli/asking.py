"""What explain and check-sender share: the rules, and lines that do no harm to a terminal. Without Typer."""

from pathlib import Path
from typing import TYPE_CHECKING

from triage.adapters.configplace import find_config
from triage.resources import resource

if TYPE_CHECKING:
    from triage.core.protected import Protected
    from triage.core.rules import Rulebook
    from triage.core.weights import Weights


def rules_of(given: Path | None) -> "Rulebook":
    """Give the configured rules; those of the release where nothing is configured. Raises TriageError."""
    if find_config(given) is None:
        from triage.adapters.rulefiles import load_rulebook

        return load_rulebook(resource("rules"))
    from triage.adapters.configfile import load_config
    from triage.app import rules_folder, rules_for

    config = load_config(given)
    return rules_for(config, rules_folder(config))


def names_of(given: Path | None) -> "tuple[Protected, Weights]":
    """Give of those rules only what names and addresses are judged by; the other files are not looked at."""
    from triage.adapters.protectedfile import load_protected
    from triage.adapters.weightsfile import read_weights

    folder = _folder_of(given)
    return load_protected(folder / "protected.toml"), read_weights(folder / "weights.toml")


def _folder_of(given: Path | None) -> Path:
    if find_config(given) is None:
        return resource("rules")
    from triage.adapters.configfile import load_config
    from triage.app import rules_folder

    return rules_folder(load_config(given))


def printable(line: str) -> str:
    """Make sure that a mail cannot move the cursor or colour the terminal of who looks at it."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else "\ufffd" for char in line)
