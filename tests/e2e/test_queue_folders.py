"""triage run with queue_folders: queues appear on the server, and what hinders that hinders nothing else."""

import json
import signal
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import running, told_until, triage
from support.dovecot import DovecotServer
from support.faultproxy import Act, Fault, FaultProxy
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config
from support.patience import until

from triage.adapters.configfile import load_config
from triage.app import build
from triage.errors import ConfigError
from triage.scheduler import running as running_stages
from triage.service.nodes import Alone
from triage.service.queuefolders import STAGE

ON = {"TRIAGE__MAILBOX__QUEUE_FOLDERS": "true"}


@pytest.fixture
def config(tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher) -> Path:
    return configured(tmp_path, dovecot, catcher)


def configured(folder: Path, account: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{folder / 'x.sqlite'}"
    path = write_config(folder, imap=account, smtp_port=catcher.port, database_url=url)
    migrated(url).close()
    return path


def doctor(config: Path, **more: str) -> str:
    lines = triage("--config", config, "doctor", **more).stdout.splitlines()
    return next(line for line in lines if "queue folders" in line)


@pytest.mark.dovecot
def test_a_pass_that_ends_by_itself_leaves_the_folders_in_step(config: Path, dovecot: ImapAccount) -> None:
    dovecot.append(request())
    assert triage("--config", config, "run", "--once").returncode == 0
    assert not any("Queues" in name for name in dovecot.folders())
    assert triage("--config", config, "run", "--once", **ON).returncode == 0
    assert len(dovecot.raw_mails("Queues/0010")) == 1
    assert "1 copy still stands below Queues" in doctor(config)
    assert doctor(config, **ON) == "ok   queue folders: Each queue has a folder as Queues/0010."


@pytest.mark.dovecot
def test_a_server_that_falls_silent_over_a_copy_stops_neither_mail_nor_the_end_of_the_service(
    tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher
) -> None:
    with FaultProxy(dovecot.port) as proxy:
        through = ImapAccount(dovecot.host, proxy.port, dovecot.username, dovecot.password)
        config = configured(tmp_path, through, catcher)
        proxy.arm(Fault(0, Act.STALL, at="APPEND"))
        dovecot.append(request())
        with running(config, **ON) as process:
            until(lambda: proxy.struck > 0)
            dovecot.append(request(number=2, sender="b@hai.example"))
            assert len(catcher.wait_for(2, 30)) == 2
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        with running(config, **ON) as process:
            told_until(process, b"queue_folders_kept")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    assert len(dovecot.raw_mails("Queues/0010")) == 2


@pytest.mark.dovecot
def test_what_a_server_lacks_is_told_by_doctor(tmp_path: Path, dovecot: object, catcher: SmtpCatcher) -> None:
    del dovecot  # skips this test where there is no Dovecot
    with DovecotServer(
        separator=".", prefix="INBOX.", extra="imap_capability = IMAP4rev1 NAMESPACE"
    ) as server:
        config = configured(tmp_path, server.account(), catcher)
        told = doctor(config, **ON)
    assert "INBOX.Queues.0010" in told
    assert "has no UIDPLUS" in told


@pytest.mark.parametrize("key", ["FOLDER", "PROCESSED_FOLDER"])
def test_the_mailbox_is_not_read_where_copies_are_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    account = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    path = write_config(tmp_path, imap=account, smtp_port=1, database_url="sqlite:///x.sqlite")
    monkeypatch.setenv(f"TRIAGE__MAILBOX__{key}", "Queues/0010")
    load_config(path)
    monkeypatch.setenv("TRIAGE__MAILBOX__QUEUE_FOLDERS", "true")
    with pytest.raises(ConfigError, match=f"{key.lower()} lies below Queues"):
        load_config(path)


@pytest.mark.parametrize("on", ["true", "false"])
def test_the_stage_is_there_where_it_is_wanted_and_is_not_vital(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on: str
) -> None:
    account = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    path = write_config(tmp_path, imap=account, smtp_port=1, database_url=url)
    migrated(url).close()
    monkeypatch.setenv("TRIAGE__MAILBOX__QUEUE_FOLDERS", on)
    app = build(load_config(path))
    try:
        with running_stages(app, Alone()) as crew:
            vital = {stage.name: stage.vital for stage in crew.stages}
    finally:
        app.database.close()
    expected = dict.fromkeys(("receive", "process", "deliver"), True)
    assert vital == (expected | {STAGE: False} if json.loads(on) else expected)
