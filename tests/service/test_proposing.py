"""Answers for approval: who leaves them, who sends them, and what each of them is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, last_event, person, ticket

from triage.core.people import Person, Role
from triage.db import drafts, history, notices, outbox, proposals
from triage.errors import NotFoundError, RefusedActError
from triage.service import answering, handling, proposing
from triage.service.answering import Answer, StoppedError
from triage.service.errands import Errand

TEXT = "Đơn vị đã được mở khóa, đề nghị đăng nhập lại."
BETTER = "Kho bạc đã mở khóa. Đề nghị đơn vị đăng nhập lại."


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
        office.process()
        yield office


@pytest.fixture
def thu(office: Office) -> Person:
    return person(office, "thu", Role.COORDINATOR, "0010")


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


def errand(office: Office, who: Person, key: str) -> Errand:
    return Errand(who, CODE, key, "x", version=ticket(office).version)


def propose(office: Office, who: Person, text: str = TEXT, key: str = "key-1") -> None:
    proposing.propose(office.database, office.means, errand(office, who, key), text)


def approve(office: Office, who: Person, text: str = TEXT, key: str = "key-2", **values: Any) -> int:
    wanted = Answer(text, writer="thu", **values)
    done = answering.send(office.database, office.means, errand(office, who, key), wanted, recall_seconds=20)
    return int(done["letter"])


def waiting(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as connection:
        return [(one.writer, one.body) for one in proposals.on(connection, ticket(office).id)]


def draft_of(office: Office, who: Person) -> str:
    with office.database.read() as connection:
        return drafts.of_person(connection, ticket(office).id, who.id).get(drafts.ANSWER, "")


def told(office: Office, who: Person) -> list[str]:
    with office.database.read() as connection:
        return [one.sort for one in notices.listed(connection, who, office.clock.now())]


def answers(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [one.recipient for one in outbox.listed(connection) if one.letter == "answer"]


def test_a_coordinator_leaves_an_answer_and_no_letter_leaves(office: Office, thu: Person) -> None:
    propose(office, thu)
    assert waiting(office) == [("thu", TEXT)]
    assert answers(office) == []
    assert ticket(office).status == "new"
    assert last_event(office) == ("proposed", {})
    with office.database.read() as connection:
        [row] = proposals.listed(connection, thu, office.clock.now())
    assert (row.code, row.writer_name, row.queue) == (CODE, "Thu", "0010")


def test_whoever_has_the_ticket_is_told_and_nobody_of_his_own_draft(
    office: Office, thu: Person, lan: Person
) -> None:
    handling.take(office.database, office.clock, errand(office, lan, "key-0"), was="")
    propose(office, thu)
    propose(office, lan, key="key-2")
    assert told(office, lan) == ["proposed"]
    assert told(office, thu) == []


def test_it_is_sent_as_the_approver_changed_it_and_the_history_names_both(
    office: Office, thu: Person, lan: Person
) -> None:
    propose(office, thu)
    approve(office, lan, BETTER, close="solved")
    assert answers(office) == ["bich@mot.example"]
    assert waiting(office) == []
    assert told(office, thu) == ["approved"]
    with office.database.read() as connection:
        event = history.events(connection, ticket(office).id)[-1]
    assert (event.verb, event.actor, event.data["writer"]) == ("answered", "lan", "thu")
    assert event.data["text"] == BETTER
    assert (ticket(office).status, ticket(office).assignee) == ("closed", "lan")


def test_what_the_approver_was_writing_himself_stays(office: Office, thu: Person, lan: Person) -> None:
    propose(office, thu)
    with office.database.write() as connection:
        drafts.put(
            connection,
            ticket(office).id,
            lan.id,
            drafts.ANSWER,
            body="Của Lan",
            version=1,
            now=office.clock.now(),
        )
    approve(office, lan)
    assert draft_of(office, lan) == "Của Lan"


def test_what_is_taken_back_in_time_waits_for_approval_again(
    office: Office, thu: Person, lan: Person
) -> None:
    propose(office, thu)
    letter = approve(office, lan, BETTER)
    answering.recall(office.database, office.means, errand(office, lan, "key-3"), letter)
    assert waiting(office) == [("thu", BETTER)]
    assert draft_of(office, lan) == ""
    assert ticket(office).status == "new"


def test_it_is_given_back_with_a_word_before_what_was_begun_since(
    office: Office, thu: Person, lan: Person
) -> None:
    propose(office, thu)
    with office.database.write() as connection:
        drafts.put(
            connection,
            ticket(office).id,
            thu.id,
            drafts.ANSWER,
            body="Thêm",
            version=1,
            now=office.clock.now(),
        )
    proposing.give_back(
        office.database, office.clock, errand(office, lan, "key-2"), "thu", why="Thiếu số công văn."
    )
    assert waiting(office) == []
    assert draft_of(office, thu) == f"{TEXT}\n\nThêm"
    assert told(office, thu) == ["given_back"]
    assert last_event(office) == ("given_back", {"to": "thu", "why": "Thiếu số công văn."})


def test_its_writer_takes_it_back(office: Office, thu: Person) -> None:
    propose(office, thu)
    proposing.withdraw(office.database, office.clock, errand(office, thu, "key-2"))
    assert waiting(office) == []
    assert draft_of(office, thu) == TEXT
    with pytest.raises(RefusedActError) as refused:
        proposing.withdraw(office.database, office.clock, errand(office, thu, "key-3"))
    assert refused.value.code == "no_proposal"


def test_a_second_one_of_the_same_writer_stands_in_place_of_the_first(office: Office, thu: Person) -> None:
    propose(office, thu)
    propose(office, thu, BETTER, key="key-2")
    assert waiting(office) == [("thu", BETTER)]


def test_the_guard_looks_at_it_before_it_waits(office: Office, thu: Person) -> None:
    with pytest.raises(StoppedError):
        propose(office, thu, "Anh chị gửi mật khẩu cho em nhé.")
    assert waiting(office) == []


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_to_say_is_refused(office: Office, thu: Person, text: str) -> None:
    with pytest.raises(RefusedActError) as refused:
        propose(office, thu, text)
    assert refused.value.code == "empty_answer"


def test_nobody_approves_his_own(office: Office, lan: Person) -> None:
    propose(office, lan)
    with pytest.raises(RefusedActError) as refused:
        answering.send(
            office.database,
            office.means,
            errand(office, lan, "key-2"),
            Answer(TEXT, writer="lan"),
            recall_seconds=20,
        )
    assert refused.value.code == "own_proposal"
    assert answers(office) == []


def test_what_waits_no_more_is_not_sent(office: Office, thu: Person, lan: Person) -> None:
    propose(office, thu)
    proposing.withdraw(office.database, office.clock, errand(office, thu, "key-3"))
    for act in (
        lambda: approve(office, lan),
        lambda: proposing.give_back(
            office.database, office.clock, errand(office, lan, "key-4"), "thu", why="x"
        ),
    ):
        with pytest.raises(RefusedActError) as refused:
            act()
        assert refused.value.code == "no_proposal"
    assert answers(office) == []


def test_of_two_who_approve_at_once_one_sends(office: Office, thu: Person, lan: Person) -> None:
    propose(office, thu)
    minh = person(office, "minh", Role.AGENT)
    version = ticket(office).version

    def try_to_approve(who: Person) -> str:
        wanted = Answer(TEXT, writer="thu", anyway=True)
        mine = Errand(who, CODE, f"key-{who.name}", "x", version=version)
        try:
            answering.send(office.database, office.means, mine, wanted, recall_seconds=20)
        except RefusedActError as error:
            return error.code
        return "sent"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to_approve, [lan, minh])) == ["no_proposal", "sent"]
    assert answers(office) == ["bich@mot.example"]


def test_a_coordinator_of_another_queue_sees_none_and_leaves_none(office: Office, thu: Person) -> None:
    propose(office, thu)
    ha = person(office, "ha", Role.COORDINATOR, "3110")
    with office.database.read() as connection:
        assert proposals.listed(connection, ha, office.clock.now()) == []
        assert proposals.count(connection, ha, office.clock.now()) == 0
        assert proposals.count(connection, thu, office.clock.now()) == 1
    with pytest.raises(NotFoundError):
        propose(office, ha, key="key-5")


def test_on_a_closed_ticket_nothing_waits(office: Office, thu: Person, lan: Person) -> None:
    propose(office, thu)
    handling.close(office.database, office.clock, errand(office, lan, "key-2"), "solved", note="")
    with office.database.read() as connection:
        assert proposals.listed(connection, lan, office.clock.now()) == []
    with pytest.raises(RefusedActError):
        propose(office, thu, key="key-3")
