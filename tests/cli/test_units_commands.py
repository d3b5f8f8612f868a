"""From a terminal: the directory of units is imported, listed, exported and fed by forms."""

import json
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config

CSV = "code,name,treasury,class,software,phone,senders\n1234567,Trường Hoa Cúc,0160,budget,,,hoacuc.example\n"
FORM = """\
Thông báo đăng ký sử dụng ứng dụng, dịch vụ
Tên khách hàng/ĐVQHNS: Công ty Kết Nối
Tên phần mềm kết nối: SoftKT
"""


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    path = write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url)
    migrated(url).close()
    return path


def test_a_directory_goes_in_and_comes_out_again(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "don vi.csv"
    file.write_text(CSV, encoding="utf-8-sig")
    said = triage("--config", config, "units", "import", file, "--dry-run").stdout
    assert said == "Would add 1 unit, changed 0, left 0 as they are.\n"
    assert triage("--config", config, "units", "import", file).returncode == 0
    listed = triage("--config", config, "units", "list", "cúc", "--json").stdout
    assert json.loads(listed)["senders"] == ["hoacuc.example"]
    for like in ("CUC", "Cúc", "HOACUC.example"):
        assert triage("--config", config, "units", "list", like, "--json").stdout == listed
    assert triage("--config", config, "units", "list", "khong co", "--json").stdout == ""
    assert triage("--config", config, "units", "export").stdout == CSV
    assert "is out of the directory" in triage("--config", config, "units", "remove", "1").stdout
    rows = [
        json.loads(row) for row in triage("--config", config, "audit", "list", "--json").stdout.splitlines()
    ]
    assert [(row["action"], row["object"]) for row in rows] == [
        ("unit_removed", "/units/1"),
        ("units_imported", "/units"),
    ]
    assert all(row["actor"].startswith("terminal:") for row in rows)


def test_a_broken_file_is_one_sentence_that_names_it(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes("tên,kho bạc\n".encode("utf-16"))
    done = triage("--config", config, "units", "import", file)
    assert done.returncode == 1
    assert "is not UTF-8 text" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot be read" in triage("--config", config, "units", "import", tmp_path / "no.csv").stderr


def test_a_form_in_the_mailbox_becomes_a_unit(config: Path, pymap_server: ImapAccount) -> None:
    pymap_server.append(request("Đăng ký kết nối", sender="it@ketnoi.example", text=FORM))
    assert triage("--config", config, "run", "--once").returncode == 0
    assert "Công ty Kết Nối" in triage("--config", config, "units", "proposals").stdout
    done = triage(
        "--config", config, "units", "accept", "1", "--treasury", "0010", "--sender", "ketnoi.example"
    )
    assert done.stdout == "Công ty Kết Nối stands in the directory as unit 1.\n"
    refused = triage("--config", config, "units", "refuse", "1", "--reason", "x")
    assert refused.returncode == 1
    assert "was accepted by terminal:" in refused.stderr
