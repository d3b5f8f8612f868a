"""Services side by side on one PostgreSQL, with a real mailbox: one dies, or sleeps, and nothing is lost."""

import json
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.commands import start, triage
from support.dovecot import drop_into
from support.freezer import Freezer
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import MONDAY, request, write_config
from support.patience import PATIENCE_SECONDS, until

from triage.core.parse import read_mail
from triage.db.engine import Database
from triage.db.schema import decisions, mails, outbox, tickets
from triage.errors import TRY_AGAIN

pytestmark = pytest.mark.dovecot


@dataclass
class Service:
    """A running node; ``told`` are the events of its log."""

    process: subprocess.Popen[bytes]
    told: list[dict[str, object]] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith(b"{"):
                self.told.append(json.loads(line))

    def has_told(self, event: str) -> bool:
        return any(one["event"] == event for one in self.told)

    def processed(self) -> int:
        return sum(one["event"] == "mail_processed" for one in self.told)


@dataclass
class Site:
    """A mailbox, an outgoing server, a database, and the nodes that were started."""

    config: Path
    account: ImapAccount
    catcher: SmtpCatcher
    database: Database
    stack: ExitStack
    count: int = 0

    def node(self, url: str = "") -> Service:
        more = {"TRIAGE__DATABASE__URL": url} if url else {}
        service = Service(start(["--config", self.config, "run"], **more))
        self.stack.callback(service.process.communicate)
        self.stack.callback(service.process.kill)
        threading.Thread(target=service.listen, daemon=True).start()
        until(lambda: service.has_told("service_started"))
        return service

    def arrive(self, count: int) -> None:
        numbers = range(self.count, self.count + count)
        raws = [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@x.example") for n in numbers]
        assert self.account.maildir is not None
        drop_into(self.account.maildir, [(raw, MONDAY) for raw in raws])
        self.count += count

    def sent(self) -> int:
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).where(outbox.c.state == "sent")) or 0

    def all_is_well(self, doubles: int) -> None:
        """Demand that every mail has one ticket and a letter, at most so many of them twice."""
        until(lambda: self.sent() == self.count)
        with self.database.read() as connection:
            assert connection.scalar(select(func.count()).select_from(mails)) == self.count
            assert connection.scalar(select(func.count()).select_from(tickets)) == self.count
            assert connection.scalar(select(func.count()).where(decisions.c.acting)) == self.count
            written = set(connection.scalars(select(outbox.c.message_id)))
        caught = Counter(read_mail(one.raw).message_id for one in self.catcher.messages)
        assert set(caught) == written
        assert caught.total() - len(caught) <= doubles


@pytest.fixture
def site(tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher, postgres_url: str) -> Iterator[Site]:
    database = migrated(postgres_url)
    config = write_config(tmp_path, imap=dovecot, smtp_port=catcher.port, database_url=postgres_url)
    with ExitStack() as stack:
        yield Site(config, dovecot, catcher, database, stack)
    database.close()


def test_two_services_share_the_mails_and_another_takes_over_when_one_is_killed(site: Site) -> None:
    first, second = site.node(), site.node()
    site.arrive(150)
    until(lambda: first.processed() and second.processed())
    first.process.kill()
    until(lambda: second.has_told("lease_taken"))
    site.arrive(20)
    site.all_is_well(doubles=1)
    assert second.process.poll() is None
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(60) == 0


def test_a_service_that_slept_finds_itself_replaced_changes_nothing_and_ends(site: Site) -> None:
    first, second = site.node(), site.node()
    site.arrive(60)
    until(first.processed)
    first.process.send_signal(signal.SIGSTOP)
    until(lambda: second.has_told("lease_taken"))
    site.arrive(20)
    until(lambda: site.sent() == site.count)
    first.process.send_signal(signal.SIGCONT)
    assert first.process.wait(PATIENCE_SECONDS) == TRY_AGAIN
    third = site.node()
    site.arrive(20)
    site.all_is_well(doubles=1)
    listed = map(json.loads, triage("--config", site.config, "nodes", "--json").stdout.splitlines())
    assert [(one["ended_by"] is None, one["leases"]) for one in listed] == [
        (True, []),
        (True, ["lead", "receive"]),
        (False, []),
    ]
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(60) == 0
    assert not third.has_told("lease_taken")


def test_a_service_that_the_network_cuts_off_is_replaced_and_ends_when_it_is_back(site: Site) -> None:
    with Freezer(site.database.url.render_as_string(hide_password=False)) as cable:
        first, second = site.node(cable.url), site.node()
        site.arrive(60)
        until(first.processed)
        cable.freeze()
        until(lambda: second.has_told("lease_taken"))
        site.arrive(20)
        until(lambda: site.sent() == site.count)
        cable.thaw()
        assert first.process.wait(PATIENCE_SECONDS) == TRY_AGAIN
        site.all_is_well(doubles=1)


def test_whoever_must_be_alone_is_refused_while_nodes_work(site: Site) -> None:
    site.node()
    told = triage("--config", site.config, "run", "--once")
    assert told.returncode == 1
    assert "Another triage process is working on" in told.stderr
