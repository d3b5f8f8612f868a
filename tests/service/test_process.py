"""Processing: what follows from a mail is written in one piece, once, whatever the neighbours do."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from support.office import OUR_ADDRESS, RULES, Office, open_office, request

from triage.adapters.letters import LetterRenderer
from triage.core.parse import read_mail
from triage.core.reading import read_of
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus
from triage.db import claims, history, mails, outbox, tickets
from triage.db.schema import (
    decisions,
    mails as mails_table,
    outbox as outbox_table,
    raw_mails,
    tickets as tickets_table,
)
from triage.errors import LetterError, RulesError
from triage.ports import RenderedLetter, Verdicts
from triage.service import desk
from triage.service.hand import PORTION
from triage.service.process import process_batch


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def letters(office: Office) -> list[tuple[str, str | None, str]]:
    with office.database.read() as connection:
        return [(row.letter, row.ticket_code, row.recipient) for row in reversed(outbox.listed(connection))]


def the_ticket(office: Office, code: str = "SD261116-000001") -> tickets.TicketRow:
    with office.database.read() as connection:
        return desk.find(connection, code)


def test_a_request_becomes_a_ticket_with_history_and_a_letter(office: Office) -> None:
    office.store(request())
    done = office.process()
    assert (done.outcomes, done.letters) == ({"open_ticket": 1}, 1)
    ticket = the_ticket(office)
    assert (ticket.queue, ticket.treasury, ticket.status) == ("0010", "0010", TicketStatus.NEW)
    assert ticket.due_at is not None
    assert ticket.due_at.isoformat() == "2026-11-17T10:00:00+00:00"
    assert ticket.subject == "Lỗi đăng nhập dịch vụ công"
    assert letters(office) == [("acknowledgement", "SD261116-000001", "ketoan@thcs-hoamai.example")]
    with office.database.read() as connection:
        [event] = history.events(connection, ticket.id)
        assert (event.verb, event.mail_id) == ("opened", 1)


def test_a_letter_after_an_outage_promises_no_time_that_is_past(office: Office) -> None:
    came_at = office.clock.now()
    office.clock.forward(days=3)
    office.store(request(), received_at=came_at)
    office.store(request(number=2))
    office.process()
    with office.database.read() as connection:
        late, punctual = (read_mail(outbox.content_of(connection, one) or b"").text for one in (1, 2))
        due = {row.due_at for row in tickets.listed(connection) if row.due_at}
    assert "Thời hạn trả lời" not in late
    assert "17/11/2026" not in late
    assert "Thời hạn trả lời: trước 17 giờ 00 phút ngày 20/11/2026 (thứ Sáu)" in punctual
    assert min(due) == datetime(2026, 11, 17, 10, tzinfo=UTC), "the ticket keeps its deadline"


def test_the_letter_joins_the_thread_and_tells_machines_to_be_silent(office: Office) -> None:
    office.store(request(references="<first@thcs-hoamai.example>"))
    office.process()
    with office.database.read() as connection:
        content = outbox.content_of(connection, 1)
    assert content
    letter = read_mail(content)
    assert letter.in_reply_to == ("<mail-1@thcs-hoamai.example>",)
    assert letter.references == ("<first@thcs-hoamai.example>", "<mail-1@thcs-hoamai.example>")
    assert letter.header("Auto-Submitted") == "auto-replied"
    assert letter.header("X-Auto-Response-Suppress") == "All"
    assert "SD261116-000001" in letter.subject
    assert "17 giờ 00 phút ngày 17/11/2026" in letter.text
    assert "SD261116-000001" in letter.html


def test_a_second_delivery_of_a_mail_is_kept_as_a_duplicate_and_not_answered(office: Office) -> None:
    raw = request()
    office.store(raw, b"Received: from elsewhere; Mon, 16 Nov 2026 09:31:00 +0700\r\n" + raw)
    assert office.process().outcomes == {"open_ticket": 1, "duplicate": 1}
    assert len(letters(office)) == 1
    with office.database.read() as connection:
        assert [row.ticket_code for row in mails.listed(connection)] == ["SD261116-000001"] * 2


def test_two_mails_with_one_message_id_are_two_mails(office: Office) -> None:
    office.store(request(), request("[3110#DVC] Một việc khác hẳn"))
    assert office.process().outcomes == {"open_ticket": 2}


def test_a_reply_with_the_code_joins_its_ticket(office: Office) -> None:
    office.store(request())
    office.process()
    office.store(request("TL: [SD261116-000001] [0010#DVC] Lỗi đăng nhập", number=2))
    assert office.process().outcomes == {"append": 1}
    assert [letter for letter, _, _ in letters(office)] == ["acknowledgement", "follow_up"]


def test_a_reply_to_our_letter_joins_its_ticket_without_any_code(office: Office) -> None:
    office.store(request())
    office.process()
    with office.database.read() as connection:
        ours = outbox.listed(connection)[0].message_id
    office.store(request("Re: tiêu đề đã bị sửa", number=2, in_reply_to=ours))
    assert office.process().outcomes == {"append": 1}


def test_a_further_mail_wakes_a_ticket_that_waited_for_the_unit(office: Office) -> None:
    office.store(request())
    office.process()
    with office.database.write() as connection:
        tickets.change(connection, 1, office.clock.now(), status=TicketStatus.WAITING.value)
    office.store(request("Re: SD261116-000001", number=2))
    office.process()
    assert the_ticket(office).status == TicketStatus.IN_PROGRESS


def test_a_closed_ticket_is_reopened_with_a_new_deadline_and_later_a_new_one_is_opened(
    office: Office,
) -> None:
    office.store(request())
    office.process()
    desk.close(office.database, office.clock, "SD261116-000001", note="xong", actor="agent")
    office.clock.forward(days=1)
    office.store(request("Re: SD261116-000001 vẫn lỗi", number=2))
    assert office.process().outcomes == {"append": 1}
    ticket = the_ticket(office)
    assert (ticket.status, ticket.closed_at) == (TicketStatus.NEW, None)
    assert ticket.due_at is not None
    assert ticket.due_at.isoformat() == "2026-11-18T10:00:00+00:00"
    assert letters(office)[-1][0] == "reopened"
    desk.close(office.database, office.clock, "SD261116-000001", note="xong", actor="agent")
    office.clock.forward(days=40)
    office.store(request("Re: SD261116-000001 lại lỗi", number=3))
    assert office.process().outcomes == {"open_ticket": 1}


def test_a_code_gives_a_stranger_no_entry_to_a_ticket(office: Office) -> None:
    office.store(request())
    office.process()
    office.store(request("Re: SD261116-000001", number=2, sender="X <x@kho-la.example>"))
    assert office.process().outcomes == {"hold": 1}
    assert len(letters(office)) == 1
    with office.database.read() as connection:
        assert tickets.mail_ids(connection, 1) == [1]
        assert [event.verb for event in history.events(connection, 1)] == ["opened", "linked"]


def test_a_colleague_of_the_same_unit_may_answer_but_a_stranger_at_the_same_provider_may_not(
    office: Office,
) -> None:
    office.store(request(), request(number=2, sender="a@gmail.com", subject="[0010#DVC] khác"))
    office.process()
    office.store(request("Re: SD261116-000001", number=3, sender="hieutruong@thcs-hoamai.example"))
    assert office.process().outcomes == {"append": 1}
    office.store(request("Re: SD261116-000002", number=4, sender="b@gmail.com"))
    assert office.process().outcomes == {"hold": 1}


def test_an_absence_note_stands_on_the_ticket_and_changes_nothing(office: Office) -> None:
    office.store(request())
    office.process()
    office.store(request("Re: SD261116-000001 Tự động trả lời", number=2, auto_submitted="auto-replied"))
    assert office.process().outcomes == {"file": 1}
    with office.database.read() as connection:
        assert [event.verb for event in history.events(connection, 1)] == ["opened", "auto_reply"]
    assert the_ticket(office).status == TicketStatus.NEW
    assert len(letters(office)) == 1


def test_a_bounce_of_our_letter_stands_on_its_ticket(office: Office) -> None:
    office.store(request())
    office.process()
    with office.database.read() as connection:
        content = outbox.content_of(connection, 1)
    assert content
    head = content.partition(b"\r\n\r\n")[0]
    report = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: " + OUR_ADDRESS.encode() + b"\r\nSubject: Undelivered\r\n"
        b"Return-Path: <>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nmailbox full\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; ketoan@thcs-hoamai.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n"
        b"--x\r\nContent-Type: text/rfc822-headers\r\n\r\n" + head + b"\r\n\r\n--x--\r\n"
    )
    office.store(report)
    assert office.process().outcomes == {"file": 1}
    with office.database.read() as connection:
        assert [event.verb for event in history.events(connection, 1)] == ["opened", "bounce"]


def test_a_flood_from_one_sender_gets_ten_letters_an_hour_and_every_mail_a_ticket(office: Office) -> None:
    office.store(*(request(f"[0010#DVC] Lỗi số {number}", number=number) for number in range(15)))
    done = office.process()
    assert (done.outcomes, done.letters) == ({"open_ticket": 15}, 10)
    office.clock.forward(hours=1, minutes=1)
    office.store(request("[0010#DVC] Lỗi nữa", number=99))
    assert office.process().letters == 1


@pytest.mark.parametrize("position", [1, 3, 5])
def test_one_unreadable_mail_stops_no_other_and_ends_stuck_with_its_error(
    office: Office, position: int
) -> None:
    office.store(*(request(number=number) for number in range(1, 6)))
    with office.database.write() as connection:
        connection.execute(
            update(raw_mails).where(raw_mails.c.mail_id == position).values(content=b"not zstd at all")
        )
    done = office.process()
    assert (sum(done.outcomes.values()), done.failed, done.stuck) == (4, 2, 1)
    with office.database.read() as connection:
        [stuck] = mails.listed(connection, state="stuck")
    assert stuck.id == position
    assert "the raw mail is damaged" in (stuck.error or "")


def test_a_failing_mail_waits_longer_each_time_before_it_is_tried_again(office: Office) -> None:
    office.store(request())
    with office.database.write() as connection:
        connection.execute(update(raw_mails).values(content=b"not zstd at all"))
    assert process_batch(office.means, office.database, "worker")
    assert process_batch(office.means, office.database, "worker") is None
    office.clock.forward(seconds=31)
    assert process_batch(office.means, office.database, "worker")
    office.clock.forward(seconds=31)
    assert process_batch(office.means, office.database, "worker") is None


class BrokenRenderer:
    """A letter folder that an operator has just broken."""

    def render(self, letter: str, values: object) -> RenderedLetter:
        del values
        raise LetterError(f"rules/letters/{letter}/body.txt: line 3: nothing works")

    def check(self) -> None:
        raise LetterError("rules/letters/acknowledgement/body.txt: line 3: nothing works")


class PickyRenderer(LetterRenderer):
    """Letters that hold for the samples and fail for one subject."""

    def render(self, letter: str, values: Mapping[str, Any]) -> RenderedLetter:
        if "zzz" in values["subject"]:
            raise LetterError(f"rules/letters/{letter}/body.txt: line 3: nosuch is undefined")
        return super().render(letter, values)


def test_a_broken_letter_blames_no_mail_and_leaves_nothing_half_written(office: Office) -> None:
    office.store(request(number=1), request(number=2))
    good = office.means
    office.means = replace(good, renderer=BrokenRenderer())
    with pytest.raises(LetterError):
        office.process()
    with office.database.read() as connection:
        for table in (decisions, tickets_table, outbox_table):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
        assert {(row.state, row.attempts) for row in mails.listed(connection)} == {("waiting", 0)}
    office.means = good
    assert office.process().outcomes == {"open_ticket": 2}
    with office.database.read() as connection:
        assert [row.code for row in tickets.listed(connection)] == ["SD261116-000002", "SD261116-000001"]


class AheadInThread:
    """Reads ahead as a process apart does, and notes which mails it was given together."""

    count = 1

    def __init__(self, rules: Rulebook) -> None:
        self._rules = rules
        self.given: list[list[int]] = []

    def begin(self, raws: Mapping[int, bytes]) -> Future[dict[int, Any]]:
        self.given.append(list(raws))
        reading: Future[dict[int, Any]] = Future()
        reading.set_result({number: read_of(raw, self._rules) for number, raw in raws.items()})
        return reading


def test_once_the_service_ends_no_more_mails_are_taken_and_those_in_hand_are_finished(office: Office) -> None:
    office.store(*(request(f"[0010#DVC] Lỗi {number}", number=number) for number in range(4 * PORTION)))
    means = replace(office.means, readers=AheadInThread(office.means.rules))
    done: list[bool] = []
    batch = process_batch(
        means, office.database, "w", got_on=lambda: done.append(True), ending=lambda: bool(done)
    )
    assert batch
    assert sum(batch.outcomes.values()) == 2 * PORTION
    with office.database.read() as connection:
        states = connection.execute(select(mails_table.c.state, mails_table.c.claimed_by)).all()
    assert Counter(tuple(row) for row in states) == {
        ("processed", None): 2 * PORTION,
        ("waiting", None): 2 * PORTION,
    }
    assert process_batch(means, office.database, "w", ending=lambda: True) is None


def test_what_cannot_be_taken_up_keeps_nothing_that_came_before_it(office: Office) -> None:
    office.store(*(request(f"[0010#DVC] Lỗi {number}", number=number) for number in range(2 * PORTION)))
    with office.database.write() as connection:
        connection.execute(update(mails_table).where(mails_table.c.id == 2 * PORTION).values(crashes=1))

    def trial(raws: Sequence[bytes]) -> Verdicts:
        raise RulesError(f"No mail of {len(raws)} can be tried apart")
        yield

    means = replace(office.means, readers=AheadInThread(office.means.rules), trial=trial)
    batch = process_batch(means, office.database, "w")
    assert batch
    assert sum(batch.outcomes.values()) == PORTION
    with pytest.raises(RulesError):
        process_batch(means, office.database, "w")
    with office.database.read() as connection:
        held = connection.scalars(select(mails_table.c.id).where(mails_table.c.claimed_by.is_not(None)))
        assert held.all() == []
    batch = process_batch(office.means, office.database, "w")
    assert batch
    assert sum(batch.outcomes.values()) == PORTION


def test_what_was_there_at_many_deaths_is_in_hand_alone_though_others_come_meanwhile(office: Office) -> None:
    office.store(request(number=1))
    with office.database.write() as connection:
        connection.execute(update(mails_table).values(crashes=claims.ALONE_AFTER))
    beside: list[int] = []

    def trial(raws: Sequence[bytes]) -> Verdicts:
        office.store(request("[3110#DVC] x", number=2))
        yield from [None] * len(raws)

    def written() -> None:
        with office.database.read() as connection:
            held = select(mails_table.c.id).where(mails_table.c.claimed_by.is_not(None))
            beside.extend(connection.scalars(held))

    means = replace(office.means, readers=AheadInThread(office.means.rules), trial=trial)
    assert process_batch(means, office.database, "w", got_on=written)
    assert beside == []


def test_two_workers_make_one_ticket_of_two_deliveries_and_no_code_twice(office: Office) -> None:
    for number in range(40):
        raw = request(number=number, sender=f"donvi{number}@unit.example")
        office.store(raw, b"X-Copy: 2\r\n" + raw)
    results: list[dict[str, int]] = []

    def work(worker: str) -> None:
        while done := process_batch(office.means, office.database, worker):
            results.append(done.outcomes)

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = {name: sum(one.get(name, 0) for one in results) for name in ("open_ticket", "duplicate")}
    assert total == {"open_ticket": 40, "duplicate": 40}
    with office.database.read() as connection:
        codes = sorted(row.code for row in tickets.listed(connection))
        assert codes == [f"SD261116-{number:06}" for number in range(1, 41)]
        assert connection.scalar(select(func.count()).select_from(outbox_table)) == 40


def test_routing_learns_from_the_sender_s_last_ticket(office: Office) -> None:
    office.store(request())
    office.process()
    office.clock.forward(hours=1)
    office.store(request("Xin hỗ trợ", number=2, text="Hệ thống báo lỗi khi gửi hồ sơ, nhờ kiểm tra giúp."))
    office.process()
    assert the_ticket(office, "SD261116-000002").queue == "0010"


def test_the_deadline_counts_from_the_server_s_receipt_not_from_the_sender_s_date(office: Office) -> None:
    office.store(
        request(date="Mon, 01 Jan 2035 00:00:00 +0700"), received_at=office.clock.now() + timedelta(days=4)
    )
    office.process()
    ticket = the_ticket(office, "SD261120-000001")
    assert ticket.due_at is not None
    assert ticket.due_at.isoformat() == "2026-11-23T10:00:00+00:00"


def abandon(office: Office, worker: str) -> None:
    """Take mails as a worker that dies before it has finished them."""
    with office.database.write() as connection:
        claims.claim(connection, worker, office.clock.now(), count=50, size=10**9, ignore_delay=True)


def test_mails_of_a_dead_worker_are_tried_apart_and_then_processed(office: Office) -> None:
    office.store(request(number=1), request("[3110#DVC] Khác", number=2))
    for number in range(5):
        abandon(office, f"dead-{number}")
    assert office.process().outcomes == {"open_ticket": 2}


def test_a_mail_that_kills_its_reader_ends_stuck_and_takes_nobody_with_it(office: Office) -> None:
    def trial(raws: Sequence[bytes]) -> Verdicts:
        yield from ("the process died" if b"deadly" in raw else None for raw in raws)

    office.store(request(number=1), request(number=2, text="deadly"), request("[3110#DVC] x", number=3))
    office.means = replace(office.means, trial=trial)
    abandon(office, "dead")
    done = office.process()
    assert (done.outcomes, done.failed, done.stuck) == ({"open_ticket": 2}, 2, 1)


def test_a_letter_that_fails_for_one_mail_alone_stops_no_other(office: Office) -> None:
    office.store(request("[0010#DVC] zzz", number=1), request("[3110#DVC] tốt", number=2))
    office.means = replace(office.means, renderer=PickyRenderer(RULES / "letters"))
    done = office.process()
    assert (done.outcomes, done.stuck) == ({"open_ticket": 1}, 1)
    with office.database.read() as connection:
        [stuck] = mails.listed(connection, state="stuck")
        assert "nosuch is undefined" in (stuck.error or "")
        assert [row.code for row in tickets.listed(connection)] == ["SD261116-000001"]


MONSTROUS = (f"<{'字' * 900}@x.example>", f"<{'a' * 5000}@x.example>", "<\U0001f600@x.example>")


@pytest.mark.parametrize("message_id", MONSTROUS, ids=("wide", "long", "strange"))
def test_a_monstrous_message_id_stops_nobody(office: Office, message_id: str) -> None:
    office.store(request(message_id=message_id), request("[3110#DVC] khác", number=2))
    assert office.process().outcomes == {"open_ticket": 2}
    office.store(request("Re: tiếp", number=3, in_reply_to=message_id))
    assert office.process().stuck == 0
