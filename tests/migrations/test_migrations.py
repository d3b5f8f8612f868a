"""Every migration goes up and down on both databases, and builds what the models say."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from support.migrated import empty

from triage.db import migrate
from triage.db.engine import Database
from triage.db.schema import in_models, metadata
from triage.errors import DatabaseError
from triage.resources import resource


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(empty(database_url))
    yield database
    database.close()


def differences(database: Database) -> list[object]:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": in_models}
        )
        return compare_metadata(context, metadata)


def test_the_migrations_build_exactly_the_models(database: Database) -> None:
    migrate.upgrade(database)
    assert differences(database) == []


def test_every_migration_can_be_undone_and_done_again(database: Database) -> None:
    migrate.upgrade(database)
    migrate.downgrade(database, "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(database)
    assert differences(database) == []


def test_the_revisions_that_we_read_ourselves_are_those_of_alembic(database: Database) -> None:
    assert migrate.newest_revision() == ScriptDirectory(str(resource("migrations"))).get_current_head()
    assert migrate.current_revision(database) is None
    migrate.upgrade(database)
    with database.read() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
    assert migrate.current_revision(database) == there == migrate.newest_revision()


def test_partial_indexes_are_there_as_the_models_say(database: Database) -> None:
    migrate.upgrade(database)
    with database.read() as connection:
        found = {index["name"]: index for index in inspect(connection).get_indexes("decisions")}
    index = found["uq_decisions_acting"]
    assert index["unique"]
    where = index["dialect_options"][f"{database.engine.dialect.name}_where"]
    assert "acting" in str(where)


def test_an_empty_database_is_told_how_to_be_filled(database: Database) -> None:
    with pytest.raises(DatabaseError, match=r"is empty; run triage db upgrade"):
        migrate.demand_newest(database)


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    migrate.upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="9999, which this program does not know"):
        migrate.demand_newest(database)


OLD_TICKET = (
    "INSERT INTO tickets (id, code, queue, status, subject, requester_name, requester_address, category, "
    "priority, verdict, opened_at, updated_at) VALUES ({0}, 'SD261116-00000{0}', '0010', 'new', 's', 'n', "
    "'a@x.example', 'other', 3, 'ordinary', '2026-11-16 00:00:00', '2026-11-16 00:00:00')"
)
OLD_ROWS = (
    OLD_TICKET.format(1),
    OLD_TICKET.format(2),
    "INSERT INTO ticket_parties (ticket_id, address) VALUES (1, 'a@x.example')",
    (
        "INSERT INTO outbox (id, ticket_id, letter, recipient, counted_as, domain, subject, message_id, "
        "content, created_at) VALUES (1, 1, 'acknowledgement', 'a@x.example', 'a@x.example', 'x.example', "
        "'s', '<m@x.example>', '', '2026-11-16 00:00:00')"
    ),
)


def test_a_database_with_tickets_and_letters_goes_up_and_down_and_up(database: Database) -> None:
    migrate.upgrade(database, "0003")
    with database.write() as connection:
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
    migrate.upgrade(database)
    migrate.downgrade(database, "0003")
    migrate.upgrade(database)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar() == 2
        assert connection.exec_driver_sql("SELECT state FROM outbox").scalar() == "queued"
        assert connection.exec_driver_sql("SELECT role FROM ticket_parties").scalar() == "writer"
        assert connection.exec_driver_sql("SELECT count(*) FROM ticket_parties").scalar() == 1
        counted = connection.exec_driver_sql("SELECT queue, status, count FROM ticket_counts").all()
    assert [tuple(row) for row in counted] == [("0010", "new", 2)]


OLD_PERSON = (
    "INSERT INTO people (id, name, display_name, role, email, language, preferences, created_at) "
    "VALUES (1, 'thu', 'Thu', 'coordinator', '', 'vi', '{}', '2026-11-16 00:00:00')"
)
OLD_DRAFT = (
    "INSERT INTO drafts (ticket_id, person_id, sort, body, ticket_version, updated_at) "
    "VALUES ({ticket}, 1, '{sort}', '{body}', 1, '2026-11-16 00:00:00')"
)


def test_going_back_gives_writers_what_waits_for_approval_unless_they_have_begun_anew(
    database: Database,
) -> None:
    migrate.upgrade(database)
    with database.write() as connection:
        for statement in (
            *OLD_ROWS[:2],
            OLD_PERSON,
            OLD_DRAFT.format(ticket=1, sort="proposed", body="một"),
            OLD_DRAFT.format(ticket=2, sort="proposed", body="hai"),
            OLD_DRAFT.format(ticket=2, sort="answer", body="ba"),
        ):
            connection.exec_driver_sql(statement)
    migrate.downgrade(database, "0009")
    with database.read() as connection:
        kept = connection.exec_driver_sql("SELECT ticket_id, sort, body FROM drafts ORDER BY ticket_id").all()
    assert [tuple(row) for row in kept] == [(1, "answer", "một"), (2, "answer", "ba")]


def test_going_back_makes_no_writer_of_whoever_was_only_told(database: Database) -> None:
    migrate.upgrade(database)
    with database.write() as connection:
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "INSERT INTO ticket_parties (ticket_id, address, role) VALUES (1, 'b@y.example', 'told')"
        )
    migrate.downgrade(database, "0004")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT address FROM ticket_parties").scalars().all() == [
            "a@x.example"
        ]
