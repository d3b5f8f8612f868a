"""triage mails: what was received, and what was made of it."""

from typing import Annotated

import typer

from triage.app import App
from triage.cli.archiving import export, import_
from triage.cli.choices import English, Json, Limit, whole_number
from triage.cli.context import app_of, config_of, database_of
from triage.cli.decisions import facts_of, reasons_of
from triage.cli.files import attachment
from triage.cli.mailboxes import OneMailbox, named_boxes, stored_name
from triage.cli.output import plural, print_json, print_table, rows_as_json, shorten
from triage.cli.viewing import view
from triage.db import decisions, mails
from triage.db.missed import MissedUids
from triage.errors import MailboxError, NotFoundError, RefusalError
from triage.service import reconcile as reconciling
from triage.service.reconcile import Reconciled

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
def missed(ctx: typer.Context, limit: Limit = 100, json: Json = False, mailbox: OneMailbox = None) -> None:
    """List what the server has or had that is no stored mail: withheld, removed, deleted, never seen."""
    with database_of(ctx) as database:
        of = stored_name(config_of(ctx), mailbox) if mailbox else None
        rows = reconciling.outcomes(database, limit, of)
    if json:
        print_json(rows_as_json(rows))
        return
    print_table(MISSED, [_as_told(row) for row in rows], empty="Every mail of the server is stored.")


@group.command()
def reconcile(ctx: typer.Context, mailbox: OneMailbox = None) -> None:
    """Compare the server's mails with what is stored, now; exit 1 where the server has one that is not."""
    with app_of(ctx) as service:
        names = named_boxes(service.config, mailbox)
        found = {name: _compared(service, name) for name in names}
    done = [one for one in found.values() if isinstance(one, Reconciled)]
    gaps = [_as_told(row) for one in done for row in one.gaps]
    if done:
        print_table(MISSED, gaps, empty="Every mail of the server is stored.")
        on_server, stored = sum(one.on_server for one in done), sum(one.stored for one in done)
        typer.echo(f"{plural(on_server, 'mail')} on the server, {stored:,} of them stored.")
    told = {name: one.complaint if isinstance(one, Reconciled) else str(one) for name, one in found.items()}
    if wrong := [f"Mailbox {name}: {one}" if len(found) > 1 else one for name, one in told.items() if one]:
        raise RefusalError(" ".join(wrong))


def _compared(service: App, name: str) -> Reconciled | MailboxError:
    """Compare one mailbox; that its server cannot be asked keeps no other from being compared."""
    mailbox = service.mailbox(name)
    try:
        return reconciling.reconcile(mailbox, service.database, service.means.clock)
    except MailboxError as error:
        return error
    finally:
        mailbox.close()


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
