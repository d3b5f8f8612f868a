"""Packs the evidence about a ticket: mails, headers, judgements, history, and the hashes of them all."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection

from triage.core import evidence
from triage.core.people import Person
from triage.db import decisions, history, mails, tickets
from triage.db.engine import Database
from triage.db.mails import MailRow
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.ports import Clock
from triage.service import desk

SUMS = "SHA256SUMS"


def pack(database: Database, clock: Clock, person: Person, code: str, target: BinaryIO) -> None:
    """Write a ZIP file about a ticket that a person sees.

    Every other file in it stands in ``SHA256SUMS``. Mails are read one at a time; one whose bytes were erased
    is told in the manifest. Raises NotFoundError, alike where there is no such ticket.
    """
    now = clock.now()
    with database.read() as connection, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        ticket = desk.find(connection, code, visible=visible_to(person, now))
        about = {"ticket": ticket.code, "made_at": now.isoformat(), "made_by": person.name}
        hashes: list[tuple[str, str]] = []
        for name, content in files_of(connection, ticket, about):
            archive.writestr(name, content)
            hashes.append((name, evidence.hash_of(content)))
        archive.writestr(SUMS, evidence.sums(hashes))


def files_of(
    connection: Connection, ticket: TicketRow, about: Mapping[str, object]
) -> Iterator[tuple[str, bytes]]:
    """Give the files about a ticket by their names, each made when it is asked for."""
    numbers = tickets.mail_ids(connection, ticket.id)
    rows = mails.listed(connection, ids=numbers) if numbers else []
    kept = []
    for row in sorted(rows, key=lambda one: one.id):
        stored = next(iter(mails.contents(connection, [row.id])), None)
        raw = stored.readable() if stored else None
        kept.append(_of_mail(row, raw))
        if raw:
            yield f"mail-{row.id}.eml", raw
            yield f"mail-{row.id}.headers.txt", evidence.header_of(raw)
    documents = decisions.latest_documents(connection, numbers)
    judged = {str(number): document.get("sender") for number, document in documents.items()}
    yield "judgements.json", evidence.written(judged)
    yield "timeline.json", evidence.written(_timeline(connection, ticket))
    yield "manifest.json", evidence.written({**about, "mails": kept})


def _of_mail(row: MailRow, raw: bytes | None) -> dict[str, object]:
    told = {"id": row.id, "received_at": row.received_at.isoformat(), "from": row.from_address}
    told["message_id"] = row.message_id
    if not raw:
        return {**told, "erased": True}
    return {**told, "size": len(raw), "sha256": evidence.hash_of(raw)}


def _timeline(connection: Connection, ticket: TicketRow) -> list[dict[str, object]]:
    return [
        {
            "at": event.at.isoformat(),
            "who": event.actor,
            "what": event.verb,
            "mail": event.mail_id,
            "data": event.data,
        }
        for event in history.events(connection, ticket.id)
    ]
