"""triage units: the directory of units, and what registration forms propose for it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from triage.cli.choices import Json
from triage.cli.context import actor, app_of, database_of
from triage.cli.output import plural, print_rows, shorten
from triage.errors import NotFoundError, RefusalError
from triage.service import registering, units

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="The directory of units.")
app.add_typer(group, name="units")

Number = Annotated[int, typer.Argument(min=1, help="The number of the unit.")]
Proposal = Annotated[int, typer.Argument(min=1, help="The number of the proposal.")]

LARGEST_FILE = 100 * 1024 * 1024


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command("list")
def list_units(
    ctx: typer.Context,
    like: Annotated[str, typer.Argument(help="A part of a name, a number, an address or a domain.")] = "",
    json: Json = False,
) -> None:
    """List units by name, at most a thousand."""
    with database_of(ctx) as database:
        rows = units.listed(database, like)
    print_rows(
        rows,
        ("no.", "code", "name", "treasury", "class", "software", "senders"),
        lambda row: (
            row.id,
            row.code,
            shorten(row.name, 60),
            row.treasury,
            row.sort,
            row.software,
            " ".join(row.senders),
        ),
        json=json,
    )


@group.command("import")
def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8, as export writes it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file and change nothing.")] = False,
) -> None:
    """Add and change units from a CSV file: all of it or, at the first mistake, nothing.

    The columns are code, name, treasury, class (budget or connecting), software, phone and senders
    (addresses and domains). Units that the file does not name stay as they are.
    """
    text = _read(file)
    with app_of(ctx) as service:
        done = units.import_csv(service.database, service.means, text, actor=actor(), dry_run=dry_run)
    would = "Would add" if dry_run else "Added"
    typer.echo(
        f"{would} {plural(done.added, 'unit')}, changed {done.changed:,}, left {done.same:,} as they are."
    )


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise RefusalError(f"{file}: is larger than {LARGEST_FILE // 1024 // 1024} MB.")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFoundError(f"{file}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RefusalError(
            f"{file}: is not UTF-8 text (byte {error.start}); save it as CSV UTF-8."
        ) from error


@group.command()
def export(ctx: typer.Context) -> None:
    """Write all units as CSV; no cell of it acts as a formula in a spreadsheet."""
    with database_of(ctx) as database:
        for line in units.export_csv(database):
            sys.stdout.write(line)


@group.command()
def remove(ctx: typer.Context, number: Number) -> None:
    """Take a unit out of the directory; what was routed by it stays."""
    with app_of(ctx) as service:
        found = units.remove(service.database, service.means, number, actor=actor())
    typer.echo(f"{found.name} is out of the directory.")


@group.command()
def proposals(
    ctx: typer.Context,
    past: Annotated[bool, typer.Option(help="Those too that were settled.")] = False,
    json: Json = False,
) -> None:
    """List what registration forms (935/QĐ-KBNN) propose for the directory, the oldest first."""
    with database_of(ctx) as database:
        rows = registering.proposals(database, state=None if past else "open")
    print_rows(
        rows,
        ("no.", "ticket", "from", "name", "code", "treasury", "software", "state", "by"),
        lambda row: (
            row.id,
            row.ticket_code,
            row.sender,
            shorten(str(row.form["name"]), 60),
            row.form["code"],
            row.form["treasury"],
            shorten(str(row.form["software"]), 40),
            row.state,
            row.decided_by,
        ),
        json=json,
    )


@group.command()
def accept(
    ctx: typer.Context,
    proposal: Proposal,
    treasury: Annotated[str, typer.Option(help="The code of its treasury, where the form tells none.")] = "",
    sender: Annotated[str, typer.Option(help="The address or domain that it writes from.")] = "",
) -> None:
    """Take a proposed unit into the directory.

    Anybody may send a form: the address that it came from is taken only where --sender names it.
    """
    with app_of(ctx) as service:
        found = registering.accept(
            service.database, service.means, proposal, actor=actor(), treasury=treasury, sender=sender
        )
    typer.echo(f"{found.name} stands in the directory as unit {found.id}.")


@group.command()
def refuse(
    ctx: typer.Context,
    proposal: Proposal,
    reason: Annotated[str, typer.Option(help="Why; it stays with the proposal.")],
) -> None:
    """Leave a proposed unit out of the directory."""
    with app_of(ctx) as service:
        registering.refuse(service.database, service.means, proposal, actor=actor(), reason=reason)
    typer.echo(f"Proposal {proposal} is refused.")
