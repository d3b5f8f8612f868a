"""Every mistake of an operator is told in one sentence that names the culprit, with exit code 1."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import RULES, request, write_config

from triage.adapters.configfile import load_config
from triage.errors import ConfigError


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    path = write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url)
    migrated(url).close()
    return path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def sentence(*arguments: str | Path, **more: str) -> str:
    """Run a command that must fail; give its one sentence."""
    done = triage(*arguments, **more)
    assert done.returncode in {1, 75, 78}, (done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("triage: ")
    return lines[0]


CONFIG_MISTAKES: list[tuple[str, str, str]] = [
    (
        "[mailbox]\nhost",
        "[mailbox]\nhots = 1\nhost",
        r"[mailbox] hots is not a known key; did you mean host?",
    ),
    ("[smtp]", "[smpt]", "[smpt] is not a known section; did you mean smtp?"),
    ("poll_seconds = 1", "poll_seconds = 0", "[mailbox] poll_seconds: must be at least 1, not 0."),
    ("[web]", "[wep]", "[wep] is not a known section; did you mean web?"),
    (
        "poll_seconds = 1",
        'poll_seconds = "often"',
        "[mailbox] poll_seconds: must be a whole number, not 'often'.",
    ),
    ('after = "move"', 'after = "burn"', "[mailbox] after: must be 'move', 'flag' or 'delete', not 'burn'."),
    (
        "password = ",
        "# password = ",
        "password is missing; set password, password_file or TRIAGE__MAILBOX__PASSWORD",
    ),
    ("password = ", 'password_file = "/nowhere/secret"\n# ', "password_file cannot be read: /nowhere/secret"),
    (
        "sqlite:///",
        "mysql://",
        "[database] url: must begin with sqlite:/// or postgresql+psycopg://, not mysql",
    ),
    ("[smtp]", "[smtp", "this is not valid TOML"),
    ('from_address = "', 'from_address = "x y ', "is not a mail address"),
    ("[web]", '[time]\nzone = "Asia/Atlantis"\n[web]', "'Asia/Atlantis' is not a time zone name"),
]


@pytest.mark.parametrize(
    ("old", "new", "told"), CONFIG_MISTAKES, ids=[told[:40] for _, _, told in CONFIG_MISTAKES]
)
def test_a_mistake_in_the_configuration_is_named(config: Path, old: str, new: str, told: str) -> None:
    edit(config, old, new)
    said = sentence("--config", config, "run", "--once")
    assert told in said
    assert str(config) in said


def test_a_digest_that_nobody_would_ever_get_is_told(config: Path) -> None:
    said = sentence("--config", config, "run", "--once", TRIAGE__DIGEST__AT="18:00:00")
    assert "[digest] at = 18:00:00: the office closes at 17:00" in said
    assert triage("--config", config, "run", "--once", TRIAGE__DIGEST__AT="16:59:00").returncode == 0


def test_a_wrong_key_in_the_environment_is_named_too(config: Path) -> None:
    said = sentence("--config", config, "run", "--once", TRIAGE__MAILBOX__HOTS="x")
    assert "[mailbox] hots is not a known key; did you mean host?" in said


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("TRIAGE__MAILBOX__HOSTT", "x", "[mailbox] hostt is not a known key; did you mean host?"),
        ("TRIAGE__MALBOX__HOST", "x", "[malbox] is not a known section; did you mean mailbox?"),
        ("TRIAGE__SMTP__PORT", "smtp", "[smtp] port: must be a whole number, not 'smtp'."),
    ],
)
def test_a_wrong_variable_is_blamed_and_not_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    nowhere = ImapAccount("127.0.0.1", 1, "u", "p")
    path = write_config(tmp_path, imap=nowhere, smtp_port=1, database_url="sqlite:///x")
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value) == f"{variable}: {told}"


def test_a_wrong_secret_type_is_told_without_the_secret(config: Path) -> None:
    edit(config, "[database]\nurl = ", "[database]\nurl = 4711 #")
    said = sentence("--config", config, "db", "check")
    assert "[database] url" in said
    assert "4711" not in said


def test_a_missing_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    done = triage("tickets", "list", cwd=tmp_path)
    assert done.returncode == 78
    assert "triage init" in done.stderr
    said = sentence("--config", tmp_path / "x.toml", "db", "check")
    assert "there is no such configuration file" in said


def test_a_refused_login_names_server_and_user_and_not_the_password(config: Path) -> None:
    said = triage("--config", config, "run", "--once", TRIAGE__MAILBOX__PASSWORD="not-this-one").stderr
    assert "127.0.0.1" in said
    assert "hotro@mail.example" in said
    assert "not-this-one" not in said


def test_an_unreachable_server_is_named(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = triage("--config", config, "run", "--once", TRIAGE__MAILBOX__PORT=str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def own_rules(config: Path) -> Path:
    rules = config.parent / "rules"
    shutil.copytree(RULES, rules)
    config.write_text(config.read_text() + '\n[rules]\nfolder = "rules"\n')
    return rules


def double_a_code(rules: Path) -> None:
    path = rules / "treasuries.toml"
    text = path.read_text(encoding="utf-8")
    edit(path, 'code = "3110"', 'code = "0010"')
    assert text.count('code = "0010"')


def break_a_letter(rules: Path) -> None:
    (rules / "letters" / "acknowledgement" / "body.txt").write_text("{{ code }\n", encoding="utf-8")


def break_the_toml(rules: Path) -> None:
    (rules / "replies.toml").write_text("letters_per_hour = \n", encoding="utf-8")


def remove_a_file(rules: Path) -> None:
    (rules / "office.toml").unlink()


def ask_for_a_secret(rules: Path) -> None:
    path = rules / "letters" / "acknowledgement" / "body.txt"
    path.write_text(path.read_text(encoding="utf-8") + "\nXem https://vst.gov.vn\n", encoding="utf-8")


RULE_MISTAKES: list[tuple[Callable[[Path], None], tuple[str, ...]]] = [
    (double_a_code, ("treasuries.toml", "0010")),
    (break_a_letter, ("acknowledgement/body.txt",)),
    (break_the_toml, ("replies.toml",)),
    (remove_a_file, ("office.toml",)),
    (ask_for_a_secret, ("acknowledgement/body.txt",)),
]


@pytest.mark.parametrize(("mistake", "culprits"), RULE_MISTAKES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_mistake_in_the_rules_stops_before_any_mail_is_touched(
    config: Path, pymap_server: ImapAccount, mistake: Callable[[Path], None], culprits: tuple[str, ...]
) -> None:
    mistake(own_rules(config))
    pymap_server.append(request())
    for command in (("run", "--once"), ("rules", "check")):
        said = sentence("--config", config, *command)
        assert all(culprit in said for culprit in culprits), said
    assert len(pymap_server.raw_mails()) == 1


def test_a_database_that_was_never_made_says_which_command_makes_it(config: Path) -> None:
    edit(config, "x.sqlite", "new.sqlite")
    assert "is empty; run triage db upgrade" in sentence("--config", config, "run", "--once")


def test_a_database_at_another_revision_is_refused(config: Path) -> None:
    import sqlite3  # noqa: PLC0415 - only here

    connection = sqlite3.connect(config.parent / "x.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    assert "at revision 0000, which this program does not know" in sentence(
        "--config", config, "tickets", "list"
    )


def test_a_database_in_a_folder_that_does_not_exist_is_named(config: Path) -> None:
    edit(config, "x.sqlite", "nowhere/x.sqlite")
    said = sentence("--config", config, "run", "--once")
    assert "nowhere/x.sqlite" in said


def test_a_database_that_cannot_be_written_is_told_and_no_mail_is_touched(
    config: Path, pymap_server: ImapAccount
) -> None:
    """Root writes where it likes, so SQLite itself plays the read-only disk."""
    pymap_server.append(request())
    url = f"sqlite:///file:{config.parent / 'x.sqlite'}?mode=ro&uri=true"
    said = triage("--config", config, "run", "--once", TRIAGE__DATABASE__URL=url)
    assert said.returncode == 75
    assert "readonly" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert len(pymap_server.raw_mails()) == 1


def test_a_database_server_that_is_down_is_named_without_its_password(config: Path) -> None:
    url = "postgresql+psycopg://triage:top-secret@127.0.0.1:1/triage"
    said = sentence("--config", config, "tickets", "list", TRIAGE__DATABASE__URL=url)
    assert "127.0.0.1" in said
    assert "top-secret" not in said


def test_an_unknown_ticket_mail_or_letter_is_told(config: Path) -> None:
    assert "There is no ticket SD261116-000001" in sentence(
        "--config", config, "tickets", "show", "SD261116-000001"
    )
    assert "There is no mail 5" in sentence("--config", config, "replay", "5")
    assert "There is no letter 5" in sentence("--config", config, "outbox", "show", "5")
    assert "there is no such file" in sentence("explain", "/nowhere/x.eml")


def test_wrong_use_is_told_by_the_command_line_itself() -> None:
    done = triage("tickets", "lst")
    assert done.returncode == 2
    assert "lst" in done.stderr
