"""From a terminal: tokens and webhooks are made, listed and ended."""

import json
import re
from pathlib import Path

import pytest
from support.commands import triage

CONFIG = """
[mailbox]
host = "imap.example"
username = "x"
password = "x"

[smtp]
host = "smtp.example"

[api]
webhook_hosts = ["gateway.example"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    assert triage("--config", path, "db", "upgrade").returncode == 0
    added = triage("--config", path, "users", "add", "lan", "--display", "Lan", "--role", "agent")
    assert added.returncode == 0, added.stderr
    return path


def test_tokens_are_made_listed_and_revoked(config: Path) -> None:
    new = ("tokens", "add", "lan", "--name", "Báo cáo", "--scope", "queues:read", "--days", "30")
    made = triage("--config", config, *new)
    assert re.fullmatch(r"triage_[\w-]{43}\n", made.stdout), made.stderr
    listed = triage("--config", config, "tokens", "list", "--login", "lan", "--json").stdout
    [row] = map(json.loads, listed.splitlines())
    assert (row["login"], row["scopes"], row["used_at"]) == ("lan", ["queues:read"], None)
    assert made.stdout.strip() not in listed
    assert row["hint"] == made.stdout[:11]
    assert triage("--config", config, "tokens", "revoke", str(row["id"])).returncode == 0
    again = triage("--config", config, "tokens", "revoke", str(row["id"]))
    assert (again.returncode, "There is no token 1" in again.stderr) == (1, True)
    strange = triage("--config", config, *new, "--scope", "mails:raw")
    assert "'mails:raw' is of no use to this role" in strange.stderr


def test_webhooks_are_made_listed_and_ended(config: Path) -> None:
    made = triage("--config", config, "webhooks", "add", "lan", "https://gateway.example/hook")
    assert re.fullmatch(r"whsec_[\w+/=]{44}\n", made.stdout), made.stderr
    listed = triage("--config", config, "webhooks", "list", "--json").stdout
    [row] = map(json.loads, listed.splitlines())
    assert (row["address"], row["waiting"]) == ("https://gateway.example/hook", 0)
    assert "whsec_" not in listed
    number = str(row["id"])
    for command, told in (("off", "is off"), ("on", "is on")):
        done = triage("--config", config, "webhooks", command, number)
        assert (done.returncode, told in done.stdout) == (0, True)
        [now] = map(json.loads, triage("--config", config, "webhooks", "list", "--json").stdout.splitlines())
        assert (now["paused_at"] is not None) is (command == "off")
    tried = triage("--config", config, "webhooks", "test", number)
    assert (tried.returncode, "gateway.example of a webhook has no address" in tried.stdout) == (1, True)
    assert triage("--config", config, "webhooks", "end", number).returncode == 0
    assert triage("--config", config, "webhooks", "list", "--json").stdout == ""
    refused = triage("--config", config, "webhooks", "add", "lan", "https://other.example/")
    assert (refused.returncode, "[api] webhook_hosts" in refused.stderr) == (1, True)
