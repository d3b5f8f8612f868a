"""Services side by side on one PostgreSQL, with a real mailbox: one dies, or sleeps, and nothing is lost."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.freezer import Cable, Freezer
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.netns import Machine, NotPermittedError
from support.nodesite import Site
from support.office import write_config
from support.patience import PATIENCE_SECONDS, until

from triage.errors import TRY_AGAIN

pytestmark = pytest.mark.dovecot


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


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine of its own for a node; where none can be made the test is left out."""
    try:
        with Machine() as machine:
            yield machine
    except NotPermittedError as error:
        pytest.skip(str(error))


def led_to(site: Site, machine: Machine, port: int) -> str:
    """Lead to a server on loopback from the link of a machine; gives the port."""
    cable = Cable(lambda: socket.create_connection(("127.0.0.1", port)), machine.address)
    return str(site.stack.enter_context(cable).port)


def test_a_service_whose_link_is_down_is_replaced_and_changes_nothing_when_it_is_up(
    site: Site, machine: Machine
) -> None:
    url = site.database.url.render_as_string(hide_password=False)
    # Mails are known by the host too, so both nodes go the same way.
    through = {
        "TRIAGE__DATABASE__URL": site.stack.enter_context(Freezer(url, machine.address)).url,
        "TRIAGE__MAILBOX__HOST": machine.address,
        "TRIAGE__MAILBOX__PORT": led_to(site, machine, site.account.port),
        "TRIAGE__SMTP__HOST": machine.address,
        "TRIAGE__SMTP__PORT": led_to(site, machine, site.catcher.port),
    }
    first, second = site.node(within=machine.within, **through), site.node(**through)
    site.arrive(60)
    until(first.processed)
    machine.cut()
    until(lambda: second.has_told("lease_taken"))
    site.arrive(20)
    until(lambda: site.sent() == site.count)
    machine.mend()
    assert first.process.wait(PATIENCE_SECONDS) == TRY_AGAIN
    site.arrive(5)
    site.all_is_well(doubles=1)
    assert second.process.poll() is None


def test_a_node_that_loses_the_way_to_the_mailbox_alone_leaves_it_to_one_that_has_it(site: Site) -> None:
    def dial() -> socket.socket:
        return socket.create_connection((site.account.host, site.account.port))

    cable = site.stack.enter_context(Cable(dial))
    # Only the first has to give up soon: the second would wait for minutes if a busy server was slow.
    first = site.node(TRIAGE__MAILBOX__PORT=str(cable.port), TRIAGE__MAILBOX__TIMEOUT_SECONDS="2")
    second = site.node()
    site.arrive(10)
    until(lambda: site.sent() == site.count)
    assert first.has_told("mails_received")
    assert not second.has_told("mails_received")
    cable.freeze()
    site.arrive(10)
    until(lambda: second.has_told("lease_taken", lease="receive"))
    assert first.has_told("mailbox_offered", lease="receive")
    until(lambda: site.sent() == site.count)
    cable.thaw()
    site.arrive(10)
    site.all_is_well(doubles=0)
    for node in (first, second):
        assert node.process.poll() is None
    listed = map(json.loads, triage("--config", site.config, "nodes", "--json").stdout.splitlines())
    assert [one["leases"] for one in listed] == [["receive"], ["lead"]]


def test_whoever_must_be_alone_is_refused_while_nodes_work(site: Site) -> None:
    site.node()
    told = triage("--config", site.config, "run", "--once")
    assert told.returncode == 1
    assert "Another triage process is working on" in told.stderr
