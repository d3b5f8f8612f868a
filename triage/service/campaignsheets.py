"""Campaigns as pages and commands look at them: the list, and one with all that is of it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from triage.core.campaigns import Sign
from triage.db import campaigns, people
from triage.db.campaigns import Campaign, Event, Member, Seen, Told
from triage.db.engine import Database
from triage.service.campaignacts import found
from triage.service.campaignnotice import NOTIFIED

_MOST_READ = 2_000
"""Mails of all campaigns of a list that are read for names and treasuries, the newest ones."""


@dataclass(frozen=True, slots=True)
class Overview:
    """One campaign of a list, with its newest mails."""

    seen: Seen
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One campaign with everything that is of it, as it stood at one moment.

    ``apart`` are mails that people have parted from it, ``taken`` the campaigns that people have brought
    together with it, ``others`` those that it could be brought together with; ``names`` are people by login.
    """

    campaign: Campaign
    members: list[Member]
    apart: list[Member]
    signs: list[tuple[Sign, int]]
    history: list[Event]
    letters: list[Told]
    taken: list[int]
    others: list[Campaign]
    names: dict[str, str]


def overviews(connection: Connection) -> list[Overview]:
    """Give the campaigns that have mails, the one seen last first."""
    seen = campaigns.listed(connection)
    of: dict[int, list[Member]] = {one.id: [] for one in seen}
    for one in campaigns.members(connection, list(of), _MOST_READ) if of else ():
        of[one.campaign_id].append(one)
    return [Overview(one, of[one.id]) for one in seen]


def sheet(database: Database, number: int) -> Sheet:
    """Give a campaign with all that is of it. Raises NotFoundError."""
    with database.read() as connection:
        one = found(connection, number)
        history = campaigns.history(connection, number)
        ids = [letter for event in history if event.verb == NOTIFIED for letter in event.data["message_ids"]]
        numbers = [number, *campaigns.pointing_to(connection, number)]
        return Sheet(
            one,
            campaigns.members(connection, [number]),
            campaigns.members(connection, numbers, apart=True),
            campaigns.signs(connection, number),
            history,
            campaigns.letters(connection, ids),
            campaigns.brought_together(connection, number),
            campaigns.others(connection, number),
            people.display_names(connection, {event.actor for event in history}),
        )
