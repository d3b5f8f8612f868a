"""An IMAP connection that fails at any step: after the next round every mail is stored, and stored once."""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from support.dovecot import drop_into
from support.faultproxy import Act, Fault, FaultProxy
from support.imapserver import ImapAccount
from support.office import MONDAY, Office, open_office, request

from triage.adapters.imap import ImapMailbox
from triage.core.parse import read_mail
from triage.db import mails, tickets
from triage.errors import MailboxError
from triage.service.receive import receive

MAILS = 2


class Rounds:
    """Rounds of receiving through a proxy, each with mails and a folder of its own."""

    def __init__(self, account: ImapAccount, proxy: FaultProxy, office: Office) -> None:
        self.account = account
        self.proxy = proxy
        self.office = office
        self.sent: list[str] = []
        self._numbers = itertools.count(1)

    def mailbox(self, **changes: object) -> ImapMailbox:
        through = replace(self.account, host=self.proxy.host, port=self.proxy.port)
        return ImapMailbox(through.settings(**changes))

    def arrive(self) -> None:
        numbers = list(itertools.islice(self._numbers, MAILS))
        raws = [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@x.example") for n in numbers]
        if self.account.maildir is not None:
            drop_into(self.account.maildir, [(raw, MONDAY) for raw in raws])
        else:
            for raw in raws:
                self.account.append(raw, MONDAY)
        self.sent += [f"<mail-{n}@thcs-hoamai.example>" for n in numbers]

    def with_fault(self, fault: Fault | None, *, timeout_seconds: float = 20.0) -> bool:
        """Receive new mails while this goes wrong, then until all is well; say whether it did go wrong."""
        self.arrive()
        folder = f"Done{len(self.sent)}"
        self.proxy.arm(fault)
        self._whole(self.mailbox(processed_folder=folder, timeout_seconds=timeout_seconds))
        struck = self.proxy.struck > 0
        self.proxy.arm(None)
        box = self.mailbox(processed_folder=folder)
        done = receive(box, self.office.database, self.office.clock)
        assert done.unfetchable == ()
        assert done.unsettled is None
        box.close()
        return struck

    def _whole(self, box: ImapMailbox) -> None:
        """Receive, wait and sign out, as far as it goes."""
        with suppress(MailboxError):
            receive(box, self.office.database, self.office.clock)
            box.wait(0.05)
        box.close()

    def steps(self) -> int:
        """Count the steps of a round in which nothing goes wrong."""
        self.with_fault(None)
        self.arrive()
        self.proxy.arm(None)
        self._whole(self.mailbox(processed_folder="Counted"))
        return len(self.proxy.lines)

    def all_is_well(self) -> None:
        """Demand that every mail is stored once and was moved, that each has its ticket, and none has two."""
        with self.office.database.read() as connection:
            assert len(mails.ids(connection)) == len(self.sent)
        self.office.process()
        with self.office.database.read() as connection:
            stored = [row.message_id for row in mails.listed(connection)]
            codes = sorted(row.code for row in tickets.listed(connection))
            assert mails.count_by_state(connection) == {"processed": len(self.sent)}
        assert sorted(stored) == sorted(self.sent)
        assert codes == [f"SD261116-{number:06}" for number in range(1, len(self.sent) + 1)]
        assert self._on_the_server() == {"INBOX": set(), "moved": set(self.sent)}

    def _on_the_server(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {"INBOX": set(), "moved": set()}
        with self.account.client() as client:
            for _flags, _separator, name in client.list_folders():
                client.select_folder(name, readonly=True)
                for answer in client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).values():
                    found[name if name == "INBOX" else "moved"].add(read_mail(answer[b"BODY[]"]).message_id)
        return found


@pytest.fixture
def rounds(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rounds]:
    account: ImapAccount = request.getfixturevalue(getattr(request, "param", "dovecot"))
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, FaultProxy(account.port) as proxy:
        yield Rounds(account, proxy, office)


DOVECOT = pytest.param("dovecot", marks=pytest.mark.dovecot)
PYMAP_LATER = pytest.param("pymap_server", marks=pytest.mark.soak)


@pytest.mark.parametrize(
    "act", [pytest.param(Act.CUT_BEFORE, marks=pytest.mark.soak), Act.CUT_AFTER, Act.CUT_IN_ANSWER]
)
@pytest.mark.parametrize("rounds", [DOVECOT, PYMAP_LATER], indirect=True)
def test_a_connection_cut_at_any_step_of_a_round_costs_no_mail_and_doubles_none(
    rounds: Rounds, act: Act
) -> None:
    steps = rounds.steps()
    assert steps >= 15
    struck = [rounds.with_fault(Fault(step, act)) for step in range(steps)]
    assert all(struck)
    rounds.all_is_well()


@pytest.mark.parametrize(
    "answer", ["NO [UNAVAILABLE] not now", pytest.param("BAD cannot parse", marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("rounds", [DOVECOT, PYMAP_LATER], indirect=True)
def test_a_command_refused_at_any_step_of_a_round_costs_no_mail_and_doubles_none(
    rounds: Rounds, answer: str
) -> None:
    steps = rounds.steps()
    refusals = [Fault(step, Act.REWRITE, f"{{tag}} {answer}") for step in range(1, steps + 1)]
    struck = [rounds.with_fault(fault) for fault in refusals]
    assert all(struck[:-1])
    rounds.all_is_well()


@pytest.mark.parametrize("rounds", [DOVECOT, PYMAP_LATER], indirect=True)
@pytest.mark.parametrize("act", [Act.STALL, Act.DRIP])
def test_a_server_that_stalls_at_any_step_of_a_round_is_given_up_and_costs_no_mail(
    rounds: Rounds, act: Act
) -> None:
    steps = rounds.steps()
    # A busy machine may run into so short a limit by itself, one step earlier.
    struck = [rounds.with_fault(Fault(step, act), timeout_seconds=0.2) for step in range(steps)]
    assert any(struck)
    rounds.all_is_well()


@pytest.mark.parametrize("rounds", [DOVECOT, "pymap_server"], indirect=True)
def test_a_mail_under_suspicion_is_waited_for_no_longer_than_its_size_allows(rounds: Rounds) -> None:
    rounds.arrive()
    # Its limits of one second in all would be half an hour if it were taken for as large as mails may be.
    box = rounds.mailbox(timeout_seconds=0.2, processed_folder="Suspected")
    for act in (Act.CUT_IN_ANSWER, Act.DRIP):
        rounds.proxy.arm(Fault(0, act, at="BODY.PEEK[]"))
        while not rounds.proxy.struck:
            with suppress(MailboxError):
                receive(box, rounds.office.database, rounds.office.clock)
        rounds.proxy.arm(None)
    box.close()
    assert rounds.with_fault(None) is False
    rounds.all_is_well()
