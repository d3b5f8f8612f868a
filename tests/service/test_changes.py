"""Acts on one ticket, as commands, pages and bulk acts share them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from support.office import RULES, Office, open_office, request
from support.oneticket import CODE, last_event, person, ticket

from triage.adapters.rulefiles import load_rulebook
from triage.core.people import Role
from triage.db import audit
from triage.errors import NotFoundError, RefusalError, RefusedActError
from triage.service import changes
from triage.service.errands import Doing, Errand, run

BOOK = load_rulebook(RULES)
Act = Callable[[Doing], None]


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(request(), request("[3110#DVC] Lỗi ở Cần Thơ", number=2, sender="b@hai.example"))
        office.process()
        yield office


def take(doing: Doing) -> None:
    changes.assign(doing.connection, doing.now, doing.ticket, doing.actor, actor=doing.actor)


def categorise(to: str) -> Act:
    return lambda do: changes.categorise(do.connection, do.now, BOOK, do.ticket, to, actor=do.actor)


def prioritise(to: int) -> Act:
    return lambda do: changes.prioritise(do.connection, do.now, do.ticket, to, actor=do.actor)


def reroute(to: str) -> Act:
    return lambda do: changes.reroute(do.connection, do.now, BOOK, do.ticket, to, why="lỗi", actor=do.actor)


def close(do: Doing) -> None:
    changes.close(do.connection, do.now, do.ticket, actor=do.actor)


def reopen(do: Doing) -> None:
    changes.reopen(do.connection, do.now, BOOK, do.ticket, why="lỗi", actor=do.actor)


def empty_note(do: Doing) -> None:
    changes.note(do.connection, do.now, do.ticket, " ", actor=do.actor)


ACTS: tuple[tuple[Act, str, dict[str, Any]], ...] = (
    (take, "assigned", {"before": None, "after": "lan"}),
    (categorise("signature"), "categorised", {"before": "login", "after": "signature"}),
    (prioritise(1), "prioritised", {"before": 3, "after": 1}),
    (reroute("3110"), "rerouted", {"before": "0010", "after": "3110", "why": "lỗi"}),
    (close, "closed", {"before": "in_progress", "outcome": "solved"}),
    (reopen, "reopened", {"before": "solved", "why": "lỗi"}),
)


def test_each_act_counts_the_version_up_and_tells_before_and_after(office: Office) -> None:
    lan = person(office, "lan", Role.AGENT)
    for act, verb, data in ACTS:
        before = ticket(office).version
        run(office.database, office.clock, Errand(lan, CODE, f"key-{verb}", "xong"), "act", act)
        assert last_event(office) == (verb, data)
        assert ticket(office).version == before + 1
    assert ticket(office).treasury == "3110"
    assert ticket(office).outcome is None
    with office.database.read() as connection:
        written = [row.action for row in audit.rows(connection) if row.actor == "lan"]
    assert written == [verb for _, verb, _ in ACTS]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (categorise("x"), "no_category"),
        (prioritise(9), "no_priority"),
        (prioritise(3), "unchanged"),
        (reroute("x"), "no_queue"),
        (reroute("0010"), "same_queue"),
        (reopen, "not_closed"),
        (empty_note, "empty_note"),
    ],
)
def test_what_a_ticket_does_not_allow_is_refused_with_a_code_and_leaves_no_trace(
    office: Office, act: Act, code: str
) -> None:
    lan, before = person(office, "lan", Role.AGENT), ticket(office)
    errand = Errand(lan, CODE, "key-1", "x")
    with pytest.raises(RefusedActError) as refused:
        run(office.database, office.clock, errand, "act", act)
    assert refused.value.code == code
    assert ticket(office) == before
    run(office.database, office.clock, errand, "act", take)
    assert ticket(office).assignee == "lan"


def test_a_form_sent_by_two_threads_at_once_acts_once(office: Office) -> None:
    lan = person(office, "lan", Role.AGENT)
    errand = Errand(lan, CODE, "key-1", "Đã nhận.")
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: run(office.database, office.clock, errand, "take", take), range(4)))
    assert results == [{"told": "Đã nhận.", "ticket": CODE}] * 4
    assert ticket(office).version == 1


def test_of_two_who_close_one_ticket_at_once_one_is_refused(office: Office) -> None:
    def try_to_close(key: str) -> str:
        try:
            run(office.database, office.clock, Errand(lan, CODE, key, "x"), "close", close)
        except RefusedActError as error:
            return error.code
        return "done"

    lan = person(office, "lan", Role.AGENT)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to_close, ["key-1", "key-2"])) == ["closed", "done"]


def test_a_key_of_somebody_else_tells_nothing(office: Office) -> None:
    lan, minh = person(office, "lan", Role.AGENT), person(office, "minh", Role.AGENT)
    run(office.database, office.clock, Errand(lan, CODE, "key-1", "x"), "take", take)
    with pytest.raises(RefusalError, match="somebody else"):
        run(office.database, office.clock, Errand(minh, CODE, "key-1", "x"), "take", take)


OTHER = "SD261116-000002"


@pytest.mark.parametrize(
    ("errand", "action"),
    [({"form": "b"}, "take"), ({"code": OTHER, "form": "a"}, "take"), ({"form": "a"}, "note")],
    ids=["other words", "another ticket", "another act"],
)
def test_a_key_that_stood_for_something_else_is_refused_and_not_taken_for_a_repetition(
    office: Office, errand: dict[str, str], action: str
) -> None:
    lan = person(office, "lan", Role.AGENT)
    first = Errand(lan, CODE, "key-1", "Đã nhận.", form="a")
    assert run(office.database, office.clock, first, "take", take) == {
        "told": "Đã nhận.",
        "ticket": CODE,
        "form": "a",
    }
    with pytest.raises(RefusedActError) as refused:
        run(office.database, office.clock, replace(first, **errand), action, take)
    assert refused.value.code == "key"
    assert run(office.database, office.clock, first, "take", take)["told"] == "Đã nhận."


def test_a_ticket_of_another_queue_is_not_found_like_one_that_is_not_there(office: Office) -> None:
    thu = person(office, "thu", Role.COORDINATOR, "3110")
    for code in (CODE, "SD261116-000009", "gì đó"):
        with pytest.raises(NotFoundError):
            run(office.database, office.clock, Errand(thu, code, "key-1", "x"), "take", take)
    run(office.database, office.clock, Errand(thu, "SD261116-000002", "key-1", "x"), "take", take)
