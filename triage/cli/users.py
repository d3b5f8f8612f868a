"""triage users: who may sign in to the desk."""

from datetime import datetime, time, timedelta
from typing import Annotated

import typer

from triage.adapters.clock import SystemClock
from triage.app import App
from triage.cli.choices import Json, one_of
from triage.cli.context import actor, app_of, database_of
from triage.cli.output import as_text, plural, print_rows
from triage.core.people import Role
from triage.errors import RefusalError
from triage.service import digests, oidc, people
from triage.service.invitations import Invited
from triage.service.people import Newcomer

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Who may sign in to the desk.")
app.add_typer(group, name="users")

Name = Annotated[str, typer.Argument(help="The login.")]
Queues = Annotated[
    list[str] | None, typer.Option("--queue", help="A queue of a coordinator; can be given again.")
]
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, as YYYY-MM-DD.", metavar="DAY")
]
_ROLE = typer.Argument(parser=one_of(Role, "role"), help=f"One of {', '.join(Role)}.")
ARoleOption = Annotated[
    Role,
    typer.Option(parser=one_of(Role, "role"), help=f"What he is: {', '.join(Role)}.", metavar="ROLE"),
]


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@group.command()
def add(
    ctx: typer.Context,
    name: Name,
    display: Annotated[str, typer.Option(help="The name that others see.")],
    role: ARoleOption,
    queue: Queues = None,
    email: Annotated[str, typer.Option(help="A mail address, for notices; nobody signs in by it.")] = "",
) -> None:
    """Add an account and print the address of its invitation, which is shown this once."""
    newcomer = Newcomer(name, display, role, tuple(queue or ()), email)
    with app_of(ctx) as service:
        made = people.add(service.database, service.means.clock, service.means.rules, newcomer, actor=actor())
        _print_invitation(service, made)


@group.command("list")
def list_users(ctx: typer.Context, json: Json = False) -> None:
    """List every account, those too that are disabled."""
    with database_of(ctx) as database:
        rows = people.listed(database)
    print_rows(
        rows,
        (
            "login",
            "name",
            "address",
            "role",
            "queues",
            "password",
            "code",
            "linked",
            "disabled",
            "away until",
            "deputy",
            "answers",
        ),
        lambda row: (
            row.name,
            row.display_name,
            row.email,
            row.role.value,
            " ".join(row.queues),
            "yes" if row.has_password else "no",
            "yes" if row.has_code else "no",
            "yes" if row.linked else "no",
            row.disabled_at,
            row.away_until,
            row.deputy,
            "yes" if row.may_answer else "no",
        ),
        json=json,
        empty="Nobody yet; triage users add lets somebody in.",
    )


@group.command()
def disable(ctx: typer.Context, name: Name) -> None:
    """Let somebody in no more; his sessions end at once, what he did stays."""
    with database_of(ctx) as database:
        people.disable(database, SystemClock(), name, actor=actor())
    typer.echo(f"{name} is disabled and signed out.")


@group.command()
def enable(ctx: typer.Context, name: Name) -> None:
    """Let somebody in again, with the password that he had."""
    with database_of(ctx) as database:
        people.enable(database, SystemClock(), name, actor=actor())
    typer.echo(f"{name} may sign in again.")


@group.command("role")
def set_role(ctx: typer.Context, name: Name, role: Annotated[Role, _ROLE], queue: Queues = None) -> None:
    """Give somebody another role, a coordinator with his queues; his sessions end."""
    with app_of(ctx) as service:
        means = service.means
        people.set_role(
            service.database, means.clock, means.rules, name, role, tuple(queue or ()), actor=actor()
        )
    typer.echo(f"{name} is {role.value} now, and signed out.")


@group.command("queues")
def set_queues(
    ctx: typer.Context,
    name: Name,
    queues: Annotated[list[str], typer.Argument(help="His queues from now on; no others.")],
) -> None:
    """Give a coordinator these queues and no others."""
    with app_of(ctx) as service:
        means = service.means
        people.set_queues(service.database, means.clock, means.rules, name, queues, actor=actor())
    typer.echo(f"{name} sees {' '.join(queues)}.")


@group.command()
def address(
    ctx: typer.Context,
    name: Name,
    email: Annotated[str, typer.Argument(help="His mail address from now on; '' takes it away.")],
) -> None:
    """Give somebody another mail address; letters that tell of work go to it."""
    with app_of(ctx) as service:
        means = service.means
        kept = people.set_address(service.database, means.clock, means.rules, name, email, actor=actor())
    typer.echo(f"{name} is written to at {kept}." if kept else f"{name} has no mail address.")


