"""triage demo: the whole service on this machine alone, with a mailbox of made-up mails."""

import os
import shlex
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from triage.adapters import logs
from triage.adapters.catcher import CaughtMessage, SmtpCatcher
from triage.adapters.configfile import load_config
from triage.adapters.embedded import EmbeddedImap
from triage.app import App, build
from triage.cli.choices import whole_number
from triage.cli.decisions import GOES_NOWHERE
from triage.cli.demopeople import NO_CODES, Settled, settle
from triage.cli.output import as_text, plural, print_table, shorten
from triage.cli.running import in_words, run_all, serve_until_stopped, still_waiting
from triage.cli.tickets import print_tickets
from triage.core.parse import read_mail
from triage.db import decisions, mails, migrate, tickets
from triage.db.decisions import StoredDecision
from triage.db.mails import MailRow
from triage.demo import sample_mails
from triage.errors import DatabaseError

app = typer.Typer()

USER = "hotrocntt@vst.gov.vn"


@app.callback()
def _apart() -> None:
    """Keep demo a command of its own."""


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Work the sample mailbox, print, end.")] = False,
    letters: Annotated[bool, typer.Option("--letters", help="Print the letters in full.")] = False,
    port: Annotated[
        int,
        typer.Option(parser=whole_number(0, 65535), help="Port of the pages; 0 for none.", metavar="PORT"),
    ] = 8600,
) -> None:
    """Run the service on this machine alone, with a mailbox of made-up mails; nothing leaves it."""
    logs.set_up("warning")
    with ExitStack() as stack:
        imap = stack.enter_context(EmbeddedImap(USER, "demo"))
        catcher = stack.enter_context(SmtpCatcher())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-demo-"))
        config = Path(folder, "config.toml")
        samples = sample_mails()
        for _, received_at, raw in samples:
            imap.append(raw, received_at)
        typer.echo(f"{len(samples)} made-up mails wait in the mailbox {USER} on 127.0.0.1:{imap.port}.")
        service = stack.enter_context(_installed(config, imap, catcher, 0 if once else port))
        summary = run_all(service)
        typer.echo(in_words(summary, still_waiting(service)))
        _print_work(service)
        _print_letters(catcher.messages, in_full=letters)
        if once:
            raise typer.Exit(0 if summary.is_clean else 1)
        _stay(service, imap, catcher, config)


CONFIG = """\
[mailbox]
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "{user}"
password = "demo"
poll_seconds = 5

[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
from_address = "{user}"

[database]
url = "sqlite:///demo.sqlite"

[web]
port = {web}
secure_cookies = false
"""


@contextmanager
def _installed(config: Path, imap: EmbeddedImap, catcher: SmtpCatcher, port: int) -> Iterator[App]:
    """Install the service in a folder, as triage init and triage db upgrade would."""
    text = CONFIG.format(imap=imap.port, smtp=catcher.port, user=USER, web=port)
    config.write_text(text, encoding="utf-8")
    service = build(load_config(config))
    migrate.upgrade(service.database)
    try:
        yield service
    finally:
        service.database.close()


def _print_work(service: App) -> None:
    with service.database.read() as connection:
        rows = tickets.listed(connection)
        others = [row for row in mails.listed(connection) if row.ticket_code is None]
    typer.echo("")
    print_tickets(list(reversed(rows)))
    typer.echo("\nMails that opened no ticket and joined none:")
    print_table(
        ("kind", "from", "subject"),
        [(row.kind, row.from_address, shorten(row.subject, 70)) for row in reversed(others)],
    )


def _print_letters(messages: tuple[CaughtMessage, ...], *, in_full: bool) -> None:
    typer.echo(f"\n{plural(len(messages), 'letter')} reached the SMTP catcher:")
    read = [(message, read_mail(message.raw)) for message in messages]
    print_table(
        ("letter", "to", "subject"),
        [
            (mail.header("X-Triage-Letter"), message.recipients[0], shorten(mail.subject, 90))
            for message, mail in read
        ],
    )
    shown = read if in_full else read[:1]
    for _, mail in shown:
        typer.echo(f"\n{'─' * 78}\nTo: {mail.to[0].address}\nSubject: {mail.subject}\n\n{mail.text.strip()}")
    typer.echo("─" * 78)


def _stay(service: App, imap: EmbeddedImap, catcher: SmtpCatcher, config: Path) -> None:
    web = service.config.web
    look = shlex.join([sys.argv[0], "--config", str(config), "tickets", "list"])
    root = f"http://{web.host}:{web.port}"
    pages = f"{root}/readyz" if web.port else "none, since the port is 0"
    typer.echo(
        f"\nThe service goes on until Ctrl-C (process {os.getpid()}), and says a line for each new mail:\n"
        f"  mailbox   imap://127.0.0.1:{imap.port} user {USER} password demo; put a mail there and see\n"
        f"  letters   smtp://127.0.0.1:{catcher.port} takes them and delivers none\n"
        f"  health    {pages}\n"
        f"  look      {look}\n"
        f"  files     {config.parent}, gone when the demo ends\n"
    )
    if web.port:
        _print_people(root, settle(service))
    with _telling(service):
        serve_until_stopped(service, NO_CODES)


def _print_people(root: str, settled: Settled) -> None:
    typer.echo(f"The desk is at {root}/ – sign in with the password {settled.password} as one of:")
    print_table(
        ("name", "role", "queues", "called"),
        [(one.name, one.role.value, ", ".join(one.queues), one.display_name) for one in settled.newcomers],
    )
    typer.echo("")


@contextmanager
def _telling(service: App) -> Iterator[None]:
    """Say what becomes of each mail that comes from now on."""
    ended = threading.Event()
    with service.database.read() as connection:
        newest = max(mails.ids(connection), default=0)
    teller = threading.Thread(target=_tell, args=(service, newest, ended), name="telling")
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def _tell(service: App, newest: int, ended: threading.Event) -> None:
    told: set[int] = set()
    while not ended.wait(0.3):
        # A database that is busy for once will be asked again.
        with suppress(DatabaseError), service.database.read() as connection:
            rows = [row for row in mails.listed(connection, limit=200) if row.id > newest]
            for row in reversed(rows):
                if row.id not in told and row.state != "waiting":
                    told.add(row.id)
                    typer.echo(story(row, decisions.latest(connection, row.id)))


def story(row: MailRow, decision: StoredDecision | None) -> str:
    """Tell one mail in one line: its number, its ticket, what was decided, which letter goes out."""
    head = f"Mail {row.id} from {as_text(row.from_address)}"
    if decision is None:
        return f"{head}: {row.state}, {as_text(row.error)}"
    document = decision.document
    ticket = f"ticket {row.ticket_code}, " if row.ticket_code else ""
    queue = "" if document["outcome"] in GOES_NOWHERE else f", queue {document['route']['queue']}"
    letter = f"letter {document['reply']}" if document["reply"] else "no letter"
    return f"{head}: {ticket}{document['outcome']}{queue}, sender {document['sender']['verdict']}, {letter}."
