"""Packs the evidence about a whole campaign: what holds it together, and that about each of its tickets."""

from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection

from triage.core import evidence
from triage.core.people import Person
from triage.db import campaigns, tickets
from triage.db.campaigns import Member
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.ports import Clock
from triage.service.campaignacts import found, label
from triage.service.evidence import SUMS, files_of

MOST_TICKETS = 200
MOST_BYTES = 256 * 1024 * 1024
"""Tickets of one file, and bytes before packing; the manifest names the tickets that are left out."""


def pack(database: Database, clock: Clock, person: Person, number: int, target: BinaryIO) -> None:
    """Write a ZIP file about a campaign: a folder a ticket, the oldest first, as far as there is room.

    Every other file in it stands in ``SHA256SUMS``. Mails are read one at a time. Raises NotFoundError.
    """
    now = clock.now()
    with database.read() as connection, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        campaign = found(connection, number)
        about = {"campaign": label(number), "name": campaign.name}
        made = {"made_at": now.isoformat(), "made_by": person.name}
        members = campaigns.members(connection, [number])
        hashes: list[tuple[str, str]] = []
        room, packed, left = MOST_BYTES, 0, []
        for ticket in _tickets(connection, person, members, clock):
            if room <= 0 or packed == MOST_TICKETS:
                left.append(ticket.code)
                continue
            packed += 1
            for name, content in files_of(connection, ticket, {"ticket": ticket.code, **made}):
                room -= len(content)
                _put(archive, hashes, f"{ticket.code}/{name}", content)
        told = {**about, **made, "left_out": left, **_holding(connection, number, members)}
        _put(archive, hashes, "campaign.json", evidence.written(told))
        archive.writestr(SUMS, evidence.sums(hashes))


def _put(archive: ZipFile, hashes: list[tuple[str, str]], name: str, content: bytes) -> None:
    archive.writestr(name, content)
    hashes.append((name, evidence.hash_of(content)))


def _tickets(
    connection: Connection, person: Person, members: list[Member], clock: Clock
) -> Iterator[TicketRow]:
    visible = visible_to(person, clock.now())
    ids = dict.fromkeys(one.ticket_id for one in reversed(members) if one.ticket_id is not None)
    for number in ids:
        if ticket := tickets.find_by_id(connection, number, visible=visible):
            yield ticket


def _holding(connection: Connection, number: int, members: list[Member]) -> dict[str, object]:
    signs = campaigns.signs(connection, number)
    return {
        "signs": [
            {"sort": sign.sort.value, "value": sign.value, "weight": sign.weight.value, "mails": count}
            for sign, count in signs
        ],
        "mails": [
            {
                "mail": one.mail_id,
                "ticket": one.code,
                "role": one.role,
                "received_at": one.received_at.isoformat(),
                "belongs_by": one.reasons,
            }
            for one in reversed(members)
        ],
        "history": [
            {"at": one.at.isoformat(), "who": one.actor, "what": one.verb, "data": one.data}
            for one in campaigns.history(connection, number)
        ],
    }
