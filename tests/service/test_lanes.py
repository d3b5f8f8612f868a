"""Several connections to the outgoing server: each letter goes out once, whichever takes it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import pytest
from support.catcher import SmtpCatcher
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.db import outbox
from triage.db.schema import outbox as letters
from triage.errors import SmtpError, SmtpLoginError
from triage.service.lanes import ENOUGH_ALONE, Lanes

MANY = 30


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@contextmanager
def connections(port: int, **more: Any) -> Iterator[Lanes]:
    to = SmtpSettings("127.0.0.1", port, OUR_ADDRESS, tls="none", timeout_seconds=5, **more)
    senders = [SmtpSender(to) for _ in range(3)]
    yield Lanes(senders)
    for one in senders:
        one.close()


@pytest.fixture
def lanes(catcher: SmtpCatcher) -> Iterator[Lanes]:
    with connections(catcher.port) as lanes:
        yield lanes


def with_letters(office: Office, how_many: int, first: int = 0) -> None:
    numbers = range(first, first + how_many)
    office.store(*(request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@unit{n}.example") for n in numbers))
    office.process()


def send_all(office: Office, lanes: Lanes) -> int:
    sent = 0
    while done := lanes.deliver_round(office.database, office.clock, "worker"):
        sent += done.sent
    return sent


def arrived(catcher: SmtpCatcher) -> Counter[bytes]:
    return Counter(message.raw for message in catcher.messages)


def test_many_letters_go_out_once_each_over_all_connections(
    office: Office, lanes: Lanes, catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    assert send_all(office, lanes) == MANY
    assert catcher.connections == 3
    assert len(arrived(catcher)) == arrived(catcher).total() == MANY


def test_a_few_letters_need_one_connection_and_after_a_rush_the_others_are_closed(
    office: Office, lanes: Lanes, catcher: SmtpCatcher
) -> None:
    with_letters(office, ENOUGH_ALONE - 1)
    send_all(office, lanes)
    assert catcher.connections == 1
    with_letters(office, MANY, first=100)
    send_all(office, lanes)
    with_letters(office, MANY, first=200)
    send_all(office, lanes)
    assert catcher.connections == 5, "two were closed between one rush and the next, and opened anew"
    assert arrived(catcher).total() == ENOUGH_ALONE - 1 + 2 * MANY


def test_letters_that_a_dead_process_had_under_way_are_sent_once_more_and_only_once(
    office: Office, lanes: Lanes, catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    with office.database.write() as connection:
        for number in range(1, 4):
            connection.execute(
                letters.update()
                .where(letters.c.id == number)
                .values(state="sending", claimed_by="worker", attempts=1, next_try_at=office.clock.now())
            )
    assert send_all(office, lanes) == MANY
    assert len(arrived(catcher)) == arrived(catcher).total() == MANY


def broken_at(catcher: SmtpCatcher, letter: int) -> Callable[[], None]:
    """Let the server end a connection without a word after it took the letter that follows so many."""
    sent = count(1)

    def sent_one() -> None:
        if next(sent) == letter:
            catcher.drop("data", keep=True)

    return sent_one


def test_a_connection_that_breaks_loses_no_letter_and_leaves_the_others_theirs(
    office: Office, lanes: Lanes, catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    # which of them it befalls is not ours to say: the round fails where it is the first
    with suppress(SmtpError):
        lanes.deliver_round(office.database, office.clock, "worker", broken_at(catcher, ENOUGH_ALONE + 3))
    office.clock.forward(minutes=2)
    send_all(office, lanes)
    with office.database.read() as connection:
        assert {row.state for row in outbox.listed(connection)} == {"sent"}
    assert (len(arrived(catcher)), arrived(catcher).total()) == (MANY, MANY + 1)


def test_where_the_first_connection_fails_the_round_does(
    office: Office, lanes: Lanes, catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    catcher.drop("data", keep=True)
    with pytest.raises(SmtpError):
        lanes.deliver_round(office.database, office.clock, "worker")


def test_a_second_connection_that_is_not_to_be_had_is_done_without_and_all_is_counted(
    office: Office, catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    ports = (catcher.port, 1, catcher.port)  # port 1 is nobody's
    senders = [SmtpSender(SmtpSettings("127.0.0.1", port, OUR_ADDRESS, tls="none")) for port in ports]
    lanes = Lanes(senders)
    done = lanes.deliver_round(office.database, office.clock, "worker")
    assert done is not None
    office.clock.forward(minutes=2)
    assert done.sent + send_all(office, lanes) == MANY
    assert catcher.connections == 1
    assert len(arrived(catcher)) == arrived(catcher).total() == MANY
    senders[0].close()


def test_a_login_that_is_refused_is_tried_once(office: Office) -> None:
    """The first connection is open; the password was changed since."""
    with_letters(office, MANY)
    with SmtpCatcher(username="hotro", password="x") as server:  # noqa: SIM117 - the server comes first
        with connections(server.port, username="hotro", password="x") as lanes:
            sent = count(1)

            def sent_one() -> None:
                if next(sent) == ENOUGH_ALONE - 1:
                    server.answer("auth", "535 5.7.8 Wrong password", times=10)

            with pytest.raises(SmtpLoginError):
                lanes.deliver_round(office.database, office.clock, "worker", sent_one)
            assert server.connections == 2


def test_no_other_connection_is_begun_once_the_service_is_to_end(
    office: Office, catcher: SmtpCatcher
) -> None:
    with_letters(office, MANY)
    to = SmtpSettings("127.0.0.1", catcher.port, OUR_ADDRESS, tls="none", timeout_seconds=5)
    senders = [SmtpSender(to) for _ in range(3)]
    lanes = Lanes(senders, ending=lambda: True)
    assert send_all(office, lanes) == MANY
    assert catcher.connections == 1
    senders[0].close()
