"""Keeps what somebody is writing on a ticket, so that no page, crash or slow line loses it."""

from triage.core.people import Person
from triage.db import drafts
from triage.db.drafts import Draft
from triage.db.engine import Database
from triage.db.visibility import visible_to
from triage.ports import Clock
from triage.service import desk


def keep(
    database: Database, clock: Clock, person: Person, code: str, *, sort: str, body: str, version: int | None
) -> None:
    """Keep a text in place of the one before; an empty one throws the draft away."""
    with database.write() as connection:
        now = clock.now()
        ticket = desk.find(connection, code, visible=visible_to(person, now))
        if not body.strip():
            drafts.remove(connection, ticket.id, person.id, sort)
            return
        seen = ticket.version if version is None else version
        drafts.put(connection, ticket.id, person.id, sort, body=body, version=seen, now=now)


def append(
    database: Database, clock: Clock, person: Person, code: str, *, body: str, more: str, version: int | None
) -> None:
    """Keep an answer that was begun, with a further piece after it."""
    whole = "\n\n".join(part for part in (body.rstrip(), more.strip()) if part)
    keep(database, clock, person, code, sort=drafts.ANSWER, body=whole, version=version)


def add(
    database: Database, clock: Clock, person: Person, code: str, *, more: str, version: int | None
) -> None:
    """Add a piece to the answer that is kept, whatever an older page shows of it."""
    begun = found(database, clock, person, code, drafts.ANSWER)
    append(database, clock, person, code, body=begun.body if begun else "", more=more, version=version)


def found(database: Database, clock: Clock, person: Person, code: str, sort: str) -> Draft | None:
    """Give what this person was writing on a ticket that he sees."""
    with database.read() as connection:
        ticket = desk.find(connection, code, visible=visible_to(person, clock.now()))
        return drafts.find(connection, ticket.id, person.id, sort)
