"""triage mails view: one mail in a browser on this machine, for a while, needing no running service."""

from typing import Annotated

import typer

from triage.cli.choices import whole_number
from triage.cli.context import config_of, database_of
from triage.cli.output import plural
from triage.core.decision import Severity, Verdict
from triage.db import decisions, mails
from triage.db.decisions import StoredDecision
from triage.errors import NotFoundError

LONGEST_SECONDS = 3600
MOST_PORT = 65_535
_MINUTE = 60
MOST_TOLD = 4

Port = Annotated[
    int,
    typer.Option(
        parser=whole_number(0, MOST_PORT),
        help="The port on this machine; 0 takes a free one.",
        metavar="NUMBER",
    ),
]
Seconds = Annotated[
    int,
    typer.Option(
        parser=whole_number(1, LONGEST_SECONDS), help="How long the address works.", metavar="NUMBER"
    ),
]


def view(
    ctx: typer.Context,
    mail: Annotated[int, typer.Argument(parser=whole_number(), help="The number of a mail.")],
    port: Port = 0,
    once_seconds: Seconds = 600,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Show passwords, PINs and numbers that the mail gives away.")
    ] = False,
) -> None:
    """Show one mail in a browser: prints a secret address on this machine and serves it until Ctrl-C."""
    from zoneinfo import ZoneInfo

    from triage.adapters.clock import SystemClock
    from triage.core.parse import read_mail
    from triage.web.mailpage import ShownMail
    from triage.web.onemail import create_app, new_secret
    from triage.web.server import listen, serve_for

    with database_of(ctx) as database, database.read() as connection:
        stored = mails.raw_of(connection, mail)
        decided = decisions.latest(connection, mail)
    if stored is None:
        raise NotFoundError(f"There is no mail {mail}; triage mails list shows what there is.")
    received_at, raw = stored
    secret, zone = new_secret(), ZoneInfo(config_of(ctx).time.zone)
    shown = ShownMail(mail, received_at, raw, read_mail(raw), unmasked=secrets, warning=_warning(decided))
    pages = create_app(shown, secret, SystemClock(), once_seconds, zone)
    with listen("127.0.0.1", port, "--port") as listening:
        typer.echo(f"http://127.0.0.1:{listening.getsockname()[1]}/{secret}/m/{mail}")
        typer.echo(
            f"Open it in a browser on this machine within {_in_words(once_seconds)}; Ctrl-C ends it.",
            err=True,
        )
        serve_for(once_seconds, listening, pages)


def _warning(decided: StoredDecision | None) -> str:
    """Give the gravest findings about a sender who is in doubt, as sentences."""
    sender = decided.document.get("sender", {}) if decided else {}
    if sender.get("verdict") not in {Verdict.SUSPICIOUS, Verdict.IMPERSONATION}:
        return ""
    grave = [one["why"] for one in sender["findings"] if one["severity"] in _GRAVE]
    return " ".join(dict.fromkeys(grave[:MOST_TOLD]))


_GRAVE = frozenset({Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL})


def _in_words(seconds: int) -> str:
    minutes, rest = divmod(seconds, _MINUTE)
    return plural(seconds, "second") if rest else plural(minutes, "minute")
