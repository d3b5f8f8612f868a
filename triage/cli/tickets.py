"""triage tickets: the desk from a terminal."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from triage.adapters.clock import SystemClock
from triage.app import rules_folder, rules_for
from triage.cli.choices import English, Json, Limit, one_of
from triage.cli.context import actor, app_of, config_of, database_of
from triage.cli.decisions import reasons_of
from triage.cli.output import as_text, print_json, print_table, rows_as_json, shorten
from triage.core.closings import CHOSEN, Closing
from triage.core.tickets import TicketStatus
from triage.db import conversation, decisions, history, mails, parties, tickets
from triage.db.tickets import TicketRow
from triage.errors import RefusalError

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Work on tickets.")
app.add_typer(group, name="tickets")

Code = Annotated[str, typer.Argument(help="The code of a ticket, such as SD261120-000017.")]
Why = Annotated[str, typer.Option(help="The reason; it stands in the history.", metavar="TEXT")]


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command("list")
def list_tickets(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: typer.Context,
    queue: Annotated[str | None, typer.Option(help="Only this queue.", metavar="QUEUE")] = None,
    status: Annotated[
        TicketStatus | None,
        typer.Option(
            parser=one_of(TicketStatus, "status"), help="Only tickets with this status.", metavar="STATUS"
        ),
    ] = None,
    sender: Annotated[
        str, typer.Option("--from", help="Only requesters with this in name or address.", metavar="TEXT")
    ] = "",
    text: Annotated[str, typer.Option(help="Only subjects with this in them.", metavar="TEXT")] = "",
    assignee: Annotated[str | None, typer.Option(help="Only what this person has.", metavar="NAME")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only open ones past their deadline.")] = False,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List tickets, the newest first; names and texts are compared without tones and capitals."""
    with database_of(ctx) as database, database.read() as connection:
        rows = tickets.listed(
            connection,
            queue=queue,
            status=status.value if status else None,
            assignee=assignee,
            overdue_at=SystemClock().now() if overdue else None,
            sender=sender,
            text=text,
            limit=limit,
        )
    if queue and not rows:
        _demand_queue(ctx, queue)
    print_json(rows_as_json(rows)) if json else print_tickets(rows)


def _demand_queue(ctx: typer.Context, queue: str) -> None:
    """Tell a queue without tickets from one that there is not."""
    from triage.service.queues import demand_queue

    config = config_of(ctx)
    demand_queue(rules_for(config, rules_folder(config)), queue)


def print_tickets(rows: Sequence[TicketRow]) -> None:
    """Print tickets as every command shows them; who has them only where somebody has one."""
    columns: list[tuple[str, Callable[[TicketRow], object]]] = [
        ("code", lambda row: row.code),
        ("queue", lambda row: row.queue),
        ("status", lambda row: row.status),
        ("due", lambda row: row.due_at),
        ("category", lambda row: row.category),
        ("sender", lambda row: row.verdict),
        ("from", lambda row: row.requester_address),
        ("subject", lambda row: shorten(row.subject, 60)),
    ]
    if any(row.assignee for row in rows):
        columns.insert(3, ("assignee", lambda row: row.assignee))
    print_table(
        [name for name, _ in columns],
        [[value(row) for _, value in columns] for row in rows],
        empty="No tickets.",
    )


@group.command()
def show(ctx: typer.Context, code: Code, english: English = False) -> None:
    """Show one ticket: its row, its mails, why they were decided so, its letters, its history."""
    from triage.db import outbox
    from triage.service import desk

    with database_of(ctx) as database, database.read() as connection:
        ticket = desk.find(connection, code)
        events = history.events(connection, ticket.id)
        letters = outbox.listed(connection, ticket_id=ticket.id)
        people = parties.of_ticket(connection, ticket.id)
        numbers = conversation.told_mail_ids(connection, ticket.id)
        received = mails.listed(connection, ids=numbers) if numbers else []
        decided = [(number, decisions.latest(connection, number)) for number in numbers]
    print_table(("field", "value"), [(name, getattr(ticket, name)) for name in ticket.__dataclass_fields__])
    typer.echo("")
    print_table(("address", "role"), people)
    typer.echo("")
    print_table(
        ("mail", "received", "kind", "from", "subject"),
        [(row.id, row.received_at, row.kind, row.from_address, row.subject) for row in reversed(received)],
    )
    typer.echo("")
    print_table(
        ("mail", "why", "code"),
        [
            (number, why, code)
            for number, decision in decided
            if decision
            for code, why in reasons_of(decision.document, english=english)
        ],
    )
    typer.echo("")
    print_table(
        ("mail", "finding", "severity", "evidence", "what it means"),
        [
            (number, one["check"], one["severity"], one["evidence"], one["why_en" if english else "why"])
            for number, decision in decided
            if decision
            for one in decision.document["sender"]["findings"]
        ],
        empty="Nothing was found about the sender.",
    )
    typer.echo("")
    print_table(
        ("letter", "name", "to", "state", "sent", "answer of the mail server"),
        [
            (row.id, row.letter, row.recipient, row.state, row.sent_at, row.response)
            for row in reversed(letters)
        ],
        empty="No letters.",
    )
    typer.echo("")
    print_table(
        ("at", "who", "what", "mail", "details"),
        [(event.at, event.actor, event.verb, event.mail_id, _details(event.data)) for event in events],
    )


