"""triage run as a service: a mail that arrives is answered at once, and SIGTERM ends it cleanly."""

import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import running, told_until, triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config

from triage.adapters.embedded import EmbeddedImap


@pytest.fixture
def config(tmp_path: Path, any_imap: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    path = write_config(tmp_path, imap=any_imap, smtp_port=catcher.port, database_url=url)
    migrated(url).close()
    return path


def until_healthy(config: Path) -> None:
    for _ in range(100):
        if triage("--config", config, "healthcheck").returncode == 0:
            return
        time.sleep(0.1)
    pytest.fail("the service never became healthy")


def test_a_mail_is_answered_while_the_service_runs_and_sigterm_ends_it(
    config: Path, any_imap: ImapAccount, catcher: SmtpCatcher
) -> None:
    with running(config) as process:
        for number in range(3):
            any_imap.append(request(f"[0010#DVC] Lỗi {number}", number=number))
            assert len(catcher.wait_for(number + 1, 30)) == number + 1
        until_healthy(config)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        _, told = process.communicate()
    assert b'"event": "service_started"' in told
    assert b"Traceback" not in told


def test_a_second_service_on_the_same_database_is_refused(config: Path) -> None:
    with running(config):
        until_healthy(config)
        second = triage("--config", config, "run", "--once")
    assert second.returncode == 1
    assert "Another triage process is working on" in second.stderr


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - http only
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_health_is_served_and_turns_bad_when_the_mailbox_goes_away(
    tmp_path: Path, catcher: SmtpCatcher
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with EmbeddedImap("hotro@mail.example", "correct horse") as server:
        account = ImapAccount(server.host, server.port, "hotro@mail.example", "correct horse")
        database = f"sqlite:///{tmp_path / 'x.sqlite'}"
        config = write_config(tmp_path, imap=account, smtp_port=catcher.port, database_url=database)
        migrated(database).close()
        with running(config, TRIAGE__WEB__PORT=str(port)):
            until_healthy(config)
            assert (status_of(f"{url}/readyz"), status_of(f"{url}/healthz")) == (200, 200)
            server.stop()
            deadline = time.monotonic() + 30
            while status_of(f"{url}/readyz") != 503 and time.monotonic() < deadline:
                time.sleep(0.2)
            assert (status_of(f"{url}/readyz"), status_of(f"{url}/healthz")) == (503, 200)
            told = triage("--config", config, "healthcheck")
    assert told.returncode == 1
    assert "Stage receive fails" in told.stderr


def test_a_refused_login_is_told_once_and_not_hammered(config: Path, any_imap: ImapAccount) -> None:
    del any_imap
    with running(config, TRIAGE__MAILBOX__PASSWORD="wrong") as process:
        told = told_until(process, b'"stage_failed"')
        time.sleep(4)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        _, later = process.communicate()
    told += later
    assert told.count(b'"stage_failed"') == 1
    assert b"wrong" not in told
