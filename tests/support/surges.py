"""Errors that units of several provinces tell of, for tests of incidents."""

from datetime import datetime

from sqlalchemy import select
from support.office import Office, request
from support.surge_texts import ERRORS

from triage.core.parse import read_mail
from triage.core.people import Person, Role
from triage.db import incidents, tickets
from triage.db.incidents import Counted
from triage.db.schema import outbox
from triage.db.visibility import visible_to

CODES = ("0010", "3110", "0110", "0160", "0260")
"""Treasuries of different provinces."""

EVERYBODY = Person(0, "nobody", "Nobody", Role.AUDITOR)


def tell(
    office: Office,
    error: str,
    province: int,
    *,
    text: int | None = None,
    at: datetime | None = None,
    sender: str = "",
) -> None:
    """Let a unit of a province write of an error, each time another unit; ``text`` is which of the texts."""
    said = ERRORS[error][province % len(ERRORS[error]) if text is None else text]
    office.told += 1
    number = office.told
    office.store(
        request(
            f"[{CODES[province]}#DVC] {said.subject}",
            number=number,
            sender=sender or f"Kế toán <ketoan@donvi{number}.example>",
            text=said.text,
        ),
        received_at=at,
    )
    office.process()


def incidents_of(office: Office, *, is_open: bool = True, person: Person = EVERYBODY) -> list[Counted]:
    """Give the incidents, the newest first."""
    with office.database.read() as connection:
        return incidents.listed(connection, visible_to(person, office.clock.now()), is_open=is_open, most=10)


def only(office: Office, person: Person = EVERYBODY) -> Counted:
    """Give the one incident that is open."""
    [found] = incidents_of(office, person=person)
    return found


def codes_of(office: Office, person: Person = EVERYBODY) -> list[str]:
    """Give the codes of the tickets that stand in the open incident, as far as a person sees them."""
    number = only(office).incident.id
    with office.database.read() as connection:
        members = incidents.members(connection, number, visible_to(person, office.clock.now()))
    return [one.ticket.code for one in members if one.left_at is None]


def incident_letters(office: Office, letter: str) -> list[str]:
    """Give the texts of the letters of one name, the first first."""
    with office.database.read() as connection:
        query = select(outbox.c.content).where(outbox.c.letter == letter).order_by(outbox.c.id)
        return [read_mail(content).text for content in connection.scalars(query)]


def an_incident(office: Office, *ticket_codes: str) -> int:
    """Write an open incident of some tickets and give its number, as if it had been found."""
    now = office.clock.now()
    with office.database.write() as connection:
        number = incidents.make(
            connection, title="Lỗi chung", words=["lỗi"], category="other", started_at=now, found_at=now
        )
        for code in ticket_codes:
            ticket = tickets.find(connection, code)
            assert ticket is not None
            incidents.join(connection, number, ticket.id, now, actor="triage", founder=True)
    return number
