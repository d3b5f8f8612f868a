"""What the law lets a person ask for (law 91/2025): a copy of what is held on him, and its erasure."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Connection

from triage.core.erased import address_mark
from triage.core.onespelling import one_spelling, spellings
from triage.core.parse import read_mail
from triage.db import acts, drafts, history, holds, incidentanswers, outbox, persons
from triage.db.engine import Database
from triage.db.persons import Held
from triage.db.searchsources import ERASED
from triage.errors import NotFoundError, RefusalError
from triage.ports import Clock

EXPORTED = "exported"
"""The verb of the event that an export leaves; that of an erasure is searchsources.ERASED."""

_EPOCH = (2000, 1, 1, 0, 0, 0)
"""The time of every file in an export: the contents have theirs inside."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an act of erasure covered; ``listed`` counts entries on the lists of senders, which stay."""

    number: int
    mails: int
    tickets: int
    letters: int
    listed: int


def export(database: Database, clock: Clock, written: str, target: IO[bytes], *, actor: str) -> Held:
    """Write a zip of all that is held on an address: JSON by table, mails and letters as .eml.

    Raises NotFoundError where nothing is held. The act is noted on the person's tickets.
    """
    addresses = spellings(_address(written))
    with database.write() as connection:
        held = _found(connection, addresses)
        now = clock.now()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            _write_all(archive, connection, held, addresses, now)
        for ticket_id in held.tickets:
            history.add_event(connection, ticket_id, now, EXPORTED, actor=actor)
    return held


def erase(database: Database, clock: Clock, written: str, *, reason: str, actor: str) -> Erased:
    """Make everything neutral that is held on an address, in one transaction.

    A domain in letters and in Punycode is one: both spellings go. Codes of tickets, counts, states and times
    stay, and SHA-256 of the raw mails. Raises RefusalError where a ticket is under legal hold, NotFoundError
    where nothing is held.
    """
    addresses = spellings(_address(written))
    if not reason.strip():
        raise RefusalError("An erasure needs a reason; it stands in the history of the tickets.")
    with database.write() as connection:
        persons.overwrite_what_goes(connection)
        held = _found(connection, addresses)
        _demand_no_hold(connection, held, addresses[0])
        now = clock.now()
        number = persons.record(connection, now, actor=actor, reason=reason.strip(), held=held)
        mark = address_mark(number)
        for address in addresses:
            persons.blank_mentions(connection, held, address, mark)
        persons.forget_in_campaigns(connection, held, addresses, mark)
        persons.erase_raw(connection, held.mails, now)
        persons.blank_mails(connection, held.mails, mark)
        persons.blank_tickets(connection, held, addresses, mark)
        persons.blank_letters(connection, held.letters, mark)
        persons.blank_letters_to_others(connection, held)
        persons.blank_index(connection, held)
        for address in addresses:
            persons.forget_unit(connection, address, mark)
            drafts.blank(connection, held.tickets, address, mark)
            acts.blank(connection, address, mark)
            incidentanswers.blank(connection, address, mark)
        for ticket_id in held.involved:
            history.add_event(
                connection, ticket_id, now, ERASED, actor=actor, act=number, reason=reason.strip()
            )
    return Erased(number, len(held.mails), len(held.tickets), len(held.letters), held.listed)


def _address(written: str) -> str:
    address = written.strip().lower()
    if "@" not in address or any(map(str.isspace, address)):
        raise RefusalError(f"{written!r} is no mail address.")
    return address


def _found(connection: Connection, addresses: Sequence[str]) -> Held:
    mine = [
        number
        for number, raw in persons.unread(connection)
        if one_spelling(read_mail(raw).sender.address) == one_spelling(addresses[0])
    ]
    held = persons.find(connection, addresses, mine)
    if held.is_empty:
        raise NotFoundError(f"Nothing is held on {addresses[0]}.")
    return held


def _demand_no_hold(connection: Connection, held: Held, address: str) -> None:
    codes = holds.held(connection, held.involved)
    if codes:
        raise RefusalError(
            f"{', '.join(codes)} is under legal hold, so nothing of {address} is erased; "
            "triage hold list says why."
        )


def _write_all(
    archive: zipfile.ZipFile, connection: Connection, held: Held, addresses: Sequence[str], now: datetime
) -> None:
    rows = persons.rows(connection, held, addresses)
    summary = {
        "address": addresses[0],
        "exported_at": now.isoformat(),
        **{name: len(some) for name, some in rows.items()},
    }
    _write_json(archive, "person.json", summary)
    for name, some in rows.items():
        _write_json(archive, f"{name}.json", [persons.as_plain(row) for row in some])
    for mail_id in held.mails:
        _write(archive, f"mails/{mail_id}.eml", persons.raw_bytes(connection, mail_id))
    for letter_id in held.letters:
        _write(archive, f"letters/{letter_id}.eml", outbox.content_of(connection, letter_id) or b"")


def _write_json(archive: zipfile.ZipFile, name: str, value: Mapping[str, Any] | Sequence[Any]) -> None:
    _write(archive, name, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode())


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
