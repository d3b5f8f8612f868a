"""An SMTP connection that fails at any step: each letter arrives, at most one twice, as the same bytes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.faultproxy import Act, Fault, FaultProxy
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.db import outbox
from triage.errors import SmtpError
from triage.service.deliver import deliver_batch

LETTERS = 2


class Posts:
    """Rounds of delivering through a proxy, each with letters of its own."""

    def __init__(self, office: Office, catcher: SmtpCatcher, proxy: FaultProxy) -> None:
        self.office = office
        self.catcher = catcher
        self.proxy = proxy
        self.written = 0
        self.refused = 0

    def with_fault(self, fault: Fault | None, timeout_seconds: float = 5.0) -> bool:
        """Send new letters while this goes wrong, then until none waits; say whether it did go wrong."""
        before = len(self.catcher.messages)
        self._write()
        self.proxy.arm(fault)
        self._deliver(timeout_seconds)
        struck = self.proxy.struck > 0
        self.proxy.arm(None)
        for _ in range(3):
            self.office.clock.forward(hours=1)
            self._send_refused_again()
            self._deliver(5.0)
        arrived = Counter(message.raw for message in self.catcher.messages[before:])
        assert len(arrived) == LETTERS
        assert sum(arrived.values()) <= LETTERS + 1
        return struck

    def _write(self) -> None:
        numbers = range(self.written + 1, self.written + LETTERS + 1)
        self.office.store(*(request(f"[0010#DVC] {n}", number=n, sender=f"a{n}@x.example") for n in numbers))
        self.office.process()
        self.written += LETTERS

    def _deliver(self, timeout_seconds: float) -> None:
        sender = SmtpSender(
            SmtpSettings(
                host=self.proxy.host,
                port=self.proxy.port,
                from_address=OUR_ADDRESS,
                tls="none",
                timeout_seconds=timeout_seconds,
            )
        )
        with suppress(SmtpError):
            while deliver_batch(sender, self.office.database, self.office.clock, "worker"):
                pass
        sender.close()

    def _send_refused_again(self) -> None:
        """Do what a person does about letters that a server refused for good."""
        with self.office.database.write() as connection:
            failed = [row.id for row in outbox.listed(connection, state="failed")]
            self.refused += outbox.retry(connection, failed)

    def steps(self) -> int:
        """Count the steps of a round in which nothing goes wrong."""
        self.with_fault(None)
        self._write()
        self.proxy.arm(None)
        self._deliver(5.0)
        return len(self.proxy.lines)

    def all_is_well(self) -> None:
        """Demand that every letter is known to be sent and that what was sent is what was written."""
        with self.office.database.read() as connection:
            letters = outbox.listed(connection)
            assert {row.state for row in letters} == {"sent"}
            assert len({row.message_id for row in letters}) == self.written


@pytest.fixture
def posts(tmp_path: Path, catcher: SmtpCatcher) -> Iterator[Posts]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, FaultProxy(catcher.port) as proxy:
        yield Posts(office, catcher, proxy)


@pytest.mark.parametrize("act", [Act.CUT_BEFORE, Act.CUT_AFTER, Act.CUT_IN_ANSWER])
def test_a_connection_cut_at_any_step_of_a_delivery_loses_no_letter(posts: Posts, act: Act) -> None:
    steps = posts.steps()
    assert steps == 1 + 4 * LETTERS + 1
    struck = [posts.with_fault(Fault(step, act)) for step in range(steps)]
    assert all(struck)
    assert posts.refused == 0
    posts.all_is_well()


@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "450 4.2.1 busy"])
def test_a_refusal_for_now_at_any_step_of_a_delivery_loses_no_letter(posts: Posts, answer: str) -> None:
    steps = posts.steps()
    struck = [posts.with_fault(Fault(step, Act.REWRITE, answer)) for step in range(1, steps + 1)]
    assert all(struck)
    assert posts.refused == 0
    posts.all_is_well()


def test_a_refusal_for_good_at_any_step_is_shown_and_the_letter_can_be_sent_again(posts: Posts) -> None:
    steps = posts.steps()
    for step in range(1, steps + 1):
        posts.with_fault(Fault(step, Act.REWRITE, "550 5.7.1 no"))
    # RCPT, DATA and the end of the message are about one letter; EHLO, MAIL and QUIT are about us.
    assert posts.refused == 3 * LETTERS
    posts.all_is_well()


@pytest.mark.parametrize("act", [Act.STALL, Act.DRIP])
def test_a_server_that_stalls_at_any_step_of_a_delivery_is_given_up_and_loses_no_letter(
    posts: Posts, act: Act
) -> None:
    steps = posts.steps()
    struck = [posts.with_fault(Fault(step, act), timeout_seconds=0.2) for step in range(steps)]
    assert any(struck)
    posts.all_is_well()
