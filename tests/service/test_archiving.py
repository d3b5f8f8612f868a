"""Old mail is taken in, decided, and answered to nobody; stored mail goes out as it came."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.office import Office, open_office, request

from triage.adapters.mailfiles import read_mailbox, write_folder
from triage.db import conversation, mails, outbox, tickets
from triage.db.conversation import Sort
from triage.service import archiving, replay, trust


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def waiting(office: Office) -> int:
    with office.database.read() as connection:
        return outbox.count_waiting(connection)


def test_imported_mail_becomes_tickets_and_nobody_is_answered(office: Office) -> None:
    old = [request(number=1), request("Không có thẻ", number=2), request("[3110#DVC] Chứng thư số", number=3)]
    done = archiving.import_mails(office.database, office.clock, "old.mbox", old)
    assert (done.read, done.stored) == (3, 3)
    assert office.process().outcomes == {"open_ticket": 3}
    assert waiting(office) == 0
    with office.database.read() as connection:
        [first, *_] = mails.listed(connection, ids=[1])
        assert len(tickets.listed(connection)) == 3
    assert first.received_at == datetime(2026, 11, 16, 2, 29, tzinfo=UTC)
    office.store(request(number=9))
    office.process()
    assert waiting(office) == 1


def test_the_same_mailbox_can_be_imported_again(office: Office) -> None:
    archiving.import_mails(office.database, office.clock, "old.mbox", [request()])
    done = archiving.import_mails(office.database, office.clock, "old.mbox", [request(), request(number=2)])
    assert (done.read, done.stored) == (2, 1)


def test_what_the_server_delivers_too_is_a_duplicate(office: Office) -> None:
    archiving.import_mails(office.database, office.clock, "old.mbox", [request()])
    office.store(request())
    assert office.process().outcomes == {"open_ticket": 1, "duplicate": 1}
    assert waiting(office) == 0


def standing(office: Office, ticket_id: int) -> list[int]:
    """Give the mails among the turns of a ticket, the newest first."""
    with office.database.read() as connection:
        found = conversation.turns(connection, ticket_id, before=None, count=50)
        numbers = [turn.id for turn in found if turn.sort is Sort.MAIL]
        assert conversation.told_mail_ids(connection, ticket_id) == numbers[::-1]
        return numbers


def test_what_came_once_more_is_no_further_turn_of_its_ticket_and_is_not_lost(office: Office) -> None:
    further = request("SD261116-000001 Bổ sung", number=2, date="Mon, 16 Nov 2026 10:29:00 +0700")
    office.store(request())
    office.process()
    office.store(further, received_at=office.clock.now() + timedelta(hours=1))
    office.process()
    archiving.import_mails(office.database, office.clock, "x.mbox", [request(), further])
    office.store(request(number=3))
    assert office.process().outcomes == {"duplicate": 2, "open_ticket": 1}
    assert standing(office, 1) == [2, 1]
    with office.database.read() as connection:
        assert tickets.mail_ids(connection, 1) == [3, 1, 4, 2]
        assert mails.contents(connection, [3])[0].readable() == request()


def test_a_mail_that_was_held_and_released_stands_in_its_conversation(office: Office) -> None:
    office.store(request(sender="Kho bạc <ho-tro@vst-gov-vn.example>", reply_to="x@vst.gov.vn.example"))
    office.process()
    with office.database.read() as connection:
        [held] = tickets.listed(connection)
    assert held.status == "held"
    trust.release(office.database, office.means, held.code, actor="lan")
    assert standing(office, held.id) == [1]


def test_a_mail_that_waits_for_its_decision_is_no_trouble(office: Office) -> None:
    office.store(request())
    office.process()
    office.store(request(number=2))
    with office.database.write() as connection:
        mails.finish(connection, 2, ticket_id=1)
    assert standing(office, 1) == [2, 1]


def test_a_replay_knows_that_a_mail_was_imported(office: Office) -> None:
    archiving.import_mails(office.database, office.clock, "old.mbox", [request()])
    office.process()
    assert list(replay.compare(office.database, office.means, [1])) == []


def test_a_date_ahead_of_us_is_not_believed(office: Office) -> None:
    ahead = request(date="Fri, 16 Nov 2187 09:29:00 +0700")
    archiving.import_mails(office.database, office.clock, "old.mbox", [ahead, request(number=2, date="x")])
    with office.database.read() as connection:
        assert {row.received_at for row in mails.listed(connection)} == {office.clock.now()}


def test_stored_mail_goes_out_as_it_came(office: Office) -> None:
    office.store(request(), request("[3110#DVC] Chứng thư số", number=2))
    office.process()
    with office.database.read() as connection:
        code = next(row.code for row in tickets.listed(connection) if row.queue == "3110")
    numbers = archiving.numbers_of(office.database, code)
    [(number, received_at, raw)] = archiving.stored_mails(office.database, numbers)
    assert (number, received_at, raw) == (2, office.clock.now(), request("[3110#DVC] Chứng thư số", number=2))


def test_what_was_written_to_a_folder_is_known_when_it_is_taken_in_again(
    office: Office, tmp_path: Path
) -> None:
    office.store(request())
    assert write_folder(tmp_path / "out", archiving.stored_mails(office.database, [1])) == 1
    archiving.import_mails(office.database, office.clock, "out", read_mailbox(tmp_path / "out"))
    assert office.process().outcomes == {"open_ticket": 1, "duplicate": 1}


def test_a_span_holds_what_was_received_in_it(office: Office) -> None:
    start = office.clock.now()
    for day in range(3):
        office.store(request(number=day), received_at=start + timedelta(days=day))
    first, end = start + timedelta(days=1), start + timedelta(days=2)
    assert replay.stored_ids(office.database, since=first, until=end) == [2]
    assert replay.stored_ids(office.database, since=first) == [2, 3]
    assert replay.stored_ids(office.database, until=end) == [1, 2]
