"""triage audit: who looked at what and who changed what, and whether that record is whole."""

from typing import Annotated

import typer

from triage.cli.choices import Json, Limit
from triage.cli.context import database_of
from triage.cli.output import plural, print_rows
from triage.errors import RefusalError
from triage.service import auditing
from triage.service.auditing import Break, Verified

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Who looked at what and who changed what.")
app.add_typer(group, name="audit")


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command()
def verify(
    ctx: typer.Context,
    head: Annotated[
        str, typer.Option(help="A head that was noted elsewhere; shows rows cut off since.", metavar="HASH")
    ] = "",
) -> None:
    """Walk the chain of the audit; exit 1 at the first row that was changed, deleted or swapped."""
    with database_of(ctx) as database:
        found = auditing.verify(database, head.strip().lower())
    if found.broken:
        raise RefusalError(_broken(found))
    typer.echo(f"The audit holds: {plural(found.rows, 'row')}, head {found.head}.")


@group.command("list")
def list_rows(
    ctx: typer.Context,
    actor: Annotated[str, typer.Option(help="Only what this login did.")] = "",
    what: Annotated[
        str, typer.Option("--object", help="Only what was done to this: an address, people/NAME.")
    ] = "",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List the audit, the newest row first."""
    with database_of(ctx) as database:
        rows = auditing.listed(database, actor=actor, what=what, limit=limit)
    print_rows(
        rows,
        ("no.", "at", "who", "did", "to", "from", "more"),
        lambda row: (row.id, row.at, row.actor, row.action, row.object, row.network, row.data),
        json=json,
        empty="Nothing yet.",
    )


_BROKEN = {
    Break.CHANGED: "row {row} was changed after it was written",
    Break.DELETED: "a row before row {row} was deleted",
    Break.SWAPPED: "row {row} does not stand where it was written",
    Break.CUT: "the head that was noted is not in it: rows after the last one were cut off",
}


def _broken(found: Verified) -> str:
    what = _BROKEN[Break(found.broken)] if found.broken else ""
    return (
        f"The audit is broken: {what.format(row=found.at_row)}; {plural(found.rows, 'row')} before that hold."
    )
