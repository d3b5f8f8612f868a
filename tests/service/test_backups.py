"""A copy made while the service writes holds one moment, and a database restored from it works on."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from support.office import Office, open_office, request

from triage.core.people import Role
from triage.db import migrate, tickets as ticket_rows
from triage.db.engine import Database
from triage.db.schema import mails, metadata, raw_mails, tickets
from triage.errors import RefusalError
from triage.service import auditing, backups, people
from triage.service.people import Newcomer
from triage.service.searchindex import work_off_batch


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(*(request(f"[0010#DVC] Lỗi {number}", number=number) for number in range(5)))
        office.process()
        yield office


@pytest.fixture
def empty(office: Office, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Another, empty database of the same sort."""
    if office.database.is_sqlite:
        database = Database(f"sqlite:///{tmp_path / 'other.sqlite'}")
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create()
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop(name)


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    left_out = ("search_", "web_sessions", "one_time_tokens")
    with database.read() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if not table.name.startswith(left_out)
        }


def test_what_is_restored_is_what_was_there(office: Office, empty: Database, tmp_path: Path) -> None:
    done = backups.back_up(office.database, tmp_path / "copy")
    assert done.rows == {"mails": 5, "tickets": 5, "outbox": 5}
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    assert backups.restore(empty, tmp_path / "copy") == done
    assert contents(empty) == contents(office.database)
    migrate.demand_newest(empty)
    assert auditing.verify(empty).broken is None


def test_the_restored_database_works_on(office: Office, empty: Database, tmp_path: Path) -> None:
    backups.back_up(office.database, tmp_path / "copy")
    backups.restore(empty, tmp_path / "copy")
    new = Office(empty, office.clock)
    new._next_uid = 100
    new.store(request("[3110#DVC] Sau khi phục hồi", number=100), request("[0010#DVC] Lỗi 1", number=1))
    assert new.process().outcomes == {"open_ticket": 1, "duplicate": 1}
    while work_off_batch(empty):
        pass
    with empty.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM search_words")) >= 6
        assert connection.scalar(select(tickets.c.id).order_by(tickets.c.id.desc()).limit(1)) == 6


def test_a_copy_made_while_others_write_holds_every_mail_whole(
    office: Office, empty: Database, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 10
        while not stop.is_set():
            office.store(request(f"[0010#DVC] Lỗi {number}", number=number))
            office.process()
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backups.back_up(office.database, tmp_path / f"copy{number}")
    finally:
        stop.set()
        writer.join()
    backups.restore(empty, tmp_path / "copy2")
    with empty.read() as connection:
        stored = set(connection.scalars(select(mails.c.id)))
        assert stored == set(connection.scalars(select(raw_mails.c.mail_id)))
        assert len(stored) >= 5
        processed = connection.scalar(text("SELECT count(*) FROM mails WHERE state = 'processed'"))
        assert processed == len(ticket_rows.listed(connection, limit=10_000))
    assert auditing.verify(empty).broken is None


def test_sessions_and_invitations_of_then_are_dead(office: Office, empty: Database, tmp_path: Path) -> None:
    newcomer = Newcomer("lan", "Phạm Thị Lan", Role.ADMIN, (), "")
    people.add(office.database, office.clock, office.means.rules, newcomer, actor="terminal:root")
    backups.back_up(office.database, tmp_path / "copy")
    backups.restore(empty, tmp_path / "copy")
    with empty.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM people")) == 1
        assert connection.scalar(text("SELECT count(*) FROM one_time_tokens")) == 0


def test_neither_a_file_nor_a_database_is_written_over(
    office: Office, empty: Database, tmp_path: Path
) -> None:
    backups.back_up(office.database, tmp_path / "copy")
    with pytest.raises(RefusalError, match="exists already"):
        backups.back_up(office.database, tmp_path / "copy")
    with pytest.raises(RefusalError, match="is not empty"):
        backups.restore(office.database, tmp_path / "copy")
    (tmp_path / "rubbish").write_bytes(b"no copy at all")
    with pytest.raises(RefusalError, match=r"is no (copy|export)"):
        backups.restore(empty, tmp_path / "rubbish")
    with pytest.raises(RefusalError, match="no such file"):
        backups.restore(empty, tmp_path / "nowhere")
