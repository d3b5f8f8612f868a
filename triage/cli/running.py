"""triage run: the service itself."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Annotated

import typer

from triage.adapters import logs
from triage.adapters.heap import keep_heap_small
from triage.app import App
from triage.cli.context import app_of
from triage.cli.garbage import look_as_usual
from triage.cli.mailboxes import OneMailbox, named_boxes
from triage.cli.output import plural
from triage.core.laterparts import load_all
from triage.core.people import NEEDS_SECOND_FACTOR, Role
from triage.db import outbox
from triage.db.lock import working_alone
from triage.service.once import Summary, run_once
from triage.service.queuefolders import keep_all

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep run a command of its own."""


@app.command()
def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do all that waits, print a summary, end.")] = False,
    mailbox: OneMailbox = None,
) -> None:
    """Run the service until SIGTERM; with --once, do all that waits and end."""
    if mailbox and not once:
        raise typer.BadParameter("The service reads all mailboxes; add --once.", param_hint="--mailbox")
    keep_heap_small()
    with app_of(ctx) as service:
        logs.set_up(service.config.log.level, service.config.log.format)
        if not once:
            serve_until_stopped(service)
            return
        summary = run_all(service, mailbox)
        typer.echo(in_words(summary, still_waiting(service)))
    for complaint in complaints(summary):
        typer.echo(f"triage: {complaint}", err=True)
    raise typer.Exit(0 if summary.is_clean else 1)


def serve_until_stopped(service: App, demanded: frozenset[Role] = NEEDS_SECOND_FACTOR) -> None:
    """Run the service with its pages until it is asked to stop; ``demanded`` roles need a second factor."""
    from triage.scheduler import run_service
    from triage.web.deskapp import create_desk
    from triage.web.metrics import create_metrics
    from triage.web.server import serve

    load_all()
    look_as_usual()
    web, metrics = service.config.web, service.config.metrics
    proxies = [str(one) for one in web.trusted_proxies]
    desk = serve(web.host, web.port, create_desk(service, demanded), proxies)
    measured = serve(metrics.host, metrics.port, create_metrics(service), where="[metrics]")
    run_service(service, _both(desk, measured))


@contextmanager
def _both(one: AbstractContextManager[None], other: AbstractContextManager[None]) -> Iterator[None]:
    with one, other:
        yield


def run_all(service: App, mailbox: str | None = None) -> Summary:
    """Do all that waits, alone on the database; of mailboxes all are read, or the one that is named."""
    look_as_usual()
    mailboxes = {name: service.mailbox(name) for name in named_boxes(service.config, mailbox)}
    with working_alone(service.database):
        senders = service.senders()
        try:
            summary = run_once(mailboxes, senders, service.database, service.means, service.worker)
        finally:
            for sender in senders:
                sender.close()
        if keeper := service.keeper():
            summary.errors += keep_all(keeper)
        return summary


def still_waiting(service: App) -> int:
    """Count the letters that could not be sent yet, be it for want of a server."""
    with service.database.read() as connection:
        return outbox.count_waiting(connection)


OUTCOMES = {
    "open_ticket": ("ticket opened", "tickets opened"),
    "act_by_mail": ("act by mail", "acts by mail"),
    "append": ("mail added to a ticket", "mails added to tickets"),
    "file": ("filed", "filed"),
    "hold": ("held", "held"),
    "duplicate": ("duplicate", "duplicates"),
}
"""What became of mails, in the order in which it is told: of one, of several."""


def in_words(summary: Summary, waiting: int) -> str:
    """Say in two lines what a pass did; ``waiting`` is how many letters are still to be sent."""
    outcomes = summary.processed.outcomes
    told = ", ".join(plural(outcomes[name], *words) for name, words in OUTCOMES.items() if name in outcomes)
    sent, failed = summary.delivered.sent, summary.delivered.failed
    return (
        f"{plural(summary.received.stored, 'mail')} received, {sum(outcomes.values()):,} processed"
        f"{f' ({told})' if told else ''}, {summary.processed.stuck:,} stuck.\n"
        f"{plural(sent, 'letter')} sent, {waiting:,} deferred, {failed:,} failed for good."
    )


def complaints(summary: Summary) -> Iterator[str]:
    """Give a sentence for everything that went wrong, with the command that shows more."""
    yield from summary.errors
    yield from summary.withheld
    if stuck := summary.processed.stuck:
        yield (
            f"{plural(stuck, 'mail is', 'mails are')} stuck; triage mails list --stuck says why, "
            "triage replay --stuck tries again."
        )
    if failed := summary.delivered.failed:
        yield (
            f"{plural(failed, 'letter')} failed for good; triage outbox list --state failed says why, "
            "triage outbox retry sends again."
        )
