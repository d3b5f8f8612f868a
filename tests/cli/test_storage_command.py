"""[storage] and triage storage: what is wrong is told in one sentence, what is another's is asked for."""

from pathlib import Path

import pytest
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.objectserver import Bucket
from support.office import write_config

from triage.adapters.configfile import load_config
from triage.errors import ConfigError

NOWHERE = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")


def configured(folder: Path, more: str = "") -> Path:
    url = f"sqlite:///{folder / 'x.sqlite'}"
    return write_config(folder, imap=NOWHERE, smtp_port=1, database_url=url, more=more)


def installed(folder: Path, more: str = "") -> Path:
    config = configured(folder, more)
    migrated(f"sqlite:///{folder / 'x.sqlite'}").close()
    return config


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('bucket = "mails"', r"\[storage\]: bucket is set, so endpoint, access_key and secret_key"),
        (
            'endpoint = "http://s3.example"',
            r"\[storage\] endpoint: 'http://s3.example' is not an address with https",
        ),
        ('prefix = "a/../b"', r"\[storage\] prefix: 'a/../b' is not a name of letters"),
        ("seconds = 0", r"\[storage\] seconds: must be more than 0"),
        ('secret_key_file = "none"', r"\[storage\]: secret_key_file cannot be read: .*none"),
    ],
)
def test_settings_that_do_not_hold_are_told(tmp_path: Path, lines: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load_config(configured(tmp_path, f"[storage]\n{lines}\n"))


def test_the_key_is_read_from_a_file_and_shown_nowhere(tmp_path: Path, bucket: Bucket) -> None:
    (tmp_path / "s3-key").write_text("correct horse\n", encoding="utf-8")
    (tmp_path / "s3-key").chmod(0o600)
    lines = bucket.lines().replace('secret_key = "correct horse"', 'secret_key_file = "s3-key"')
    config = load_config(configured(tmp_path, lines))
    assert config.storage.secret_key.get_secret_value() == "correct horse"
    assert "correct horse" not in repr(config)


def test_without_a_bucket_there_is_nothing_to_move_or_to_claim(tmp_path: Path) -> None:
    config = installed(tmp_path)
    told = triage("--config", config, "storage", "status").stdout
    assert told == "Storage: [storage] names no bucket.\n0 mails in the database, 0 mails outside.\n"
    for words in (("move", "--to", "s3"), ("move", "--to", "table"), ("tidy",), ("claim", "--yes")):
        done = triage("--config", config, "storage", *words)
        assert done.returncode == 75
        assert (
            done.stderr.strip()
            .splitlines()[-1]
            .endswith("[storage] names no bucket, so there is nothing outside the database.")
        )


def test_a_bucket_of_another_database_is_taken_only_by_who_says_so(tmp_path: Path, bucket: Bucket) -> None:
    bucket.objects().put({"owner": b"another"})
    config = installed(tmp_path, bucket.lines())
    refused = triage("--config", config, "storage", "tidy")
    assert refused.returncode == 75
    assert "belongs to another database" in refused.stderr
    asked = triage("--config", config, "storage", "claim", stdin=b"n\n")
    assert asked.returncode == 1
    assert triage("--config", config, "storage", "tidy").returncode == 75
    assert triage("--config", config, "storage", "claim", stdin=b"y\n").returncode == 0
    done = triage("--config", config, "storage", "tidy")
    assert done.stdout == "0 objects of erased or moved mails and 0 left behind are removed.\n"


def test_doctor_tries_the_storage(tmp_path: Path, bucket: Bucket) -> None:
    config = installed(tmp_path, bucket.lines())
    told = triage("--config", config, "doctor").stdout
    assert f"ok   storage: Storage {bucket.settings().endpoint}/{bucket.name}/triage takes, gives and" in told
    with bucket.refusing():
        told = triage("--config", config, "doctor").stdout
    assert "FAIL storage:" in told
    assert "refuses our keys" in told
