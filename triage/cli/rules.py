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
from triage.cli import rulecorrections
from triage.cli.choices import Json
from triage.cli.context import app_of
from triage.cli.days import Since, span
from triage.cli.output import plural, print_table
from triage.core.ruleexamples import count, failures
from triage.core.rules import Rulebook
from triage.core.treasuries import Level
from triage.errors import RefusalError
from triage.service import corrections as kept

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
    corrections: Annotated[
        bool,
        typer.Option(
            "--corrections",
            help="Also decide again what people corrected, by the rules in force and by these.",
        ),
    ] = False,
    since: Since = None,
) -> None:
    """Run the examples beside rules and categories; exit 1 where one fails, or a correction breaks."""
    if since and not corrections:
        raise RefusalError("--since says which corrections are tried; say --corrections too.")
    rules = load_rulebook(folder or rules_folder(load_config(ctx.obj) if find_config(ctx.obj) else None))
    failed = list(failures(rules))
    for sentence in failed:
        typer.echo(sentence, err=True)
    examples = count(rules)
    holders = (
        f"{plural(len(rules.routing), 'rule')} and {plural(len(rules.categories), 'category', 'categories')}"
    )
    typer.echo(f"{examples - len(failed)} of {plural(examples, 'example')} hold, of {holders}.")
    broken = 0
    if corrections:
        with app_of(ctx) as service:
            first, _ = span(since, None, service.means.zone)
            broken = rulecorrections.try_rules(service, rules, first)
    if failed or broken:
        raise typer.Exit(1)


@group.command("corrections")
def list_corrections(
    ctx: typer.Context,
    since: Since = None,
    json: Json = False,
    export: Annotated[
        Path | None,
        typer.Option(help="A new file to write the examples to, as they stand beside rules.", metavar="FILE"),
    ] = None,
) -> None:
    """List what people decided otherwise than the rules; names, numbers and secrets are hidden."""
    if json and export:
        raise RefusalError("Either --json or --export, not both.")
    with app_of(ctx) as service:
        first, _ = span(since, None, service.means.zone)
        found = list(kept.listed(service.database, service.means.rules, first))
    if export:
        rulecorrections.export(found, export)
    elif json:
        rulecorrections.tell_as_json(found)
    else:
        rulecorrections.tell(found)


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
