"""Raw mail in a bucket: nothing is lost by it, nobody is blamed for it, and what is erased goes there too."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from support.deskserver import desk_of
from support.objectserver import Bucket
from support.office import Office, open_office, request
from support.scripted_imap import ScriptedImap

from triage.adapters.imap import ImapMailbox, ImapSettings
from triage.core.alarms import Pace
from triage.core.retention import RetentionClass, Terms
from triage.db import mails, rawmails
from triage.db.engine import Database
from triage.db.schema import raw_mails
from triage.errors import RefusalError, StorageError
from triage.ports import FetchedMail, Objects
from triage.service import backups, desk, persons, replay, retention, searchindex, storage
from triage.service.alarms import Watchman
from triage.service.archiving import import_mails
from triage.service.receive import receive

RAWS = [
    request(f"[0010#DVC] Lỗi {number}", number=number, sender=f"a{number}@x.example") for number in (1, 2, 3)
]
HER = "a1@x.example"


@pytest.fixture
def office(database_url: str, bucket: Bucket) -> Iterator[Office]:
    with open_office(database_url, bucket.objects()) as office:
        yield office


def point(database: Database, objects: Objects | None) -> None:
    """Let a database have another storage from now on, as a restart with other settings would."""
    database.objects = objects
    database.engine.update_execution_options(triage_objects=objects)


def raws_of(office: Office) -> list[bytes]:
    with office.database.read() as connection:
        stored = [mails.raw_of(connection, number) for number in mails.ids(connection)]
    return [one[1] for one in stored if one]


def objects_named(office: Office) -> list[str]:
    with office.database.read() as connection:
        names = connection.scalars(select(raw_mails.c.object_name)).all()
    return sorted(name for name in names if name)


def states(office: Office) -> dict[str, int]:
    with office.database.read() as connection:
        return mails.count_by_state(connection)


def tidied(office: Office) -> int:
    office.clock.forward(minutes=6)
    return storage.remove_unwanted(office.database, office.clock)


def mailbox_on(server: ScriptedImap) -> ImapMailbox:
    return ImapMailbox(
        ImapSettings(
            host="127.0.0.1",
            port=server.port,
            tls="none",
            username="hotro@mail.example",
            password="correct-horse",
            timeout_seconds=5,
        )
    )


def test_mails_lie_in_objects_and_are_read_as_they_came(office: Office, bucket: Bucket) -> None:
    office.store(*RAWS)
    office.process()
    assert raws_of(office) == RAWS
    assert bucket.names() == objects_named(office)
    assert len(bucket.names()) == 3
    assert states(office) == {"processed": 3}
    with office.database.read() as connection:
        assert {len(content) for content in connection.scalars(select(raw_mails.c.content))} == {0}
    assert all(name.startswith("raw/2026-11/") for name in bucket.names())
    kept = bucket.objects().get(bucket.names())
    assert sorted(rawmails.unpack("zstd", one or b"") for one in kept) == sorted(RAWS)


def test_without_a_storage_the_table_keeps_them_as_ever(database_url: str) -> None:
    with open_office(database_url) as office:
        office.store(*RAWS)
        assert raws_of(office) == RAWS
        assert objects_named(office) == []


def test_two_mails_with_the_same_bytes_share_nothing(office: Office, bucket: Bucket) -> None:
    office.store(RAWS[0], RAWS[0])
    assert len(bucket.names()) == 2


def test_a_storage_that_is_down_leaves_the_mails_on_the_server(office: Office, bucket: Bucket) -> None:
    with ScriptedImap(dict(enumerate(RAWS, start=1))) as server:
        point(office.database, bucket.down())
        mailbox = mailbox_on(server)
        with pytest.raises(StorageError, match="does not answer"):
            receive(mailbox, office.database, office.clock)
        assert sorted(server.folders["INBOX"]) == [1, 2, 3]
        assert states(office) == {}
        mailbox.close()
        point(office.database, bucket.objects())
        mailbox = mailbox_on(server)
        assert receive(mailbox, office.database, office.clock).stored == 3
        assert not server.folders["INBOX"]
        mailbox.close()
    assert raws_of(office) == RAWS


def test_a_storage_that_is_down_blames_no_mail(office: Office, bucket: Bucket) -> None:
    office.store(*RAWS)
    for trouble in (
        bucket.down(),
        None,
        bucket.objects(prefix="elsewhere"),
        bucket.objects(bucket="nowhere"),
    ):
        point(office.database, trouble)
        for _ in range(4):
            with pytest.raises(StorageError):
                office.process()
    with bucket.refusing():
        point(office.database, bucket.objects())
        with pytest.raises(StorageError, match="refuses our keys"):
            office.process()
    with office.database.read() as connection:
        assert {(row.state, row.attempts, row.error) for row in mails.listed(connection)} == {
            ("waiting", 0, None)
        }
    office.process()
    assert states(office) == {"processed": 3}


def test_an_object_that_is_missing_is_the_trouble_of_its_mail_alone(office: Office, bucket: Bucket) -> None:
    office.store(*RAWS)
    with office.database.read() as connection:
        kept = rawmails.kept_one(connection, 2)
    assert kept is not None
    assert kept.object_name is not None
    bucket.objects().remove([kept.object_name])
    office.process()
    assert states(office) == {"processed": 2, "stuck": 1}
    with office.database.read() as connection:
        [row] = mails.listed(connection, state="stuck")
    assert row.error == f"ValueError: the raw mail is missing: the storage has no object {kept.object_name}"

    bucket.objects().put({kept.object_name: kept.content})
    with office.database.write() as connection:
        mails.release(connection, [2])
    office.process()
    assert states(office) == {"processed": 3}


# 28 B5 2F FD, a descriptor of eight octets of content size, that size (RFC 8878, 3.1.1)
HUGE = bytes.fromhex("28b52ffde0") + (2**50).to_bytes(8, "little") + bytes.fromhex("010000")


@pytest.mark.parametrize("content", [b"not zstd at all", rawmails.pack(RAWS[1]), HUGE])
def test_an_object_that_holds_something_else_is_not_read(
    office: Office, bucket: Bucket, content: bytes
) -> None:
    office.store(RAWS[0])
    bucket.objects().put({bucket.names()[0]: content})
    office.process()
    with office.database.read() as connection:
        [row] = mails.listed(connection)
    assert row.state == "stuck"
    assert "the raw mail is damaged" in (row.error or "")


def test_what_is_erased_goes_from_the_storage_too(office: Office, bucket: Bucket) -> None:
    office.store(*RAWS)
    office.process()
    persons.erase(office.database, office.clock, HER, reason="theo yêu cầu", actor="Hà")
    assert len(objects_named(office)) == 2
    with office.database.read() as connection:
        assert connection.scalar(select(mails.mails.c.erased_digest).where(mails.mails.c.id == 1)) == (
            hashlib.sha256(RAWS[0]).hexdigest()
        )
    # whoever read the name before the erasure may still be about to ask
    assert storage.remove_unwanted(office.database, office.clock) == 0
    assert len(bucket.names()) == 3
    assert tidied(office) == 1
    assert bucket.names() == objects_named(office)
    assert tidied(office) == 0


def test_an_erasure_needs_no_storage_and_is_made_good_for_when_it_is_back(
    office: Office, bucket: Bucket
) -> None:
    office.store(*RAWS)
    office.process()
    point(office.database, bucket.down())
    persons.erase(office.database, office.clock, HER, reason="theo yêu cầu", actor="Hà")
    office.clock.forward(hours=1)
    with pytest.raises(StorageError):
        storage.remove_unwanted(office.database, office.clock)
    storage.tidy_regularly(office.database, office.clock)
    assert storage.standing(office.database).unwanted == 1
    point(office.database, bucket.objects())
    storage.tidy_regularly(office.database, office.clock)
    assert storage.standing(office.database).unwanted == 0
    assert bucket.names() == objects_named(office)


def test_retention_removes_the_objects_of_what_is_due(office: Office, bucket: Bucket) -> None:
    office.store(*RAWS)
    office.process()
    desk.close(office.database, office.clock, "SD261116-1", note="xong", actor="Hà")
    office.clock.forward(days=31)
    done = retention.keep_terms(office.database, office.clock, Terms({RetentionClass.CLOSED: 30}))
    assert done == {RetentionClass.CLOSED: 1}
    assert tidied(office) == 1
    assert bucket.names() == objects_named(office)
    assert len(bucket.names()) == 2


def test_objects_that_are_not_removed_for_a_day_are_an_alarm(office: Office) -> None:
    office.store(RAWS[0])
    office.process()
    persons.erase(office.database, office.clock, HER, reason="theo yêu cầu", actor="Hà")
    pace = Pace(timedelta(minutes=5), timedelta(minutes=60))
    watch = Watchman(office.database, office.clock, {"receive": 60}, pace, ())
    assert "storage" not in watch.wrong()
    office.clock.forward(hours=25)
    assert watch.wrong()["storage"].startswith("1 objects wait to be removed, the oldest since 2026-11-16")
    assert tidied(office) == 1
    assert "storage" not in watch.wrong()


def test_a_mail_that_is_stored_already_leaves_no_object(office: Office, bucket: Bucket) -> None:
    again = FetchedMail(1, office.clock.now(), RAWS[0])
    for stored in (1, 0):
        kept = storage.put(office.database, office.clock, [again]).kept
        with office.database.write() as connection:
            assert mails.store(connection, "box", 1, [again], office.clock.now(), kept) == stored
    assert len(bucket.names()) == 2
    assert tidied(office) == 1
    assert bucket.names() == objects_named(office)


def test_what_a_crash_left_behind_goes_when_it_is_old_enough(
    office: Office, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.clock.moment = bucket.objects().now()
    office.store(RAWS[0])
    storage.put(office.database, office.clock, [FetchedMail(9, office.clock.now(), RAWS[1])])
    assert storage.remove_left_behind(office.database, office.clock, everything=False) == 0
    assert len(bucket.names()) == 2
    # as if two days had passed for the storage as well
    monkeypatch.setattr(storage, "SAFE_AGE", timedelta(seconds=-5))
    assert storage.remove_left_behind(office.database, office.clock, everything=False) == 1
    assert bucket.names() == objects_named(office)
    assert raws_of(office) == [RAWS[0]]


def test_only_this_month_and_the_last_are_looked_at_unless_all_is_wanted(
    office: Office, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "SAFE_AGE", timedelta(seconds=-5))
    office.store(RAWS[0])
    bucket.objects().put({"raw/2026-08/a": b"", "raw/2026-10/b": b"", "raw/2026-11/c": b""})
    assert storage.remove_left_behind(office.database, office.clock, everything=False) == 2
    assert storage.remove_left_behind(office.database, office.clock, everything=True) == 1
    assert bucket.names() == objects_named(office)


def test_a_row_never_names_an_object_that_may_count_as_left_behind(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "LONGEST_SECONDS", -1)
    with ScriptedImap({1: RAWS[0]}) as server:
        mailbox = mailbox_on(server)
        with pytest.raises(StorageError, match="more than an hour"):
            receive(mailbox, office.database, office.clock)
        assert sorted(server.folders["INBOX"]) == [1]
        mailbox.close()
    assert states(office) == {}


def test_a_restored_copy_reads_and_neither_writes_nor_removes(
    office: Office, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    office.store(*RAWS)
    office.process()
    persons.erase(office.database, office.clock, HER, reason="theo yêu cầu", actor="Hà")
    office.clock.forward(hours=1)
    folder = tmp_path_factory.mktemp("copy")
    backups.back_up(office.database, folder / "copy")
    url = f"sqlite:///{folder / 'other.sqlite'}"
    if not office.database.is_sqlite:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    other = Database(url, objects=bucket.objects())
    backups.restore(other, folder / "copy")
    with other.read() as connection:
        assert mails.raw_of(connection, 2) == (office.clock.now() - timedelta(hours=1), RAWS[1])
    again = [FetchedMail(9, office.clock.now(), RAWS[1])]
    for refused in (
        lambda: storage.remove_unwanted(other, office.clock),
        lambda: storage.remove_left_behind(other, office.clock, everything=True),
        lambda: storage.put(other, office.clock, again),
        lambda: storage.check(other, office.clock),
    ):
        with pytest.raises(StorageError, match=r"belongs to another database.*triage storage claim"):
            refused()
    assert len(bucket.names()) == 3

    storage.claim(other, office.clock)
    assert storage.remove_unwanted(other, office.clock) == 1
    with pytest.raises(StorageError, match="belongs to another database"):
        storage.put(office.database, office.clock, again)
    other.close()


def test_moving_to_the_bucket_and_back_loses_nothing_and_can_be_broken_off(
    database_url: str, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BATCH", 1)
    with open_office(database_url) as office:
        office.store(*RAWS)
        office.process()
        persons.erase(office.database, office.clock, HER, reason="theo yêu cầu", actor="Hà")
        before = raws_of(office)
        point(office.database, bucket.objects())
        assert next(storage.move_out(office.database, office.clock)) == 1
        assert len(objects_named(office)) == 1
        assert list(storage.move_out(office.database, office.clock)) == [1]
        assert raws_of(office) == before
        # what was erased is the same neutral mail for everybody and stays
        assert bucket.names() == objects_named(office)
        assert len(bucket.names()) == 2
        assert storage.standing(office.database) == storage.Standing(1, 2, 0, None)

        assert next(storage.move_in(office.database, office.clock)) == 1
        assert list(storage.move_in(office.database, office.clock)) == [1]
        assert raws_of(office) == before
        assert objects_named(office) == []
        assert tidied(office) == 2
        assert bucket.names() == []


def test_a_mail_that_is_erased_while_it_moves_stays_erased(
    database_url: str, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_office(database_url) as office:
        office.store(RAWS[0])
        office.process()
        objects = bucket.objects()
        point(office.database, objects)
        put = objects.put

        def erase_meanwhile(contents: dict[str, bytes]) -> None:
            put(contents)
            if any(name.startswith("raw/") for name in contents):
                persons.erase(office.database, office.clock, HER, reason="theo yêu cầu", actor="Hà")

        monkeypatch.setattr(objects, "put", erase_meanwhile)
        assert list(storage.move_out(office.database, office.clock)) == [0]
        assert objects_named(office) == []
        assert RAWS[0] not in raws_of(office)
        assert tidied(office) == 1
        assert bucket.names() == []


def test_a_damaged_object_is_not_moved_in(office: Office, bucket: Bucket) -> None:
    office.store(RAWS[0])
    bucket.objects().put({bucket.names()[0]: b"?"})
    with pytest.raises(RefusalError, match=r"Mail 1 cannot be moved: the raw mail is damaged"):
        list(storage.move_in(office.database, office.clock))


def test_a_damaged_row_stays_in_the_table(database_url: str, bucket: Bucket) -> None:
    with open_office(database_url) as office:
        office.store(*RAWS)
        with office.database.write() as connection:
            connection.execute(update(raw_mails).where(raw_mails.c.mail_id == 2).values(content=b"?"))
        point(office.database, bucket.objects())
        assert list(storage.move_out(office.database, office.clock)) == [3]
        assert len(objects_named(office)) == 2
        with office.database.read() as connection:
            assert connection.scalar(select(raw_mails.c.content).where(raw_mails.c.mail_id == 2)) == b"?"


def test_a_bucket_that_holds_nothing_is_not_taken_for_the_one_of_before(
    office: Office, bucket: Bucket
) -> None:
    office.store(RAWS[0])
    point(office.database, bucket.objects(prefix="other"))
    with pytest.raises(StorageError, match="holds nothing of triage"):
        office.store(RAWS[1])
    with pytest.raises(StorageError, match="holds nothing of triage"):
        raws_of(office)
    with pytest.raises(StorageError, match="holds nothing of triage"):
        storage.check(office.database, office.clock)


def test_the_first_use_is_finished_by_the_next_where_it_was_broken_off(office: Office) -> None:
    with office.database.write() as connection:
        rawmails.make_token(connection, office.clock.now())
    office.store(RAWS[0])
    assert raws_of(office) == [RAWS[0]]


def test_words_are_indexed_once_the_storage_is_back(office: Office, bucket: Bucket) -> None:
    office.store(RAWS[0])
    office.process()
    searchindex.start_anew(office.database)
    point(office.database, bucket.down())
    with pytest.raises(StorageError):
        searchindex.work_off_batch(office.database)
    point(office.database, bucket.objects())
    assert searchindex.work_off_batch(office.database) == 1


def test_the_page_of_a_ticket_opens_although_the_storage_is_down(database_url: str, bucket: Bucket) -> None:
    with open_office(database_url, bucket.objects()) as office, desk_of(office) as server:
        server.person("an", "security")
        office.store(RAWS[0])
        office.process()
        browser = server.let_in("an")
        page = "/tickets/SD261116-000001"
        assert "Điện thoại: 0900 000 001" in browser.get(page).text
        point(office.database, bucket.down())
        answer = browser.get(page)
        assert answer.status_code == 200, answer.text
        assert "Kho lưu thư gốc chưa trả lời" in answer.text
        assert browser.get("/m/1").status_code == 503


def test_imported_mails_lie_in_objects_once(office: Office, bucket: Bucket) -> None:
    for stored in (3, 0):
        assert import_mails(office.database, office.clock, "old.mbox", RAWS).stored == stored
    assert bucket.names() == objects_named(office)
    assert len(bucket.names()) == 3


def test_replay_reads_from_objects(office: Office) -> None:
    office.store(*RAWS)
    office.process()
    assert list(replay.compare(office.database, office.means, [1, 2, 3])) == []


def test_the_check_says_what_is_wrong(office: Office, bucket: Bucket) -> None:
    assert "takes, gives and removes objects." in storage.check(office.database, office.clock)
    office.store(RAWS[0])
    bucket.objects().remove(bucket.names())
    with pytest.raises(StorageError, match=r"has no object raw/2026-11/\w+, in which the newest mail lies"):
        storage.check(office.database, office.clock)
    point(office.database, bucket.down())
    with pytest.raises(StorageError, match="does not answer"):
        storage.check(office.database, office.clock)
    point(office.database, None)
    with pytest.raises(StorageError, match=r"\[storage\] names no bucket"):
        storage.check(office.database, office.clock)


def test_without_a_storage_the_check_says_that_the_database_keeps_all(database_url: str) -> None:
    with open_office(database_url) as office:
        assert storage.check(office.database, office.clock).startswith("Off: the database keeps raw mail")


def test_the_index_finds_objects_by_their_names(office: Office) -> None:
    office.store(*RAWS)
    names = objects_named(office)
    with office.database.read() as connection:
        assert rawmails.known_objects(connection, [*names, "raw/none"]) == set(names)
        if not office.database.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if office.database.is_sqlite else "EXPLAIN"
        wanted = "SELECT object_name FROM raw_mails WHERE object_name is not null AND object_name IN (:a, :b)"
        query = text(f"{explain} {wanted}").bindparams(a=names[0], b=names[1])
        plan = "\n".join(str(row) for row in connection.execute(query))
    # PostgreSQL names the index of the partition
    assert ("ix_raw_mails_object" if office.database.is_sqlite else "ix_raw_mails_first_object") in plan
