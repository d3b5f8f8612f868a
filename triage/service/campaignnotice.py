"""Tells coordinators of a campaign: a person chooses whom, reads the letter, and sends it, once an address.

Each address gets its own letter by the outbox. Its Message-ID is made from campaign and address, so that
nobody is told twice, whatever form is sent how often.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Connection

from triage.core.address import counted_address
from triage.core.campaignwords import STEPS, opening_words, told_signs
from triage.core.compose import BY_A_PERSON, NO_CODE, Envelope, compose, new_message_id
from triage.core.defanging import signs_in
from triage.core.letternames import CAMPAIGN_NOTICE
from triage.core.letters import answer_values, spelled_out
from triage.core.outboundguard import objections
from triage.core.rules import Rulebook
from triage.core.text import one_line
from triage.db import campaigns, outbox
from triage.db.campaignmails import WROTE
from triage.db.campaigns import Member
from triage.db.engine import Database
from triage.errors import RefusedActError
from triage.ports import RenderedLetter
from triage.service.answering import StoppedError
from triage.service.campaignacts import CampaignForm, Work, found, label, once
from triage.service.means import Means
from triage.service.warning import Place, demand_addresses, places_of

NOTIFIED = "campaign_notified"

MOST_STEPS = 12
_LONGEST_STEP = 600
_NUMBER = re.compile(r"^(?:\d{1,2}[.)]|[-•])\s+")
_LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody begins with: what the impostors do, their signs, what to do, whom to tell."""

    number: int
    name: str
    note: str
    signs: tuple[str, ...]
    steps: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody sends: to which queues, with which words, signs and steps (one a line)."""

    queues: tuple[str, ...]
    note: str
    signs: str
    steps: str


def draft(database: Database, means: Means, number: int) -> Draft:
    """Give what a notice about a campaign begins with. Raises NotFoundError and RefusedActError."""
    with database.read() as connection:
        campaign = found(connection, number)
        members = campaigns.members(connection, [number])
        if not members:
            raise RefusedActError("campaign_empty", f"No mail belongs to campaign {number} any more.")
        places = _places(connection, means, number, members)
        signs = told_signs(campaigns.signs(connection, number))
    near = [one.name for one in places if one.near]
    return Draft(
        number,
        campaign.name,
        _words(members, near, means.zone),
        signs_in("\n".join(signs)),
        STEPS,
        places,
    )


def preview(means: Means, number: int, queue: str, wanted: Notice) -> RenderedLetter:
    """Fill the letter as it would go out to one treasury."""
    name = means.rules.treasuries.queue_name(queue) or queue
    values = {
        **answer_values(wanted.note, label(number), "", means.rules.office),
        "named_treasury": spelled_out(name),
        "signs": signs_in(wanted.signs),
        "steps": steps_in(wanted.steps),
    }
    return means.renderer.render(CAMPAIGN_NOTICE, values)


def steps_in(text: str) -> tuple[str, ...]:
    """Give what is asked of coordinators, one a line; numbers that somebody wrote himself go."""
    lines = (_NUMBER.sub("", one_line(line))[:_LONGEST_STEP] for line in text.splitlines())
    return tuple(line for line in lines if line)[:MOST_STEPS]


def demand_sendable(means: Means, draft: Draft, wanted: Notice) -> None:
    """Raise RefusedActError without words or anybody left to tell, StoppedError for what may not go out."""
    if not wanted.note.strip():
        raise RefusedActError("empty_warning", "The notice is empty.")
    said = "\n\n".join((wanted.note, *signs_in(wanted.signs), *steps_in(wanted.steps)))
    if stops := objections(said, means.rules.trust):
        raise StoppedError(stops)
    if not demand_addresses(draft.places, wanted.queues):
        raise RefusedActError(
            "campaign_told_before", "Everybody chosen has been told of this campaign already."
        )


def send(
    database: Database, means: Means, form: CampaignForm, wanted: Notice, tell: Callable[[int, int], str]
) -> None:
    """Put a letter into the outbox for each address of the chosen treasuries that has not had one.

    ``tell`` words to how many treasuries and addresses. Raises NotFoundError, RefusedActError, StoppedError.
    """

    def act(work: Work) -> Mapping[str, Any]:
        number = work.campaign.id
        members = campaigns.members(work.connection, [number])
        places = _places(work.connection, means, number, members)
        demand_sendable(means, Draft(number, "", "", (), (), places), wanted)
        to = demand_addresses(places, wanted.queues)
        ids = [_put(work, means, address, queue, wanted) for address, queue in sorted(to.items())]
        queues = sorted(set(to.values()))
        return {
            "treasuries": queues,
            "letters": len(ids),
            "text": wanted.note.strip()[:_LONGEST_NOTE],
            "signs": list(signs_in(wanted.signs)),
            "message_ids": ids,
            "told": tell(len(queues), len(ids)),
        }

    once(database, means, form, NOTIFIED, act)


def hit(rules: Rulebook, one: Member) -> str | None:
    """Give the queue of the treasury that a mail of a campaign concerns; None where none is known."""
    led = rules.treasuries.lookup(one.treasury) if one.treasury else None
    if led is not None:
        return led.treasury.queue
    return one.queue if one.queue in rules.treasuries.queues else None


def _places(
    connection: Connection, means: Means, number: int, members: Sequence[Member]
) -> tuple[Place, ...]:
    near = {queue for one in members if (queue := hit(means.rules, one))}
    numbers = [number, *campaigns.pointing_to(connection, number)]

    def ids(address: str) -> list[str]:
        return [_message_id(means, one, address) for one in numbers]

    return places_of(connection, means.rules, means.clock.now(), ids, near)


def _words(members: Sequence[Member], places: Sequence[str], zone: tzinfo) -> str:
    days = [one.received_at.astimezone(zone).date() for one in members]
    wrote = sum(one.role == WROTE for one in members)
    names = list(dict.fromkeys(name for one in members for name in one.names))
    return opening_words(wrote, len(members) - wrote, min(days), max(days), names, places)


def _message_id(means: Means, number: int, address: str) -> str:
    seed = f"{label(number)}/{CAMPAIGN_NOTICE}/{counted_address(address)}"
    return new_message_id(seed, means.from_address.rpartition("@")[2])


def _put(work: Work, means: Means, address: str, queue: str, wanted: Notice) -> str:
    rendered = preview(means, work.campaign.id, queue, wanted)
    envelope = Envelope(
        sender_name=means.rules.office.name,
        sender_address=means.from_address,
        recipient=address,
        message_id=_message_id(means, work.campaign.id, address),
        in_reply_to="",
        references=(),
        date=work.now.astimezone(means.zone),
        letter=CAMPAIGN_NOTICE,
        ticket_code=NO_CODE,
        auto_submitted=BY_A_PERSON,
    )
    outbox.add(
        work.connection,
        letter=CAMPAIGN_NOTICE,
        recipient=address,
        counted_as=counted_address(address),
        domain=address.rpartition("@")[2].lower(),
        subject=rendered.subject,
        message_id=envelope.message_id,
        content=means.sign(
            compose(envelope, subject=rendered.subject, text=rendered.text, html=rendered.html)
        ),
        created_at=work.now.astimezone(UTC),
    )
    return envelope.message_id
