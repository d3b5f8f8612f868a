"""Coordinators hear of tickets that nobody answers, then leads: each step once, within office hours."""

import os
import signal
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, ticket

from triage.core.calendar import WorkCalendar
from triage.core.history import ESCALATED
from triage.core.letternames import ESCALATION
from triage.core.people import Person, Role
from triage.core.tickets import CODE_PATTERN
from triage.db import history, notices, outbox, people, tickets
from triage.db.engine import Database
from triage.ports import RenderedLetter
from triage.service import changes, desk
from triage.service.answering import Answer, send
from triage.service.errands import Errand
from triage.service.escalating import Ladder, tell_due

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = ((time(8), time(12)), (time(13), time(17)))
CALENDAR = WorkCalendar(HANOI, HOURS, {date(2026, 11, 18): "Nghỉ"}, frozenset({date(2026, 11, 21)}))
"""Wednesday the 18th is off, Saturday the 21st is worked for it."""
LEAD = "truongphong@vst.example"
BINH, CHI = "binh@kbnn.example", "chi@kbnn.example"
LADDER = Ladder((LEAD,))


def at_work(url: str) -> Iterator[Office]:
    with open_office(url) as office:
        office.means = replace(office.means, rules=replace(office.means.rules, calendar=CALENDAR))
        someone(office, "binh", BINH, "0010")
        yield office


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    yield from at_work(database_url)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite alone: what it asks of the database is asked of both elsewhere."""
    yield from at_work(f"sqlite:///{tmp_path / 'triage.sqlite'}")


def someone(office: Office, name: str, email: str, *queues: str, role: Role = Role.COORDINATOR) -> Person:
    with office.database.write() as connection:
        number = people.add(
            connection, office.clock.now(), name=name, display_name=name, role=role.value, email=email
        )
        people.set_queues(connection, number, queues)
    return Person(number, name, name, role, email)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=HANOI)


def at(office: Office, moment: str) -> None:
    office.clock.moment = local(moment).astimezone(UTC)


def take_in(office: Office, moment: str, number: int, queue: str = "0010") -> str:
    at(office, moment)
    office.store(request(f"[{queue}#DVC] Lỗi {number}", number=number, sender=f"u{number}@mot.example"))
    office.process()
    with office.database.read() as connection:
        return tickets.listed(connection)[0].code


def tell(office: Office, ladder: Ladder = LADDER) -> int:
    return tell_due(office.database, office.means, ladder)


def letters(office: Office) -> list[tuple[str, str, list[str]]]:
    """Give when each letter was written, to whom, and the codes that it names."""
    with office.database.read() as connection:
        rows = [row for row in outbox.listed(connection) if row.letter == ESCALATION]
        found = [(row, outbox.content_of(connection, row.id) or b"") for row in reversed(rows)]
    return [
        (f"{row.created_at.astimezone(HANOI):%d %H:%M}", row.recipient, sorted(set(codes_of(raw))))
        for row, raw in found
    ]


def codes_of(raw: bytes) -> list[str]:
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert part is not None
    return [found.group() for found in CODE_PATTERN.finditer(part.get_content())]


def steps(office: Office, code: str) -> list[tuple[str, list[str]]]:
    with office.database.read() as connection:
        events = history.events(connection, desk.find(connection, code).id)
    return [(one.data["step"], one.data["told"]) for one in events if one.verb == ESCALATED]


def answer(office: Office, code: str, who: Person, *, close: str = "") -> None:
    errand = Errand(who, code, f"key-{code}", "Xong.")
    send(office.database, office.means, errand, Answer("Đã xử lý.", close), recall_seconds=20)


def test_a_fortnight(small: Office) -> None:
    """Two processes look every ten minutes for a fortnight, at night and at weekends too."""
    office = small
    agent = someone(office, "lan", "lan@vst.example", role=Role.AGENT)
    left = take_in(office, "16 09:30", 1)
    swift = take_in(office, "16 09:40", 2)
    shut = take_in(office, "16 09:50", 3)
    nobodys = take_in(office, "16 10:00", 4, "3110")
    resting = take_in(office, "16 10:10", 5)
    acts = {
        "17 08:00": lambda: answer(office, swift, agent),
        "17 08:10": lambda: answer(office, shut, agent, close="solved"),
        "17 08:20": lambda: rest(office, resting),
        "20 16:00": lambda: take_in(office, "20 16:00", 6),
        "23 11:00": lambda: answer(office, left, agent),
        "24 09:00": lambda: take_in(office, "24 09:00", 7),
        "24 16:00": lambda: desk.close(
            office.database, office.clock, "SD261124-000001", note="", actor="lan"
        ),
    }
    moment = local("16 10:20")
    while moment < local("30 00:00"):
        office.clock.moment = moment.astimezone(UTC)
        acts.get(f"{moment:%d %H:%M}", lambda: None)()
        tell(office)
        assert tell(office) == 0
        moment += timedelta(minutes=10)
    late = "SD261120-000001"
    assert letters(office) == [
        ("17 09:30", BINH, [left]),
        ("17 10:00", LEAD, [nobodys]),
        ("19 08:00", LEAD, [left, nobodys]),
        ("20 08:00", LEAD, [left, nobodys]),
        ("21 16:00", BINH, [late]),
        ("23 08:00", LEAD, [late]),
        ("24 08:00", LEAD, [late]),
    ]
    assert steps(office, left) == [("warning", ["binh"]), ("overdue", [LEAD]), ("late", [LEAD])]
    assert steps(office, nobodys) == [("warning", [LEAD]), ("overdue", [LEAD]), ("late", [LEAD])]
    assert steps(office, swift) == steps(office, shut) == steps(office, resting) == []


def rest(office: Office, code: str) -> None:
    with office.database.write() as connection:
        tickets.change(
            connection,
            desk.find(connection, code).id,
            office.clock.now(),
            status="snoozed",
            snoozed_until=local("30 08:00"),
        )


def test_many_processes_at_once_tell_each_step_once(office: Office) -> None:
    codes = [take_in(office, "16 09:30", number) for number in range(1, 13)]
    at(office, "19 08:00")
    threads = [Thread(target=tell, args=(office,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell(office)
    told: dict[str, list[str]] = defaultdict(list)
    for _, recipient, named in letters(office):
        told[recipient] += named
    assert {one: sorted(named) for one, named in told.items()} == {BINH: sorted(codes), LEAD: sorted(codes)}
    for code in codes:
        assert steps(office, code) == [("warning", ["binh"]), ("overdue", [LEAD])]


def test_a_death_before_the_commit_leaves_a_round_undone_and_the_next_does_it_whole(
    office: Office, database_url: str
) -> None:
    code = take_in(office, "16 09:30", 1)
    at(office, "17 10:00")

    class Deadly:
        def render(self, letter: str, values: object) -> RenderedLetter:
            del letter, values
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        def check(self) -> None:
            raise AssertionError

    with warnings.catch_warnings():
        # The child touches none of the threads that were left behind.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            tell_due(Database(database_url), replace(office.means, renderer=Deadly()), LADDER)
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert (letters(office), steps(office, code)) == ([], [])
    assert tell(office) == 1
    assert tell(office) == 0
    assert letters(office) == [("17 10:00", BINH, [code])]


def test_a_deputy_hears_for_whoever_is_on_leave(office: Office) -> None:
    deputy = someone(office, "chi", CHI, "3110")
    code = take_in(office, "16 09:30", 1)
    with office.database.write() as connection:
        away = people.find(connection, "binh")
        assert away
        leave = {"away_from": local("16 00:00"), "away_until": local("20 00:00"), "deputy_id": deputy.id}
        people.change(connection, away.id, **leave)
    at(office, "17 10:00")
    assert tell(office) == 1
    assert letters(office) == [("17 10:00", CHI, [code])]
    with office.database.read() as connection:
        told = notices.listed(connection, deputy, office.clock.now())
    assert [(one.sort, one.code) for one in told] == [("unanswered", code)]


def test_nobody_gets_two_letters_within_half_an_hour(office: Office) -> None:
    first, second = take_in(office, "16 09:30", 1), take_in(office, "16 09:40", 2)
    at(office, "17 09:30")
    assert tell(office) == 1
    at(office, "17 09:45")
    assert (tell(office), steps(office, second)) == (0, [])
    at(office, "17 10:00")
    assert tell(office) == 1
    assert letters(office) == [("17 09:30", BINH, [first]), ("17 10:00", BINH, [second])]


def test_without_leads_the_coordinator_alone_hears_and_leads_of_later_hear_of_what_is_late(
    office: Office,
) -> None:
    code = take_in(office, "16 09:30", 1)
    at(office, "19 08:00")
    assert (tell(office, Ladder()), tell(office, Ladder())) == (1, 0)
    assert letters(office) == [("19 08:00", BINH, [code])]
    at(office, "19 09:00")
    assert tell(office) == 1
    assert steps(office, code) == [("warning", ["binh"]), ("overdue", [LEAD])]


def test_a_lead_and_whoever_has_the_ticket_hear_at_the_desk_as_well(office: Office) -> None:
    lead = someone(office, "truong", LEAD.upper(), role=Role.ADMIN)
    owner = someone(office, "lan", "", role=Role.AGENT)
    take_in(office, "16 09:30", 1)
    with office.database.write() as connection:
        changes.assign(connection, office.clock.now(), ticket(office), "lan", actor="lan")
    at(office, "19 08:00")
    tell(office)
    with office.database.read() as connection:
        now = office.clock.now()
        assert [one.sort for one in notices.listed(connection, lead, now)] == ["overdue"]
        assert [one.sort for one in notices.listed(connection, owner, now)] == ["overdue", "unanswered"]


def test_opened_again_the_steps_begin_anew_though_it_was_answered_before(office: Office) -> None:
    agent = someone(office, "lan", "lan@vst.example", role=Role.AGENT)
    take_in(office, "16 09:30", 1)
    at(office, "17 10:00")
    tell(office)
    answer(office, CODE, agent, close="solved")
    at(office, "19 09:00")
    desk.reopen(office.database, office.clock, office.means.rules, CODE, why="", actor="lan")
    at(office, "19 16:30")
    assert tell(office) == 0
    at(office, "20 09:00")
    assert tell(office) == 1
    assert [step for step, _ in steps(office, CODE)] == ["warning", "warning"]


def test_a_further_mail_of_a_unit_that_was_answered_is_told_only_where_its_clock_stood_still(
    office: Office,
) -> None:
    agent = someone(office, "lan", "lan@vst.example", role=Role.AGENT)
    take_in(office, "16 09:30", 1)
    office.means = replace(office.means, pauses=True)
    take_in(office, "16 09:30", 2)
    paused = "SD261116-000002"
    at(office, "16 10:30")
    answer(office, paused, agent)
    office.means = replace(office.means, pauses=False)
    answer(office, CODE, agent)
    at(office, "17 10:30")
    for number in (1, 2):
        raw = request(f"Re: [SD261116-{number:06}]", number=10 + number, sender=f"u{number}@mot.example")
        office.store(raw)
    assert office.process().outcomes == {"append": 2}
    at(office, "19 17:00")
    assert tell(office) == 0
    at(office, "20 10:00")
    tell(office)
    assert steps(office, CODE) == []
    assert [step for step, _ in steps(office, paused)] == ["warning", "overdue"]
