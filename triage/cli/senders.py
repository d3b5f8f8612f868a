"""triage senders: who is allowed, blocked and watched."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from triage.cli.choices import Json
from triage.cli.context import actor, app_of
from triage.cli.output import print_rows, print_table, shorten
from triage.core.senderlists import ListSort
from triage.db.senderlists import MarkedMail
from triage.service import senders

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Who is allowed, blocked and watched.")
app.add_typer(group, name="senders")

Entry = Annotated[str, typer.Argument(help="An address, a domain or a phone number.")]
Why = Annotated[str, typer.Option(help="Why; it stands in every finding that comes of it.")]
Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The last day on which it holds, as YYYY-MM-DD."),
]


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command("list")
def list_entries(
    ctx: typer.Context,
    sort: Annotated[ListSort | None, typer.Option(help="Only this list.")] = None,
    past: Annotated[bool, typer.Option(help="Those too that expired or were taken off.")] = False,
    json: Json = False,
) -> None:
    """List the entries in force, the newest first."""
    with app_of(ctx) as service:
        rows = senders.listed(service.database, service.means, sort=sort, past=past)
    print_rows(
        rows,
        ("list", "entry", "reason", "by", "since", "until", "ticket", "taken off", "by"),
        lambda row: (
            row.sort,
            row.entry,
            shorten(row.reason, 60),
            row.author,
            row.created_at,
            row.expires_at,
            row.ticket_code,
            row.removed_at,
            row.removed_by,
        ),
        json=json,
    )


@group.command()
def allow(ctx: typer.Context, entry: Entry, reason: Why, until: Until = None) -> None:
    """Excuse the light findings about the name of exactly this address or domain.

    Neither other spellings nor subdomains are excused, nor links, attachments, what a mail asks for, and
    mail that our gateway denies to come from there.
    """
    _add(ctx, ListSort.ALLOW, entry, reason, until)


@group.command()
def block(ctx: typer.Context, entry: Entry, reason: Why, until: Until = None) -> None:
    """Hold all mail from an address or domain and what lies below it."""
    _add(ctx, ListSort.BLOCK, entry, reason, until)


@group.command()
def watch(ctx: typer.Context, entry: Entry, reason: Why, until: Until = None) -> None:
    """Find what impostors are known by, in new mail and in that of the last 90 days."""
    _add(ctx, ListSort.WATCH, entry, reason, until)


@group.command()
def remove(
    ctx: typer.Context,
    entry: Entry,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept with the entry.")],
) -> None:
    """Take an entry off every list that it stands on."""
    with app_of(ctx) as service:
        lists = senders.remove(service.database, service.means, entry, reason=reason, actor=actor())
    typer.echo(f"{entry} is off the {' and '.join(lists)} list now.")


def print_seen_again(found: Sequence[MarkedMail]) -> None:
    """Print the older mails that hold what has just been listed."""
    if found:
        typer.echo("It was in earlier mail:")
        print_table(("mail", "ticket", "holds"), [(one.mail_id, one.ticket_code, one.mark) for one in found])


def _add(ctx: typer.Context, sort: ListSort, entry: str, reason: str, until: datetime | None) -> None:
    with app_of(ctx) as service:
        added = senders.add(
            service.database,
            service.means,
            sort,
            entry,
            reason=reason,
            actor=actor(),
            until=until.date() if until else None,
        )
    typer.echo(f"{added.entry.text} is on the {sort.value} list now.")
    print_seen_again(added.seen_again)
