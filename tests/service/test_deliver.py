"""Delivering: every letter arrives, at most one of them twice and then as the same message."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from support.catcher import SmtpCatcher
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.db import history, outbox
from triage.errors import SmtpError
from triage.service.deliver import delay, deliver_batch


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def sender(catcher: SmtpCatcher) -> Iterator[SmtpSender]:
    sender = SmtpSender(
        SmtpSettings(
            host="127.0.0.1", port=catcher.port, from_address=OUR_ADDRESS, tls="none", timeout_seconds=5
        )
    )
    yield sender
    sender.close()


def with_letters(office: Office, count: int) -> None:
    office.store(
        *(request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@unit.example") for n in range(count))
    )
    office.process()


def deliver(office: Office, sender: SmtpSender, worker: str = "worker") -> tuple[int, int, int]:
    done = deliver_batch(sender, office.database, office.clock, worker)
    return (done.sent, done.deferred, done.failed) if done else (0, 0, 0)


def states(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [row.state for row in reversed(outbox.listed(connection))]


def test_letters_go_out_in_order_over_one_connection(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 3)
    assert deliver(office, sender) == (3, 0, 0)
    assert [message.recipients for message in catcher.messages] == [(f"a{n}@unit.example",) for n in range(3)]
    assert deliver(office, sender) == (0, 0, 0)


def test_a_letter_refused_for_now_waits_and_goes_later(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 2)
    catcher.answer("rcpt", "451 4.3.0 Try again later")
    assert deliver(office, sender) == (1, 1, 0)
    assert states(office) == ["queued", "sent"]
    assert deliver(office, sender) == (0, 0, 0)
    office.clock.forward(minutes=2)
    assert deliver(office, sender) == (1, 0, 0)
    assert len(catcher.messages) == 2


def test_a_letter_refused_for_good_is_visible_on_its_ticket_and_can_be_sent_again(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 1)
    catcher.answer("rcpt", "550 5.1.1 No such user")
    assert deliver(office, sender) == (0, 0, 1)
    with office.database.read() as connection:
        [letter] = outbox.listed(connection, state="failed")
        assert letter.response == "550 5.1.1 No such user"
        assert history.events(connection, 1)[-1].verb == "letter_failed"
    office.clock.forward(days=30)
    assert deliver(office, sender) == (0, 0, 0)
    with office.database.write() as connection:
        assert outbox.retry(connection, [letter.id]) == 1
    assert deliver(office, sender) == (1, 0, 0)


def test_without_a_server_no_letter_is_blamed(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 3)
    port = catcher.port
    catcher.stop()
    with pytest.raises(SmtpError, match=str(port)):
        deliver(office, sender)
    assert states(office) == ["queued"] * 3
    with office.database.read() as connection:
        assert [row.attempts for row in reversed(outbox.listed(connection))] == [1, 0, 0]


def test_an_answer_lost_after_the_message_repeats_it_with_the_same_message_id(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 2)
    catcher.drop("data", keep=True)
    with pytest.raises(SmtpError):
        deliver(office, sender)
    office.clock.forward(minutes=2)
    assert deliver(office, sender) == (2, 0, 0)
    raws = [message.raw for message in catcher.messages]
    assert len(raws) == 3
    assert len(set(raws)) == 2


def test_letters_that_a_dead_process_had_taken_are_sent_by_the_next(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 2)
    with office.database.write() as connection:
        assert outbox.take_next(connection, "dead", office.clock.now())
    assert deliver(office, sender, "alive") == (2, 0, 0)
    assert len(catcher.messages) == 2


def test_a_letter_that_was_under_way_at_two_deaths_is_left_to_a_person(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 1)
    for worker in ("dead", "dead too"):
        with office.database.write() as connection:
            assert outbox.take_next(connection, worker, office.clock.now())
        office.clock.forward(seconds=1)
    assert deliver(office, sender, "alive") == (0, 0, 1)
    assert catcher.messages == ()
    with office.database.write() as connection:
        [letter] = outbox.listed(connection, state="failed")
        assert "may have arrived" in (letter.response or "")
        assert outbox.retry(connection, [letter.id]) == 1
    assert deliver(office, sender, "alive") == (1, 0, 0)


def test_a_letter_deferred_for_days_fails_in_the_end(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 1)
    catcher.answer("rcpt", "452 4.2.2 Mailbox full", times=100)
    assert deliver(office, sender) == (0, 1, 0)
    office.clock.forward(days=4, hours=23)
    assert deliver(office, sender) == (0, 1, 0)
    office.clock.forward(hours=5)
    assert deliver(office, sender) == (0, 0, 1)


def test_an_outage_costs_no_letter_its_patience(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 1)
    catcher.drop("ehlo", times=500)
    for _ in range(60):
        with pytest.raises(SmtpError):
            deliver(office, sender)
        office.clock.forward(seconds=60)
    catcher.clear()
    catcher.answer("rcpt", "451 4.7.1 Greylisted")
    assert deliver(office, sender) == (0, 1, 0)
    office.clock.forward(hours=1)
    assert deliver(office, sender) == (1, 0, 0)


def test_a_letter_that_makes_the_server_hang_up_is_sent_twice_at_most_and_starves_no_other(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 3)
    catcher.answer("rcpt", "451 4.7.1 Greylisted", times=3)
    assert deliver(office, sender) == (0, 3, 0)
    office.clock.forward(minutes=2)
    catcher.drop("data", times=2, keep=True)
    for _ in range(20):
        with suppress(SmtpError):
            deliver(office, sender)
        office.clock.forward(minutes=5)
    assert max(Counter(message.raw for message in catcher.messages).values()) <= 2
    assert sorted(states(office)) in (["failed", "sent", "sent"], ["sent", "sent", "sent"])


def test_a_letter_whose_result_could_not_be_written_down_is_not_forgotten(
    office: Office, sender: SmtpSender
) -> None:
    with_letters(office, 1)
    with office.database.write() as connection:
        assert outbox.take_next(connection, "worker", office.clock.now())
    office.clock.forward(seconds=1)
    assert deliver(office, sender, "worker") == (1, 0, 0)


def test_an_answer_full_of_rubbish_is_kept_as_one_line(
    office: Office, sender: SmtpSender, catcher: SmtpCatcher
) -> None:
    with_letters(office, 1)
    catcher.answer("rcpt", "550 5.1.1 no\x00such\x1b[31m user")
    assert deliver(office, sender) == (0, 0, 1)
    with office.database.read() as connection:
        [letter] = outbox.listed(connection, state="failed")
    assert "\x00" not in (letter.response or "")


def test_the_waits_grow_with_the_age_of_a_letter_and_stay_bounded() -> None:
    assert timedelta(seconds=48) <= delay(timedelta(0)) <= timedelta(seconds=72)
    assert timedelta(minutes=24) <= delay(timedelta(hours=1)) <= timedelta(minutes=36)
    assert delay(timedelta(days=4)) <= timedelta(hours=4, minutes=48)
