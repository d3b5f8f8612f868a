"""triage mails: what was received, and what was made of it."""

from typing import Annotated

import typer

from triage.cli.archiving import export, import_
from triage.cli.choices import English, Json, Limit, whole_number
from triage.cli.context import app_of, database_of
from triage.cli.decisions import facts_of, reasons_of
from triage.cli.files import attachment
from triage.cli.output import plural, print_json, print_table, rows_as_json, shorten
from triage.cli.viewing import view
from triage.db import decisions, mails
from triage.db.missed import MissedUids
from triage.errors import NotFoundError, RefusalError
from triage.service import reconcile as reconciling

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Mails as they were received.")
app.add_typer(group, name="mails")
group.command()(view)
group.command()(attachment)
group.command()(export)
group.command("import")(import_)

Number = Annotated[int, typer.Argument(parser=whole_number(), help="The number of a mail.")]


@group.command("list")
def list_mails(
    ctx: typer.Context,
    stuck: Annotated[bool, typer.Option("--stuck", help="Only mails that could not be processed.")] = False,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List stored mails, the newest first."""
    with database_of(ctx) as database, database.read() as connection:
        rows = mails.listed(connection, state="stuck" if stuck else None, limit=limit)
    if json:
        print_json(rows_as_json(rows))
        return
    print_table(
        ("mail", "received", "state", "kind", "ticket", "from", "subject", "error"),
        [
            (
                row.id,
                row.received_at,
                row.state,
                row.kind,
                row.ticket_code,
                row.from_address,
                shorten(row.subject, 60),
                row.error,
            )
            for row in rows
        ],
        empty="No stuck mails." if stuck else "No mails.",
    )


@group.command()
def show(ctx: typer.Context, mail: Number, english: English = False) -> None:
    """Show one mail: its row, its error, what was decided and why."""
    with database_of(ctx) as database, database.read() as connection:
        rows = mails.listed(connection, ids=[mail])
        decision = decisions.latest(connection, mail)
    if not rows:
        raise _no_mail(mail)
    print_table(("field", "value"), [(name, getattr(rows[0], name)) for name in rows[0].__dataclass_fields__])
    typer.echo("")
    if decision is None:
        typer.echo("Nothing has been decided about this mail yet.")
        return
    if decision.document.get("erased"):
        typer.echo("What this mail said, and what was decided about it, has been erased.")
        return
    print_table(("decided", "value"), list(facts_of(decision.document, english=english)))
    typer.echo("")
    print_table(
        ("why", "code"),
        [(why, code) for code, why in reasons_of(decision.document, english=english)],
    )


@group.command()
def missed(ctx: typer.Context, limit: Limit = 100, json: Json = False) -> None:
    """List what the server has or had that is no stored mail: withheld, removed, deleted, never seen."""
    with database_of(ctx) as database:
        rows = reconciling.outcomes(database, limit)
    if json:
        print_json(rows_as_json(rows))
        return
    print_table(MISSED, [_as_told(row) for row in rows], empty="Every mail of the server is stored.")


@group.command()
def reconcile(ctx: typer.Context) -> None:
    """Compare the server's mails with what is stored, now; exit 1 where the server has one that is not."""
    with app_of(ctx) as service:
        mailbox = service.mailbox()
        try:
            found = reconciling.reconcile(mailbox, service.database, service.means.clock)
        finally:
            mailbox.close()
    print_table(MISSED, [_as_told(row) for row in found.gaps], empty="Every mail of the server is stored.")
    typer.echo(f"{plural(found.on_server, 'mail')} on the server, {found.stored:,} of them stored.")
    if found.complaint:
        raise RefusalError(found.complaint)


MISSED = ("mailbox", "uid", "outcome", "first seen", "last seen", "error")


def _as_told(row: MissedUids) -> tuple[object, ...]:
    uids = str(row.first_uid) if row.first_uid == row.last_uid else f"{row.first_uid}–{row.last_uid}"
    return (row.mailbox, uids, row.outcome, row.first_seen_at, row.last_seen_at, row.error)


@group.command()
def bounces(ctx: typer.Context, limit: Limit = 100, json: Json = False) -> None:
    """List bounces of mail that we never sent: somebody writes in our name."""
    from triage.db import verification

    with database_of(ctx) as database, database.read() as connection:
        rows = verification.foreign_bounces(connection, limit=limit)
    if json:
        print_json(rows_as_json(rows))
        return
    print_table(
        ("mail", "received", "from", "subject"),
        [(row.id, row.received_at, row.from_address, shorten(row.subject, 60)) for row in rows],
        empty="No bounces of mail that we never sent.",
    )


@group.command()
def raw(ctx: typer.Context, mail: Number) -> None:
    """Write the raw bytes of one mail to standard output, with the secrets that its writer put into it."""
    with database_of(ctx) as database, database.read() as connection:
        stored = mails.raw_of(connection, mail)
    if stored is None:
        raise _no_mail(mail)
    typer.get_binary_stream("stdout").write(stored[1])


def _no_mail(number: int) -> NotFoundError:
    return NotFoundError(f"There is no mail {number}; triage mails list shows what there is.")
