"""How far PostgreSQL's index of words is read: far enough for what is asked, and never further than that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import pytest
from sqlalchemy import text
from support.migrated import migrated
from support.office import MONDAY
from support.postgres import PostgresServer

from triage.db.engine import Database
from triage.db.searchback import (
    AT_ONCE,
    FIRST_DAYS,
    MOST_READ,
    Days,
    Step,
    Words,
    days_between,
    read_back,
)

DAYS, A_DAY = 300, 100
LAST = DAYS * A_DAY
TICKET = (
    "INSERT INTO tickets (id, code, queue, status, subject, requester_name, requester_address, category, "
    "priority, verdict, opened_at, updated_at, version) VALUES (1, 'SD261101-000001', '0010', 'new', '', '', "
    "'a@x.example', 'other', 3, 'ordinary', now(), now(), 0)"
)
ENTRIES = text(
    "INSERT INTO search_entries "
    "(id, ticket_id, kind, source_id, at, has_files, subject, sender, recipients, files, body) "
    "SELECT n, 1, 'note', n, CAST(:newest AS timestamptz) - (:last - n) / :a_day * interval '1 day', "
    "false, '', '', '', '', '' FROM generate_series(1, :last) AS n"
)
WORDS = text(
    "INSERT INTO search_words (entry_id, words, day) "
    "SELECT id, to_tsvector('simple', 'every other ' || CASE WHEN id % 2 = 0 THEN 'even' ELSE 'odd' END "
    "|| CASE WHEN id = 1 THEN ' oldest' ELSE '' END), extract(epoch FROM at) / 86400 FROM search_entries"
)
"""Each message holds "every other", in this order; half of them "even", the others "odd"; one "oldest"."""

ALL_DAYS = days_between(None, None, MONDAY)
FEW_STEPS, MOST = 5, 1000


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    name = postgres_server.create()
    database = migrated(postgres_server.url(name))
    with database.write() as connection:
        connection.exec_driver_sql(TICKET)
        connection.execute(ENTRIES, {"newest": MONDAY, "last": LAST, "a_day": A_DAY})
        connection.execute(WORDS)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE search_words")
    yield database
    database.close()
    postgres_server.drop(name)


@dataclass(frozen=True)
class Reading:
    """What was found, and what the database counted meanwhile: messages it fetched, whole tables it read."""

    steps: list[Step]
    fetched: int
    tables: int

    @property
    def entry_ids(self) -> list[int]:
        return [one for step in self.steps for one in step.entry_ids]


COUNTED = text(
    "SELECT coalesce(idx_tup_fetch, 0), seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'search_words'"
)
"""Of the transaction, and of those before it that the server has not yet added up."""


def read(database: Database, exact: str, plain: str = "", days: Days = ALL_DAYS, most: int = MOST) -> Reading:
    with database.read() as connection:
        fetched, tables = connection.execute(COUNTED).one_or_none() or (0, 0)
        steps = list(islice(read_back(connection, Words(exact, plain or exact), days), most))
        now_fetched, now_tables = connection.execute(COUNTED).one()
    return Reading(steps, now_fetched - fetched, now_tables - tables)


def test_frequent_words_give_the_newest_messages_first(database: Database) -> None:
    first = read(database, "every & other", most=1)
    assert first.entry_ids == list(range(LAST, LAST - (FIRST_DAYS - 1) * A_DAY, -1))
    assert not first.steps[0].is_last
    assert first.fetched <= FIRST_DAYS * A_DAY


def test_a_rare_word_is_found_however_old_its_message_is(database: Database) -> None:
    found = read(database, "oldest")
    assert found.entry_ids == [1]
    assert found.steps[-1].is_last
    assert found.fetched == 1
    assert len(found.steps) <= FEW_STEPS


def test_words_that_nobody_wrote_are_looked_for_everywhere(database: Database) -> None:
    found = read(database, "nobody")
    assert found.entry_ids == []
    assert found.steps[-1].is_last
    assert found.fetched == 0


def test_a_phrase_of_frequent_words_that_never_stands_there_is_given_up(database: Database) -> None:
    found = read(database, "other <-> every", "other & every")
    assert found.entry_ids == []
    assert not any(step.is_last for step in found.steps)
    assert A_DAY < found.fetched <= MOST_READ + AT_ONCE + 1
    assert found.tables == 0


def test_frequent_words_that_never_stand_together_cost_no_message(database: Database) -> None:
    found = read(database, "even & odd")
    assert found.entry_ids == []
    assert found.steps[-1].is_last
    assert (found.fetched, found.tables) == (0, 0)


def test_between_two_moments_every_message_is_read_and_no_other(database: Database) -> None:
    days = days_between(MONDAY - timedelta(days=200), MONDAY - timedelta(days=191), MONDAY)
    found = read(database, "every", days=days)
    newest = LAST - 191 * A_DAY
    assert found.entry_ids == list(range(newest, newest - 10 * A_DAY, -1))
    assert found.steps[-1].is_last
    assert found.fetched == len(found.entry_ids)
