"""A further mail and a person meet on one ticket: whoever comes second sees what the first has done."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text, true
from support.meanwhile import PATIENCE_SECONDS, until_somebody_waits
from support.office import Office, open_office, request
from support.oneticket import CODE, last_event, ticket

from triage.core.decision import SECURITY
from triage.db import history, tickets
from triage.db.tickets import TicketRow
from triage.service import changes


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        office.store(request(sender="bich@mot.example"), request(number=2, sender="bich@mot.example"))
        office.process()
        office.store(request(f"Re: [{CODE}] thêm", number=3, sender="bich@mot.example"))
        yield office


def meanwhile(office: Office, act: Callable[[Connection, TicketRow], None]) -> None:
    """Process the mail while somebody's act on its ticket is under way."""
    with ThreadPoolExecutor(1) as pool:
        with office.database.write() as connection:
            row = tickets.find(connection, CODE, visible=true(), lock=True)
            assert row is not None
            act(connection, row)
            processing = pool.submit(office.process)
            until_somebody_waits(office)
        processing.result(PATIENCE_SECONDS)


def test_a_mail_to_a_ticket_that_is_being_closed_opens_it_again(office: Office) -> None:
    def close(connection: Connection, row: TicketRow) -> None:
        changes.close(connection, office.clock.now(), row, actor="lan")

    meanwhile(office, close)
    assert (ticket(office).status, last_event(office)[0]) == ("new", "reopened")


def test_a_mail_to_a_ticket_that_is_being_merged_goes_to_where_it_was_merged(office: Office) -> None:
    second = ticket(office, "SD261116-000002")

    def merge(connection: Connection, row: TicketRow) -> None:
        tickets.change(
            connection, row.id, office.clock.now(), status="closed", outcome="merged", merged_into=second.id
        )

    meanwhile(office, merge)
    with office.database.read() as connection:
        assert tickets.mail_ids(connection, second.id) == [2, 3]


def test_a_mail_to_a_ticket_that_is_being_held_leaves_it_held(office: Office) -> None:
    def hold(connection: Connection, row: TicketRow) -> None:
        tickets.change(connection, row.id, office.clock.now(), status="held", queue=SECURITY)

    meanwhile(office, hold)
    assert (ticket(office).status, last_event(office)[0]) == ("held", "mail_added")


def test_a_line_of_a_history_waits_for_nobody_who_works_on_its_ticket(office: Office) -> None:
    with office.database.write() as working:
        row = tickets.find(working, CODE, visible=true(), lock=True)
        assert row is not None
        with office.database.write() as other:
            other.execute(text("SET LOCAL lock_timeout = '5s'"))
            history.add_event(other, row.id, office.clock.now(), "read")
    assert last_event(office)[0] == "read"
