"""Incidents: one answer goes to each ticket once, and whoever may not send leaves it for approval."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.office import Office, open_office, request
from support.oneticket import person, ticket
from support.surges import codes_of, incident_letters, incidents_of, only, tell

from triage.core.parse import read_mail
from triage.core.people import Person, Role
from triage.db import audit, history, incidentanswers, incidents as rows, outbox
from triage.errors import NotFoundError, RefusedActError
from triage.service import handling, incidentletters, incidents, surges
from triage.service.answering import StoppedError
from triage.service.errands import Errand
from triage.service.incidents import IncidentForm

TEXT = "Kho bạc đã khởi động lại máy chủ ký số. Đề nghị Quý đơn vị ký lại."
ALL = (FIRST, SECOND, THIRD) = tuple(f"SD261116-00000{number}" for number in (1, 2, 3))
FOURTH = "SD261116-000004"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        for province in (0, 1, 2):
            tell(office, "sign_5032", province)
        assert surges.look(office.database, office.means) == 1
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


@pytest.fixture
def thu(office: Office) -> Person:
    return person(office, "thu", Role.COORDINATOR, "0010")


def form(office: Office, who: Person, key: str = "key-1") -> IncidentForm:
    [found] = incidents_of(office) or incidents_of(office, is_open=False)
    return IncidentForm(who, found.incident.id, key, "x", form=key)


def answer(office: Office, who: Person, text: str = TEXT, key: str = "key-1", **values: object) -> None:
    incidents.answer(office.database, office.means, form(office, who, key), text, **values)  # type: ignore[arg-type]


def another(office: Office) -> None:
    """Let a ticket of another matter be opened, the fourth."""
    office.store(request(number=90, sender="Kế toán <ketoan@le.example>", text="Việc khác, nhờ xem giúp."))
    office.process()


def work_off(office: Office) -> int:
    return incidentletters.work_off(office.database, office.means)


def counts(office: Office) -> tuple[int, int, int]:
    """Give how many letters of the newest answer are due, written and passed over."""
    with office.database.read() as connection:
        newest = incidentanswers.of_incident(connection, form(office, NOBODY).number)[0]
    return newest.due, newest.written, newest.skipped


NOBODY = Person(0, "nobody", "Nobody", Role.AUDITOR)


def test_an_answer_goes_to_every_ticket_once(office: Office, lan: Person) -> None:
    answer(office, lan)
    answer(office, lan)
    assert counts(office) == (3, 0, 0)
    assert work_off(office) == 3
    assert work_off(office) == 0
    said = incident_letters(office, "answer")
    assert [[code for code in ALL if code in text] for text in said] == [[one] for one in ALL]
    assert all(TEXT in text for text in said)
    assert counts(office) == (0, 3, 0)
    assert {ticket(office, code).status for code in codes_of(office)} == {"waiting"}
    with office.database.read() as connection:
        sent = history.events(connection, ticket(office, SECOND).id)[-1]
        letters = [one for one in outbox.listed(connection) if one.letter == "answer"]
    assert (sent.verb, sent.actor) == ("answered", "lan")
    assert len({one.message_id for one in letters}) == len(letters)


def test_whoever_joins_later_is_answered_too_and_once(office: Office, lan: Person) -> None:
    answer(office, lan)
    work_off(office)
    tell(office, "sign_5032", 3)
    assert work_off(office) == 1
    assert FOURTH in incident_letters(office, "answer")[-1]
    assert work_off(office) == 0


def test_a_batch_that_dies_is_done_again_and_nobody_is_answered_twice(office: Office, lan: Person) -> None:
    answer(office, lan)
    signed = []

    def dies_at_the_third(raw: bytes) -> bytes:
        signed.append(raw)
        if len(signed) == 3:
            raise MemoryError
        return raw

    whole = office.means
    with pytest.raises(MemoryError):
        incidentletters.work_off(office.database, replace(whole, sign=dies_at_the_third))
    assert (counts(office), incident_letters(office, "answer")) == ((3, 0, 0), [])
    assert work_off(office) == 3
    assert len(incident_letters(office, "answer")) == 3


def test_one_letter_that_cannot_be_written_keeps_no_other_waiting(office: Office, lan: Person) -> None:
    answer(office, lan)

    def refuses_one(raw: bytes) -> bytes:
        if SECOND in read_mail(raw).subject:
            raise ValueError("no such letter")
        return raw

    incidentletters.work_off(office.database, replace(office.means, sign=refuses_one))
    assert (counts(office), len(incident_letters(office, "answer"))) == ((0, 2, 1), 2)
    assert ticket(office, SECOND).status == "new"


def test_what_must_not_go_out_is_stopped(office: Office, lan: Person) -> None:
    with pytest.raises(StoppedError):
        answer(office, lan, "Đề nghị gửi mật khẩu cho chúng tôi qua thư này.")
    with pytest.raises(RefusedActError):
        answer(office, lan, "  ")
    assert work_off(office) == 0


def test_a_coordinator_proposes_and_an_agent_approves(office: Office, lan: Person, thu: Person) -> None:
    incidents.propose(office.database, office.means, form(office, thu), TEXT)
    with office.database.read() as connection:
        [waiting] = incidentanswers.of_incident(connection, form(office, lan).number)
    assert (waiting.state, waiting.writer, work_off(office)) == ("proposed", "thu", 0)
    answer(office, lan, TEXT + " Xin cảm ơn.", "key-2", proposal=waiting.id)
    assert work_off(office) == 3
    with pytest.raises(RefusedActError) as error:
        answer(office, lan, TEXT, "key-3", proposal=waiting.id)
    assert error.value.code == "no_incident_proposal"


def test_a_coordinator_without_a_ticket_of_it_proposes_nothing(office: Office) -> None:
    other = person(office, "ha", Role.COORDINATOR, "0160")
    with pytest.raises(RefusedActError) as error:
        incidents.propose(office.database, office.means, form(office, other), TEXT)
    assert error.value.code == "no_part"


def test_a_coordinator_sees_the_number_and_his_own_tickets(office: Office, thu: Person) -> None:
    found = only(office, thu)
    assert (found.tickets, found.seen) == (3, 1)
    assert codes_of(office, thu) == [FIRST]


def test_a_ticket_taken_out_gets_no_answer_and_one_added_does(office: Office, lan: Person) -> None:
    another(office)
    answer(office, lan)
    incidents.take_out(office.database, office.clock, form(office, lan, "key-2"), FIRST)
    incidents.add_ticket(office.database, office.clock, form(office, lan, "key-3"), FOURTH)
    assert work_off(office) == 3
    assert [FIRST in text for text in incident_letters(office, "answer")] == [False, False, False]
    assert FOURTH in incident_letters(office, "answer")[-1]
    for act, code, refused in (
        (incidents.take_out, FIRST, "not_in_incident"),
        (incidents.add_ticket, SECOND, "in_incident"),
    ):
        with pytest.raises(RefusedActError) as error:
            act(office.database, office.clock, form(office, lan, f"key-{refused}"), code)
        assert error.value.code == refused
    incidents.add_ticket(office.database, office.clock, form(office, lan, "key-9"), FIRST)
    assert sorted(codes_of(office)) == [FIRST, SECOND, THIRD, FOURTH]


def test_closing_closes_the_tickets_after_their_letters(office: Office, lan: Person) -> None:
    answer(office, lan)
    incidents.close(office.database, office.clock, form(office, lan, "key-2"), "solved")
    work_off(office)
    assert len(incident_letters(office, "answer")) == 3
    assert [ticket(office, code).outcome for code in ALL] == ["solved"] * 3
    tell(office, "sign_5032", 3)
    assert ticket(office, FOURTH).status == "new"
    with pytest.raises(RefusedActError) as error:
        incidents.dissolve(office.database, office.clock, form(office, lan, "key-3"))
    assert error.value.code == "incident_over"


def test_an_answer_can_close_the_tickets_and_passes_over_closed_ones(office: Office, lan: Person) -> None:
    errand = Errand(lan, FIRST, "key-closing", "x")
    handling.close(office.database, office.clock, errand, "duplicate", note="")
    answer(office, lan, close="advised")
    work_off(office)
    assert counts(office) == (0, 2, 0)
    assert [ticket(office, code).outcome for code in ALL] == [
        "duplicate",
        "advised",
        "advised",
    ]


def test_dissolving_leaves_the_tickets_as_they_were_and_stops_letters(office: Office, lan: Person) -> None:
    before = [ticket(office, code) for code in ALL]
    answer(office, lan)
    incidents.dissolve(office.database, office.clock, form(office, lan, "key-2"))
    assert work_off(office) == 0
    assert [ticket(office, code) for code in ALL] == before
    with office.database.read() as connection:
        assert not rows.titles(connection, [one.id for one in before])
        told = [one.action for one in audit.rows(connection)]
        left = history.events(connection, before[0].id)[-1]
    assert (left.verb, left.actor) == ("incident_left", "lan")
    assert {"incident_answered", "incident_dissolved"} <= set(told)


def test_a_mail_whose_incident_ends_meanwhile_joins_nothing(office: Office, lan: Person) -> None:
    number = form(office, lan).number
    another(office)
    incidents.dissolve(office.database, office.clock, form(office, lan))
    with office.database.write() as connection:
        assert not surges.joined(connection, office.means, number, ticket(office, FOURTH).id)


def test_there_is_no_incident_without_its_number(office: Office, lan: Person) -> None:
    nothing = replace(form(office, lan), number=99)
    with pytest.raises(NotFoundError):
        incidents.dissolve(office.database, office.clock, nothing)
