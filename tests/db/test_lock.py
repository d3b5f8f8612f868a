"""One working process a database: the second is told, and a lost hold is noticed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from support.office import Office, open_office

from triage.db.engine import Database
from triage.db.lock import working_alone
from triage.errors import ConfigError, RefusalError


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def test_the_second_is_refused_until_the_first_is_done(office: Office, database_url: str) -> None:
    second = Database(database_url)
    with working_alone(office.database) as lock:
        lock.demand()
        with pytest.raises(RefusalError, match="Another triage process"), working_alone(second):
            pass
    with working_alone(second) as lock:
        lock.demand()
    second.close()


def end_the_sessions_that_hold_it(office: Office) -> None:
    with office.database.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )


def test_a_hold_that_ended_with_its_session_is_taken_anew(office: Office, database_url: str) -> None:
    second = Database(database_url)
    with working_alone(office.database) as lock:
        if not office.database.is_sqlite:
            end_the_sessions_that_hold_it(office)
        lock.demand()
        with pytest.raises(RefusalError, match="Another triage process"), working_alone(second):
            pass
    second.close()


def test_a_hold_that_another_took_meanwhile_is_lost(postgres_url: str) -> None:
    second = Database(postgres_url)
    with open_office(postgres_url) as office, working_alone(office.database) as lock:
        end_the_sessions_that_hold_it(office)
        with working_alone(second), pytest.raises(RefusalError, match="Another triage process"):
            lock.demand()
    second.close()


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    for url in ("postgresql+psycopg://u:p@et@127.0.0.1/x", "postgresql+psycopg://u:secret@h:notaport/x"):
        with pytest.raises(ConfigError) as told:
            Database(url)
        assert "secret" not in str(told.value)
        assert "et@" not in str(told.value)
