"""triage init writes what the service can run from, closed to others, and nothing over what is there."""

import grp
import os
import stat
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.commands import TRIAGE, environment
from typer.testing import CliRunner, Result

from triage.adapters.configfile import load_config
from triage.adapters.dkim_signing import read_keys
from triage.cli.root import app
from triage.errors import ConfigError, RefusalError

SECRETS = {"config.toml", "imap-password", "smtp-password", "reply-key", "dkim-rsa.pem", "dkim-ed25519.pem"}


def init(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["init", str(folder), *arguments])


def settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_init_ends_with_every_step_that_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    said = init(folder).stdout
    for step in (
        f"Write the password into {folder}/imap-password, which is empty.",
        f"Write the password into {folder}/smtp-password, which is empty.",
        f"triage --config {folder}/config.toml db upgrade",
        f"triage --config {folder}/config.toml doctor",
        f"triage --config {folder}/config.toml run",
    ):
        assert f" {step}\n" in said


def test_what_is_secret_is_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        init(tmp_path / "office")
    finally:
        os.umask(before)
    made = {path.name: mode(path) for path in (tmp_path / "office").iterdir() if path.is_file()}
    assert made == dict.fromkeys(SECRETS, 0o600)
    assert mode(tmp_path / "office") == 0o700


def test_a_group_may_read_and_not_write(tmp_path: Path) -> None:
    ours = grp.getgrgid(os.getgid()).gr_name
    assert init(tmp_path / "office", "--group", ours).exit_code == 0
    assert mode(tmp_path / "office") == 0o750
    assert {mode(tmp_path / "office" / name) for name in SECRETS} == {0o640}
    nobody = init(tmp_path / "other", "--group", "no-such-group")
    assert isinstance(nobody.exception, ConfigError)
    assert not (tmp_path / "other").exists()


def test_the_keys_are_of_the_kinds_that_the_settings_want(tmp_path: Path) -> None:
    init(tmp_path, "--set", "by_mail.reply_key_file=reply-key")
    rsa, ed25519 = (tmp_path / f"dkim-{kind}.pem" for kind in ("rsa", "ed25519"))
    assert len(read_keys("mail.example", rsa=(rsa, "a"), ed25519=(ed25519, "b"))) == 2
    for name in ("imap-password", "smtp-password"):
        (tmp_path / name).write_text("secret\n")
    assert len(load_config(tmp_path / "config.toml").by_mail.reply_key.get_secret_value()) == 64


@pytest.mark.parametrize("there", ["config.toml", "rules"])
def test_nothing_that_is_there_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).mkdir()
    done = init(tmp_path)
    assert isinstance(done.exception, RefusalError)
    assert f"{tmp_path / there} exists already" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_a_password_that_was_written_before_stays(tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("secret\n")
    said = init(tmp_path).stdout
    assert (tmp_path / "imap-password").read_text() == "secret\n"
    assert "imap-password" not in said


def test_settings_are_written_beside_their_comments(tmp_path: Path) -> None:
    done = init(
        tmp_path,
        *("--set", "mailbox.host=imap.mail.example"),
        *("--set", "mailbox.port=143"),
        *("--set", "mailbox.ca_file=our ca.pem"),
        *("--set", "alarms.email=a@mail.example b@mail.example"),
        *("--set", "digest.at=09:30:00"),
        *("--set", 'smtp.from_address="quoted"@mail.example'),
    )
    assert done.exit_code == 0, done.exception
    written = settings(tmp_path)
    assert written["mailbox"]["host"] == "imap.mail.example"
    assert written["mailbox"]["port"] == 143
    assert written["mailbox"]["ca_file"] == "our ca.pem"
    assert written["alarms"]["email"] == ["a@mail.example", "b@mail.example"]
    assert str(written["digest"]["at"]) == "09:30:00"
    assert written["smtp"]["from_address"] == '"quoted"@mail.example'
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert "# authorities to trust instead of the system's" in text


def test_where_no_password_signs_in_none_is_asked_for(tmp_path: Path) -> None:
    done = init(
        tmp_path,
        *("--set", "smtp.username="),
        *("--set", "mailbox.auth=xoauth2"),
        *("--set", "mailbox.token_file=imap-token"),
    )
    assert done.exit_code == 0, done.exception
    assert "Write the password" not in done.stdout
    assert "username" not in settings(tmp_path)["smtp"]
    load_config(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("mailbox.hots=x", "mailbox.hots is not a known key; did you mean mailbox.host?"),
        ("mailbox.password=x", "mailbox.password is a secret"),
        ("mailbox.port=many", "[mailbox] port: must be a whole number, not 'many'."),
        ("mailbox.tls=on", "[mailbox] tls: must be 'implicit', 'starttls' or 'none', not 'on'."),
        ("smtp.from_address=nobody", "[smtp] from_address: 'nobody' is not a mail address"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_before_anything_is_written(
    tmp_path: Path, change: str, told: str
) -> None:
    done = init(tmp_path / "office", "--set", change)
    assert isinstance(done.exception, ConfigError)
    assert told in str(done.exception)
    assert not (tmp_path / "office").exists()


def test_a_setting_without_a_value_is_wrong_use(tmp_path: Path) -> None:
    assert init(tmp_path / "office", "--set", "mailbox.host").exit_code == 2


def converse(folder: Path, answers: dict[bytes, bytes]) -> bytes:
    """Answer on a terminal, each question once it has been asked: what is typed before is lost."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [TRIAGE, "init", folder],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(),
        start_new_session=True,
    )
    os.close(theirs)
    told, asked = b"", 0
    for question, answer in answers.items():
        # Its last blank comes once the terminal has been told to hide what is typed.
        while question not in told[asked:] or not told.endswith((b"]: ", b"): ")):
            told += os.read(ours, 4096)
        asked = len(told)
        os.write(ours, answer + b"\n")
    assert process.wait(60) == 0, told
    with suppress(OSError):  # nothing is left to read
        told += os.read(ours, 65536)
    os.close(ours)
    return told


def test_on_a_terminal_it_asks_and_a_password_is_not_shown(tmp_path: Path) -> None:
    told = converse(
        tmp_path / "office",
        {
            b"IMAP server": b"imap.mail.example",
            b"Its account": b"hotro@mail.example",
            b"Server that takes our letters": b"",
            b"Account there": b"",
            b"Address that letters come from": b"",
            b"Database": b"",
            b"Password of the mailbox": b"correct horse",
            b"Password for letters": b"",
        },
    )
    assert b"correct horse" not in told
    config = load_config(tmp_path / "office" / "config.toml")
    assert (config.mailbox.host, config.smtp.host) == ("imap.mail.example", "imap.mail.example")
    assert config.smtp.from_address == "hotro@mail.example"
    assert config.mailbox.password is not None
    assert config.smtp.password is not None
    assert (
        config.mailbox.password.get_secret_value()
        == config.smtp.password.get_secret_value()
        == "correct horse"
    )
