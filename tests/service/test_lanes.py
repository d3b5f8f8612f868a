"""Several connections to the outgoing server: each letter goes out once, whichever takes it."""

from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
from support.catcher import SmtpCatcher
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.db import outbox
from triage.db.schema import outbox as letters
from triage.errors import SmtpError
from triage.service.lanes import ENOUGH_ALONE, deliver_round

MANY = 30


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def senders(catcher: SmtpCatcher) -> Iterator[list[SmtpSender]]:
    to = SmtpSettings("127.0.0.1", catcher.port, OUR_ADDRESS, tls="none", timeout_seconds=5)
    senders = [SmtpSender(to) for _ in range(3)]
    yield senders
    for one in senders:
        one.close()


def with_letters(office: Office, how_many: int, first: int = 0) -> None:
    numbers = range(first, first + how_many)
    office.store(*(request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@unit{n}.example") for n in numbers))
    office.process()


def send_all(office: Office, senders: list[SmtpSender]) -> int:
    sent = 0
    while done := deliver_round(senders, office.database, office.clock, "worker"):
        sent += done.sent
    return sent


def arrived(catcher: SmtpCatcher) -> Counter[bytes]:
    return Counter(message.raw for message in catcher.messages)


def test_many_letters_go_out_once_each_over_all_connections(
    office: Office, senders: list[SmtpSender], catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    assert send_all(office, senders) == MANY
    assert catcher.connections == 3
    assert len(arrived(catcher)) == arrived(catcher).total() == MANY


def test_a_few_letters_need_one_connection_and_after_a_rush_the_others_are_closed(
    office: Office, senders: list[SmtpSender], catcher: SmtpCatcher
) -> None:
    with_letters(office, ENOUGH_ALONE - 1)
    send_all(office, senders)
    assert catcher.connections == 1
    with_letters(office, MANY, first=100)
    send_all(office, senders)
    with_letters(office, MANY, first=200)
    send_all(office, senders)
    assert catcher.connections == 5, "two were closed between one rush and the next, and opened anew"
    assert arrived(catcher).total() == ENOUGH_ALONE - 1 + 2 * MANY


def test_letters_that_a_dead_process_had_under_way_are_sent_once_more_and_only_once(
    office: Office, senders: list[SmtpSender], catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    with office.database.write() as connection:
        for number in range(1, 4):
            connection.execute(
                letters.update()
                .where(letters.c.id == number)
                .values(state="sending", claimed_by="worker", attempts=1, next_try_at=office.clock.now())
            )
    assert send_all(office, senders) == MANY
    assert len(arrived(catcher)) == arrived(catcher).total() == MANY


def test_a_connection_that_breaks_loses_no_letter_and_leaves_the_others_theirs(
    office: Office, senders: list[SmtpSender], catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    sent = count(1)

    def sent_one() -> None:
        if next(sent) == ENOUGH_ALONE + 2:
            catcher.drop("data", keep=True)

    with pytest.raises(SmtpError):
        deliver_round(senders, office.database, office.clock, "worker", sent_one)
    assert catcher.connections == 3
    office.clock.forward(minutes=2)
    send_all(office, senders)
    with office.database.read() as connection:
        assert {row.state for row in outbox.listed(connection)} == {"sent"}
    assert (len(arrived(catcher)), arrived(catcher).total()) == (MANY, MANY + 1)
