"""Who waits to write on SQLite may share the commit of whoever writes: on disk for both, or for neither."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError
from support.office import Office, open_office

from triage.errors import DatabaseError

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
                    while len(turns._queue) < len(works) - 1:
                        pass
                work(connection)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            errors[place] = error

    for place, work in enumerate(works):
        threads.append(threading.Thread(target=write, args=(place, work)))
        threads[-1].start()
        begun.wait()
        while len(turns._queue) < place and threads[0].is_alive():
            pass
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


def test_who_writes_alone_and_who_wants_no_company_wait_for_their_turn(
    office: Office, commits: list[object]
) -> None:
    with closing(office.database), suppress(KeyError):
        for word in "ab":
            with office.database.write_together() as connection:
                say(word)(connection)
        with office.database.write() as connection:
            say("c")(connection)
        with office.database.write_together() as connection:
            say("d")(connection)
            raise KeyError("d")
    assert said(office) == {"a", "b", "c"}
    assert len(commits) == 3
