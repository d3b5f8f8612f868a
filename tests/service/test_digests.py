"""Every coordinator hears once a working day what his queues call for, if they call for anything."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from threading import Thread

import pytest
from support.office import Office, open_office, request

from triage.core.letternames import DIGEST
from triage.db import outbox, people
from triage.errors import NotFoundError, RefusalError
from triage.service import digests, persons
from triage.service.tidying import tidy

AT = time(8)
TUESDAY = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
"""08:00 in Hanoi."""
HANOI_MAN, DEPUTY, ELSEWHERE = "binh@kbnn.example", "chi@kbnn.example", "dung@kbnn.example"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(
            request("[0010#DVC] Không ký được hồ sơ https://xau.example/x"),
            request("[0010#DVC] Mất kết nối", number=2, sender="an@truong.example"),
        )
        office.process()
        coordinator(office, "binh", HANOI_MAN, "0010")
        coordinator(office, "chi", DEPUTY, "3110")
        coordinator(office, "dung", ELSEWHERE, "3110")
        coordinator(office, "nghi", "nghi@kbnn.example", "0010", disabled_at=office.clock.now())
        coordinator(office, "khong", "", "0010")
        with office.database.write() as connection:
            people.add(
                connection,
                office.clock.now(),
                name="thu",
                display_name="Thu",
                role="agent",
                email="thu@vst.example",
            )
        office.clock.moment = TUESDAY
        yield office


def coordinator(office: Office, name: str, email: str, *queues: str, **values: object) -> int:
    with office.database.write() as connection:
        number = people.add(
            connection,
            office.clock.now(),
            name=name,
            display_name=name.title(),
            role="coordinator",
            email=email,
            **values,
        )
        people.set_queues(connection, number, queues)
    return number


def send(office: Office) -> int:
    return digests.send_due(office.database, office.means, AT)


def sent(office: Office) -> dict[str, str]:
    """Give the text of each digest in the outbox by its recipient, who must have one alone."""
    with office.database.read() as connection:
        rows = [row for row in outbox.listed(connection) if row.letter == DIGEST]
        assert len({row.recipient for row in rows}) == len(rows)
        return {row.recipient: _text(outbox.content_of(connection, row.id) or b"") for row in rows}


def _text(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return f"{message['Subject']}\n{part.get_content()}"


def test_each_hears_once_of_his_own_queues_alone(office: Office) -> None:
    assert send(office) == 1
    office.clock.forward(minutes=5)
    office.store(request("[0010#DVC] Thư đến sau", number=3, sender="em@truong.example"))
    office.process()
    assert send(office) == 0
    told = sent(office)
    assert told.keys() == {HANOI_MAN}
    text = told[HANOI_MAN]
    assert "Phiếu hỗ trợ đầu ngày 17/11/2026: 2 phiếu đến hạn hôm nay, 2 phiếu mới" in text
    assert "SD261116-000001 (hàng đợi 0010): Không ký được hồ sơ …" in text
    assert "Hạn: 17 giờ 00 phút ngày 17/11/2026 (thứ Ba)" in text
    assert "quá hạn: 0" in text.lower()
    assert "http" not in text


def test_what_became_overdue_is_said_the_next_day_and_nothing_is_said_at_the_weekend(office: Office) -> None:
    send(office)
    office.clock.moment = TUESDAY + timedelta(days=1)
    assert send(office) == 1
    office.clock.moment = TUESDAY + timedelta(days=4)
    assert send(office) == 0
    with office.database.read() as connection:
        rows = [row for row in outbox.listed(connection) if row.letter == DIGEST]
        latest = max(rows, key=lambda row: row.id)
        text = _text(outbox.content_of(connection, latest.id) or b"")
    assert latest.subject == "Phiếu hỗ trợ đầu ngày 18/11/2026: 2 phiếu quá hạn"
    assert ", đã quá hạn" in text


def test_a_deputy_is_told_of_the_queues_lent_to_him_and_who_is_away_of_nothing(office: Office) -> None:
    with office.database.write() as connection:
        deputy = people.find(connection, "chi")
        away = people.find(connection, "binh")
        assert deputy
        assert away
        people.change(
            connection,
            away.id,
            deputy_id=deputy.id,
            away_from=TUESDAY - timedelta(days=1),
            away_until=TUESDAY + timedelta(days=3),
        )
    assert send(office) == 1
    assert sent(office).keys() == {DEPUTY}


def test_many_processes_at_once_send_one(office: Office) -> None:
    threads = [Thread(target=send, args=(office,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent(office).keys() == {HANOI_MAN}


def test_a_person_who_is_erased_is_erased_from_digests_and_all_go_after_a_month(office: Office) -> None:
    send(office)
    persons.erase(office.database, office.clock, "an@truong.example", reason="theo yêu cầu", actor="Hà")
    with office.database.read() as connection:
        (row,) = [row for row in outbox.listed(connection) if row.letter == DIGEST]
        assert b"erased" in (outbox.content_of(connection, row.id) or b"")
        assert row.state == "recalled"
    office.clock.forward(days=31)
    tidy(office.database, office.clock)
    assert sent(office) == {}


def test_closed_and_waiting_tickets_call_for_nobody(office: Office) -> None:
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'closed'")
    assert send(office) == 0
    assert sent(office) == {}


def test_in_the_evening_the_digest_of_the_next_morning_is_shown(office: Office) -> None:
    office.clock.moment = TUESDAY + timedelta(hours=10, minutes=56)
    office.store(request("[0010#DVC] Vừa mới gửi", number=3, sender="em@truong.example"))
    office.process()
    shown = digests.show(office.database, office.means, "binh", AT)
    assert shown
    told = "2 phiếu quá hạn, 1 phiếu đến hạn hôm nay, 1 phiếu mới"
    assert shown.subject == f"Phiếu hỗ trợ đầu ngày 18/11/2026: {told}"
    office.clock.moment = TUESDAY + timedelta(days=1)
    assert send(office) == 1
    assert shown.text in sent(office)[HANOI_MAN].replace("\r\n", "\n")


def test_a_digest_is_shown_without_being_sent(office: Office) -> None:
    shown = digests.show(office.database, office.means, "binh", AT)
    assert shown
    assert "2 phiếu mới" in shown.subject
    assert digests.show(office.database, office.means, "chi", AT) is None
    with pytest.raises(NotFoundError, match="Nobody signs in as 'ai'"):
        digests.show(office.database, office.means, "ai", AT)
    with pytest.raises(RefusalError, match="thu is no coordinator"):
        digests.show(office.database, office.means, "thu", AT)
    assert sent(office) == {}
