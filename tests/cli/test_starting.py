"""Short commands start fast: they import nothing that only the service needs."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from support.commands import environment
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config
from support.viewing import serving

from triage.adapters.clock import SystemClock
from triage.adapters.configplace import place_of
from triage.adapters.configsections import WebConfig
from triage.cli import pulse
from triage.db import heartbeats
from triage.db.engine import Database
from triage.service.health import STAGES
from triage.web.health import create_app

SLOW = {
    "alembic",
    "argon2",
    "authlib",
    "cryptography",
    "dkim",
    "dns",
    "fastapi",
    "httpx",
    "imapclient",
    "jinja2",
    "rapidfuzz",
    "spf",
    "uvicorn",
}
"""What takes long to import, and what a look into the database does not need."""

HEAVY = SLOW | {"asyncio", "email", "http", "pydantic", "rich", "sqlalchemy", "ssl", "structlog", "typer"}
"""What even a look into the database needs, and a question to the running service does not."""

RUN = """
import atexit, sys
atexit.register(lambda: print(*sorted({name.partition(".")[0] for name in sys.modules})))
from triage.cli import main
main()
"""


@pytest.mark.parametrize(
    "command",
    [
        ("--version",),
        ("healthcheck",),
        ("tickets", "list"),
        ("mails", "list"),
        ("outbox", "list"),
        ("db", "check"),
        ("audit", "list"),
    ],
    ids=" ".join,
)
def test_a_short_command_imports_nothing_that_only_long_ones_need(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done, imported = started(installation(tmp_path), *command)
    assert done.returncode == (command == ("healthcheck",))
    assert "triage" in imported
    assert imported & SLOW == set()


def test_deciding_a_mail_imports_no_database_no_network_and_no_pages(tmp_path: Path) -> None:
    mail = tmp_path / "one.eml"
    mail.write_bytes(request())
    done, imported = started(installation(tmp_path), "explain", "--json", str(mail))
    assert done.returncode == 0
    # Typos in domain names are found by rapidfuzz: that is the work itself.
    assert imported & (SLOW | {"sqlalchemy", "structlog", "apscheduler", "typer"}) <= {"rapidfuzz"}


@pytest.mark.parametrize("known", [("explain", "--json"), ("explain", "--english"), ("explain", "--mask")])
def test_deciding_a_mail_without_settings_imports_no_library_for_settings_or_commands(
    tmp_path: Path, known: tuple[str, ...]
) -> None:
    mail = tmp_path / "one.eml"
    mail.write_bytes(request())
    done, imported = started(None, *known, str(mail), within=tmp_path)
    assert done.returncode == 0
    assert "triage" in imported
    assert imported & (HEAVY - {"email", "rapidfuzz"}) == set()


def test_judging_a_sender_imports_next_to_nothing(tmp_path: Path) -> None:
    done, imported = started(None, "check-sender", "ketoan@hoamai.example", within=tmp_path)
    assert done.stdout.startswith("ordinary\t")
    assert imported & (HEAVY - {"rapidfuzz"} | {"email_validator", "holidays", "phonenumbers"}) == set()


def test_healthcheck_asks_the_running_service_and_imports_next_to_nothing(tmp_path: Path) -> None:
    config, another = installation(tmp_path / "one"), installation(tmp_path / "other")
    database = Database(url_in(config.parent))
    beat(database, None)
    with serving(create_app(database, SystemClock(), {"receive": 60}, place_of(config))) as port:
        web = {"TRIAGE__WEB__PORT": str(port)}
        done, imported = started(config, "healthcheck", **web)
        assert (done.returncode, done.stderr) == (0, "")
        assert "triage" in imported
        assert imported & HEAVY == set()
        # The service of other settings answers for itself alone; ours has never run.
        done, _ = started(another, "healthcheck", **web)
        assert done.returncode == 1
        assert "has never finished a round" in done.stderr
        beat(database, "no connection")
        done, _ = started(config, "healthcheck", **web)
        assert done.returncode == 1
        assert "Stage receive fails: no connection" in done.stderr
    database.close()


def test_the_service_is_asked_where_its_pages_are() -> None:
    assert (WebConfig().host, WebConfig().port) == (pulse.DEFAULT_HOST, pulse.DEFAULT_PORT)


@pytest.mark.parametrize("said", [[], "ok", {"settings": None}])
def test_a_stranger_at_the_port_of_the_service_is_no_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: object
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    with serving(JSONResponse(said)) as port:
        for number in (port, 70_000):
            monkeypatch.setenv("TRIAGE__WEB__PORT", str(number))
            assert not pulse.says_that_all_is_well(["--config", str(config), "healthcheck"])


def test_a_service_that_answers_by_drops_is_not_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    monkeypatch.setattr(pulse, "PATIENCE_SECONDS", 0.5)
    body = json.dumps({"settings": place_of(config)}).encode()
    for drops, well in ((0, True), (30, False)):
        with dripping(body, drops) as port:
            monkeypatch.setenv("TRIAGE__WEB__PORT", str(port))
            assert pulse.says_that_all_is_well(["--config", str(config), "healthcheck"]) is well


@contextmanager
def dripping(body: bytes, drops: int) -> Iterator[int]:
    """Serve one answer that is right, after so many headers a tenth of a second apart."""

    def answer(listening: socket.socket) -> None:
        talk, _ = listening.accept()
        with talk, suppress(OSError):
            talk.recv(4096)
            talk.sendall(b"HTTP/1.0 200 OK\r\n")
            for number in range(drops):
                time.sleep(0.1)
                talk.sendall(b"X-%d: x\r\n" % number)
            talk.sendall(b"\r\n" + body)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,), daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(20)


def installation(folder: Path) -> Path:
    """Make a database and settings of its own; nothing is served."""
    folder.mkdir(exist_ok=True)
    migrated(url_in(folder)).close()
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    return write_config(folder, imap=nowhere, smtp_port=1, database_url=url_in(folder))


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'x.sqlite'}"


def beat(database: Database, error: str | None) -> None:
    with database.write() as connection:
        for stage in STAGES:
            heartbeats.beat(connection, stage, datetime.now(UTC), error)


def started(
    config: Path | None, *command: str, within: Path | None = None, **variables: str
) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Run a command in an interpreter of its own; give how it ended and what it had imported."""
    settings = ["--config", config] if config else []
    done = subprocess.run(
        [sys.executable, "-c", RUN, *settings, *command],
        cwd=within,
        env=environment() | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done, set(done.stdout.splitlines()[-1].split())
