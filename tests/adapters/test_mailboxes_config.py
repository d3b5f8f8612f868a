"""[mailboxes.NAME]: further mailboxes, each with its own server, account, folder and addresses."""

from pathlib import Path

import pytest

from triage.adapters.configfile import check_text, load_config, secret_files
from triage.adapters.configservers import smtp_settings
from triage.app import build, our_addresses, receivers_of, rules_folder, rules_for
from triage.errors import ConfigError
from triage.service.means import Ours

BASE = """
[mailbox]
host = "imap.example"
username = "hotro@kho.example"
password = "x"
[smtp]
host = "127.0.0.1"
from_address = "hotro@kho.example"
"""
REPORTS = """
[mailboxes.reports]
host = "imap.example"
username = "baocao@kho.example"
password = "bí mật"
"""


def configured(folder: Path, more: str, base: str = BASE) -> Path:
    path = folder / "config.toml"
    path.write_text(base + more, encoding="utf-8")
    return path


def test_one_mailbox_is_what_it_was(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path, ""))
    assert list(config.boxes) == ["main"]
    assert config.boxes["main"].stored_as == "hotro@kho.example@imap.example/INBOX"
    assert receivers_of(config) == {"receive": 60}


def test_each_further_mailbox_has_keys_and_defaults_of_its_own(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path, f'{REPORTS}poll_seconds = 5\nafter = "flag"\nfolder = "Moi"\n'))
    assert receivers_of(config) == {"receive": 60, "receive:reports": 5}
    box = config.boxes["reports"]
    assert (box.after, box.port, box.stored_as) == (
        "flag",
        993,
        "baocao@kho.example@imap.example/Moi",
    )


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (f"{REPORTS}hots = 1\n", r"\[mailboxes\.reports\] hots is not a known key; did you mean host\?"),
        (f"{REPORTS}port = 0\n", r"\[mailboxes\.reports\] port: must be at least 1, not 0"),
        (f"{REPORTS}queue_folders = true\n", r"\[mailboxes\.reports\] queue_folders is not a known key"),
        (f"{REPORTS}ask_seconds = 0.01\n", r"\[mailboxes\.reports\] ask_seconds: must be at least 0\.1"),
        (f'{REPORTS}from_address = "bao cao"\n', r"\[mailboxes\.reports\] from_address: 'bao cao' is not a"),
        ('[mailboxes.reports]\nhost = "a"\n', r"\[mailboxes\.reports\] username is missing"),
        (
            '[mailboxes.reports]\nhost = "a"\nusername = "b"\n',
            r"\[mailboxes\.reports\]: password is missing; set password, password_file",
        ),
        (
            '[mailboxes.reports]\nhost = "a"\nusername = "b"\nauth = "xoauth2"\n',
            r"\[mailboxes\.reports\]: auth is xoauth2, so token_command or token_file is needed",
        ),
        (
            '[mailboxes.reports]\nhost = "a"\nusername = "b"\npassword_file = "nowhere"\n',
            r"\[mailboxes\.reports\]: password_file cannot be read: .*nowhere",
        ),
        (REPORTS.replace("reports", "Reports"), r"\[mailboxes\.Reports\]: a name has small letters"),
        (REPORTS.replace("reports", "a--b"), r"\[mailboxes\.a--b\]: a name has"),
        (REPORTS.replace("reports", "thirteensigns"), r"\[mailboxes\.thirteensigns\]: a name has"),
        (REPORTS.replace("reports", "main"), r"\[mailboxes\.main\]: .* main is the mailbox of \[mailbox\]"),
        (REPORTS.replace("[mailboxes.reports]", "[[mailboxes]]"), r"\[mailboxes\]: must be sections with"),
        ("[mailboxes]\nreports = 7\n", r"\[mailboxes\.reports\]: must be a section with keys"),
        (
            REPORTS.replace("baocao@kho.example", "HoTro@kho.example").replace("imap.ex", "IMAP.ex"),
            r"\[mailbox\] and \[mailboxes\.reports\] both read hotro@kho\.example@imap\.example/INBOX",
        ),
        (
            f'{REPORTS.replace("baocao", "hotro")}port = 994\nfolder = "inbox"\n',
            r"\[mailbox\] and \[mailboxes\.reports\] both read",
        ),
        (
            f"{REPORTS}{REPORTS.replace('reports', 'again')}",
            r"\[mailboxes\.reports\] and \[mailboxes\.again\] both read baocao@kho",
        ),
        (
            f'{REPORTS.replace("baocao", "hotro")}folder = "Processed"\n',
            r"\[mailboxes\.reports\] reads Processed, into which \[mailbox\] moves its mails",
        ),
    ],
)
def test_what_does_not_hold_is_told_with_the_mailbox_and_no_secret_repeated(
    tmp_path: Path, more: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        load_config(configured(tmp_path, more))
    assert "bí mật" not in str(refused.value)


def test_copies_of_queues_are_no_mail_of_another_mailbox(tmp_path: Path) -> None:
    base = BASE.replace('password = "x"', 'password = "x"\nqueue_folders = true')
    more = f'{REPORTS.replace("baocao", "hotro")}folder = "Queues/0010"\n'
    with pytest.raises(ConfigError, match=r"\[mailboxes\.reports\] reads below Queues"):
        load_config(configured(tmp_path, more, base))


def test_two_folders_of_one_account_are_two_mailboxes(tmp_path: Path) -> None:
    config = load_config(configured(tmp_path, f'{REPORTS.replace("baocao", "hotro")}folder = "Bao cao"\n'))
    assert len({box.stored_as for box in config.boxes.values()}) == 2


def test_the_environment_stands_above_the_file_for_each_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE__MAILBOXES__REPORTS__PORT", "1143")
    monkeypatch.setenv("TRIAGE__MAILBOXES__REPORTS__TOKEN_COMMAND", "get-token --imap")
    box = load_config(configured(tmp_path, REPORTS)).boxes["reports"]
    assert (box.port, box.token_command) == (1143, ("get-token", "--imap"))
    monkeypatch.setenv("TRIAGE__MAILBOXES__REPORTS__PORT", "many")
    with pytest.raises(
        ConfigError, match=r"TRIAGE__MAILBOXES__REPORTS__PORT: \[mailboxes\.reports\] port: must"
    ):
        load_config(configured(tmp_path, REPORTS))
    monkeypatch.delenv("TRIAGE__MAILBOXES__REPORTS__PORT")
    monkeypatch.setenv("TRIAGE__MAILBOXES__OTHER", "no section")
    with pytest.raises(ConfigError, match=r"\[mailboxes\.other\]: must be a section"):
        load_config(configured(tmp_path, REPORTS))


def test_files_of_a_mailbox_count_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x\n", encoding="utf-8")
    more = REPORTS.replace('password = "bí mật"', 'password_file = "secret"\nca_file = "ca.pem"')
    path = configured(tmp_path, more, BASE.replace('password = "x"', 'password_file = "secret"'))
    box = load_config(path).boxes["reports"]
    assert box.password is not None
    assert box.password.get_secret_value() == "x"
    assert box.ca_file == tmp_path / "ca.pem"
    assert secret_files(path) == [tmp_path / "secret"] * 2
    assert path in secret_files(configured(tmp_path, REPORTS, BASE))
    check_text(BASE.replace('"x"', '"x"\n') + REPORTS.replace("password =", "password_file ="), path)


def test_every_address_of_a_mailbox_is_known_as_our_own(tmp_path: Path) -> None:
    more = f'{REPORTS}from_address = "TraLoi@kho.example"\nreply_to = "hoi@kho.example"\n'
    config = load_config(configured(tmp_path, more))
    ours = {"hotro@kho.example", "baocao@kho.example", "traloi@kho.example", "hoi@kho.example"}
    assert our_addresses(config) == ours
    assert ours <= rules_for(config, rules_folder(config)).office.addresses
    assert smtp_settings(config).others == {"TraLoi@kho.example"}
    app = build(config)
    app.database.close()
    assert app.means.ours("baocao@kho.example@imap.example/INBOX") == Ours(
        "TraLoi@kho.example", "hoi@kho.example"
    )
    for other in ("hotro@kho.example@imap.example/INBOX", "import:old.mbox", "gone@kho.example@x/INBOX"):
        assert app.means.ours(other) == Ours("hotro@kho.example")


def test_keys_prove_nothing_about_an_address_of_another_domain(tmp_path: Path) -> None:
    more = f'{REPORTS}from_address = "baocao@khac.example"\n'
    build(load_config(configured(tmp_path, more))).database.close()
    dkim = '[dkim]\nrsa_key_file = "dkim.pem"\n'
    with pytest.raises(
        ConfigError, match=r"\[mailboxes\.reports\] from_address: a signature of kho\.example proves"
    ):
        build(load_config(configured(tmp_path, more + dkim)))
