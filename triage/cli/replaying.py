"""triage replay: decide stored mails again and tell the differences; give stuck mails another try."""

import json as json_module
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from triage.adapters.rulefiles import load_rulebook
from triage.app import App
from triage.cli.choices import Json, whole_number
from triage.cli.context import app_of
from triage.cli.days import Since, Until, span
from triage.cli.output import plural, print_json, print_table, rows_as_json, shorten
from triage.db import nodes
from triage.db.lock import working_alone
from triage.errors import NotFoundError, RefusalError
from triage.service import replay as replaying
from triage.service.process import Processed, process_batch

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep replay a command of its own."""


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(parser=whole_number(), help="Numbers of mails; else all.")
    ] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="Give stuck mails another try.")] = False,
    since: Since = None,
    until: Until = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="Decide by this folder of rules, not by those in force.", metavar="FOLDER"),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Only count what would be different, by part.")
    ] = False,
    json: Json = False,
) -> None:
    """Decide stored mails again and print what would be different; with --stuck, process stuck ones again."""
    if stuck and rules:
        raise RefusalError("Stuck mails are processed by the rules in force; --rules only compares.")
    with app_of(ctx) as service:
        if stuck:
            chosen = _stuck(replaying.stored_ids(service.database, state="stuck"), numbers)
            released = replaying.release_stuck(service.database, chosen)
            done = _process_alone(service)
            if done is None:
                typer.echo(f"{plural(released, 'mail waits', 'mails wait')} for the running service again.")
                return
            typer.echo(
                f"{plural(released, 'mail was', 'mails were')} tried again, "
                f"{plural(done.stuck, 'is', 'are')} stuck still."
            )
            raise typer.Exit(1 if done.stuck else 0)
        first, end = span(since, until, service.means.zone)
        chosen = numbers or replaying.stored_ids(service.database, since=first, until=end)
        means = replace(service.means, rules=load_rulebook(rules)) if rules else service.means
        differences = list(replaying.compare(service.database, means, chosen))
    if json:
        print_json(rows_as_json(differences))
        return
    changed = len({one.mail_id for one in differences})
    told = f"{plural(len(chosen), 'mail')} decided again, {changed} would be decided otherwise."
    counts = Counter((one.part, *one.change) for one in differences)
    print_table(
        ("part", "before", "after", "mails"),
        [(*change, count) for change, count in counts.most_common()],
        empty="No differences.",
    )
    if differences and not summary:
        typer.echo()
        print_table(
            ("mail", "ticket", "part", "before", "after"),
            [
                (one.mail_id, one.ticket, one.part, _short(one.before), _short(one.after))
                for one in differences
            ],
        )
    typer.echo(told, err=True)


def _process_alone(service: App) -> Processed | None:
    """Process what waits, unless a running service does: two at once would get in each other's way."""
    done = Processed()
    try:
        with working_alone(service.database):
            with service.database.write() as connection:
                nodes.end_all(connection, service.worker)
            while batch := process_batch(service.means, service.database, service.worker, ignore_delay=True):
                done.add(batch)
    except RefusalError:
        return None
    return done


def _stuck(there: list[int], wanted: list[int] | None) -> list[int]:
    """Choose stuck mails; those that were named must be stuck, else a slip would pass for a success."""
    for number in wanted or ():
        if number not in there:
            raise NotFoundError(f"There is no stuck mail {number}; triage mails list --stuck shows them.")
    return wanted or there


def _short(value: object) -> str:
    return shorten(json_module.dumps(value, ensure_ascii=False), 200)
