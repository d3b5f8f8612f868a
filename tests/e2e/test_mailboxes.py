"""A service that reads several mailboxes of real servers: trouble of one is its own, nodes share them."""

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.commands import start, triage
from support.dovecot import DovecotServer, drop_into
from support.freezer import Cable
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.nodesite import Service
from support.office import MONDAY, OUR_ADDRESS, further_mailbox, request, write_config
from support.patience import until

from triage.core.parse import read_mail
from triage.db import heartbeats
from triage.db.engine import Database
from triage.db.schema import decisions, mails, tickets

pytestmark = pytest.mark.dovecot

REPORTS = "baocao@vst.gov.vn"


@dataclass
class Site:
    """Two mailboxes, the second one behind a cable, an outgoing server, a database."""

    config: Path
    main: ImapAccount
    reports: ImapAccount
    cable: Cable
    catcher: SmtpCatcher
    database: Database
    stack: ExitStack
    count: int = 0

    def run(self) -> Service:
        service = Service(start(["--config", self.config, "run"]))
        self.stack.callback(service.process.communicate)
        self.stack.callback(service.process.kill)
        threading.Thread(target=service.listen, daemon=True).start()
        until(lambda: service.has_told("service_started"))
        return service

    def arrive(self, account: ImapAccount, count: int = 1) -> None:
        assert account.maildir is not None
        numbers = range(self.count, self.count + count)
        raws = [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@x.example") for n in numbers]
        drop_into(account.maildir, [(raw, MONDAY) for raw in raws])
        self.count += count

    def answered(self, count: int) -> None:
        until(lambda: len(self.catcher.messages) >= count)

    def stage(self, name: str) -> str | None:
        """Give the error of a stage's last round; empty where it was well."""
        with self.database.read() as connection:
            beat = heartbeats.beats(connection).get(name)
        return None if beat is None else beat[1] or ""

    def nodes(self) -> list[set[str]]:
        """Give the leases of each node that has not ended, the newest first."""
        listed = map(json.loads, triage("--config", self.config, "nodes", "--json").stdout.splitlines())
        return [set(one["leases"]) for one in listed if one["ended_by"] is None]

    def all_is_well(self) -> None:
        """Demand that every mail has one ticket and one letter."""
        self.answered(self.count)
        with self.database.read() as connection:
            assert connection.scalar(select(func.count()).select_from(mails)) == self.count
            assert connection.scalar(select(func.count()).select_from(tickets)) == self.count
            assert connection.scalar(select(func.count()).where(decisions.c.acting)) == self.count
        assert len({read_mail(one.raw).message_id for one in self.catcher.messages}) == self.count


def site_on(url: str, folder: Path, server: DovecotServer, catcher: SmtpCatcher, stack: ExitStack) -> Site:
    main, reports = server.account(), server.account()

    def dial() -> socket.socket:
        return socket.create_connection((reports.host, reports.port))

    cable = stack.enter_context(Cable(dial))
    database = migrated(url)
    stack.callback(database.close)
    more = further_mailbox(
        "reports",
        replace(reports, port=cable.port),
        more=f'from_address = "{REPORTS}"\ntimeout_seconds = 2\n',
    )
    config = write_config(folder, imap=main, smtp_port=catcher.port, database_url=url, more=more)
    return Site(config, main, reports, cable, catcher, database, stack)


@pytest.fixture
def site(
    tmp_path: Path, dovecot_server: DovecotServer, catcher: SmtpCatcher, database_url: str
) -> Iterator[Site]:
    with ExitStack() as stack:
        yield site_on(database_url, tmp_path, dovecot_server, catcher, stack)


@pytest.fixture
def fleet(
    tmp_path: Path, dovecot_server: DovecotServer, catcher: SmtpCatcher, postgres_url: str
) -> Iterator[Site]:
    with ExitStack() as stack:
        yield site_on(postgres_url, tmp_path, dovecot_server, catcher, stack)


def sender_of(raw: bytes) -> str:
    return parseaddr(message_from_bytes(raw)["From"])[1]


def test_two_mailboxes_are_read_and_each_answers_from_its_own_address(site: Site) -> None:
    service = site.run()
    site.arrive(site.main)
    site.answered(1)
    site.arrive(site.reports)
    site.answered(2)
    first, second = site.catcher.messages
    assert (sender_of(first.raw), first.envelope_from) == (OUR_ADDRESS, OUR_ADDRESS)
    assert (sender_of(second.raw), second.envelope_from) == (REPORTS, REPORTS)
    site.all_is_well()
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60) == 0


def test_a_mailbox_that_hangs_delays_no_other_and_is_read_once_it_answers_again(site: Site) -> None:
    service = site.run()
    until(lambda: site.stage("receive:reports") == "")
    site.cable.freeze()
    site.arrive(site.reports)
    until(lambda: site.stage("receive:reports"))
    for _ in range(3):
        site.arrive(site.main)
        site.answered(site.count - 1)
    assert site.stage("receive") == ""
    told = triage("--config", site.config, "healthcheck")
    assert told.returncode == 1
    assert "Stage receive (mailbox reports) fails: IMAP server 127.0.0.1" in told.stderr
    assert "(mailbox main)" not in told.stderr
    site.cable.thaw()
    site.all_is_well()
    until(lambda: site.stage("receive:reports") == "")
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60) == 0


