"""triage webhooks: programs that are told what happens to tickets."""

from typing import Annotated

import typer

from triage.adapters.clock import SystemClock
from triage.cli.choices import Json
from triage.cli.context import actor, app_of, database_of
from triage.cli.output import print_rows
from triage.core.webhookevents import WebhookEvent
from triage.service import webhooks

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Programs that are told what happens to tickets.")
app.add_typer(group, name="webhooks")


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command()
def add(
    ctx: typer.Context,
    login: Annotated[str, typer.Argument(help="In whose rights and queues it is told.")],
    address: Annotated[str, typer.Argument(help="Where messages go, at a host of [api] webhook_hosts.")],
    event: Annotated[
        list[str] | None,
        typer.Option(help=f"What is told; can be given again; left out: all of {', '.join(WebhookEvent)}."),
    ] = None,
) -> None:
    """Have a program told and print the secret of its signatures, which is shown this once."""
    with app_of(ctx) as service:
        made = webhooks.register(
            service.database,
            service.means.clock,
            service.courier(),
            login,
            address,
            event or tuple(WebhookEvent),
            actor=actor(),
        )
    typer.echo(made.secret)
    typer.echo(f"Webhook {made.id} is told from now on; its secret is not shown again.", err=True)


@group.command("list")
def list_webhooks(
    ctx: typer.Context,
    login: Annotated[str, typer.Option(help="Those of one person.")] = "",
    json: Json = False,
) -> None:
    """List the webhooks that are told, with the messages that wait and those that were given up."""
    with database_of(ctx) as database:
        rows = webhooks.listed(database, login)
    print_rows(
        rows,
        ("id", "login", "address", "events", "waiting", "failed", "failing since", "off since", "made", "by"),
        lambda row: (
            row.id,
            row.login,
            row.address,
            " ".join(row.events),
            row.waiting,
            row.failed,
            row.failing_since,
            row.paused_at,
            row.created_at,
            row.created_by,
        ),
        json=json,
        empty="No webhook yet; triage webhooks add makes one.",
    )


Which = Annotated[int, typer.Argument(help="Its number in triage webhooks list.")]


@group.command()
def off(ctx: typer.Context, webhook: Which) -> None:
    """Switch a webhook off: what waits for it, and what happens until it is on again, goes unsent."""
    with database_of(ctx) as database:
        webhooks.pause(database, SystemClock(), webhook, actor=actor())
    typer.echo(f"Webhook {webhook} is off.")


@group.command()
def on(ctx: typer.Context, webhook: Which) -> None:
    """Switch a webhook on again: it is told what happens from now on."""
    with database_of(ctx) as database:
        webhooks.resume(database, SystemClock(), webhook, actor=actor())
    typer.echo(f"Webhook {webhook} is on.")


@group.command("test")
def try_out(ctx: typer.Context, webhook: Which) -> None:
    """Send a webhook a message that tells of nothing, and say what it answered."""
    with app_of(ctx) as service:
        tried = webhooks.try_out(
            service.database, service.means.clock, service.courier(), webhook, actor=actor()
        )
    typer.echo(tried.response)
    raise typer.Exit(0 if tried.taken else 1)


@group.command()
def end(ctx: typer.Context, webhook: Which) -> None:
    """Tell a program nothing more; what waits for it goes unsent."""
    with database_of(ctx) as database:
        webhooks.end(database, SystemClock(), webhook, actor=actor())
    typer.echo(f"Webhook {webhook} is told nothing more.")