@group.command()
def answers(
    ctx: typer.Context,
    name: Name,
    allow: Annotated[
        bool, typer.Option("--allow/--approve", help="Without approval, or only with it as at first.")
    ],
) -> None:
    """Let a coordinator answer without approval the tickets that the centre gives him, or not any more."""
    with database_of(ctx) as database:
        people.set_may_answer(database, SystemClock(), name, allowed=allow, actor=actor())
    typer.echo(f"{name} answers {'without' if allow else 'with'} approval.")


@group.command()
def invite(ctx: typer.Context, name: Name) -> None:
    """Print a new invitation, for a lost password or one that was not used in time."""
    with app_of(ctx) as service:
        _print_invitation(service, people.invite(service.database, service.means.clock, name, actor=actor()))


@group.command("reset-totp")
def reset_totp(ctx: typer.Context, name: Name) -> None:
    """Take away authenticator and recovery codes that somebody lost; the next sign-in sets up new ones."""
    with database_of(ctx) as database:
        people.reset_second_factor(database, SystemClock(), name, actor=actor())
    typer.echo(f"{name} is signed out and sets up an authenticator at the next sign-in.")


@group.command()
def link(
    ctx: typer.Context,
    name: Name,
    subject: Annotated[
        str, typer.Option(help="What the provider calls him: the claim sub, no mail address.")
    ],
    issuer: Annotated[str, typer.Option(help="Whose subject that is; left out: [oidc] issuer.")] = "",
) -> None:
    """Tie an account to a subject of the provider that people sign in by; his sessions end."""
    with app_of(ctx) as service:
        issuer = issuer or service.config.oidc.issuer
        if not issuer or not subject.strip():
            raise RefusalError(
                "Which subject of which issuer? Give --subject, and --issuer or [oidc] issuer."
            )
        oidc.link(service.database, service.means.clock, name, issuer, subject, actor=actor())
    typer.echo(f"{name} is signed out and may sign in as {subject} of {issuer}.")


@group.command()
def unlink(ctx: typer.Context, name: Name) -> None:
    """Part an account from the provider; his sessions end, his password stays."""
    with database_of(ctx) as database:
        oidc.unlink(database, SystemClock(), name, actor=actor())
    typer.echo(f"{name} is signed out and may sign in by password alone.")


@group.command("end-sessions")
def end_sessions(ctx: typer.Context, name: Name) -> None:
    """Sign somebody out everywhere."""
    with database_of(ctx) as database:
        ended = people.end_sessions(database, SystemClock(), name, actor=actor())
    typer.echo(f"{plural(ended, 'session')} ended.")


@group.command()
def leave(
    ctx: typer.Context,
    name: Name,
    first: Day = None,
    last: Day = None,
    deputy: Annotated[str, typer.Option(help="Who stands in: somebody in the same role.")] = "",
    back: Annotated[bool, typer.Option("--back", help="End the leave now.")] = False,
) -> None:
    """Note that somebody is away from the first to the last day; his deputy sees his queues meanwhile."""
    if back == bool(first and last):
        raise typer.BadParameter("Give --first and --last, or --back.")
    with app_of(ctx) as service:
        away = None
        if first and last:
            zone = service.means.zone
            until = datetime.combine(last.date() + timedelta(days=1), time(), zone)
            away = (datetime.combine(first.date(), time(), zone), until)
        people.set_leave(service.database, service.means.clock, name, away, deputy, actor=actor())
    if away:
        typer.echo(f"{name} is away until {last:%Y-%m-%d}{f'; {deputy} stands in' if deputy else ''}.")
    else:
        typer.echo(f"{name} is back.")


def _print_invitation(service: App, made: Invited) -> None:
    web = service.config.web
    root = web.address or f"http://{web.host}:{web.port}"
    typer.echo(f"{root}/welcome/{made.token}")
    typer.echo(
        f"Give this address to {made.name}: it works once, until "
        f"{as_text(made.expires_at)}, and is not shown again.",
        err=True,
    )


@group.command()
def digest(ctx: typer.Context, name: Name) -> None:
    """Print the digest that a coordinator would get by mail now, or the next morning; nothing is sent."""
    with app_of(ctx) as service:
        letter = digests.show(service.database, service.means, name, service.config.digest.at)
    if letter is None:
        typer.echo(f"Nothing is new, due, overdue or doubtful in the queues of {name}: no digest.")
    else:
        typer.echo(f"{letter.subject}\n\n{letter.text}", nl=False)
