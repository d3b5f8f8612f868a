"""From a terminal: the campaigns that there are, and one with its mails and signs."""

import json
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import Office, request, write_config

from triage.service import campaigns


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    path = write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url)
    office = Office(migrated(url))
    for number in (1, 2):
        sender = f"Hỗ trợ Kho bạc <h{number}@kbnn-hotro.com>"
        office.store(request(number=number, sender=sender, text="Đề nghị gửi mật khẩu và mã OTP ngay."))
    office.process()
    campaigns.keep_up(office.database, office.means)
    office.database.close()
    return path


def test_campaigns_are_listed_and_one_is_shown_with_the_reason_for_each_mail(config: Path) -> None:
    [row] = triage("--config", config, "campaigns", "list", "--json").stdout.splitlines()
    told = json.loads(row)
    assert (told["campaign"], told["mails"], told["queues"]) == ("CD1", 2, ["0010"])
    assert told["poses_as"] == ["Hỗ trợ Kho bạc"]
    assert "CD1" in triage("--config", config, "campaigns", "list").stdout
    one = json.loads(triage("--config", config, "campaigns", "show", "1", "--json").stdout)
    assert [mail["mail"] for mail in one["mails"]] == [2, 1]
    assert one["mails"][0]["belongs_by"][0]["with"] == 1
    assert {sign["value"] for sign in one["signs"]} >= {"kbnn-hotro.com", "h1@kbnn-hotro.com"}
    assert "domain kbnn-hotro.com with 1" in triage("--config", config, "campaigns", "show", "1").stdout


def test_a_campaign_that_there_is_not_is_told(config: Path) -> None:
    done = triage("--config", config, "campaigns", "show", "9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no campaign 9" in done.stderr
