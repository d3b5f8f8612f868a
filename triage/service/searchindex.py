"""Keeps the index of words: what each message says goes in with it; what was there before, by and by."""

import structlog
from sqlalchemy import Connection

from triage.core.letters import without_frame
from triage.core.parse import read_mail
from triage.core.privacy import mask
from triage.core.searchentry import said_in_letter, said_in_mail
from triage.core.veil import veil_of
from triage.db import searchindex, searchsources
from triage.db.engine import Database
from triage.db.searchsources import StoredLetter, StoredMail
from triage.errors import TriageError

log = structlog.get_logger()

BATCH = 20
"""Tickets that one transaction indexes anew."""

ROUND = 25
"""Batches that one tick of the clockwork works off."""


def index_letter(connection: Connection, letter: StoredLetter) -> None:
    """Put a letter that a person wrote into the index, in the transaction that puts it into the outbox.

    What the letter says around his words is in every other one too, and would find them all.
    """
    mail = read_mail(letter.content)
    # The history keeps it masked: so whoever indexes it anew from there writes the same.
    own = without_frame(mask(letter.own))
    said = said_in_letter(letter.id, mail, veil_of(mail), letter.created_at, own)
    searchindex.write(connection, letter.ticket_id, said)


def index_stored_mail(connection: Connection, stored: StoredMail) -> None:
    """Put a stored mail into the index anew. A mail that cannot be read has no words."""
    raw = stored.raw()
    if raw is not None:
        mail = read_mail(raw)
        said = said_in_mail(stored.id, mail, veil_of(mail), stored.received_at)
        searchindex.write(connection, stored.ticket_id, said)


def index_ticket(connection: Connection, ticket_id: int) -> None:
    """Write all words of one ticket anew.

    Where a person was erased from it, what was said before stays out: others may have quoted him.
    """
    searchindex.remove_tickets(connection, [ticket_id])
    searchsources.write_head(connection, ticket_id)
    since = searchsources.erased_at(connection, ticket_id)
    for stored in searchsources.mails_of(connection, ticket_id, since):
        index_stored_mail(connection, stored)
    for letter in searchsources.letters_of(connection, ticket_id, since):
        index_letter(connection, letter)
    searchsources.write_notes(connection, ticket_id, since)


def work_off_batch(database: Database) -> int:
    """Index some tickets of the backlog, in one transaction; gives how many."""
    with database.write() as connection:
        ids = searchindex.take_backlog(connection, BATCH)
        for ticket_id in ids:
            index_ticket(connection, ticket_id)
    return len(ids)


def work_off_regularly(database: Database) -> None:
    """Do some batches as a scheduled job: trouble is logged, and the next tick tries again."""
    try:
        done = 0
        for _ in range(ROUND):
            if not (batch := work_off_batch(database)):
                break
            done += batch
    except TriageError as error:
        log.error("search_index_failed", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    if done:
        log.info("search_indexed", tickets=done)


def start_anew(database: Database) -> int:
    """Put every ticket into the backlog; gives how many wait now."""
    with database.write() as connection:
        searchindex.put_off_all(connection)
        return searchindex.count_backlog(connection)


def waiting(database: Database) -> int:
    """Give how many tickets wait to be indexed."""
    with database.read() as connection:
        return searchindex.count_backlog(connection)
