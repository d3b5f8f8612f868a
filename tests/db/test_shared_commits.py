"""Who waits to write on SQLite may share the commit of whoever writes: on disk for both, or for neither."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError
from support.office import Office, open_office

from triage.db.turns import _Waiter
from triage.errors import DatabaseError

PATIENCE = 60
Work = Callable[[Connection], object]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path}/triage.sqlite") as office:
        with office.database.write() as connection:
            connection.exec_driver_sql("create table parent (id integer primary key)")
            parent = "parent integer references parent deferrable initially deferred"
            connection.exec_driver_sql(f"create table said (word text, {parent})")
        yield office


def say(word: str) -> Work:
    return lambda connection: connection.exec_driver_sql("insert into said values (?, null)", (word,))


def said(office: Office) -> set[str]:
    with office.database.read() as connection:
        return set(connection.exec_driver_sql("select word from said").scalars())


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.001)


def one_after_the_other(office: Office, *works: Work) -> list[BaseException | None]:
    """Let the first begin, and the others come to wait in their order before its work ends."""
    errors: list[BaseException | None] = [None] * len(works)
    turns = office.database._writers
    assert turns is not None
    begun, threads = threading.Event(), list[threading.Thread]()

    def write(place: int, work: Work) -> None:
        try:
            with office.database.write_together() as connection:
                if place == 0:
                    begun.set()
                    until(lambda: len(turns._queue) == len(works) - 1)
                work(connection)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            errors[place] = error

    for place, work in enumerate(works):
        threads.append(threading.Thread(target=write, args=(place, work)))
        threads[-1].start()
        assert begun.wait(PATIENCE)
        until(lambda place=place: len(turns._queue) >= place or not threads[0].is_alive())  # type: ignore[misc]
    for thread in threads:
        thread.join()
    return errors


@pytest.fixture
def commits(office: Office) -> list[object]:
    counted: list[object] = []
    event.listen(office.database.engine, "commit", counted.append)
    return counted


def test_those_who_wait_share_one_commit(office: Office, commits: list[object]) -> None:
    assert one_after_the_other(office, say("a"), say("b"), say("c")) == [None] * 3
    assert said(office) == {"a", "b", "c"}
    assert len(commits) == 1


def test_no_more_than_a_few_share_one(office: Office, commits: list[object]) -> None:
    assert one_after_the_other(office, *(say(word) for word in "abcdef")) == [None] * 6
    assert said(office) == set("abcdef")
    assert len(commits) == 2


def test_a_guest_sees_what_is_not_committed_yet_and_nobody_else_does(office: Office) -> None:
    seen: list[set[str]] = []

    def look(connection: Connection) -> None:
        seen.append(set(connection.exec_driver_sql("select word from said").scalars()))
        seen.append(said(office))

    assert one_after_the_other(office, say("a"), look) == [None, None]
    assert seen == [{"a"}, set()]


def test_a_guest_that_fails_undoes_its_own_work_alone(office: Office) -> None:
    def fail(connection: Connection) -> None:
        say("b")(connection)
        raise KeyError("b")

    first, second, third = one_after_the_other(office, say("a"), fail, say("c"))
    assert (first, third) == (None, None)
    assert isinstance(second, KeyError)
    assert said(office) == {"a", "c"}


def test_an_owner_that_fails_takes_nobody_along(office: Office) -> None:
    def fail(connection: Connection) -> None:
        say("a")(connection)
        raise KeyError("a")

    first, second = one_after_the_other(office, fail, say("b"))
    assert isinstance(first, KeyError)
    assert second is None
    assert said(office) == {"b"}


def test_a_commit_that_fails_is_told_to_all_who_shared_it(office: Office) -> None:
    def orphan(connection: Connection) -> None:
        connection.exec_driver_sql("insert into said values ('b', 7)")

    first, second = one_after_the_other(office, say("a"), orphan)
    assert isinstance(first, SQLAlchemyError)
    assert isinstance(second, DatabaseError)
    assert said(office) == set()
    assert one_after_the_other(office, say("c"), say("d")) == [None, None]
    assert said(office) == {"c", "d"}


def test_a_transaction_that_a_guest_has_ended_is_told_to_all(office: Office) -> None:
    """As SQLite itself does on a full disk; what comes after would be committed alone, or not at all."""

    def end(connection: Connection) -> None:
        connection.exec_driver_sql("rollback")

    errors = one_after_the_other(office, say("a"), end, say("c"))
    assert all(isinstance(error, DatabaseError) for error in errors[:2])
    assert errors[2] is None
    assert said(office) == {"c"}


def test_a_full_file_loses_nothing_that_was_told_to_be_written(office: Office) -> None:
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("pragma max_page_count = 1")
        connection.exec_driver_sql("insert into said values (?, null)", ("b" * 50_000_000,))

    first, second = one_after_the_other(office, say("a"), fill)
    assert isinstance(second, DatabaseError)
    assert said(office) == ({"a"} if first is None else set())


def test_who_writes_alone_is_committed_at_once(office: Office, commits: list[object]) -> None:
    for word in "ab":
        with office.database.write_together() as connection:
            say(word)(connection)
    assert said(office) == {"a", "b"}
    assert len(commits) == 2


def test_who_wants_no_company_is_waited_for_by_nobody_and_keeps_its_place(
    office: Office, commits: list[object]
) -> None:
    database, turns = office.database, office.database._writers
    assert turns is not None
    order: list[str] = []

    def write(word: str, door: Callable[[], AbstractContextManager[Connection]]) -> None:
        with door() as connection:
            order.append(word)
            say(word)(connection)

    doors = {"a": database.write_together, "b": database.write, "c": database.write_together}
    with database.write_together() as connection:
        threads = []
        for place, (word, door) in enumerate(doors.items(), 1):
            threads.append(threading.Thread(target=write, args=(word, door)))
            threads[-1].start()
            until(lambda place=place: len(turns._queue) == place)  # type: ignore[misc]
        say("first")(connection)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["a", "b", "c"]
    assert said(office) == {"first", "a", "b", "c"}
    assert len(commits) == 3, "one for the first and its guest, one for each of the others"


def test_who_lends_nothing_is_on_disk_before_the_next_begins(office: Office) -> None:
    database, turns = office.database, office.database._writers
    assert turns is not None
    seen: list[set[str]] = []

    def look() -> None:
        with database.write_together():
            seen.append(said(office))

    with database.write_together(lends=False) as connection:
        thread = threading.Thread(target=look)
        thread.start()
        until(lambda: turns.wanted)
        say("a")(connection)
    thread.join(PATIENCE)
    assert seen == [{"a"}]


def test_others_are_told_to_be_short_while_somebody_waits_for_the_commit(office: Office) -> None:
    wanted: list[bool] = []

    def look(_connection: Connection) -> None:
        wanted.append(office.database.wanted)

    assert one_after_the_other(office, say("a"), look) == [None, None]
    assert wanted == [True]
    assert not office.database.wanted


def test_a_guest_that_gives_up_when_it_is_called_lets_its_owner_commit(office: Office) -> None:
    database, turns = office.database, office.database._writers
    assert turns is not None
    with database.write_together() as connection:
        guest = _Waiter(joins=True)
        turns._queue.append(guest)
        say("a")(connection)
        thread = threading.Thread(target=lambda: guest.called.wait(PATIENCE) and turns._step_back(guest))
        thread.start()
    thread.join(PATIENCE)
    assert guest.shared is not None
    assert said(office) == {"a"}
    assert one_after_the_other(office, say("b"), say("c")) == [None, None]
