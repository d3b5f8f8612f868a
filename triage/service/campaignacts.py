"""What people do to a campaign: name it, bring two together, part a mail from it, watch for its signs.

Each act happens once for the key of its form, stands in the history of the campaign, and in the audit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.campaigns import SignSort, Weight
from triage.core.people import Person
from triage.core.senderlists import ListedSender, ListSort, read_entry
from triage.core.text import one_line
from triage.db import acts, audit, campaignmails, campaigns, senderlists
from triage.db.campaigns import Campaign
from triage.db.engine import Database
from triage.errors import NotFoundError, RefusedActError
from triage.service import senders
from triage.service.campaigns import regroup
from triage.service.errands import done_before
from triage.service.means import Means

NAMED, MERGED, UNMERGED = "campaign_named", "campaign_merged", "campaign_unmerged"
SPLIT, PUT_BACK, WATCHED = "campaign_split", "campaign_put_back", "campaign_watched"

LONGEST_NAME = 120

_WATCHED = frozenset({SignSort.ADDRESS, SignSort.DOMAIN, SignSort.PHONE})


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """One form about a campaign: who sent it and from where, its key, the digest of what was filled in.

    ``told`` is the sentence about the act, in the language of whoever sent it.
    """

    person: Person
    key: str
    network: str
    number: int
    digest: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """An act under way: its transaction, its moment, and the campaign, which nobody else changes."""

    connection: Connection
    now: datetime
    actor: str
    campaign: Campaign


def found(connection: Connection, number: int) -> Campaign:
    """Give a campaign. Raises NotFoundError."""
    campaign = campaigns.find(connection, number)
    if campaign is None:
        raise NotFoundError(f"There is no campaign {number}; triage campaigns list shows what there is.")
    return campaign


def label(number: int) -> str:
    """Give what people call a campaign by, on the telephone too."""
    return f"CD{number}"


def name(database: Database, means: Means, form: CampaignForm, written: str) -> None:
    """Give a campaign a name; an empty one takes it away. Raises NotFoundError."""

    def act(work: Work) -> dict[str, Any]:
        campaigns.rename(work.connection, work.campaign.id, one_line(written)[:LONGEST_NAME])
        return {"text": one_line(written)[:LONGEST_NAME]}

    once(database, means, form, NAMED, act)


def merge(database: Database, means: Means, form: CampaignForm, other: int) -> None:
    """Bring two campaigns together; the older number stays. Raises NotFoundError and RefusedActError."""

    def act(work: Work) -> dict[str, Any]:
        first, second = sorted((work.campaign.id, found(work.connection, other).id))
        if first == second or found(work.connection, other).merged_into is not None:
            raise RefusedActError(
                "campaign_merged", f"Campaign {other} cannot be brought together with this."
            )
        for number in (first, second):
            campaignmails.anchor(work.connection, number)
        campaigns.bring_together(work.connection, second, first, actor=work.actor)
        regroup(work.connection, means, {first, second})
        return {"other": other}

    once(database, means, form, MERGED, act)


def unmerge(database: Database, means: Means, form: CampaignForm, other: int) -> None:
    """Take back that somebody brought a campaign together with this one; what signs join stays joined."""

    def act(work: Work) -> dict[str, Any]:
        taken = found(work.connection, other)
        if taken.merged_into != work.campaign.id or taken.merged_by is None:
            raise RefusedActError("campaign_not_merged", f"Nobody has merged campaign {other} into this one.")
        campaigns.take_apart(work.connection, other)
        regroup(work.connection, means, {work.campaign.id, other})
        return {"other": other}

    once(database, means, form, UNMERGED, act)


def split(database: Database, means: Means, form: CampaignForm, mail_id: int) -> None:
    """Say that a mail belongs to no campaign, which stays so; what only it held together parts."""

    def act(work: Work) -> dict[str, Any]:
        if mail_id not in campaignmails.members(work.connection, [work.campaign.id]):
            raise RefusedActError("campaign_no_member", f"Mail {mail_id} is not of this campaign.")
        campaigns.part(work.connection, mail_id, work.now, actor=work.actor)
        regroup(work.connection, means, {work.campaign.id})
        return {"mail": mail_id}

    once(database, means, form, SPLIT, act)


def put_back(database: Database, means: Means, form: CampaignForm, mail_id: int) -> None:
    """Take back that a mail belongs to no campaign: it goes where its signs lead it."""

    def act(work: Work) -> dict[str, Any]:
        numbers = [work.campaign.id, *campaigns.pointing_to(work.connection, work.campaign.id)]
        if mail_id not in campaignmails.parted(work.connection, numbers):
            raise RefusedActError("campaign_no_member", f"Mail {mail_id} was not parted from this campaign.")
        campaigns.put_back(work.connection, mail_id)
        regroup(work.connection, means, {work.campaign.id}, [mail_id])
        return {"mail": mail_id}

    once(database, means, form, PUT_BACK, act)


def watch(database: Database, means: Means, form: CampaignForm, tell: Callable[[int, int], str]) -> None:
    """Put the addresses, domains and numbers of a campaign onto the watch list.

    What is on it stays as it is; what may not stand there, or is allowed, is left out. ``tell`` words how
    many were put and how many left out.
    """

    def act(work: Work) -> dict[str, Any]:
        put = spared = 0
        entries = []
        for sign, _ in campaigns.signs(work.connection, work.campaign.id):
            if sign.sort not in _WATCHED or sign.weight is not Weight.STRONG:
                continue
            entry = read_entry(sign.value)
            if entry is None or senders.refusal(ListSort.WATCH, entry, means.rules):
                spared += 1
                continue
            there = {row.sort for row in senderlists.rows(work.connection, work.now, entry=entry)}
            if ListSort.ALLOW.value in there:
                spared += 1
            elif ListSort.WATCH.value not in there:
                senders.clear(work.connection, ListSort.WATCH, entry, work.now, actor=work.actor)
                because = f"{label(work.campaign.id)} {work.campaign.name}".strip()
                one = ListedSender(ListSort.WATCH, entry, because)
                senderlists.add(work.connection, one, work.now, author=work.actor)
                entries.append(entry)
                put += 1
        senders.note_seen_again(work.connection, tuple(entries), work.now, actor=work.actor, but_ticket=None)
        for entry in entries:
            senders.audited(
                work.connection,
                work.now,
                work.actor,
                senders.LISTED,
                ListSort.WATCH,
                entry,
                network=form.network,
            )
        return {"put": put, "spared": spared, "told": tell(put, spared)}

    once(database, means, form, WATCHED, act)


def once(
    database: Database,
    means: Means,
    form: CampaignForm,
    verb: str,
    act: Callable[[Work], Mapping[str, Any]],
) -> None:
    """Do an act on a campaign once for the key of its form; ``told`` in what it gives is its sentence.

    Raises NotFoundError where there is no such campaign, RefusedActError where the act is not allowed or the
    campaign has become part of another.
    """

    def work(connection: Connection) -> None:
        now, actor = means.clock.now(), form.person.name
        campaignmails.hold(connection)
        if not acts.begin(connection, form.key, form.person.id, verb, now):
            done_before(connection, form.key, form.person, verb, form.digest)
            return
        campaign = found(connection, form.number)
        if campaign.merged_into is not None:
            raise RefusedActError("campaign_gone", f"Campaign {form.number} is part of another one now.")
        done = dict(act(Work(connection, now, actor, campaign)))
        told = str(done.pop("told", form.told))
        campaigns.add_event(connection, form.number, now, verb, actor=actor, **done)
        acts.finish(connection, form.key, {"told": told, "form": form.digest})
        counted = {key: value for key, value in done.items() if isinstance(value, int)}
        what = f"campaigns/{form.number}"
        audit.append(connection, now, actor, verb, what, network=form.network, data=counted)

    database.transact(work)