def _details(data: dict[str, object]) -> str:
    return ", ".join(f"{key}: {as_text(value)}" for key, value in data.items())


@group.command()
def assign(
    ctx: typer.Context,
    code: Code,
    to: Annotated[str, typer.Argument(help="Who takes it.")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Take it from whoever has it.")] = False,
) -> None:
    """Give a ticket to somebody, or with --nobody to no one."""
    from triage.service import desk

    if nobody and to:
        raise RefusalError(f"Say either {to} or --nobody.")
    with database_of(ctx) as database:
        who = None if nobody else to
        found = desk.assign(database, SystemClock(), code, who, actor=actor())
    typer.echo(f"{found} is with {to or 'nobody'} now.")


@group.command()
def close(
    ctx: typer.Context,
    code: Code,
    note: Annotated[str, typer.Option(help="What came of it.", metavar="TEXT")],
    outcome: Annotated[
        Closing,
        typer.Option(
            parser=one_of(Closing, "outcome"),
            help=f"How it ended: {', '.join(CHOSEN)}.",
            metavar="OUTCOME",
        ),
    ] = Closing.SOLVED,
) -> None:
    """Close a ticket."""
    from triage.service import desk

    with database_of(ctx) as database:
        found = desk.close(database, SystemClock(), code, note=note, actor=actor(), outcome=outcome)
    typer.echo(f"{found} is closed.")


@group.command()
def reopen(ctx: typer.Context, code: Code, why: Why) -> None:
    """Open a closed ticket again; its deadline counts from now."""
    from triage.service import desk

    with app_of(ctx) as service:
        found = desk.reopen(
            service.database, service.means.clock, service.means.rules, code, why=why, actor=actor()
        )
    typer.echo(f"{found} is open again.")


@group.command()
def note(
    ctx: typer.Context, code: Code, text: Annotated[str, typer.Argument(help="What is to be remembered.")]
) -> None:
    """Write a line into the history of a ticket; the requester does not see it."""
    from triage.service import desk

    with database_of(ctx) as database:
        found = desk.note(database, SystemClock(), code, text, actor=actor())
    typer.echo(f"{found} has your note.")


@group.command()
def reroute(
    ctx: typer.Context,
    code: Code,
    queue: Annotated[str, typer.Argument(help="The queue it belongs to.")],
    why: Why,
) -> None:
    """Move a ticket to another queue."""
    from triage.service import desk

    with app_of(ctx) as service:
        found = desk.reroute(
            service.database, service.means.clock, service.means.rules, code, queue, why=why, actor=actor()
        )
    typer.echo(f"{found} is in queue {queue} now.")


@group.command()
def release(ctx: typer.Context, code: Code) -> None:
    """End the hold on a ticket: it goes to its queue, and its sender is answered.

    Also answers the sender of a suspicious ticket, who was left without a letter.
    """
    from triage.service import trust

    with app_of(ctx) as service:
        released = trust.release(service.database, service.means, code, actor=actor())
    letter = f"The letter {released.letter} goes out." if released.letter else "Nobody is answered."
    typer.echo(f"{code} is in queue {released.queue} now. {letter}")
    if released.why_none:
        typer.echo(released.why_none.en)


@group.command()
def confirm(
    ctx: typer.Context,
    code: Code,
    reason: Annotated[str, typer.Option(help="What shows it; it stands in the history and on the list.")],
    sure: Annotated[
        bool, typer.Option("--sure", help="Also where nothing about the sender was doubted.")
    ] = False,
) -> None:
    """Close a ticket as an impostor's and watch for everything that he can be known by.

    To take it back: senders remove for each entry, tickets reopen, tickets reroute.
    """
    from triage.cli.senders import print_seen_again
    from triage.service import trust

    with app_of(ctx) as service:
        confirmed = trust.confirm_impostor(
            service.database, service.means, code, reason=reason, actor=actor(), sure=sure
        )
    typer.echo(f"{code} is closed as an impostor's.")
    typer.echo(f"Watched from now on: {', '.join(confirmed.watched) or 'nothing'}.")
    if confirmed.spared:
        typer.echo(f"Not watched, since it belongs to others too: {', '.join(confirmed.spared)}.")
    print_seen_again(confirmed.seen_again)
