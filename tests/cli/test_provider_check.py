"""triage doctor asks the provider that people sign in by, and says what would keep them out."""

import re
from pathlib import Path

import pytest
from support.imapserver import ImapAccount
from support.office import write_config
from support.oidc_provider import provider_of
from typer.testing import CliRunner

from triage.adapters.clock import SystemClock
from triage.cli.root import app


def doctor_says(folder: Path, issuer: str, *, address: str = "https://hotro.example") -> str:
    more = f"""
address = "{address}"
[oidc]
issuer = "{issuer}"
client_id = "triage"
client_secret = "x"
"""
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    url = f"sqlite:///{folder / 'x.sqlite'}"
    path = write_config(folder, imap=nowhere, smtp_port=1, database_url=url, more=more if issuer else "")
    told = CliRunner().invoke(app, ["--config", str(path), "doctor"]).stdout
    return next(line for line in told.splitlines() if " provider: " in line)


def test_a_provider_that_answers_is_named_with_the_address_it_must_know(tmp_path: Path) -> None:
    with provider_of(SystemClock().now) as provider:
        line = doctor_says(tmp_path, provider.url)
    assert line.startswith("ok ")
    assert provider.url in line
    assert "https://hotro.example/sign-in/oidc/back" in line


def test_without_a_provider_doctor_says_that_there_is_none(tmp_path: Path) -> None:
    assert doctor_says(tmp_path, "") == "ok   provider: Off: people sign in by password ([oidc] issuer)."


def test_a_provider_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    line = doctor_says(tmp_path, "http://127.0.0.1:1")
    assert re.fullmatch(r"FAIL provider: 127\.0\.0\.1 cannot be reached: \w+\.", line)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"issuer": "https://other.example"}, "is that of another issuer"),
        ({"jwks_uri": "http://other.example/keys"}, "has no jwks_uri with https"),
        ({"code_challenge_methods_supported": ["plain"]}, "code_challenge_methods_supported"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "id_token_signing_alg_values_supported"),
        ({"jwks_uri": "{url}/nowhere"}, "answers with 404"),
    ],
)
def test_what_would_keep_everybody_out_is_told(
    tmp_path: Path, document: dict[str, object], told: str
) -> None:
    with provider_of(SystemClock().now) as provider:
        provider.document = {
            name: value.format(url=provider.url) if isinstance(value, str) else value
            for name, value in document.items()
        }
        line = doctor_says(tmp_path, provider.url)
    assert line.startswith("FAIL provider: ")
    assert told in line


def test_a_way_back_without_tls_is_told(tmp_path: Path) -> None:
    with provider_of(SystemClock().now) as provider:
        line = doctor_says(tmp_path, provider.url, address="http://hotro.example")
    assert line.startswith("FAIL provider: [web] address http://hotro.example")
