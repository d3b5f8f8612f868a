"""What is answered without Typer reads as from the command itself; anything else is left to the command."""

from pathlib import Path

import pytest
from support.imapserver import ImapAccount
from support.office import RULES, request, write_config
from typer.testing import CliRunner

from triage.cli.outright import COMPLETION, answers_outright
from triage.cli.root import app
from triage.errors import ConfigError, NotFoundError, RulesError

ENCODED = "=?utf-8?q?kho=20b=E1=BA=A1c?= <a@kbnn-vn.example>"


@pytest.fixture
def mail(tmp_path: Path) -> str:
    path = tmp_path / "one.eml"
    path.write_bytes(request(text="Mật khẩu của em là Kb@12345, em không đăng nhập được."))
    return str(path)


@pytest.fixture
def config(tmp_path: Path) -> str:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    return str(write_config(tmp_path, imap=nowhere, smtp_port=1, database_url=f"sqlite:///{tmp_path}/x"))


@pytest.mark.parametrize("switches", [[], ["--json"], ["--english"], ["--mask"], ["--json", "--mask"]])
def test_a_mail_is_explained_as_by_the_command(
    mail: str, config: str, switches: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for before in ([], ["--config", config]):
        for words in ([*before, "explain", mail, *switches], [*before, "explain", *switches, mail, mail]):
            assert answers_outright(words)
            assert capsys.readouterr().out == CliRunner().invoke(app, words).stdout != ""


@pytest.mark.parametrize("switches", [[], ["--json"]])
def test_senders_are_judged_as_by_the_command(
    config: str, switches: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    senders = ["hotrocntt@vst.gov.vn", "kh0bac.example", "no sender", ENCODED]
    for before in ([], ["--config", config]):
        words = [*before, "check-sender", *switches, *senders]
        assert answers_outright(words)
        assert capsys.readouterr().out == CliRunner().invoke(app, words).stdout != ""


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--config"],
        ["--config", "config.toml"],
        ["--version"],
        ["explain"],
        ["explain", "--json"],
        ["explain", "--help"],
        ["explain", "--no-such-option", "one.eml"],
        ["explain", "--known", "one.eml"],
        ["explain", "--verify", "one.eml"],
        ["explain", "--", "-one.eml"],
        ["--debug", "explain", "one.eml"],
        ["check-sender", "--mask", "one@two.example"],
        ["check-sender", "--name", "Kho bạc", "one@two.example"],
        ["run", "--once"],
    ],
    ids=" ".join,
)
def test_anything_else_is_left_to_the_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert not answers_outright(words)
    assert capsys.readouterr() == ("", "")


def test_a_question_of_the_shell_for_what_might_follow_is_left_to_the_command(
    mail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COMPLETION, "complete_bash")
    assert not answers_outright(["explain", mail])


def test_what_cannot_be_found_is_told_by_the_same_errors(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no such file or folder"):
        answers_outright(["explain", str(tmp_path / "none.eml")])
    with pytest.raises(ConfigError, match="no such configuration file"):
        answers_outright(["--config", str(tmp_path / "none.toml"), "check-sender", "one@two.example"])


def test_senders_are_judged_though_another_file_of_rules_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for name in ("protected.toml", "weights.toml"):
        (rules / name).write_bytes((RULES / name).read_bytes())
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(
        tmp_path,
        imap=nowhere,
        smtp_port=1,
        database_url=f"sqlite:///{tmp_path}/x",
        more=f'[rules]\nfolder = "{rules}"',
    )
    assert answers_outright(["--config", str(config), "check-sender", "one@two.example"])
    assert capsys.readouterr().out.startswith("ordinary\t")
    with pytest.raises(RulesError):
        answers_outright(["--config", str(config), "explain", str(tmp_path)])
