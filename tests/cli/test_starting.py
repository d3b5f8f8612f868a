"""Short commands start fast: they import nothing that only the service needs."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import environment
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import write_config

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
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrated(url).close()
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(tmp_path, imap=nowhere, smtp_port=1, database_url=url)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--config", config, *command],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    imported = set(done.stdout.splitlines()[-1].split())
    assert "triage" in imported
    assert imported & SLOW == set()
