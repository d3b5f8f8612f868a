"""From a terminal: what people corrected, and what a change of rules would alter before it is accepted."""

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.imapserver import ImapAccount
from support.office import RULES, Office, open_office, request, write_config
from typer.testing import CliRunner, Result

from triage.cli.root import app
from triage.errors import RefusalError
from triage.service import changes, desk

FIRST = "SD261116-000001"
TEXT = "Chữ ký đỏ hiện ra rồi không đăng nhập được."


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        office.store(request("[0010#DVC] Lỗi", sender="Trần Thị Bích <bich@mot.example>", text=TEXT))
        office.process()
        with office.database.write() as connection:
            row = desk.find(connection, FIRST, lock=True)
            now, rules = office.clock.now(), office.means.rules
            changes.categorise(connection, now, rules, row, "signature", actor="lan")
        yield office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rules in which a signature has a phrase more."""
    shutil.copytree(RULES, tmp_path / "rules")
    file = tmp_path / "rules" / "categories.toml"
    before, at, after = file.read_text("utf-8").partition('id = "signature"')
    phrase = '"chữ ký đỏ hiện ra rồi không đăng nhập được", '
    file.write_text(before + at + after.replace("phrases = [", f"phrases = [{phrase}", 1), "utf-8")
    return tmp_path / "rules"


def run(office: Office, tmp_path: Path, *arguments: str | Path) -> Result:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(tmp_path, imap=nowhere, smtp_port=1, database_url=str(office.database.engine.url))
    return CliRunner().invoke(app, ["--config", str(config), *map(str, arguments)])


def test_corrections_are_listed_and_told_to_programs(office: Office, tmp_path: Path) -> None:
    listed = run(office, tmp_path, "rules", "corrections").stdout.splitlines()
    assert listed[1] == "category\tlogin\t1"
    assert "login\tsignature" in listed[-1]
    told = json.loads(run(office, tmp_path, "rules", "corrections", "--json").stdout)
    assert (told["ticket"], told["field"], told["said"]) == (FIRST, "category", "signature")
    assert told["text"] == TEXT
    assert run(office, tmp_path, "rules", "corrections", "--since", "2099-01-01", "--json").stdout == ""


def test_corrections_are_written_as_examples_that_hold_beside_changed_rules(
    office: Office, tmp_path: Path, folder: Path
) -> None:
    file = tmp_path / "examples.toml"
    assert "1 example." in run(office, tmp_path, "rules", "corrections", "--export", file).stdout
    assert file.stat().st_mode & 0o077 == 0
    written = file.read_text("utf-8")
    assert tomllib.loads(written)["category"]["example"] == [{"subject": "[0010#DVC] Lỗi", "text": TEXT}]
    categories = folder / "categories.toml"
    _, at, rest = categories.read_text("utf-8").partition('id = "signature"')
    before = categories.read_text("utf-8")[: -len(at + rest)]
    entry, following, others = rest.partition("\n[[category]]")
    example = written[written.index("[[category.example]]") :]
    categories.write_text(before + at + entry + "\n" + example + following + others, "utf-8")
    done = run(office, tmp_path, "rules", "test", folder)
    assert done.exit_code == 0, done.output
    assert "5 of 5 examples hold" in done.stdout
    again = run(office, tmp_path, "rules", "corrections", "--export", file)
    assert isinstance(again.exception, RefusalError)


def test_changed_rules_are_tried_on_corrections_and_on_stored_mails(
    office: Office, tmp_path: Path, folder: Path
) -> None:
    better = run(office, tmp_path, "rules", "test", folder, "--corrections")
    assert better.exit_code == 0, better.output
    assert "now right\t1" in better.stdout
    assert f"{FIRST}\tnow right\tcategory\tsignature\tlogin\tsignature" in better.stdout
    same = run(office, tmp_path, "rules", "test", "--corrections")
    assert same.exit_code == 0
    assert "still wrong\t1" in same.stdout
    told = run(office, tmp_path, "replay", "--rules", folder)
    assert "category\tlogin\tsignature\t1" in told.stdout
    assert f"1\t{FIRST}\tcategory" in told.stdout
    counted = run(office, tmp_path, "replay", "--rules", folder, "--summary").stdout
    assert "category\tlogin\tsignature\t1" in counted
    assert FIRST not in counted
    assert run(office, tmp_path, "replay", "--summary").stdout.splitlines() == ["part\tbefore\tafter\tmails"]


def test_rules_that_break_a_correction_end_with_an_error(
    office: Office, tmp_path: Path, folder: Path
) -> None:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(
        tmp_path,
        imap=nowhere,
        smtp_port=1,
        database_url=str(office.database.engine.url),
        more="",
    )
    config.write_text(config.read_text("utf-8") + f'\n[rules]\nfolder = "{folder}"\n', "utf-8")
    done = CliRunner().invoke(app, ["--config", str(config), "rules", "test", str(RULES), "--corrections"])
    assert done.exit_code == 1
    assert f"{FIRST}\tbroken\tcategory\tsignature\tsignature\tlogin" in done.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        ("rules", "test", "--since", "2026-11-16"),
        ("rules", "corrections", "--json", "--export", "x.toml"),
        ("replay", "--stuck", "--rules", "rules"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    office: Office, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    assert isinstance(run(office, tmp_path, *wrong).exception, RefusalError)
