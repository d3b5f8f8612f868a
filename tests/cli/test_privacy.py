"""Export, erasure, terms and holds from a terminal; secrets hidden where somebody asks for it."""

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.imapserver import ImapAccount
from support.office import Office, open_office, request, write_config
from typer.testing import CliRunner

from triage.cli.root import app
from triage.errors import TriageError

Triage = Callable[..., str]
LEAK = request("[0010#DVC] Lỗi", text="Mật khẩu của em: Hoamai@2024x. Vào bằng Hoamai@2024x không được.")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"), LEAK)
        office.process()
        yield office


@pytest.fixture
def triage(office: Office, tmp_path: Path) -> Triage:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(
        tmp_path,
        imap=nowhere,
        smtp_port=1,
        database_url=str(office.database.engine.url),
        more="[retention]\nclosed_days = 30\nduplicate_days = 1\n",
    )

    def run(*arguments: str, told: str = "") -> str:
        done = CliRunner().invoke(app, ["--config", str(config), *arguments], input=told)
        if isinstance(done.exception, TriageError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_an_export_is_a_new_file_for_its_owner_alone(triage: Triage, tmp_path: Path) -> None:
    out = tmp_path / "bich.zip"
    assert "1 mail, 1 ticket, 1 letter" in triage("export", "Bich@mot.example", "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "person.json" in zipfile.ZipFile(out).namelist()
    with pytest.raises(TriageError, match="exists already"):
        triage("export", "bich@mot.example", "--out", str(out))
    nobody = tmp_path / "nobody.zip"
    with pytest.raises(TriageError, match=r"Nothing is held on ai@xa\.example"):
        triage("export", "ai@xa.example", "--out", str(nobody))
    assert not nobody.exists()


def test_an_erasure_asks_first_and_says_what_it_did(triage: Triage) -> None:
    assert CliRunner().invoke(app, ["erase", "bich@mot.example", "--reason", "x"], input="n\n").exit_code == 1
    assert "bich@mot.example" in triage("tickets", "list")
    done = triage("erase", "bich@mot.example", "--reason", "theo yêu cầu", told="y\n")
    assert "Act 1: 1 mail, 1 ticket, 1 letter erased." in done
    listed = triage("tickets", "list")
    assert "bich@mot.example" not in listed
    assert "SD261116-000001" in listed
    assert "theo yêu cầu" in triage("tickets", "show", "SD261116-1")


def test_a_hold_is_set_shown_and_cleared(triage: Triage) -> None:
    triage("hold", "set", "SD261116-1", "--reason", "thanh tra")
    assert "thanh tra" in triage("hold", "list")
    with pytest.raises(TriageError, match="legal hold"):
        triage("erase", "bich@mot.example", "--reason", "x", "--yes")
    triage("hold", "clear", "SD261116-1", "--reason", "xong")
    assert "SD261116" not in triage("hold", "list")
    [row] = [json.loads(line) for line in triage("hold", "list", "--past", "--json").splitlines()]
    assert (row["ticket_code"], row["end_reason"]) == ("SD261116-000001", "xong")


def test_terms_are_counted_and_kept(triage: Triage, office: Office) -> None:
    office.store(LEAK)
    office.process()
    assert "duplicate" in triage("retention", "--dry-run")
    assert "closed\t30\t0" in triage("retention")


def test_explain_hides_secrets_only_where_it_is_asked_to(tmp_path: Path) -> None:
    mail = tmp_path / "lo.eml"
    mail.write_bytes(LEAK)
    open_, hidden = (
        CliRunner().invoke(app, ["explain", "--json", *more, str(mail)]).stdout for more in ((), ("--mask",))
    )
    assert "Hoamai@2024x" in open_
    assert "Hoamai@2024x" not in hidden
    told = json.loads(hidden)
    assert told["mail"]["text"].startswith("Mật khẩu của em: ••••")
    assert told["secrets"] == ["password"]
    assert set(told) == set(json.loads(open_))


def test_the_help_of_raw_says_that_it_shows_secrets(triage: Triage) -> None:
    assert "secrets" in triage("mails", "raw", "--help")
    assert "Hoamai@2024x" in triage("mails", "raw", "2")
    for shown in (
        triage("mails", "show", "2"),
        triage("mails", "list"),
        triage("tickets", "show", "SD261116-2"),
    ):
        assert "Hoamai" not in shown
