"""triage incidents: errors that several provinces told of at once, and their tickets."""

from dataclasses import asdict
from typing import Annotated

import typer

from triage.cli.choices import Json, Limit
from triage.cli.context import database_of
from triage.cli.output import as_text, print_json, print_rows
from triage.db import incidentanswers, incidents
from triage.db.incidents import Counted
from triage.db.visibility import EVERYTHING
from triage.errors import NotFoundError

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Errors that several provinces told of at once.")
app.add_typer(group, name="incidents")


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command("list")
def list_incidents(
    ctx: typer.Context,
    past: Annotated[
        bool, typer.Option("--past", help="Those that have ended instead of the open ones.")
    ] = False,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List incidents, the newest first, with how many tickets and which provinces they have."""
    with database_of(ctx) as database, database.read() as connection:
        rows = incidents.listed(connection, EVERYTHING, is_open=not past, most=limit)
    if json:
        print_json([_as_json(one) for one in rows])
        return
    print_rows(
        rows,
        ("no.", "state", "tickets", "provinces", "began", "subject"),
        lambda one: (
            one.incident.id,
            one.incident.state,
            one.tickets,
            len(one.provinces),
            one.incident.started_at,
            one.incident.title,
        ),
        json=False,
        empty="No incident has ended yet." if past else "No incident is going on.",
    )


@group.command()
def show(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The number of an incident.", min=1)],
    json: Json = False,
) -> None:
    """Show one incident: what its mails share, its tickets, and how far its answers have come."""
    with database_of(ctx) as database, database.read() as connection:
        found = incidents.find(connection, number)
        if found is None:
            raise NotFoundError(f"There is no incident {number}; triage incidents list shows them.")
        one = incidents.counted(connection, found, EVERYTHING)
        members = [row for row in incidents.members(connection, number, EVERYTHING) if not row.left_at]
        answers = incidentanswers.of_incident(connection, number)
    if json:
        tickets = [
            {"code": row.ticket.code, "province": row.province, "status": row.ticket.status}
            for row in members
        ]
        print_json([{**_as_json(one), "members": tickets, "answers": list(map(asdict, answers))}])
        return
    typer.echo(f"{found.title} ({found.state}), since {as_text(found.started_at)}")
    typer.echo(f"words: {', '.join(found.words)}")
    typer.echo(f"provinces: {', '.join(one.provinces)}")
    for each in answers:
        told = f"{each.written} written, {each.due} due, {each.skipped} passed over"
        typer.echo(f"answer {each.id} by {each.decided_by or each.writer}: {each.state}, {told}")
    print_rows(
        members,
        ("code", "status", "province", "received", "subject"),
        lambda row: (
            row.ticket.code,
            row.ticket.status,
            row.province or "",
            row.ticket.opened_at,
            row.ticket.subject,
        ),
        json=False,
        empty="No ticket stands in it.",
    )


def _as_json(one: Counted) -> dict[str, object]:
    return {**asdict(one.incident), "tickets": one.tickets, "provinces": list(one.provinces)}
