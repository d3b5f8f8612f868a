"""triage rules: the files below rules/."""

from pathlib import Path
from typing import Annotated

import typer

from triage.adapters.answerfiles import demand_sendable
from triage.adapters.configfile import load_config
from triage.adapters.configplace import find_config
from triage.adapters.letters import LetterRenderer
from triage.adapters.rulefiles import load_rulebook
from triage.app import rules_folder
from triage.cli.output import plural, print_table
from triage.core.ruleexamples import failures
from triage.core.rules import Rulebook
from triage.core.treasuries import Level

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="The files below rules/.")
app.add_typer(group, name="rules")

MOST_NAMES = 5
"""How many provinces without a code are named."""


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command()
def check(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="A folder of rules; else the configured one.")] = None,
) -> None:
    """Load every rule, fill every letter with sample values, try whether ready answers may go out."""
    chosen = folder or rules_folder(load_config(ctx.obj) if find_config(ctx.obj) else None)
    rules = load_rulebook(chosen)
    LetterRenderer(chosen / "letters").check()
    demand_sendable(rules.answers, rules.trust)
    typer.echo(f"The rules in {chosen} are in order (digest {rules.digest}).")
    print_table(
        ("what", "how many"),
        [
            ("queues", len(rules.treasuries.queues)),
            ("categories", len(rules.categories)),
            ("routing rules", len(rules.routing)),
            ("ready answers", len(rules.answers)),
        ],
    )
    if blank := blank_codes(rules):
        typer.echo(f"Note: {blank}", err=True)


@group.command("test")
def try_examples(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="A folder of rules; else the configured one.")] = None,
) -> None:
    """Run the examples that stand beside the routing rules; exit 1 where one does not do what it says."""
    rules = load_rulebook(folder or rules_folder(load_config(ctx.obj) if find_config(ctx.obj) else None))
    failed = list(failures(rules))
    for sentence in failed:
        typer.echo(sentence, err=True)
    count = sum(len(rule.examples) for rule in rules.routing)
    typer.echo(
        f"{count - len(failed)} of {plural(count, 'example')} hold, of {plural(len(rules.routing), 'rule')}."
    )
    if failed:
        raise typer.Exit(1)


def blank_codes(rules: Rulebook) -> str:
    """Say which provinces have no treasury code yet; nothing where all have one."""
    blank = [one.province for one in rules.treasuries.without_code]
    if not blank:
        return ""
    provinces = sum(one.level is Level.PROVINCE for one in rules.treasuries.treasuries)
    names = ", ".join(blank[:MOST_NAMES]) + (", …" if len(blank) > MOST_NAMES else "")
    return (
        f"{len(blank)} of {provinces} provinces have no treasury code yet: {names}; "
        "fill them in in treasuries.toml."
    )
