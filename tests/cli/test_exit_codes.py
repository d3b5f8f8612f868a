"""How a command ended can be told by its number, so that whoever started it knows whether to try again."""

import socket
from pathlib import Path

import pytest
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import write_config

NOWHERE = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrated(url).close()
    return write_config(tmp_path, imap=NOWHERE, smtp_port=1, database_url=url)


def unreachable() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return f"postgresql+psycopg://triage@127.0.0.1:{port}/triage"


def test_what_is_done_ends_with_0(config: Path) -> None:
    assert triage("--config", config, "tickets", "list").returncode == 0


def test_what_failed_ends_with_1(config: Path) -> None:
    assert triage("--config", config, "tickets", "show", "SD261116-000001").returncode == 1


@pytest.mark.parametrize(
    "wrong", [("tickets", "lsit"), ("tickets", "list", "--limit", "-1"), ("replay", "x")]
)
def test_wrong_use_ends_with_2(config: Path, wrong: tuple[str, ...]) -> None:
    assert triage("--config", config, *wrong).returncode == 2


@pytest.mark.parametrize("command", [("tickets", "list"), ("run",)], ids=" ".join)
def test_a_database_that_is_not_there_now_ends_with_75(config: Path, command: tuple[str, ...]) -> None:
    done = triage("--config", config, *command, TRIAGE__DATABASE__URL=unreachable())
    assert done.returncode == 75, done.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TRIAGE__WEB__PORT", "many"),
        ("TRIAGE__DATABASE__URL", "sqlite:///empty.sqlite"),
        ("TRIAGE__DATABASE__URL", "postgresql+psycopg://triage:a@b@db.example/triage"),
        ("TRIAGE__RULES__FOLDER", "/nowhere"),
    ],
)
def test_what_only_other_settings_mend_ends_with_78(config: Path, key: str, value: str) -> None:
    done = triage("--config", config, "run", **{key: value})
    assert done.returncode == 78, done.stderr
