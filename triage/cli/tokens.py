"""triage tokens: what programs ask the API by."""

from typing import Annotated

import typer

from triage.adapters.clock import SystemClock
from triage.cli.choices import Json
from triage.cli.context import actor, database_of
from triage.cli.output import as_text, print_rows
from triage.core.apiscopes import MOST_DAYS, Scope
from triage.service import tokens
from triage.service.tokens import Wanted

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="What programs ask the API by.")
app.add_typer(group, name="tokens")


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command()
def add(
    ctx: typer.Context,
    login: Annotated[str, typer.Argument(help="Whose rights and queues it has, at most.")],
    name: Annotated[str, typer.Option(help="What it is for, such as the program that uses it.")],
    scope: Annotated[
        list[str], typer.Option(help=f"What it is good for; can be given again: {', '.join(Scope)}.")
    ],
    days: Annotated[int, typer.Option(help=f"How long it lasts, at most {MOST_DAYS} days.")] = 90,
) -> None:
    """Make a token and print it; it is shown this once."""
    with database_of(ctx) as database:
        made = tokens.make(database, SystemClock(), login, Wanted(name, scope, days), actor=actor())
    typer.echo(made.token)
    typer.echo(
        f"Token {made.id} of {made.login} lasts until {as_text(made.expires_at)} and is not shown again.",
        err=True,
    )


@group.command("list")
def list_tokens(
    ctx: typer.Context,
    login: Annotated[str, typer.Option(help="Those of one person.")] = "",
    json: Json = False,
) -> None:
    """List tokens that nobody has revoked, those too that have expired."""
    with database_of(ctx) as database:
        rows = tokens.of_person(database, login) if login else tokens.listed(database)
    print_rows(
        rows,
        ("id", "login", "name", "begins", "scopes", "expires", "last used", "from", "made", "by"),
        lambda row: (
            row.id,
            row.login,
            row.name,
            row.hint,
            " ".join(row.scopes),
            row.expires_at,
            row.used_at,
            row.network,
            row.created_at,
            row.created_by,
        ),
        json=json,
        empty="No token yet; triage tokens add makes one.",
    )


@group.command()
def revoke(
    ctx: typer.Context, token: Annotated[int, typer.Argument(help="Its number in triage tokens list.")]
) -> None:
    """End a token for good."""
    with database_of(ctx) as database:
        ended = tokens.revoke(database, SystemClock(), token, actor=actor())
    typer.echo(f"Token {ended.id} ({ended.name}) of {ended.login} opens nothing any more.")
