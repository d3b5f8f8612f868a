"""From an empty folder to a checked installation, and what is said on the way."""

import shutil
from pathlib import Path

import pytest
from support.imapserver import ImapAccount
from support.office import RULES, write_config
from typer.testing import CliRunner, Result

from triage.cli.root import app
from triage.db.engine import Database
from triage.db.lock import working_alone
from triage.db.migrate import below, newest_revision
from triage.errors import NotFoundError, RefusalError, RevisionError


def triage(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_password_file_that_was_left_empty_is_named(tmp_path: Path) -> None:
    triage("init", tmp_path)
    (tmp_path / "smtp-password").write_text("secret\n")
    told = str(triage("--config", tmp_path / "config.toml", "db", "check").exception)
    assert f"password_file is empty: {tmp_path / 'imap-password'}" in told


@pytest.fixture
def config(tmp_path: Path) -> Path:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    return write_config(
        tmp_path,
        imap=nowhere,
        smtp_port=1,
        database_url=f"sqlite:///{tmp_path / 'x.sqlite'}",
        more='[time]\nzone = "Asia/Tokyo"',
    )


def test_doctor_on_an_empty_database_blames_the_database_alone(config: Path) -> None:
    done = triage("--config", config, "doctor")
    assert done.exit_code == 1
    lines = {line[5:].partition(":")[0]: line for line in done.stdout.splitlines()}
    assert lines["database"].startswith("FAIL")
    assert "triage db upgrade" in lines["database"]
    assert lines["clock"].startswith("ok ")
    assert "(Asia/Tokyo)" in lines["clock"]
    assert "cannot be reached: Connection refused" in lines["mailbox"]
    assert "cannot be reached: Connection refused" in lines["outgoing mail"]
    assert lines["treasuries"].startswith(
        "note treasuries: 53 of 63 provinces have no treasury code yet: An Giang"
    )


def test_doctor_says_whom_a_page_reaches(config: Path) -> None:
    def said() -> str:
        lines = triage("--config", config, "doctor").stdout.splitlines()
        return next(line for line in lines if "paging:" in line)

    def add(name: str, *more: str) -> None:
        done = triage(
            "--config", config, "users", "add", name, "--display", name, "--role", "security", *more
        )
        assert done.exit_code == 0

    triage("--config", config, "db", "upgrade")
    assert said().startswith("ok   paging: Nobody works at the desk yet")
    add("an")
    assert said().startswith("FAIL paging: Security matters would reach nobody")
    add("vinh", "--email", "vinh@vst.example")
    assert said().startswith("ok   paging: Security matters reach")


def test_the_database_says_whether_it_was_new(config: Path) -> None:
    assert triage("--config", config, "db", "upgrade").stdout.endswith("(new database).\n")
    assert triage("--config", config, "db", "upgrade").stdout.endswith("(nothing to do).\n")


def test_blank_codes_are_counted_and_no_failure(tmp_path: Path) -> None:
    done = triage("rules", "check", RULES)
    assert done.exit_code == 0
    assert "Note: 53 of 63 provinces have no treasury code yet: An Giang," in done.stderr
    assert done.stderr.count(",") == 5
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    text = (rules / "treasuries.toml").read_text(encoding="utf-8")
    whole = [
        part
        for part in text.split("[[province]]")
        if '\ncode = "3' in part or '\ncode = "0' in part or "[central]" in part
    ]
    (rules / "treasuries.toml").write_text("[[province]]".join(whole), encoding="utf-8")
    assert "Note:" not in triage("rules", "check", rules).stderr


MAIL = Path(__file__).parents[1] / "corpus" / "031-bao-da-doc.eml"
HELD = MAIL.with_name("036-gia-dia-chi-that.eml")


def test_a_filed_mail_is_explained_without_the_search_for_a_queue() -> None:
    said = triage("explain", MAIL).stdout
    assert "kind.read_receipt" in said
    assert "route" not in said
    assert said.endswith("Decided without the database: threads, tickets and history are unknown.\n")
    assert "route" in triage("explain", HELD).stdout


def test_reasons_come_in_english_and_times_in_local_time() -> None:
    said = triage("explain", "--english", HELD).stdout
    assert "due 13/11/2026 17:00" in said
    assert "The sender looks like an impostor." in said
    assert "Người gửi có dấu hiệu mạo danh" not in said


def test_a_folder_without_mails_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").touch()
    done = triage("explain", tmp_path)
    assert isinstance(done.exception, NotFoundError)
    assert "there is no mail in this folder" in str(done.exception)


def test_the_database_goes_back_to_the_release_before_and_up_again(config: Path) -> None:
    triage("--config", config, "db", "upgrade")
    newest = newest_revision()
    before = below(newest)[0]
    asked = CliRunner().invoke(app, ["--config", str(config), "db", "downgrade", before], input="n\n")
    assert asked.exit_code == 1
    assert triage("--config", config, "db", "check").exit_code == 0
    done = triage("--config", config, "db", "downgrade", before, "--yes")
    assert done.stdout.endswith(f"is at revision {before} (from {newest}).\n")
    assert isinstance(triage("--config", config, "db", "check").exception, RevisionError)
    assert triage("--config", config, "db", "upgrade").stdout.endswith(f"(from {before}).\n")


@pytest.mark.parametrize("revision", ["0000", "newest"])
def test_a_revision_that_is_not_older_is_refused(config: Path, revision: str) -> None:
    triage("--config", config, "db", "upgrade")
    wanted = newest_revision() if revision == "newest" else revision
    told = triage("--config", config, "db", "downgrade", wanted, "--yes").exception
    assert isinstance(told, NotFoundError)
    assert f"does not build on {wanted}" in str(told)


def test_no_database_goes_back_while_a_service_works_on_it(config: Path) -> None:
    triage("--config", config, "db", "upgrade")
    database = Database(f"sqlite:///{config.parent / 'x.sqlite'}")
    with working_alone(database):
        told = triage("--config", config, "db", "downgrade", below(newest_revision())[0], "--yes").exception
    database.close()
    assert isinstance(told, RefusalError)
