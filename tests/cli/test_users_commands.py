"""From a terminal: people are let in, moved and shut out, and the audit of it is verified."""

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

[web]
address = "https://hotro.example"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    assert triage("--config", path, "db", "upgrade").returncode == 0
    return path


def told(config: Path, *arguments: str) -> str:
    done = triage("--config", config, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(config: Path, *arguments: str) -> str:
    done = triage("--config", config, *arguments)
    assert done.returncode in {1, 78}, (done.stdout, done.stderr)
    return done.stderr.strip()


def test_accounts_are_kept_from_the_terminal_and_every_act_is_audited(config: Path) -> None:
    add = ("users", "add", "Thu", "--display", "Trần Anh Thư", "--role", "coordinator")
    assert "A coordinator needs at least one queue." in refused(config, *add)
    assert "There is no queue '9999'" in refused(config, *add, "--queue", "9999")
    address = told(config, *add, "--queue", "3110").strip()
    assert re.fullmatch(r"https://hotro\.example/welcome/[\w-]{43}", address)
    assert "There is an account thu already." in refused(config, *add, "--queue", "3110")
    assert told(config, "users", "invite", "thu").strip() != address
    told(config, "users", "queues", "thu", "0010", "3110")
    [row] = [json.loads(line) for line in told(config, "users", "list", "--json").splitlines()]
    assert (row["name"], row["role"], row["queues"]) == ("thu", "coordinator", ["0010", "3110"])
    assert row["email"] == ""
    assert "is no mail address" in refused(config, "users", "address", "thu", "thu @kbnn")
    assert told(config, "users", "address", "thu", " thu@kbnn.example ").startswith("thu is written to")
    assert json.loads(told(config, "users", "list", "--json"))["email"] == "thu@kbnn.example"
    assert "thu@kbnn.example" not in told(config, "audit", "list", "--json")
    assert "password_hash" not in row

    told(config, "users", "add", "sep", "--display", "Lê Quân", "--role", "admin")
    assert "is the last administrator" in refused(config, "users", "disable", "sep")
    told(config, "users", "role", "thu", "agent")
    told(config, "users", "disable", "thu")
    assert "thu is disabled" in refused(config, "users", "invite", "thu")

    shown = told(config, "audit", "verify")
    head = re.findall("[0-9a-f]{64}", shown)[0]
    assert head in told(config, "audit", "verify", "--head", head)
    assert "rows after the last one were cut off" in refused(config, "audit", "verify", "--head", "f" * 64)
    rows = [
        json.loads(line)
        for line in told(config, "audit", "list", "--object", "people/thu", "--json").splitlines()
    ]
    assert [one["action"] for one in rows] == [
        "person_disabled",
        "role_changed",
        "address_changed",
        "queues_changed",
        "person_invited",
        "person_added",
    ]
    assert all(one["actor"].startswith("terminal:") for one in rows)


def test_accounts_are_tied_to_subjects_of_a_provider_and_parted_again(config: Path) -> None:
    told(config, "users", "add", "sep", "--display", "Lê Quân", "--role", "admin")
    assert "Which subject of which issuer?" in refused(config, "users", "link", "sep", "--subject", "a")
    secret = config.parent / "oidc-secret"
    secret.write_text("x\n", encoding="utf-8")
    sso = '[oidc]\nissuer = "https://sso.example"\nclient_id = "triage"\nclient_secret_file = "oidc-secret"\n'
    config.write_text(f"{CONFIG}\n{sso}", encoding="utf-8")
    assert "as a of https://sso.example" in told(config, "users", "link", "sep", "--subject", "a")
    assert json.loads(told(config, "users", "list", "--json"))["linked"] is True
    told(config, "users", "unlink", "sep")
    assert json.loads(told(config, "users", "list", "--json"))["linked"] is False
    config.write_text(f"{CONFIG}\n{sso.replace('https', 'http')}", encoding="utf-8")
    assert "is not an address with https" in refused(config, "users", "list")
