"""The working time of a ticket stands still while it waits for its unit, where that is configured."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, person, ticket

from triage.core.calendar import WorkCalendar
from triage.core.closings import Closing
from triage.core.people import Person, Role
from triage.db import history, tickets
from triage.ports import Refused
from triage.service import bulk, changes, desk, handling, trust
from triage.service.answering import Answer, recall, send
from triage.service.bulk import Bulk, Close
from triage.service.deliver import deliver_batch
from triage.service.errands import Errand
from triage.service.merging import merge, unmerge
from triage.service.snoozing import snooze, wake_due

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = ((time(8), time(12)), (time(13), time(17)))
CALENDAR = WorkCalendar(HANOI, HOURS, {datetime(2026, 11, 18).date(): "Nghỉ"})  # noqa: DTZ001 - a local date
"""Wednesday the 18th is off."""


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """An office that took in a mail on Monday at 09:30, which is due on Tuesday at 17:00."""
    with open_office(database_url) as office:
        rules = replace(office.means.rules, calendar=CALENDAR)
        office.means = replace(office.means, rules=rules, pauses=True)
        office.store(request(sender="Bích <bich@mot.example>"))
        office.process()
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=HANOI)


def at(office: Office, moment: str) -> None:
    office.clock.moment = local(moment).astimezone(UTC)


def errand(who: Person, key: str, code: str = CODE) -> Errand:
    return Errand(who, code, key, "Xong.")


def answer(office: Office, who: Person, moment: str, key: str = "key-1", close: str = "") -> int:
    at(office, moment)
    done = send(
        office.database, office.means, errand(who, key), Answer("Đề nghị gửi ảnh.", close), recall_seconds=20
    )
    return int(done["letter"])


def unit_writes(office: Office, moment: str, number: int = 2) -> None:
    at(office, moment)
    office.store(request(f"Re: [{CODE}]", number=number, sender="Bích <bich@mot.example>", text="Đã gửi."))
    assert office.process().outcomes == {"append": 1}


def due(office: Office, code: str = CODE) -> str:
    row = ticket(office, code)
    assert row.due_at
    return f"{row.due_at.astimezone(HANOI):%d %H:%M}"


def test_a_deadline_moves_by_the_working_time_that_the_unit_took(office: Office, lan: Person) -> None:
    assert due(office) == "17 17:00"
    answer(office, lan, "16 11:00")
    assert ticket(office).stands_since == local("16 11:00")
    unit_writes(office, "17 10:00")
    row = ticket(office)
    assert (row.status, row.stands_since, row.paused_seconds) == ("in_progress", None, 7 * 3_600)
    # seven hours on from Tuesday 17:00, over the day off
    assert due(office) == "19 16:00"
    with office.database.read() as connection:
        verbs = [one.verb for one in history.events(connection, row.id)]
    assert verbs == ["opened", "answered", "resumed", "mail_added"]


def test_it_stands_still_a_second_time(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    unit_writes(office, "16 14:00")
    assert due(office) == "19 10:00"
    answer(office, lan, "16 15:00", "key-2")
    unit_writes(office, "16 16:30", 3)
    assert (due(office), ticket(office).paused_seconds) == ("19 11:30", 3.5 * 3_600)


def test_a_second_answer_while_it_waits_begins_no_second_pause(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    answer(office, lan, "16 14:00", "key-2")
    assert ticket(office).stands_since == local("16 11:00")
    unit_writes(office, "16 15:00")
    assert due(office) == "19 11:00"


def test_nobodys_working_time_moves_nothing(office: Office, lan: Person) -> None:
    answer(office, lan, "17 17:00")
    unit_writes(office, "18 11:00")
    row = ticket(office)
    assert (due(office), row.stands_since, row.paused_seconds) == ("17 17:00", None, 0)


def test_a_deadline_that_was_missed_stays_missed(office: Office, lan: Person) -> None:
    answer(office, lan, "19 09:00")
    unit_writes(office, "20 09:00")
    assert (due(office), ticket(office).paused_seconds) == ("17 17:00", 8 * 3_600)


def test_where_it_is_not_configured_nothing_stands_still(office: Office, lan: Person) -> None:
    office.means = replace(office.means, pauses=False)
    answer(office, lan, "16 11:00")
    assert ticket(office).stands_since is None
    unit_writes(office, "17 10:00")
    assert (due(office), ticket(office).paused_seconds) == ("17 17:00", None)


def test_an_answer_taken_back_was_no_pause(office: Office, lan: Person) -> None:
    letter = answer(office, lan, "16 11:00")
    recall(office.database, office.means, errand(lan, "back-1"), letter)
    row = ticket(office)
    assert (row.status, row.paused_at, due(office)) == ("new", None, "17 17:00")
    answer(office, lan, "16 11:05", "key-2")
    second = answer(office, lan, "16 14:00", "key-3", close="solved")
    recall(office.database, office.means, errand(lan, "back-2"), second)
    row = ticket(office)
    assert (row.status, row.stands_since) == ("waiting", local("16 11:05"))


def test_an_answer_that_never_arrives_was_no_pause(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")

    class Server:
        def send(self, recipient: str, raw: bytes) -> Refused:
            del recipient, raw
            return Refused("550 5.1.1 No such user")

        def close(self) -> None:
            return None

    at(office, "16 15:00")
    while deliver_batch(Server(), office.database, office.clock, "worker"):
        pass
    row = ticket(office)
    assert (row.status, row.paused_at, row.paused_seconds, due(office)) == (
        "in_progress",
        None,
        None,
        "17 17:00",
    )


def test_what_rests_while_it_waits_goes_on_waiting_until_its_hour(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    at(office, "16 11:30")
    snooze(office.database, office.clock, errand(lan, "rest-1"), office.means.rules, "afternoon")
    assert (ticket(office).status, ticket(office).stands_since) == ("snoozed", local("16 11:00"))
    at(office, "16 14:00")
    assert wake_due(office.database, office.clock, CALENDAR) == 1
    assert (ticket(office).status, due(office)) == ("in_progress", "19 10:00")


def test_what_rests_otherwise_has_its_clock_running(office: Office, lan: Person) -> None:
    at(office, "16 11:30")
    snooze(office.database, office.clock, errand(lan, "rest-1"), office.means.rules, "afternoon")
    assert ticket(office).stands_since is None
    unit_writes(office, "16 12:00")
    assert due(office) == "17 17:00"


def test_a_ticket_that_is_held_has_been_taken_up(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    at(office, "16 14:00")
    handling.hold(office.database, office.clock, errand(lan, "hold-1"), office.means.rules, why="lạ")
    assert (ticket(office).stands_since, due(office)) == (None, "19 10:00")
    at(office, "16 16:00")
    trust.release(office.database, office.means, CODE, actor="lan")
    assert (ticket(office).status, due(office)) == ("in_progress", "19 10:00")


def test_opened_again_its_clock_begins_anew(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    at(office, "19 09:00")
    desk.close(office.database, office.clock, CODE, note="", actor="lan")
    row = ticket(office)
    assert (row.stands_since, row.paused_at) == (None, local("16 11:00"))
    at(office, "20 10:00")
    desk.reopen(office.database, office.clock, office.means.rules, CODE, why="", actor="lan")
    row = ticket(office)
    assert (row.started_at, row.paused_at, row.paused_seconds) == (local("20 10:00"), None, None)
    assert due(office) == "23 17:00"
    desk.close(office.database, office.clock, CODE, note="", actor="lan")
    at(office, "20 15:00")
    office.store(
        request(f"Re: [{CODE}]", number=9, sender="Bích <bich@mot.example>"), received_at=local("20 14:00")
    )
    office.process()
    assert (ticket(office).started_at, due(office)) == (local("20 14:00"), "23 17:00")


def test_merged_and_parted_it_has_waited_all_the_time(office: Office, lan: Person) -> None:
    office.store(request(number=7, sender="Bích <bich@mot.example>"))
    office.process()
    answer(office, lan, "16 11:00")
    merge(office.database, office.clock, errand(lan, "merge-1"), office.means.rules, "SD261116-000002")
    assert ticket(office).stands_since is None
    at(office, "16 14:00")
    unmerge(office.database, office.clock, errand(lan, "part-1"))
    assert ticket(office).stands_since == local("16 11:00")
    unit_writes(office, "16 15:00")
    assert due(office) == "19 11:00"


def test_a_ticket_that_waits_is_taken_up_where_open_work_is_merged_into_it(
    office: Office, lan: Person
) -> None:
    office.store(request(number=7, sender="Bích <bich@mot.example>"))
    office.process()
    answer(office, lan, "16 11:00")
    at(office, "16 14:00")
    merge(
        office.database,
        office.clock,
        errand(lan, "merge-1", "SD261116-000002"),
        office.means.rules,
        CODE,
    )
    row = ticket(office)
    assert (row.status, row.stands_since, due(office)) == ("in_progress", None, "19 10:00")


def test_closed_by_many_and_given_back_it_has_waited_all_the_time(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    at(office, "16 13:00")
    rules, told = office.means.rules, "Xong."
    many = Bulk(lan, "bulk-1", [CODE])
    bulk.run(office.database, office.clock, rules, many, Close(Closing.SOLVED), lambda _: told)
    bulk.undo(office.database, office.clock, Bulk(lan, "bulk-2", []), "bulk-1", lambda _: told)
    assert ticket(office).stands_since == local("16 11:00")


def test_what_the_release_before_took_up_again_runs(office: Office, lan: Person) -> None:
    """It knows nothing of the mark that a pause leaves; the next act takes the mark away."""
    answer(office, lan, "16 11:00")
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'in_progress'")
    at(office, "17 16:00")
    assert ticket(office).stands_since is None
    assert [row.code for row in listed_late(office, "18 08:00")] == [CODE]
    with office.database.write() as connection:
        changes.close(connection, office.clock.now(), ticket(office), actor="lan")
    assert ticket(office).paused_at is None


def test_what_stands_still_is_not_late(office: Office, lan: Person) -> None:
    answer(office, lan, "16 11:00")
    assert listed_late(office, "20 08:00") == []


def listed_late(office: Office, moment: str) -> list[tickets.TicketRow]:
    with office.database.read() as connection:
        return tickets.listed(connection, overdue_at=local(moment))
