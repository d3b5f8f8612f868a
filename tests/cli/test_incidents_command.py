"""From a terminal: which incidents there are, and what one of them comes to."""

import json
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.office import open_office, write_config
from support.surges import tell

from triage.service import surges


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with open_office(url) as office:
        for province in (0, 1, 2):
            tell(office, "sign_5032", province)
        surges.look(office.database, office.means)
    return write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url)


def test_incidents_are_listed_and_shown(config: Path) -> None:
    listed = triage("--config", config, "incidents", "list")
    assert "Không kết nối được máy chủ ký số (SIGN-5032)" in listed.stdout
    [one] = map(json.loads, triage("--config", config, "incidents", "list", "--json").stdout.splitlines())
    assert (one["id"], one["tickets"], one["provinces"]) == (1, 3, ["Hà Nội", "Hậu Giang", "Hồ Chí Minh"])
    shown = json.loads(triage("--config", config, "incidents", "show", "1", "--json").stdout)
    assert [row["code"] for row in shown["members"]] == [f"SD261116-00000{number}" for number in (1, 2, 3)]
    assert "SD261116-000002" in triage("--config", config, "incidents", "show", "1").stdout
    assert triage("--config", config, "incidents", "list", "--past", "--json").stdout == ""
    nothing = triage("--config", config, "incidents", "show", "9")
    assert (nothing.returncode, "There is no incident 9" in nothing.stderr) == (1, True)
