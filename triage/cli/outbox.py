"""triage outbox: letters on their way out."""

from enum import StrEnum
from typing import Annotated

import typer

from triage.cli.choices import Json, Limit, one_of, whole_number
from triage.cli.context import database_of
from triage.cli.output import plural, print_json, print_table, rows_as_json, shorten
from triage.db import outbox
from triage.errors import NotFoundError

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Letters on their way out.")
app.add_typer(group, name="outbox")


_SHOWN = ("From", "To", "Cc", "Subject", "Date")


class State(StrEnum):
    """Where a letter stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command("list")
def list_letters(
    ctx: typer.Context,
    state: Annotated[
        State | None,
        typer.Option(parser=one_of(State, "state"), help="Only letters in this state.", metavar="STATE"),
    ] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List letters, the newest first."""
    with database_of(ctx) as database, database.read() as connection:
        rows = outbox.listed(connection, state=state.value if state else None, limit=limit)
    if json:
        print_json(rows_as_json(rows))
        return
    print_table(
        ("letter", "name", "ticket", "to", "state", "tries", "next try", "answer of the mail server"),
        [
            (
                row.id,
                row.letter,
                row.ticket_code,
                row.recipient,
                row.state,
                row.attempts,
                row.next_try_at,
                shorten(row.response or "", 80),
            )
            for row in rows
        ],
        empty="No letters.",
    )


@group.command()
def show(
    ctx: typer.Context,
    letter: Annotated[int, typer.Argument(parser=whole_number(), help="The number of a letter.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write its bytes, as they go to the server.")] = False,
) -> None:
    """Show one letter as its reader sees it."""
    from triage.core.parse import read_mail

    with database_of(ctx) as database, database.read() as connection:
        content = outbox.content_of(connection, letter)
    if content is None:
        raise NotFoundError(f"There is no letter {letter}; triage outbox list shows what there is.")
    if raw:
        typer.get_binary_stream("stdout").write(content)
        return
    read = read_mail(content)
    for name in _SHOWN:
        if value := read.header(name):
            typer.echo(f"{name}: {value}")
    typer.echo(f"\n{read.text.strip()}")


@group.command()
def retry(
    ctx: typer.Context,
    letters: Annotated[list[int], typer.Argument(parser=whole_number(), help="Numbers of failed letters.")],
) -> None:
    """Queue failed letters again."""
    with database_of(ctx) as database, database.write() as connection:
        known = {row.id: row.state for row in outbox.listed(connection, ids=letters)}
        count = outbox.retry(connection, letters)
    typer.echo(f"{plural(count, 'letter is', 'letters are')} queued again.")
    left = [_left_alone(number, known.get(number)) for number in dict.fromkeys(letters)]
    if any(left):
        raise NotFoundError(" ".join(filter(None, left)))


def _left_alone(number: int, state: str | None) -> str:
    if state is None:
        return f"There is no letter {number}."
    return "" if state == State.FAILED else f"Letter {number} has not failed, it is {state}."
