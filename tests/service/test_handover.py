"""Hand-over between centre and province: whose turn a ticket is, who may do what then, what it leaves."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from support.office import Office, open_office, request
from support.oneticket import CODE, last_event, person, ticket

from triage.core.people import Person, Role
from triage.db import handovers, notices, outbox, schema
from triage.db.handovers import Stay
from triage.errors import AccountError, NotFoundError, RefusedActError
from triage.service import answering, desk, handling, handover, people, taking
from triage.service.answering import Answer, StoppedError
from triage.service.errands import Errand

NOTE = "Đề nghị kho bạc kiểm tra hồ sơ đăng ký của đơn vị."
TEXT = "Kho bạc đã mở khóa. Đề nghị đơn vị đăng nhập lại."


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


_keys = iter(range(10**6))


def errand(office: Office, who: Person) -> Errand:
    return Errand(who, CODE, f"key-{next(_keys)}", "x", version=ticket(office).version)


def hand_over(office: Office, who: Person, queue: str = "0010", note: str = NOTE) -> None:
    handover.hand_over(
        office.database, office.clock, errand(office, who), office.means.rules, queue, note=note
    )


def receive(office: Office, who: Person, was: str = "") -> None:
    handover.receive(office.database, office.clock, errand(office, who), was=was)


def hand_back(office: Office, who: Person, reason: str = "missing", why: str = "Thiếu số hiệu.") -> None:
    handover.hand_back(office.database, office.clock, errand(office, who), reason, why=why)


def fetch(office: Office, who: Person) -> None:
    handover.fetch(office.database, office.clock, errand(office, who), why="Cần gấp.")


def answer(office: Office, who: Person, text: str = TEXT, **values: str) -> int:
    done = answering.send(
        office.database, office.means, errand(office, who), Answer(text, **values), recall_seconds=20
    )
    return int(done["letter"])


def stay(office: Office) -> Stay | None:
    with office.database.read() as connection:
        return handovers.stay_of(connection, ticket(office).id)


def told(office: Office, who: Person) -> list[str]:
    with office.database.read() as connection:
        return [one.sort for one in notices.listed(connection, who, office.clock.now())]


def may_answer(office: Office, name: str = "thu", *, allowed: bool = True) -> None:
    people.set_may_answer(office.database, office.clock, name, allowed=allowed, actor="tri")


def letters(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [one.recipient for one in outbox.listed(connection) if one.letter == "answer"]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RefusedActError) as error:
        act()
    return error.value.code


def ended(office: Office) -> tuple[str | None, str, str | None]:
    with office.database.read() as connection:
        columns = schema.handovers.c
        row = connection.execute(
            select(columns.ending, columns.reason, columns.ended_by).order_by(columns.id.desc())
        ).first()
    assert row is not None
    return row.ending, row.reason, row.ended_by


def test_the_centre_gives_a_ticket_and_the_province_takes_it(
    office: Office, thu: Person, lan: Person
) -> None:
    handling.take(office.database, office.clock, errand(office, lan), was="")
    hand_over(office, lan)
    assert told(office, thu) == ["handed_over"]
    assert last_event(office) == ("handed_over", {"after": "0010", "note": NOTE})
    assert ticket(office).assignee is None
    office.clock.forward(hours=1)
    receive(office, thu)
    found = stay(office)
    assert found is not None
    assert (found.handed_by, found.taken_by, found.taken_at) == ("lan", "thu", office.clock.now())
    assert ticket(office).assignee == "thu"
    assert last_event(office)[0] == "assigned"


def test_the_province_gives_it_back_with_a_reason_and_the_giver_is_told(
    office: Office, thu: Person, lan: Person
) -> None:
    hand_over(office, lan)
    receive(office, thu)
    assert refused(lambda: hand_back(office, thu, why="  ")) == "no_reason"
    assert refused(lambda: hand_back(office, thu, reason="x")) == "no_reason"
    hand_back(office, thu)
    assert told(office, lan) == ["handed_back"]
    assert last_event(office) == ("handed_back", {"after": "missing", "why": "Thiếu số hiệu."})
    assert (stay(office), ticket(office).assignee) == (None, None)
    assert ended(office) == ("back", "missing", "thu")
    assert refused(lambda: receive(office, thu)) == "at_centre"
    hand_over(office, lan)
    assert stay(office) is not None


def test_it_may_be_given_back_by_somebody_who_never_took_it_but_not_past_a_colleague(
    office: Office, thu: Person, lan: Person
) -> None:
    ha = person(office, "ha", Role.COORDINATOR, "0010")
    hand_over(office, lan)
    receive(office, thu)
    assert refused(lambda: hand_back(office, ha)) == "taken"
    assert refused(lambda: receive(office, ha)) == "taken"
    receive(office, ha, was="thu")
    assert refused(lambda: hand_back(office, thu)) == "taken"
    hand_back(office, ha)
    hand_over(office, lan)
    hand_back(office, thu)
    assert ended(office) == ("back", "missing", "thu")


def test_the_centre_fetches_it_back_and_has_it(office: Office, thu: Person, lan: Person) -> None:
    hand_over(office, lan)
    receive(office, thu)
    fetch(office, lan)
    assert told(office, thu) == ["fetched", "handed_over"]
    assert (stay(office), ticket(office).assignee) == (None, "lan")
    assert ended(office)[0] == "fetched"
    assert refused(lambda: fetch(office, lan)) == "at_centre"


def test_what_stands_at_a_province_is_nobody_elses_to_take(office: Office, thu: Person, lan: Person) -> None:
    hand_over(office, lan)
    database, clock = office.database, office.clock
    assert refused(lambda: handling.take(database, clock, errand(office, lan), was="")) == "at_province"
    assert refused(lambda: handling.assign(database, clock, errand(office, lan), "lan", was="")) == (
        "at_province"
    )
    assert refused(lambda: desk.assign(database, clock, CODE, "lan", actor="terminal:x")) == "at_province"
    assert refused(lambda: taking.take_oldest(database, clock, lan, "key-old", str)) == "none_free"
    assert refused(lambda: hand_over(office, lan)) == "at_province"
    assert told(office, thu) == ["handed_over"]


def test_a_coordinator_sees_no_ticket_by_it_that_is_not_of_his_queues(office: Office, lan: Person) -> None:
    stranger = person(office, "ba", Role.COORDINATOR, "3110")
    person(office, "thu", Role.COORDINATOR, "0010")
    hand_over(office, lan)
    acts: list[Callable[[Office, Person], None]] = [receive, hand_back]
    for act in acts:
        with pytest.raises(NotFoundError):
            act(office, stranger)
    with pytest.raises(NotFoundError):
        answer(office, stranger)
    assert told(office, stranger) == []


def test_a_ticket_that_moves_on_has_left_its_province(office: Office, thu: Person, lan: Person) -> None:
    hand_over(office, lan)
    receive(office, thu)
    desk.reroute(office.database, office.clock, office.means.rules, CODE, "3110", why="x", actor="lan")
    assert stay(office) is None
    assert ended(office) == ("moved", "", None)
    with pytest.raises(NotFoundError):
        hand_back(office, thu)


def test_it_moves_into_the_queue_of_the_province_with_one_act(
    office: Office, thu: Person, lan: Person
) -> None:
    ba = person(office, "ba", Role.COORDINATOR, "3110")
    hand_over(office, lan, "3110")
    assert (ticket(office).queue, ticket(office).treasury) == ("3110", "3110")
    assert told(office, ba) == ["handed_over"]
    assert told(office, thu) == []
    receive(office, ba)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"queue": "3110"}, "no_coordinator"),
        ({"queue": "9999"}, "no_queue"),
        ({"note": " "}, "no_note"),
    ],
)
def test_what_cannot_be_given_is_refused(
    office: Office, thu: Person, lan: Person, values: dict[str, str], code: str
) -> None:
    assert refused(lambda: hand_over(office, lan, **values)) == code
    assert told(office, thu) == []
    assert stay(office) is None


def test_a_closed_and_a_held_ticket_are_given_to_nobody(office: Office, thu: Person, lan: Person) -> None:
    handling.hold(office.database, office.clock, errand(office, lan), office.means.rules, why="Nghi ngờ")
    assert refused(lambda: hand_over(office, lan)) == "held"
    desk.close(office.database, office.clock, CODE, note="", actor="lan")
    assert refused(lambda: hand_over(office, lan)) == "closed"
    assert told(office, thu) == []


def test_who_may_answers_without_approval_by_the_same_guard_and_the_audit_names_him(
    office: Office, thu: Person, lan: Person
) -> None:
    hand_over(office, lan)
    receive(office, thu)
    assert refused(lambda: answer(office, thu)) == "may_not_answer"
    may_answer(office)
    with pytest.raises(StoppedError):
        answer(office, thu, "Anh chị gửi mật khẩu cho em nhé.")
    assert letters(office) == []
    answer(office, thu, close="solved")
    assert letters(office) == ["bich@mot.example"]
    found = ticket(office)
    assert (found.status, found.assignee, found.outcome) == ("closed", "thu", "solved")
    at_once = stay(office)
    assert at_once is not None
    assert at_once.answered_at == office.clock.now()
    with office.database.read() as connection:
        columns = schema.audit.c
        wrote = select(columns.object).where(columns.actor == "thu", columns.action == "answered")
        assert list(connection.scalars(wrote)) == [f"ticket {found.id}"]


@pytest.mark.parametrize("case", ["not taken", "at the centre", "given back", "of somebody else", "no more"])
def test_nobody_answers_without_approval_what_is_not_in_his_hands(
    office: Office, thu: Person, lan: Person, case: str
) -> None:
    may_answer(office)
    if case != "at the centre":
        hand_over(office, lan)
    if case in {"given back", "no more"}:
        receive(office, thu)
    if case == "given back":
        hand_back(office, thu)
    if case == "of somebody else":
        receive(office, person(office, "ha", Role.COORDINATOR, "0010"))
    if case == "no more":
        may_answer(office, allowed=False)
    assert refused(lambda: answer(office, thu)) in {"take_first", "at_centre", "may_not_answer"}
    assert letters(office) == []


def test_what_somebody_else_left_for_approval_is_not_his_to_send(
    office: Office, thu: Person, lan: Person
) -> None:
    may_answer(office)
    hand_over(office, lan)
    receive(office, thu)
    assert refused(lambda: answer(office, thu, writer="lan")) == "may_not_answer"


def test_an_answer_that_is_taken_back_was_none(office: Office, thu: Person, lan: Person) -> None:
    may_answer(office)
    hand_over(office, lan)
    receive(office, thu)
    letter = answer(office, thu)
    answering.recall(office.database, office.means, errand(office, thu), letter)
    found = stay(office)
    assert found is not None
    assert found.answered_at is None
    assert (ticket(office).status, ticket(office).assignee) == ("in_progress", "thu")


def test_a_ticket_that_the_unit_opens_again_is_still_at_the_province(
    office: Office, thu: Person, lan: Person
) -> None:
    may_answer(office)
    hand_over(office, lan)
    receive(office, thu)
    answer(office, thu, close="solved")
    office.store(
        request(f"Re: {CODE}", number=2, sender="Trần Thị Bích <bich@mot.example>", text="Vẫn lỗi ạ.")
    )
    office.process()
    assert (ticket(office).status, ticket(office).assignee) == ("new", "thu")
    hand_back(office, thu)
    assert ticket(office).assignee is None


def test_the_right_to_answer_is_a_coordinators_and_goes_with_his_role(office: Office) -> None:
    person(office, "thu", Role.COORDINATOR, "0010")
    person(office, "lan", Role.AGENT)
    with pytest.raises(AccountError):
        may_answer(office, "lan")
    may_answer(office)
    assert people.find(office.database, "thu").may_answer
    rules = office.means.rules
    people.set_role(office.database, office.clock, rules, "thu", Role.AGENT, actor="tri")
    people.set_role(office.database, office.clock, rules, "thu", Role.COORDINATOR, ["0010"], actor="tri")
    assert not people.find(office.database, "thu").may_answer


def test_two_who_give_it_at_once_give_it_once(office: Office, thu: Person, lan: Person) -> None:
    minh = person(office, "minh", Role.AGENT)

    def attempt(who: Person) -> str:
        try:
            hand_over(office, who)
        except RefusedActError as error:
            return error.code
        return "given"

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(attempt, [lan, minh]))
    assert came == ["at_province", "given"]
    assert told(office, thu) == ["handed_over"]


def test_a_form_that_is_sent_twice_acts_once(office: Office, thu: Person, lan: Person) -> None:
    database, clock = office.database, office.clock
    same = errand(office, lan)
    for _ in range(2):
        handover.hand_over(database, clock, same, office.means.rules, "0010", note=NOTE)
    assert told(office, thu) == ["handed_over"]
