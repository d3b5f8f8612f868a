"""A ticket that waits unrouted goes to its treasury as soon as one of its mails names it."""

from collections.abc import Iterator

import pytest
from support.office import Office, open_office, request

from triage.core.parse import read_mail
from triage.db import history, outbox, tickets
from triage.service import desk


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def the_ticket(office: Office) -> tickets.TicketRow:
    with office.database.read() as connection:
        return desk.find(connection, "SD261116-000001")


def test_an_answer_that_names_the_treasury_moves_the_ticket_that_waited_unrouted(office: Office) -> None:
    office.store(request("Lỗi ký số"))
    office.process()
    assert the_ticket(office).queue == "unrouted"
    office.store(request("Re: [SD261116-000001] Lỗi ký số", number=2, text="Dạ, KBNN Hậu Giang ạ."))
    assert office.process().outcomes == {"append": 1}
    ticket = the_ticket(office)
    assert (ticket.queue, ticket.treasury) == ("3110", "3110")
    with office.database.read() as connection:
        event = history.events(connection, ticket.id)[-1]
        content = outbox.content_of(connection, 2)
    assert (event.verb, event.actor, event.mail_id) == ("rerouted", "triage", 2)
    assert (event.data["before"], event.data["after"]) == ("unrouted", "3110")
    assert "KBNN Hậu Giang" in event.data["why"]
    assert content
    assert "bộ phận phụ trách của Kho bạc Nhà nước Hậu Giang" in read_mail(content).text
    office.store(request("Re: [SD261116-000001] [0010#DVC]", number=3))
    office.process()
    assert the_ticket(office).queue == "3110"


@pytest.mark.parametrize(
    ("subject", "treasury"),
    [("[0012#DVC] Lỗi", "0012"), ("[0003#DVC] Lỗi", "0003"), ("[9999#DVC] Lỗi", "3110")],
)
def test_a_moved_ticket_bears_the_code_that_was_written_if_that_is_why_it_moved(
    office: Office, subject: str, treasury: str
) -> None:
    office.store(request("Lỗi ký số"))
    office.process()
    office.store(request(f"Re: [SD261116-000001] {subject}", number=2, text="KBNN Hậu Giang"))
    office.process()
    assert the_ticket(office).treasury == treasury


def test_a_stranger_moves_no_ticket(office: Office) -> None:
    office.store(request("Lỗi ký số"))
    office.process()
    office.store(
        request(
            "Re: [SD261116-000001] [3110#DVC]", number=2, sender="X <x@kho-la.example>", text="KBNN Hậu Giang"
        )
    )
    office.process()
    assert the_ticket(office).queue == "unrouted"


def test_a_security_matter_is_answered_with_the_advice_of_its_category(office: Office) -> None:
    office.store(request("[0010#DVC] Máy bị nhiễm mã độc"))
    office.process()
    with office.database.read() as connection:
        content = outbox.content_of(connection, 1)
    assert content
    assert "ngắt máy khỏi mạng" in read_mail(content).text
