"""kill -9 where raw mail goes to a bucket, moves and is removed there: nothing is lost, nothing stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.catcher import SmtpCatcher
from support.commands import start, triage
from support.dovecot import drop_into
from support.imapserver import ImapAccount
from support.migrated import empty
from support.objectserver import Bucket
from support.office import MONDAY, request, write_config

from triage.adapters.clock import SystemClock
from triage.core.parse import read_mail
from triage.db import mails
from triage.db.engine import Database
from triage.db.schema import raw_mails
from triage.service import persons, storage

pytestmark = pytest.mark.dovecot

RECEIVING = ("receive:put", "receive:fetched", "receive:stored", "receive:settled")
CLOCK = SystemClock()


class Site:
    """An installation whose raw mail goes to a bucket, with mails that are known by their numbers."""

    def __init__(self, config: Path, account: ImapAccount, database: Database, bucket: Bucket) -> None:
        self.config = config
        self.account = account
        self.database = database
        self.bucket = bucket
        self.written: list[bytes] = []

    def arrive(self) -> None:
        number = len(self.written) + 1
        raw = request(f"[0010#DVC] Lỗi {number}", number=number, sender=f"a{number}@x.example")
        assert self.account.maildir is not None
        drop_into(self.account.maildir, [(raw, MONDAY)])
        self.written.append(raw)

    def dies_at(self, point: str, *command: str) -> None:
        process = start(["--config", self.config, *command], TRIAGE_CRASH_AT=f"{point}:1")
        _, told = process.communicate(timeout=120)
        assert process.returncode == -9, (point, told.decode())

    def does(self, *command: str) -> str:
        done = triage("--config", self.config, *command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def names(self) -> set[str]:
        """Give the objects that rows name."""
        with self.database.read() as connection:
            return {name for name in connection.scalars(select(raw_mails.c.object_name)) if name}

    def all_is_well(self) -> None:
        """Demand that every mail is there once, as it came."""
        with self.database.read() as connection:
            assert mails.count_by_state(connection) == {"processed": len(self.written)}
            stored = [mails.raw_of(connection, number) for number in mails.ids(connection)]
        assert sorted(read_mail(one[1]).message_id for one in stored if one) == sorted(
            read_mail(raw).message_id for raw in self.written
        )

    def nothing_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Demand that the bucket holds what rows name and nothing else, once all is old enough to go."""
        monkeypatch.setattr(storage, "SAFE_AGE", timedelta(seconds=-5))
        storage.remove_unwanted(self.database, CLOCK, timedelta(seconds=-5))
        storage.remove_left_behind(self.database, CLOCK, everything=True)
        assert set(self.bucket.names()) == self.names()


@pytest.fixture
def site(
    tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher, database_url: str, bucket: Bucket
) -> Site:
    config = write_config(
        tmp_path, imap=dovecot, smtp_port=catcher.port, database_url=empty(database_url), more=bucket.lines()
    )
    assert triage("--config", config, "db", "upgrade").returncode == 0
    return Site(config, dovecot, Database(database_url, objects=bucket.objects()), bucket)


def test_a_kill_while_mails_are_received_loses_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for point in RECEIVING:
        site.arrive()
        site.dies_at(point, "run", "--once")
        site.does("run", "--once")
        site.all_is_well()
    assert site.account.raw_mails() == []
    # two deaths came between the object and the commit of its row
    assert len(site.bucket.names()) == len(RECEIVING) + 2
    site.nothing_is_left(monkeypatch)
    assert len(site.bucket.names()) == len(RECEIVING)
    site.all_is_well()
    site.database.close()


def test_a_kill_while_mails_are_moved_loses_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        site.arrive()
    site.does("run", "--once")
    for point in ("storage:copied", "storage:moved"):
        for place, outside in (("table", 0), ("s3", 3)):
            site.dies_at(point, "storage", "move", "--to", place)
            site.all_is_well()
            site.does("storage", "move", "--to", place)
            site.all_is_well()
            assert len(site.names()) == outside
    site.nothing_is_left(monkeypatch)
    site.all_is_well()
    site.database.close()


def test_a_kill_while_objects_are_removed_removes_them_all_the_same(site: Site) -> None:
    for _ in range(3):
        site.arrive()
    site.does("run", "--once")
    for number in (1, 2):
        persons.erase(site.database, CLOCK, f"a{number}@x.example", reason="theo yêu cầu", actor="Hà")
    with site.database.write() as connection:
        connection.exec_driver_sql("UPDATE unwanted_objects SET since_at = '2026-01-01 00:00:00'")
    site.dies_at("storage:removed", "storage", "tidy")
    assert set(site.bucket.names()) == site.names()
    assert storage.standing(site.database).unwanted == 2
    assert "2 objects of erased or moved mails and 0 left behind are removed." in site.does("storage", "tidy")
    assert storage.standing(site.database).unwanted == 0
    assert "3 mails" not in site.does("storage", "status")
    site.database.close()
