"""[dkim]: keys that serve are used, others are told in one sentence before the service starts."""

from pathlib import Path

import pytest
from support.commands import triage
from support.dkim_keys import ed25519_pem, rsa_pem

from triage.adapters.configfile import load_config
from triage.app import build, records_for, signing_keys
from triage.errors import ConfigError

BASE = """
[mailbox]
host = "127.0.0.1"
port = 9
username = "hotrocntt@vst.gov.vn"
password = "x"
[smtp]
host = "127.0.0.1"
port = 9
[database]
url = "sqlite:///x.sqlite"
[dkim]
"""
BOTH = 'rsa_key_file = "rsa.pem"\ned25519_key_file = "ed.pem"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rsa.pem").write_bytes(rsa_pem())
    (tmp_path / "ed.pem").write_bytes(ed25519_pem())
    (tmp_path / "short.pem").write_bytes(rsa_pem(1024))
    return tmp_path


def configured(folder: Path, dkim: str) -> Path:
    path = folder / "config.toml"
    path.write_text(BASE + dkim, encoding="utf-8")
    return path


def test_keys_are_read_from_beside_the_settings(folder: Path) -> None:
    keys = signing_keys(load_config(configured(folder, BOTH)))
    assert [(key.domain, key.selector, key.algorithm) for key in keys] == [
        ("vst.gov.vn", "triage", "rsa-sha256"),
        ("vst.gov.vn", "triage-ed25519", "ed25519-sha256"),
    ]


@pytest.mark.parametrize(("line", "count"), [("", 0), ('rsa_key_file = "rsa.pem"', 1), (BOTH, 2)])
def test_a_letter_gets_one_signature_a_key(folder: Path, line: str, count: int) -> None:
    app = build(load_config(configured(folder, line)))
    try:
        signed = app.means.sign(b"From: a@vst.gov.vn\r\n\r\nx\r\n")
    finally:
        app.database.close()
    assert signed.count(b"DKIM-Signature:") == count


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('rsa_key_file = "none.pem"', "none.pem cannot be read: No such file or directory"),
        ('rsa_key_file = "ed.pem"', "ed.pem is no RSA key, yet [dkim] names it as one"),
        ('ed25519_key_file = "rsa.pem"', "rsa.pem is no ED25519 key, yet [dkim] names it as one"),
        ('rsa_key_file = "short.pem"', "short.pem has 1024 bits; 2048 are the least"),
        ('rsa_key_file = "config.toml"', "config.toml is no unlocked RSA or Ed25519 key"),
        (BOTH + 'selector = "x y"', "is no name for DNS"),
        (BOTH + 'selector = "s"\ned25519_selector = "s"', "selector and ed25519_selector must differ"),
        (
            BOTH + 'domain = "kho-bac.example"',
            "a signature of kho-bac.example proves nothing about hotrocntt@",
        ),
        (BOTH + 'domain = "st.gov.vn"', "a signature of st.gov.vn proves nothing"),
        (BOTH + 'outgoing = ["mail.example"]', "[dkim] outgoing"),
        (BOTH + 'reports_to = "nobody"', "'nobody' is not a mail address"),
    ],
)
def test_what_cannot_serve_is_told_in_one_sentence(folder: Path, lines: str, told: str) -> None:
    path = configured(folder, lines)
    with pytest.raises(ConfigError) as caught:
        signing_keys(load_config(path))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_environment_sets_keys_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = configured(folder, "")
    monkeypatch.setenv("TRIAGE__DKIM__RSA_KEY_FILE", str(folder / "rsa.pem"))
    monkeypatch.setenv("TRIAGE__DKIM__OUTGOING", "192.0.2.7 2001:db8::7")
    texts = [record.text for record in records_for(load_config(path))]
    assert texts[0].startswith("v=DKIM1; k=rsa; p=")
    assert texts[1] == "v=spf1 mx ip4:192.0.2.7 ip6:2001:db8::7 -all"


def test_the_records_follow_the_address_and_the_keys(folder: Path) -> None:
    records = records_for(load_config(configured(folder, BOTH)))
    assert [record.name for record in records] == [
        "triage._domainkey.vst.gov.vn",
        "triage-ed25519._domainkey.vst.gov.vn",
        "vst.gov.vn",
        "_dmarc.vst.gov.vn",
    ]
    assert records[-1].text == ("v=DMARC1; p=none; adkim=s; aspf=s; rua=mailto:postmaster@vst.gov.vn")


def test_a_key_of_the_domain_above_asks_for_relaxed_alignment(folder: Path) -> None:
    records = records_for(load_config(configured(folder, BOTH + 'domain = "gov.vn"')))
    assert records[0].name == "triage._domainkey.gov.vn"
    assert "adkim=r" in records[-1].text


def test_doctor_says_whether_letters_are_signed_and_prints_the_records(folder: Path) -> None:
    path = configured(folder, BOTH)
    told = triage("--config", path, "doctor", "--dns").stdout
    assert "ok   signing: Letters are signed with triage._domainkey.vst.gov.vn (rsa-sha256) and " in told
    for record in records_for(load_config(path)):
        assert record.zone_line in told.splitlines()
    unsigned = triage("--config", configured(folder, ""), "doctor").stdout
    assert "ok   signing: Letters go out unsigned" in unsigned
    assert "TXT" not in unsigned


def test_doctor_and_the_service_refuse_a_bad_key_in_one_sentence(folder: Path) -> None:
    path = configured(folder, 'rsa_key_file = "short.pem"')
    looked = triage("--config", path, "doctor", "--dns")
    assert looked.returncode == 1
    assert "FAIL signing: The DKIM key" in looked.stdout
    started = triage("--config", path, "run", "--once")
    assert started.returncode == 78
    assert "has 1024 bits" in started.stderr
    assert len(started.stderr.strip().splitlines()) == 1
