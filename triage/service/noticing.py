"""What somebody should know, and that he has read it."""

from triage.core.people import Person
from triage.db import notices
from triage.db.engine import Database
from triage.db.notices import NoticeRow
from triage.ports import Clock


def unread(database: Database, clock: Clock, person: Person) -> int:
    """Count what this person has not read yet, of tickets that he sees now."""
    with database.read() as connection:
        return notices.unread_count(connection, person, clock.now())


def newest(database: Database, clock: Clock, person: Person) -> list[NoticeRow]:
    """Give this person's notices, the newest first, of tickets that he sees now."""
    with database.read() as connection:
        return notices.listed(connection, person, clock.now())


def mark_read(database: Database, clock: Clock, person: Person, up_to: int) -> int:
    """Note that this person has read his notices up to one of them; gives how many were new."""
    with database.write() as connection:
        return notices.mark_read(connection, person.id, up_to, clock.now())
