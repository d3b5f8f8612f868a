"""Months of raw mail on PostgreSQL: where rows go, what is asked, what is dropped and what never is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import select, text
from support.office import Office, open_office, request

from triage.core.retention import RetentionClass, Terms
from triage.db import mails, migrate, partitions, rawmails
from triage.db.engine import Database
from triage.db.schema import raw_mails
from triage.errors import DatabaseError
from triage.ports import FetchedMail
from triage.service import backups, desk, holds, persons, retention
from triage.service.partitions import keep_up, keep_up_daily

MONTHS = {
    # the first night after the table was made closes what was there before
    "raw_mails_first": [1],
    "raw_mails_2027_01": [2],
    "raw_mails_2027_02": [3, 4],
    "raw_mails_2027_03": [5, 6],
}
ALL = Terms({RetentionClass.CLOSED: 30, RetentionClass.QUIET: 10, RetentionClass.DUPLICATE: 5})


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        yield office


def at(office: Office, month: int, day: int = 2, year: int = 2027) -> None:
    office.clock.moment = datetime(year, month, day, 3, tzinfo=UTC)


def raw(number: int) -> bytes:
    return request(f"[0010#DVC] Lỗi {number}", number=number, sender=f"a{number}@x.example")


def new_mail(office: Office) -> dict[str, object]:
    now = office.clock.now()
    return {"mailbox": "box", "uidvalidity": 1, "uid": 99, "size": 1, "received_at": now, "stored_at": now}


def mails_by_month(office: Office) -> dict[str, list[int]]:
    query = text("SELECT tableoid::regclass::text, mail_id FROM raw_mails ORDER BY mail_id")
    found: dict[str, list[int]] = {}
    with office.database.read() as connection:
        for one in partitions.partitions(connection):
            found[one.name] = []
        for name, number in connection.execute(query):
            found[name].append(number)
    return found


def a_quarter(office: Office) -> None:
    """Store two mails in each of three months and close all their tickets but the last."""
    for number, month in enumerate((1, 1, 2, 2, 3, 3), start=1):
        at(office, month, 2 + number)
        keep_up(office.database, office.clock)
        office.store(raw(number))
        office.process()
        with office.database.read() as connection:
            code = connection.scalar(text("SELECT code FROM tickets ORDER BY id DESC LIMIT 1"))
        if number < 6:
            desk.close(office.database, office.clock, code, note="xong", actor="Hà")


def test_each_month_has_a_partition_for_what_came_in_it(office: Office) -> None:
    a_quarter(office)
    assert mails_by_month(office) == MONTHS
    with office.database.read() as connection:
        found = partitions.partitions(connection)
        assert [one.month for one in found] == ["", "2027-01", "2027-02", "2027-03"]
        assert [(one.first, one.until) for one in found] == [(None, 2), (2, 3), (3, 5), (5, None)]
        for number in range(1, 7):
            stored = mails.raw_of(connection, number)
            assert stored is not None
            assert stored[1] == raw(number)


def test_a_month_is_begun_once_and_not_without_a_mail(office: Office) -> None:
    at(office, 1)
    assert keep_up(office.database, office.clock) == (0, 0)
    office.store(raw(1))
    assert keep_up(office.database, office.clock) == (1, 0)
    assert keep_up(office.database, office.clock) == (0, 0)
    at(office, 2)
    # no mail came in January after the first partition was closed
    assert keep_up(office.database, office.clock) == (0, 0)
    at(office, 12, year=2026)
    assert keep_up(office.database, office.clock) == (0, 0)


def test_a_mail_always_finds_a_place_though_nobody_began_its_month(office: Office) -> None:
    for month in (1, 6, 11):
        at(office, month)
        office.store(raw(month))
    assert mails_by_month(office) == {"raw_mails_first": [1, 2, 3]}


def test_a_mail_whose_number_was_taken_before_the_cut_finds_a_place_after_it(office: Office) -> None:
    at(office, 1)
    office.store(raw(1))
    writing = Database(office.database.url.render_as_string(hide_password=False))
    with writing.write() as connection:
        number = connection.scalar(text("SELECT nextval(pg_get_serial_sequence('mails', 'id'))"))
        keep_up(office.database, office.clock)
        connection.execute(mails.mails.insert(), {"id": number, **new_mail(office)})
        connection.execute(raw_mails.insert(), {"mail_id": number, **rawmails.values_of(rawmails.NEUTRAL)})
    writing.close()
    office.store(raw(2))
    assert mails_by_month(office) == {"raw_mails_first": [1, 2], "raw_mails_2027_01": [3]}


def test_a_month_is_dropped_when_nothing_of_it_is_kept(office: Office) -> None:
    a_quarter(office)
    at(office, 3, 6)
    retention.keep_terms(office.database, office.clock, ALL)
    assert keep_up(office.database, office.clock) == (0, 2)
    # the second mail of February has two days left
    assert list(mails_by_month(office)) == ["raw_mails_2027_02", "raw_mails_2027_03"]
    at(office, 3, 20)
    retention.keep_terms(office.database, office.clock, ALL)
    assert keep_up(office.database, office.clock) == (0, 1)
    assert mails_by_month(office) == {"raw_mails_2027_03": [5, 6]}


def test_what_was_dropped_is_the_neutral_mail_that_it_was_before(office: Office) -> None:
    a_quarter(office)
    at(office, 3, 20)
    retention.keep_terms(office.database, office.clock, ALL)
    with office.database.read() as connection:
        told = [mails.raw_of(connection, 1), [one.raw() for one in mails.contents(connection, [1, 5])]]
    keep_up(office.database, office.clock)
    with office.database.read() as connection:
        assert connection.scalar(select(raw_mails.c.mail_id).where(raw_mails.c.mail_id == 1)) is None
        assert [
            mails.raw_of(connection, 1),
            [one.raw() for one in mails.contents(connection, [1, 5])],
        ] == told
        assert mails.raw_of(connection, 99) is None
    persons.erase(office.database, office.clock, "a1@x.example", reason="theo yêu cầu", actor="Hà")


def test_a_month_whose_last_mail_is_not_committed_is_not_dropped(office: Office) -> None:
    at(office, 1)
    office.store(raw(1))
    office.process()
    desk.close(office.database, office.clock, "SD270102-1", note="xong", actor="Hà")
    writing = Database(office.database.url.render_as_string(hide_password=False))
    with writing.write() as connection:
        connection.execute(mails.mails.insert(), new_mail(office))
        at(office, 3)
        retention.keep_terms(office.database, office.clock, ALL)
        with pytest.raises(DatabaseError, match="lock timeout"):
            keep_up(office.database, office.clock)
        connection.execute(raw_mails.insert(), {"mail_id": 2, **rawmails.values_of(rawmails.NEUTRAL)})
    writing.close()
    assert keep_up(office.database, office.clock) == (1, 0)
    assert mails_by_month(office) == {"raw_mails_first": [1, 2], "raw_mails_2027_03": []}


def test_a_legal_hold_keeps_the_month_of_its_mails(office: Office) -> None:
    a_quarter(office)
    with office.database.read() as connection:
        code = connection.scalar(text("SELECT code FROM tickets ORDER BY id LIMIT 1 OFFSET 2"))
    holds.set_hold(office.database, office.clock, code, reason="thanh tra", actor="Hà")
    at(office, 6)
    retention.keep_terms(office.database, office.clock, ALL)
    keep_up(office.database, office.clock)
    left = mails_by_month(office)
    assert left["raw_mails_2027_02"] == [3, 4]
    assert "raw_mails_first" not in left
    with office.database.read() as connection:
        stored = mails.raw_of(connection, 3)
    assert stored is not None
    assert stored[1] == raw(3)
    holds.clear_hold(office.database, office.clock, code, reason="xong", actor="Hà")
    retention.keep_terms(office.database, office.clock, ALL)
    keep_up(office.database, office.clock)
    assert "raw_mails_2027_02" not in mails_by_month(office)


def test_one_mail_is_looked_for_in_its_month_alone(office: Office) -> None:
    a_quarter(office)
    one = text("EXPLAIN SELECT content FROM raw_mails WHERE mail_id = 4")
    many = text(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT mails.id, content FROM mails "
        "LEFT JOIN raw_mails ON raw_mails.mail_id = mails.id WHERE mails.id IN (3, 4)"
    )
    with office.database.read() as connection:
        plan = "\n".join(connection.scalars(one))
        assert "raw_mails_2027_02" in plan
        assert plan.count("raw_mails_") == plan.count("raw_mails_2027_02")
        for way in ("hashjoin", "mergejoin", "seqscan", "bitmapscan"):
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
        plan = list(connection.scalars(many))
    touched = [line for line in plan if "raw_mails_" in line and "never executed" not in line]
    assert touched
    assert all("2027_02" in line for line in touched), plan


def test_readers_that_hold_the_table_put_the_cut_off_and_nothing_is_half_done(
    office: Office,
) -> None:
    at(office, 1)
    office.store(raw(1))
    with office.database.read() as reading:
        reading.execute(select(raw_mails.c.mail_id)).all()
        with pytest.raises(DatabaseError, match="lock timeout"):
            keep_up(office.database, office.clock)
        keep_up_daily(office.database, office.clock)
    assert mails_by_month(office) == {"raw_mails_first": [1]}
    office.store(raw(2))
    assert keep_up(office.database, office.clock) == (1, 0)


def test_whoever_has_read_a_mail_and_writes_it_down_is_never_undone_for_the_cut(office: Office) -> None:
    at(office, 1)
    office.store(raw(1))
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'raw_mails'::regclass")
    cuts = Thread(target=keep_up_daily, args=(office.database, office.clock))
    with office.database.write() as connection:
        mails.contents(connection, [1])
        cuts.start()
        with office.database.read() as looking:
            while cuts.is_alive() and not looking.scalar(waits):
                pass
        connection.execute(mails.mails.update().values(error="read and written"))
    cuts.join()
    assert mails_by_month(office) == {"raw_mails_first": [1]}
    with office.database.read() as connection:
        assert connection.scalar(select(mails.mails.c.error)) == "read and written"
    assert keep_up(office.database, office.clock) == (1, 0)


def test_a_copy_of_many_months_is_restored_whole(
    office: Office, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    a_quarter(office)
    folder = tmp_path_factory.mktemp("copy")
    backups.back_up(office.database, folder / "copy")
    server = request.getfixturevalue("postgres_server")
    other = Database(server.url(server.create()))
    backups.restore(other, folder / "copy")
    with other.read() as connection:
        assert [mails.raw_of(connection, number) for number in (1, 6)] != [None, None]
    assert keep_up(other, office.clock) == (1, 0)
    other.close()


def test_the_way_down_gives_one_table_with_a_row_for_every_mail(office: Office) -> None:
    a_quarter(office)
    at(office, 3, 20)
    retention.keep_terms(office.database, office.clock, ALL)
    keep_up(office.database, office.clock)
    migrate.downgrade(office.database, "0026")
    with office.database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM raw_mails")) == 6
        assert connection.scalar(text("SELECT relkind FROM pg_class WHERE relname = 'raw_mails'")) in {
            "r",
            b"r",
        }
    migrate.upgrade(office.database)
    with office.database.read() as connection:
        stored = mails.raw_of(connection, 6)
        assert stored is not None
        assert stored[1] == raw(6)
        assert [one.name for one in partitions.partitions(connection)] == ["raw_mails_first"]
    with office.database.write() as connection:
        fetched = FetchedMail(77, office.clock.now(), raw(7))
        assert mails.store(connection, "box", 1, [fetched], office.clock.now()) == 1


def test_sqlite_has_one_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plain")
    with open_office(f"sqlite:///{folder / 'x.sqlite'}") as office:
        office.store(raw(1))
        assert keep_up(office.database, office.clock) == (0, 0)
        with office.database.read() as connection:
            assert partitions.partitions(connection) == []