def test_a_wrong_password_of_one_mailbox_is_told_and_delays_no_other(site: Site) -> None:
    text = site.config.read_text(encoding="utf-8")
    head, middle, tail = text.partition("[mailboxes.reports]")
    site.config.write_text(head + middle + tail.replace(site.reports.password, "wrong"), encoding="utf-8")
    site.arrive(site.reports)
    service = site.run()
    until(lambda: service.has_told("stage_failed", stage="receive:reports"))
    site.arrive(site.main, 3)
    site.answered(3)
    doctor = triage("--config", site.config, "doctor").stdout.splitlines()
    [line] = [one for one in doctor if " mailbox reports: " in one and one.startswith("FAIL")]
    assert "refuses the login" in line
    assert any(one.startswith("ok   mailbox: ") for one in doctor)
    once = triage("--config", site.config, "mails", "reconcile", "--mailbox", "main")
    assert once.returncode == 0, once.stderr
    both = triage("--config", site.config, "mails", "reconcile")
    assert both.returncode == 1
    assert "Mailbox reports: " in both.stderr
    site.config.write_text(text, encoding="utf-8")
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60) == 0
    site.run()
    site.all_is_well()


def test_a_pass_reads_all_mailboxes_or_the_one_that_is_named(site: Site) -> None:
    site.arrive(site.main)
    site.arrive(site.reports)
    done = triage("--config", site.config, "run", "--once", "--mailbox", "reports")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 mail received, 1 processed")
    assert len(site.main.raw_mails()) == 1
    unknown = triage("--config", site.config, "run", "--once", "--mailbox", "baocao")
    assert unknown.returncode == 1
    assert "There is no mailbox 'baocao' in the settings; there is main, reports." in unknown.stderr
    assert triage("--config", site.config, "run", "--mailbox", "main").returncode == 2
    site.cable.freeze()
    site.arrive(site.main)
    done = triage("--config", site.config, "run", "--once")
    assert done.returncode == 1
    assert done.stdout.startswith("2 mails received, 2 processed")
    assert "Mailbox reports: IMAP server" in done.stderr
    site.cable.thaw()
    site.all_is_well()


def test_a_mailbox_that_moves_to_another_section_is_not_fetched_again(site: Site) -> None:
    site.arrive(site.main, 2)
    more = triage("--config", site.config, "run", "--once", TRIAGE__MAILBOX__AFTER="flag")
    assert more.returncode == 0, more.stderr
    text = site.config.read_text(encoding="utf-8").replace('after = "move"', 'after = "flag"')
    section = f'username = "{site.main.username}"'
    assert section in text
    swapped = text.replace(section, "username = X").replace(f'username = "{site.reports.username}"', section)
    swapped = swapped.replace("username = X", f'username = "{site.reports.username}"')
    site.config.write_text(swapped, encoding="utf-8")
    done = triage("--config", site.config, "run", "--once", TRIAGE__MAILBOXES__REPORTS__AFTER="flag")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 mails received, 0 processed")
    site.all_is_well()


def holds(service: Service, site: Site, leases: Callable[[list[set[str]]], bool]) -> None:
    until(lambda: service.process.poll() is not None or leases(site.nodes()))
    assert service.process.poll() is None


def test_two_nodes_each_hold_a_mailbox_and_take_over_that_of_one_that_dies(fleet: Site) -> None:
    first = fleet.run()
    assert fleet.nodes() == [{"lead", "receive", "receive:reports"}]
    second = fleet.run()
    holds(second, fleet, lambda nodes: sorted(len(one - {"lead"}) for one in nodes) == [1, 1])
    for _ in range(3):
        fleet.arrive(fleet.main)
        fleet.arrive(fleet.reports)
    fleet.answered(fleet.count)
    assert second.has_told("mails_received")
    first.process.kill()
    until(lambda: fleet.nodes() == [{"lead", "receive", "receive:reports"}])
    fleet.arrive(fleet.main, 5)
    fleet.arrive(fleet.reports, 5)
    fleet.answered(fleet.count)
    third = fleet.run()
    holds(third, fleet, lambda nodes: sorted(len(one - {"lead"}) for one in nodes) == [1, 1])
    second.process.send_signal(signal.SIGSTOP)
    until(lambda: third.has_told("lease_taken", lease="lead"))
    fleet.arrive(fleet.main)
    fleet.arrive(fleet.reports)
    fleet.answered(fleet.count)
    second.process.send_signal(signal.SIGCONT)
    assert second.process.wait(60) == 75
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(60) == 0
    fleet.all_is_well()
