"""triage nodes: which processes work on the database together."""

import typer

from triage.cli.choices import Json
from triage.cli.context import database_of
from triage.cli.output import print_rows
from triage.db import nodes

MOST_LISTED = 50

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep nodes a command of its own."""


@app.command("nodes")
def list_nodes(ctx: typer.Context, json: Json = False) -> None:
    """List the nodes of late, the newest first: when each was last heard of, and which has the lead."""
    with database_of(ctx) as database, database.read() as connection:
        rows = nodes.listed(connection, MOST_LISTED)
        alone = database.is_sqlite
    print_rows(
        rows,
        ("id", "node", "host", "started", "last heard", "ended", "by", "leases"),
        lambda row: (
            row.id,
            row.name,
            row.host,
            row.started_at,
            row.seen_at,
            row.ended_at,
            row.ended_by,
            " ".join(row.leases),
        ),
        json=json,
        empty="On SQLite one process works alone; nodes need PostgreSQL." if alone else "No node yet.",
    )
