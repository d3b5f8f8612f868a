"""Measurements: what was done, what waits, and who may read them."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import further_mailbox, request, write_config

from triage.adapters.configfile import load_config
from triage.app import App, build
from triage.db import heartbeats, mails
from triage.errors import ConfigError
from triage.ports import FetchedMail
from triage.service.metrics import FAMILIES, counted_mails
from triage.service.process import process_batch
from triage.web.metrics import create_metrics
from triage.web.server import serve

SAMPLE = re.compile(
    r'[a-z_]+(?:\{[a-z]+="(?:[^"\\\\\n]|\\\\.)*"(?:,[a-z]+="(?:[^"\\\\\n]|\\\\.)*")*\})? [0-9.e+-]+'
)


def configured(tmp_path: Path, url: str, more: str = "") -> Path:
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    return write_config(tmp_path, imap=nowhere, smtp_port=1, database_url=url, more=more)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    migrated(database_url).close()
    app = build(load_config(configured(tmp_path, database_url)))
    yield app
    app.database.close()


def ask(app: App, **headers: str) -> httpx.Response:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serve("127.0.0.1", port, create_metrics(app), where="[metrics]"):
        return httpx.get(f"http://127.0.0.1:{port}/metrics", headers=headers, timeout=60)


def read(app: App) -> dict[str, float]:
    answer = ask(app)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


def store(app: App, *raws: bytes) -> None:
    now = app.means.clock.now()
    with app.database.write() as connection:
        fetched = [FetchedMail(number, now, raw) for number, raw in enumerate(raws, 1)]
        mails.store(connection, "box", 1, fetched, now)


def test_what_waits_is_measured_and_then_what_was_done(app: App) -> None:
    store(app, request(), request("[3110#DVC] Chứng thư số", number=2))
    before = read(app)
    assert before['triage_mails_waiting{stage="process"}'] == 2
    assert before['triage_oldest_waiting_seconds{stage="process"}'] >= 0
    assert counted_mails(app.tally, process_batch(app.means, app.database, "w"))
    after = read(app)
    assert after['triage_mails_waiting{stage="process"}'] == 0
    assert after['triage_mails_waiting{stage="deliver"}'] >= 2
    assert after['triage_mails_total{kind="request"}'] == 2
    assert sum(value for name, value in after.items() if "verdicts_total" in name) == 2
    assert after['triage_tickets_open{queue="0010"}'] == 1
    assert after["triage_lease_held"] == 1
    assert after['triage_mailbox_held{mailbox="INBOX"}'] == 1
    assert not counted_mails(app.tally, process_batch(app.means, app.database, "w"))


def test_a_failing_stage_shows_and_hides_the_last_success_of_the_mailbox(app: App) -> None:
    now = app.means.clock.now()
    with app.database.write() as connection:
        heartbeats.beat(connection, "receive", now, None)
    name = 'triage_imap_last_success_timestamp_seconds{mailbox="INBOX"}'
    assert read(app)[name] == pytest.approx(now.timestamp())
    with app.database.write() as connection:
        heartbeats.beat(connection, "receive", now, "gone")
    found = read(app)
    assert found['triage_stage_failing{stage="receive"}'] == 1
    assert name not in found


def test_each_of_several_mailboxes_is_measured_by_its_name(database_url: str, tmp_path: Path) -> None:
    migrated(database_url).close()
    more = further_mailbox("reports", ImapAccount("127.0.0.1", 1, "baocao@mail.example", "secret"))
    app = build(load_config(configured(tmp_path, database_url, more)))
    app.reads = lambda box: box == "reports"
    now = app.means.clock.now()
    with app.database.write() as connection:
        heartbeats.beat(connection, "receive", now, "gone")
        heartbeats.beat(connection, "receive:reports", now, None)
    found = read(app)
    app.database.close()
    assert found['triage_stage_failing{stage="receive"}'] == 1
    assert found['triage_stage_failing{stage="receive:reports"}'] == 0
    seen = {name for name in found if name.startswith("triage_imap_last_success")}
    assert seen == {'triage_imap_last_success_timestamp_seconds{mailbox="reports"}'}
    assert found['triage_mailbox_held{mailbox="main"}'] == 0
    assert found['triage_mailbox_held{mailbox="reports"}'] == 1


def test_nothing_that_is_measured_tells_of_a_person_or_a_ticket(app: App) -> None:
    store(app, request(sender="Trần Thị Bích <bich@mot.example>"))
    process_batch(app.means, app.database, "w")
    text = ask(app).text
    assert "@" not in text
    assert "SD2" not in text
    assert "dịch vụ công" not in text


def test_a_database_that_is_gone_is_a_measurement(app: App) -> None:
    with app.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE heartbeats RENAME TO heartbeats_away")
    found = read(app)
    assert found["triage_database_up"] == 0
    assert "triage_mails_stuck" not in found
    assert found["triage_lease_held"] == 1


def test_only_who_shows_the_token_is_answered(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrated(url).close()
    more = '[metrics]\nhost = "0.0.0.0"\nport = 8601\nbearer_token = "s3cret"'
    app = build(load_config(configured(tmp_path, url, more)))
    assert ask(app).status_code == 401
    assert ask(app, authorization="Bearer wrong").status_code == 401
    assert ask(app, authorization="Bearer s3cret").status_code == 200
    app.database.close()


def test_a_port_that_others_can_reach_needs_a_token(tmp_path: Path) -> None:
    more = '[metrics]\nhost = "0.0.0.0"\nport = 8601'
    with pytest.raises(ConfigError, match="bearer_token"):
        load_config(configured(tmp_path, "sqlite:///x.sqlite", more))


def test_every_family_has_a_name_of_its_own_and_the_one_prefix() -> None:
    names = [family.name for family in FAMILIES]
    assert len(set(names)) == len(names)
    assert all(name.startswith("triage_") for name in names)
