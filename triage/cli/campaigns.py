"""triage campaigns: mails of impostors that belong together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from triage.cli.choices import Json
from triage.cli.context import app_of
from triage.cli.output import print_json, print_rows, print_table, shorten
from triage.core.rules import Rulebook
from triage.db.campaigns import Member
from triage.service.campaignacts import label
from triage.service.campaignnotice import hit
from triage.service.campaignsheets import Overview, overviews, sheet

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Mails of impostors that belong together.")
app.add_typer(group, name="campaigns")


@app.callback()
def _apart() -> None:
    """Keep the group a group, even with one command in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign as ``list`` tells it; times are UTC."""

    campaign: str
    name: str
    mails: int
    first_at: datetime
    last_at: datetime
    queues: tuple[str, ...]
    poses_as: tuple[str, ...]


@group.command("list")
def list_campaigns(ctx: typer.Context, json: Json = False) -> None:
    """List the campaigns that have mails, the one seen last first."""
    with app_of(ctx) as service:
        with service.database.read() as connection:
            found = overviews(connection)
        rules = service.means.rules
    print_rows(
        [_line(one, rules) for one in found],
        ("campaign", "mails", "last", "queues", "poses as", "name"),
        lambda row: (
            row.campaign,
            row.mails,
            row.last_at,
            " ".join(row.queues),
            shorten(", ".join(row.poses_as), 60),
            row.name,
        ),
        json=json,
        empty="There is no campaign.",
    )


def _line(one: Overview, rules: Rulebook) -> Line:
    queues = {queue for each in one.members if (queue := hit(rules, each))}
    names = dict.fromkeys(name for each in one.members for name in each.names)
    seen = one.seen
    return Line(
        label(seen.id),
        seen.name,
        seen.mails,
        seen.first_at,
        seen.last_at,
        tuple(sorted(queues)),
        tuple(names),
    )


@group.command()
def show(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="Its number: 12 for CD12.", min=1)],
    json: Json = False,
) -> None:
    """Show one campaign: its mails with the reason for each, and what they are known by."""
    with app_of(ctx) as service:
        found = sheet(service.database, number)
    signs = [
        {"sort": sign.sort.value, "value": sign.value, "weight": sign.weight.value, "mails": count}
        for sign, count in found.signs
    ]
    into = found.campaign.merged_into
    if json:
        told = {
            "campaign": label(number),
            "name": found.campaign.name,
            "merged_into": label(into) if into else None,
            "signs": signs,
            "mails": [_as_json(one) for one in found.members],
        }
        print_json([told])
        return
    if into:
        typer.echo(f"The mails of {label(number)} belong to {label(into)} now.")
        return
    rows = [
        (one.mail_id, one.code, one.role, one.received_at, one.from_address, _why(one))
        for one in found.members
    ]
    print_table(("mail", "ticket", "role", "received", "from", "belongs by"), rows)
    print_table(("sort", "sign", "weight", "mails"), [tuple(sign.values()) for sign in signs])


def _why(one: Member) -> str:
    return "; ".join(
        f"{', '.join(' '.join(sign).strip() for sign in reason['signs'])} with {reason['with']}"
        for reason in one.reasons
    )


def _as_json(one: Member) -> dict[str, object]:
    return {
        "mail": one.mail_id,
        "ticket": one.code,
        "role": one.role,
        "received_at": one.received_at.isoformat(),
        "from": one.from_address,
        "poses_as": one.names,
        "belongs_by": one.reasons,
    }
