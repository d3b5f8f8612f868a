"""triage export, erase, retention and hold: what the law on personal data asks for."""

import os
from pathlib import Path
from typing import IO, Annotated

import typer

from triage.adapters.clock import SystemClock
from triage.cli.choices import Json
from triage.cli.context import actor, app_of, database_of
from triage.cli.output import plural, print_rows, print_table
from triage.errors import RefusalError
from triage.service import holds, persons, retention

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Tickets of which nothing may be erased.")
app.add_typer(group, name="hold")

Person = Annotated[str, typer.Argument(help="The person's mail address.")]
Code = Annotated[str, typer.Argument(help="The ticket code; its zeros can be left out.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the history of the ticket.")]


@app.command()
def export(
    ctx: typer.Context,
    person: Person,
    out: Annotated[Path, typer.Option(help="The zip file that is written; it must not exist.")],
) -> None:
    """Write all that is held on a person into a zip: JSON, mails, letters; secrets in the mails stay."""
    with database_of(ctx) as database, _new_file(out) as file:
        try:
            held = persons.export(database, SystemClock(), person, file, actor=actor())
        except BaseException:
            out.unlink(missing_ok=True)
            raise
    typer.echo(
        f"{out}: {plural(len(held.mails), 'mail')}, {plural(len(held.tickets), 'ticket')}, "
        f"{plural(len(held.letters), 'letter')}."
    )


@app.command()
def erase(
    ctx: typer.Context,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why; it stands in the history of the tickets.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Erase what is held on a person: mails, names, subjects, letters. Codes, counts and times stay."""
    if not yes:
        typer.confirm(f"Erase everything held on {person}? It cannot be undone", abort=True)
    with database_of(ctx) as database:
        done = persons.erase(database, SystemClock(), person, reason=reason, actor=actor())
    typer.echo(
        f"Act {done.number}: {plural(done.mails, 'mail')}, {plural(done.tickets, 'ticket')}, "
        f"{plural(done.letters, 'letter')} erased."
    )
    if done.listed:
        typer.echo(
            f"{plural(done.listed, 'entry', 'entries')} on the lists of senders stayed: triage senders list."
        )
    typer.echo("Backups, and copies on the mail server, are not reached from here.", err=True)


@app.command("retention")
def retention_(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is due.")] = False,
) -> None:
    """Erase raw mail whose term (section retention) has passed; the running service does so daily."""
    with app_of(ctx) as service:
        terms = service.config.retention.terms
        work = retention.due if dry_run else retention.keep_terms
        done = work(service.database, service.means.clock, terms)
    rows = [(sort.value, terms.days[sort], count) for sort, count in done.items()]
    print_table(
        ("class", "days", "due" if dry_run else "erased"), rows, empty="[retention] keeps everything."
    )


@group.command("set")
def set_hold(ctx: typer.Context, code: Code, reason: Reason) -> None:
    """Put a ticket under legal hold: nothing of it is erased, nor anything of the people on it."""
    with database_of(ctx) as database:
        found = holds.set_hold(database, SystemClock(), code, reason=reason, actor=actor())
    typer.echo(f"{found} is under legal hold.")


@group.command("clear")
def clear_hold(ctx: typer.Context, code: Code, reason: Reason) -> None:
    """End the legal hold on a ticket."""
    with database_of(ctx) as database:
        found = holds.clear_hold(database, SystemClock(), code, reason=reason, actor=actor())
    typer.echo(f"{found} is under no legal hold any more.")


@group.command("list")
def list_holds(
    ctx: typer.Context,
    past: Annotated[bool, typer.Option("--past", help="Those too that have ended.")] = False,
    json: Json = False,
) -> None:
    """List legal holds, the newest first."""
    with database_of(ctx) as database:
        rows = holds.listed(database, past=past)
    print_rows(
        rows,
        ("ticket", "reason", "by", "since", "ended", "by", "why"),
        lambda row: (
            row.ticket_code,
            row.reason,
            row.author,
            row.created_at,
            row.ended_at,
            row.ended_by,
            row.end_reason,
        ),
        json=json,
        empty="No legal holds.",
    )


def _new_file(path: Path) -> IO[bytes]:
    """Open a file that nobody else may read and that did not exist. Raises RefusalError."""
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise RefusalError(f"{path} exists already; name another file.") from None
    except OSError as error:
        raise RefusalError(f"{path}: cannot be written: {error.strerror}.") from None
