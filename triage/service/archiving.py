"""Old mail comes in without being answered, and stored mail goes out as it came."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice

from triage.core.parse import read_mail
from triage.db import mails, tickets
from triage.db.engine import Database
from triage.ports import Clock, FetchedMail
from triage.service import storage
from triage.service.desk import find

BATCH = 50
_ONE_GENERATION = 1


@dataclass(frozen=True, slots=True)
class Imported:
    """How many mails were read, and how many of them were not stored before."""

    read: int = 0
    stored: int = 0


def import_mails(
    database: Database, clock: Clock, name: str, raws: Iterable[bytes], of: str = ""
) -> Imported:
    """Store old mails under the name of where they lay. They are decided like any other, and never answered.

    A mail is known by its bytes, so the same mailbox can be imported again: what is there is left alone.
    ``of`` is the stored name of the mailbox that they came to: answers on their tickets come from there.
    """
    done, mailbox = Imported(), mails.imported_as(name, of)
    waiting = iter(raws)
    while batch := list(islice(waiting, BATCH)):
        now = clock.now()
        fetched = [FetchedMail(_number(raw), _received_at(raw, now), raw) for raw in batch]
        with database.read() as connection:
            known = mails.known_uids(connection, mailbox, _ONE_GENERATION, [one.uid for one in fetched])
        new = [one for one in fetched if one.uid not in known]
        objected = storage.put(database, clock, new)
        with database.write() as connection:
            stored = mails.store(connection, mailbox, _ONE_GENERATION, new, now, objected.kept)
            objected.demand_young()
        done = Imported(done.read + len(batch), done.stored + stored)
    return done


def numbers_of(database: Database, code: str) -> list[int]:
    """Give the numbers of the mails of a ticket, the oldest first. Raises NotFoundError."""
    with database.read() as connection:
        return sorted(tickets.mail_ids(connection, find(connection, code).id))


def stored_mails(database: Database, numbers: Sequence[int]) -> Iterator[tuple[int, datetime, bytes]]:
    """Give mails with number and time of receipt, as they came; those whose bytes are erased are left out."""
    for number in numbers:
        with database.read() as connection:
            stored = mails.raw_of(connection, number)
        if stored is not None:
            yield number, *stored


def _number(raw: bytes) -> int:
    """Make a UID of the bytes: as many bits as a database keeps without a sign."""
    return int.from_bytes(sha256(raw).digest()[:8]) >> 1


def _received_at(raw: bytes, now: datetime) -> datetime:
    """Take the date that the mail bears, unless it lies ahead of us; nothing else of its time is left."""
    written = read_mail(raw).date
    return min(written, now) if written is not None and written.tzinfo else now
