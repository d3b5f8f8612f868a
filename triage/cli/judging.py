"""triage check-sender: senders judged by name and address. The command; the work is in ``judgements``."""

from typing import Annotated

import typer

from triage.cli.choices import Json, Known
from triage.cli.judgements import judge_senders, judge_senders_known

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep the one command a command of its own name."""


@app.command("check-sender")
def check_sender(
    ctx: typer.Context,
    senders: Annotated[list[str], typer.Argument(help="Addresses or domains, or - for lines of input.")],
    name: Annotated[
        str, typer.Option(help="The display name that goes with the address.", metavar="NAME")
    ] = "",
    json: Json = False,
    known: Known = False,
) -> None:
    """Judge senders by name and address alone, one a line, in the order given."""
    if not known:
        judge_senders(senders, ctx.obj, name=name, json=json)
        return
    from triage.cli.context import database_of

    with database_of(ctx) as database:
        judge_senders_known(senders, ctx.obj, database, name=name, json=json)
