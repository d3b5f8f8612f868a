"""What is held or an impostor's gets no letter any more, and nobody but who judges senders lets it go."""

from collections.abc import Iterator

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, person, ticket

from triage.core.people import Person, Role
from triage.db import drafts, notices, outbox
from triage.errors import RefusedActError
from triage.service import desk, handling, splitting, trust
from triage.service.answering import Answer, recall, send
from triage.service.errands import Errand

TEXT = "Đã mở khóa."


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
        office.process()
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


@pytest.fixture
def an(office: Office) -> Person:
    return person(office, "an", Role.SECURITY)


def answer(office: Office, who: Person, key: str = "key-1") -> int:
    done = send(
        office.database, office.means, Errand(who, CODE, key, "Sẽ gửi."), Answer(TEXT), recall_seconds=20
    )
    return int(done["letter"])


def hold(office: Office, who: Person) -> None:
    errand = Errand(who, CODE, "key-hold", "Đã giữ.")
    handling.hold(office.database, office.clock, errand, office.means.rules, why="người gửi lạ")


def state_of(office: Office, letter: int) -> str:
    with office.database.read() as connection:
        return outbox.listed(connection, ids=[letter])[0].state


def draft(office: Office, who: Person) -> str:
    with office.database.read() as connection:
        found = drafts.find(connection, ticket(office).id, who.id, drafts.ANSWER)
    return found.body if found else ""


def test_an_answer_that_still_waits_is_taken_back_when_its_ticket_is_held(
    office: Office, lan: Person, an: Person
) -> None:
    letter = answer(office, lan)
    hold(office, an)
    assert (state_of(office, letter), draft(office, lan), ticket(office).answered_at) == (
        "recalled",
        TEXT,
        None,
    )
    with office.database.read() as connection:
        told = [(one.sort, one.actor) for one in notices.listed(connection, lan, office.clock.now())]
    assert told == [("stopped", "an")]


def test_an_answer_that_still_waits_never_reaches_a_confirmed_impostor(office: Office, lan: Person) -> None:
    letter = answer(office, lan)
    trust.confirm_impostor(office.database, office.means, CODE, reason="đã gọi", actor="an", sure=True)
    assert (state_of(office, letter), draft(office, lan)) == ("recalled", TEXT)


def test_a_held_ticket_that_was_closed_is_held_again_when_it_is_opened(office: Office, an: Person) -> None:
    hold(office, an)
    desk.close(office.database, office.clock, CODE, note="", actor="lan")
    desk.reopen(office.database, office.clock, office.means.rules, CODE, why="nhầm", actor="lan")
    assert ticket(office).status == "held"
    trust.release(office.database, office.means, CODE, actor="an")
    desk.close(office.database, office.clock, CODE, note="", actor="lan")
    desk.reopen(office.database, office.clock, office.means.rules, CODE, why="nhầm", actor="lan")
    assert ticket(office).status == "new"


def test_a_further_mail_does_not_release_what_was_held_when_it_was_closed(office: Office, an: Person) -> None:
    hold(office, an)
    desk.close(office.database, office.clock, CODE, note="", actor="lan")
    office.store(request(f"Re: {CODE}", number=2, sender="bich@mot.example"))
    office.process()
    assert ticket(office).status == "held"


def test_an_impostors_ticket_is_not_back_at_work_when_somebody_opens_it(office: Office) -> None:
    trust.confirm_impostor(office.database, office.means, CODE, reason="đã gọi", actor="an", sure=True)
    desk.reopen(office.database, office.clock, office.means.rules, CODE, why="nhầm", actor="lan")
    assert ticket(office).status == "held"


def test_nothing_is_split_off_a_held_ticket(office: Office, lan: Person, an: Person) -> None:
    office.store(request(f"Re: {CODE}", number=2, sender="bich@mot.example"))
    office.process()
    hold(office, an)
    with pytest.raises(RefusedActError, match="held"):
        splitting.split(office.database, office.means, Errand(lan, CODE, "key-1", "x"), [2])


def test_an_answer_of_somebody_else_stands_when_one_is_taken_back(office: Office, lan: Person) -> None:
    minh = person(office, "minh", Role.AGENT)
    letter = answer(office, lan)
    answer(office, minh, "key-2")
    recall(office.database, office.means, Errand(lan, CODE, "key-3", "x"), letter)
    row = ticket(office)
    assert (row.status, row.assignee) == ("waiting", "lan")
    assert row.answered_at is not None
