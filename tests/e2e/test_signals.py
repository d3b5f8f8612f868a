"""What the service tells its supervisor, and what it does when it is told something."""

import shutil
import signal
import socket
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import running, told_until, triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import RULES, request, write_config


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrated(url).close()
    shutil.copytree(RULES, tmp_path / "rules")
    more = '[rules]\nfolder = "rules"'
    return write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url, more=more)


def test_the_supervisor_hears_of_readiness_progress_and_the_end(config: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        more = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with running(config, **more) as process:
            assert listening.recv(1000) == b"READY=1\nSTATUS=Reading INBOX"
            assert [listening.recv(1000) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            process.send_signal(signal.SIGTERM)
            while (last := listening.recv(1000)) == b"WATCHDOG=1":
                pass
            assert last == b"STOPPING=1"
            assert process.wait(30) == 0


def test_rules_that_do_not_hold_leave_the_old_ones_in_force_until_they_are_mended(
    config: Path, pymap_server: ImapAccount, catcher: SmtpCatcher
) -> None:
    office = config.parent / "rules" / "office.toml"
    right = office.read_bytes()
    with running(config) as process:
        told_until(process, b'"service_started"')
        office.write_bytes(b"address = [")
        process.send_signal(signal.SIGHUP)
        assert b"office.toml" in told_until(process, b'"rules_refused"')
        pymap_server.append(request())
        assert len(catcher.wait_for(1, 30)) == 1
        complaint = triage("--config", config, "healthcheck")
        assert complaint.returncode == 1
        assert "office.toml" in complaint.stderr
        office.write_bytes(right)
        process.send_signal(signal.SIGHUP)
        told_until(process, b'"rules_read_again"')
        assert "office.toml" not in triage("--config", config, "healthcheck").stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
