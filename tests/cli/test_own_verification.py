"""triage explain --verify and triage doctor ask the DNS server that [verification] names."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.dns_server import DnsServer
from support.imapserver import ImapAccount
from support.office import write_config
from support.signed_mail import a_raw_mail, received
from typer.testing import CliRunner

from triage.adapters.configfile import load_config
from triage.app import build
from triage.cli.root import app
from triage.errors import ConfigError

US = "vst.gov.vn"


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with DnsServer({f"_dmarc.{US}": {"TXT": ["v=DMARC1; p=reject"]}, US: {"TXT": ["v=spf1 -all"]}}) as server:
        yield server


def config(folder: Path, verification: str) -> Path:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    url = f"sqlite:///{folder / 'x.sqlite'}"
    return write_config(
        folder, imap=nowhere, smtp_port=1, database_url=url, more=f"[verification]\n{verification}"
    )


def run(*arguments: str | Path) -> str:
    return CliRunner().invoke(app, [str(argument) for argument in arguments]).stdout


def explained(*arguments: str | Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(*arguments))
    return told


def test_explain_verifies_only_where_asked(tmp_path: Path, server: DnsServer) -> None:
    path = config(tmp_path, f'enabled = true\nnameservers = ["{server.address}"]')
    mail = tmp_path / "mail.eml"
    mail.write_bytes(received(a_raw_mail(f"hotrocntt@{US}"), envelope=f"hotrocntt@{US}"))
    plain = explained("--config", path, "explain", "--json", mail)
    assert server.asked == []
    verified = explained("--config", path, "explain", "--json", "--verify", mail)
    assert f"TXT _dmarc.{US}" in server.asked
    assert plain["sender"]["verdict"] != "impersonation"
    assert verified["sender"]["verdict"] == "impersonation"
    assert "verified_failed" in {reason["code"] for reason in verified["reasons"]}


def test_check_sender_never_asks_dns(tmp_path: Path, server: DnsServer) -> None:
    path = config(tmp_path, f'enabled = true\nnameservers = ["{server.address}"]')
    run("--config", path, "check-sender", f"hotrocntt@{US}")
    assert server.asked == []


def doctor_says(path: Path) -> str:
    return next(line for line in run("--config", path, "doctor").splitlines() if "own verification" in line)


def test_doctor_asks_whether_dns_answers(tmp_path: Path, server: DnsServer) -> None:
    line = doctor_says(config(tmp_path, f'enabled = true\nnameservers = ["{server.address}"]'))
    assert line.startswith("ok ")
    assert f"_dmarc.{US} has text records" in line


def test_doctor_tells_of_a_dns_that_does_not_answer(tmp_path: Path) -> None:
    line = doctor_says(config(tmp_path, 'enabled = true\nnameservers = ["127.0.0.1:1"]\nseconds = 0.4'))
    assert line.startswith("FAIL")
    assert "127.0.0.1" in line
    assert "nameservers" in line


def test_by_default_it_is_off(tmp_path: Path, server: DnsServer) -> None:
    path = config(tmp_path, f'nameservers = ["{server.address}"]')
    assert "Off:" in doctor_says(path)
    assert build(load_config(path)).means.verify is None
    assert server.asked == []


def test_when_enabled_the_service_verifies(tmp_path: Path, server: DnsServer) -> None:
    path = config(tmp_path, f'enabled = true\nnameservers = ["{server.address}"]')
    assert build(load_config(path)).means.verify is not None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('nameservers = ["dns.example"]', "nameservers: 'dns.example' is not the address of a name server"),
        ("seconds = 0", "seconds"),
        ("seconds = 61", "must be at most 60"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, written: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(config(tmp_path, written))
    assert told in str(raised.value)
