"""triage mails export and import: mail as files, out and in."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from triage.cli.context import config_of, database_of
from triage.cli.days import Since, Until, span
from triage.cli.mailboxes import AsMailbox, stored_name
from triage.cli.output import plural
from triage.errors import RefusalError

MBOX = ".mbox"


def export(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(help="A new file NAME.mbox, or a new folder for one .eml a mail.")],
    ticket: Annotated[str, typer.Option(help="Only the mails of this ticket.", metavar="CODE")] = "",
    since: Since = None,
    until: Until = None,
) -> None:
    """Write stored mails as they came, with the secrets that their writers put into them."""
    from triage.adapters.mailfiles import write_folder, write_mbox
    from triage.service import archiving
    from triage.service.replay import stored_ids

    if ticket and (since or until):
        raise RefusalError("Give a ticket or a span of days, not both.")
    first, end = span(since, until, ZoneInfo(config_of(ctx).time.zone))
    with database_of(ctx) as database:
        if ticket:
            numbers = archiving.numbers_of(database, ticket)
        else:
            numbers = stored_ids(database, since=first, until=end)
        found = archiving.stored_mails(database, numbers)
        if out.suffix == MBOX:
            count = write_mbox(out, ((received_at, raw) for _, received_at, raw in found))
        else:
            count = write_folder(out, found)
    typer.echo(f"{out}: {plural(count, 'mail')}.")


def import_(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="An mbox file, a Maildir, or a folder of .eml files.")],
    mailbox: AsMailbox = None,
) -> None:
    """Take in the mails of an old mailbox: they become tickets like any other, and nobody is answered.

    The running service decides them; else triage run --once does. The same mailbox can be imported again.
    With --mailbox, people who answer on those tickets later do so from the address of that mailbox.
    """
    from triage.adapters.clock import SystemClock
    from triage.adapters.mailfiles import read_mailbox
    from triage.service.archiving import import_mails

    of = stored_name(config_of(ctx), mailbox) if mailbox else ""
    with database_of(ctx) as database:
        done = import_mails(database, SystemClock(), path.name, read_mailbox(path), of)
    typer.echo(f"{path}: {plural(done.read, 'mail')} read, {done.stored:,} new.")
