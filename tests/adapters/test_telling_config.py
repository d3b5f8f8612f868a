"""[deadline], [escalation] and [paging]: what holds is used, the rest is told in one sentence."""

from pathlib import Path

import pytest
from support.hook import hooked
from support.office import open_office, request

from triage.adapters.configfile import load_config
from triage.app import build
from triage.clockwork import clockwork
from triage.core.letternames import SECURITY_PAGE
from triage.core.webhooksign import written_secret
from triage.db import outbox, people
from triage.errors import ConfigError

BASE = """
[mailbox]
host = "127.0.0.1"
username = "hotrocntt@vst.gov.vn"
password = "x"
[smtp]
host = "127.0.0.1"
[database]
url = "sqlite:///x.sqlite"
"""
SECRET = written_secret(bytes(range(32)))
WEBHOOK = '[paging]\nwebhook = "https://truc.example/an-toan"\n'


def configured(folder: Path, more: str) -> Path:
    path = folder / "config.toml"
    path.write_text(BASE + more, encoding="utf-8")
    return path


def jobs(folder: Path, more: str) -> int:
    app = build(load_config(configured(folder, more)))
    try:
        return len(clockwork(app, ()).get_jobs())
    finally:
        app.database.close()


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (WEBHOOK, r"\[paging\]: webhook is set, so webhook_secret"),
        (f'{WEBHOOK}webhook_secret = "bí mật"\n', r"needed: whsec_ and the base64 of 24 to 64 random bytes"),
        ('[paging]\nwebhook = "http://truc.example"\n', r"webhook is not an address with https"),
        ("[paging]\nquiet_minutes = 0\n", r"\[paging\] quiet_minutes: must be at least 1"),
        ('[escalation]\nleads = ["truong phong"]\n', r"'truong phong' is not a mail address"),
        ("[escalation]\nagain_hours = -1\n", r"\[escalation\] again_hours: must be at least 0"),
        ('[incidents]\nleads = ["truong phong"]\n', r"'truong phong' is not a mail address"),
        ('[deadline]\npause_while_waiting = "có"\n', r"pause_while_waiting: must be true or false"),
    ],
)
def test_what_does_not_hold_is_told_and_no_secret_repeated(tmp_path: Path, more: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        load_config(configured(tmp_path, more))
    assert "bí mật" not in str(refused.value)


def test_the_key_of_the_webhook_is_read_from_a_file_and_the_webhook_used(tmp_path: Path) -> None:
    (tmp_path / "webhook-secret").write_text(f"{SECRET}\n", encoding="utf-8")
    config = load_config(configured(tmp_path, f'{WEBHOOK}webhook_secret_file = "webhook-secret"\n'))
    assert config.paging.webhook_key == bytes(range(32))
    for one, has in ((config, True), (load_config(configured(tmp_path, "")), False)):
        app = build(one)
        app.database.close()
        assert (app.pager() is not None) is has


def test_pauses_and_pages_reach_those_who_work(tmp_path: Path) -> None:
    plain = build(load_config(configured(tmp_path, "")))
    changed = build(
        load_config(
            configured(tmp_path, "[deadline]\npause_while_waiting = true\n[paging]\nenabled = false\n")
        )
    )
    for app in (plain, changed):
        app.database.close()
    assert (plain.means.pauses, plain.means.pages) == (False, True)
    assert (changed.means.pauses, changed.means.pages) == (True, False)


@pytest.mark.parametrize(
    ("more", "leads"),
    [
        ("", ()),
        ('[incidents]\nleads = ["truong@vst.example"]\n', ("truong@vst.example",)),
        ("[incidents]\nmail = false\n", None),
    ],
)
def test_who_hears_of_incidents_by_letter(tmp_path: Path, more: str, leads: tuple[str, ...] | None) -> None:
    app = build(load_config(configured(tmp_path, more)))
    app.database.close()
    assert app.means.incident_leads == leads


def test_what_is_turned_off_has_no_tick(tmp_path: Path) -> None:
    whole = jobs(tmp_path, "")
    assert jobs(tmp_path, "[escalation]\nenabled = false\n") == whole - 1
    assert jobs(tmp_path, "[paging]\nenabled = false\n") == whole - 1


def test_the_ticks_of_the_service_page_officers_and_webhook(tmp_path: Path) -> None:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, hooked() as hook:
        with office.database.write() as connection:
            officer = {"name": "an", "display_name": "An", "role": "security", "email": "an@vst.example"}
            people.add(connection, office.clock.now(), **officer)
        office.store(request("[0010#DVC] Máy bị nhiễm virus mã độc"))
        office.process()
        more = f'[paging]\nwebhook = "{hook.address}"\nwebhook_secret = "{SECRET}"\n'
        app = build(load_config(configured(tmp_path, more)))
        try:
            for _ in range(2):
                for job in clockwork(app, ()).get_jobs():
                    job.func(*job.args)
        finally:
            app.database.close()
        with office.database.read() as connection:
            assert [row.recipient for row in outbox.listed(connection) if row.letter == SECURITY_PAGE] == [
                "an@vst.example"
            ]
        assert [one["tickets"][0]["cause"] for one in hook.posted] == ["category"]
