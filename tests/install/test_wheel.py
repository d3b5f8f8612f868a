"""The wheel in an empty environment is the whole service: init, doctor, run --once, and the desk."""

import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.imapserver import ImapAccount
from support.installed import ROOT, Installed, install
from support.office import OUR_ADDRESS, request

SOURCES = {"triage": "triage", "rules": "triage/data/rules", "migrations": "triage/data/migrations"}
"""Folders of the source tree, and where they lie in the wheel."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("installed"))


def files_below(name: str) -> Iterator[str]:
    for path in (ROOT / name).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT / name).as_posix()


def test_every_file_of_the_program_is_in_the_wheel(installed: Installed) -> None:
    for name, place in SOURCES.items():
        wanted = {f"{place}/{file}" for file in files_below(name)}
        assert wanted
        assert wanted <= installed.names, sorted(wanted - installed.names)
    assert "triage/data/config.example.toml" in installed.names


def test_no_test_and_nothing_private_is_in_the_wheel(installed: Installed) -> None:
    places = {name.partition("/")[0] for name in installed.names}
    assert places == {"triage", "triage-0.1.0.data", "triage-0.1.0.dist-info"}


def test_man_finds_the_page_and_an_operator_the_unit(installed: Installed) -> None:
    for name in ("man/man1/triage.1", "triage/systemd/triage.service", "doc/triage/operation.md"):
        assert (installed.folder / "share" / name).is_file(), name


@dataclass(frozen=True, slots=True)
class Office:
    """A folder that init has made, and the commands that are run in it."""

    installed: Installed
    config: Path
    web: int

    def triage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.installed.triage("--config", self.config, *arguments, cwd=self.config.parent)

    def page(self, language: str) -> str:
        """Give the page that everybody sees first."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.web}/sign-in", headers={"Cookie": f"language={language}"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - http only
            return str(answer.read().decode())

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Let the service run; gives it once it is well."""
        words = [self.installed.program, "--config", self.config, "run"]
        environment = self.installed.environment()
        with subprocess.Popen(
            words, cwd=self.config.parent, env=environment, stderr=subprocess.DEVNULL
        ) as process:
            try:
                while self.triage("healthcheck").returncode != 0:
                    assert process.poll() is None
                    time.sleep(0.5)
                yield process
            finally:
                process.kill()


@pytest.fixture
def office(installed: Installed, dovecot: ImapAccount, catcher: SmtpCatcher, tmp_path: Path) -> Office:
    """An office whose mailbox is on Dovecot, over TLS."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        web = free.getsockname()[1]
    settings = {
        "mailbox.host": "localhost",
        "mailbox.port": dovecot.tls_port,
        "mailbox.ca_file": dovecot.ca_file,
        "mailbox.username": dovecot.username,
        "smtp.host": catcher.host,
        "smtp.port": catcher.port,
        "smtp.tls": "none",
        "smtp.username": "",
        "smtp.from_address": OUR_ADDRESS,
        "web.port": web,
    }
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    made = installed.triage("init", "office", *words, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    (tmp_path / "office" / "imap-password").write_text(f"{dovecot.password}\n")
    return Office(installed, tmp_path / "office" / "config.toml", web)


@pytest.mark.dovecot
def test_an_empty_environment_works_a_mailbox_and_serves_the_desk(
    office: Office, dovecot: ImapAccount, catcher: SmtpCatcher
) -> None:
    dovecot.append(request())
    assert office.triage("db", "upgrade").returncode == 0
    looked = office.triage("doctor")
    assert looked.returncode == 0, looked.stdout
    assert "ok   mailbox: 1 mails in INBOX" in looked.stdout

    done = office.triage("run", "--once")
    assert done.returncode == 0, done.stderr
    assert "1 mail received, 1 processed (1 ticket opened), 0 stuck." in done.stdout
    assert len(catcher.messages) == 1
    assert (dovecot.raw_mails(), len(dovecot.raw_mails("Processed"))) == ([], 1)

    with office.running() as process:
        assert "Đăng nhập" in office.page("vi")
        assert "Sign in" in office.page("en")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
